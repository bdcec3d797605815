-- How a school uses what it hears: one page, signed by the head before the first round for learning.

-- +goose Up
CREATE TABLE agreements (
  school_id text NOT NULL REFERENCES schools (school_id),
  hash      text NOT NULL, -- SHA-256 of the page's words
  words     text NOT NULL,
  signed_by text NOT NULL, -- a name, as it was
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (school_id, hash)
);

-- +goose Down
DROP TABLE agreements;
