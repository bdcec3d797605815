-- Charts that were drawn on the server, under the hash of what was drawn. A cache: it may be emptied at any time.

-- +goose Up
CREATE TABLE charts (
  school_id text NOT NULL REFERENCES schools (school_id),
  hash      text NOT NULL,
  svg       text NOT NULL,
  made_at   timestamptz NOT NULL,
  PRIMARY KEY (school_id, hash)
);

-- +goose Down
DROP TABLE charts;
