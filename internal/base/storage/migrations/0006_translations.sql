-- The questions of a survey in other languages. A translation is a draft until a named person has read it.

-- +goose Up
CREATE TABLE translations (
  school_id   text NOT NULL,
  survey_id   text NOT NULL,
  language    text NOT NULL,
  body        text NOT NULL,             -- the draft, JSON: piece of the document -> its words
  approved    text NOT NULL DEFAULT '',  -- the same, as it was when somebody last read it; what people see
  approved_by text NOT NULL DEFAULT '',  -- who says that it means the same; empty: nobody yet
  approved_at timestamptz,
  changed_at  timestamptz NOT NULL,
  PRIMARY KEY (school_id, survey_id, language),
  FOREIGN KEY (school_id, survey_id) REFERENCES surveys (school_id, id)
);

-- +goose Down
DROP TABLE translations;
