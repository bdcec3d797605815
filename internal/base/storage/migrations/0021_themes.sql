-- What a school made of the themes in what people wrote: their names, and the words by which they are known again.

-- +goose Up
CREATE TABLE theme_rules (
  school_id text NOT NULL REFERENCES schools (school_id),
  id        text NOT NULL,
  name      text NOT NULL,           -- empty: its first words
  words     text NOT NULL,           -- JSON: the strongest first
  pinned    boolean NOT NULL,        -- it is there in every survey
  PRIMARY KEY (school_id, id)
);

-- +goose Down
DROP TABLE theme_rules;
