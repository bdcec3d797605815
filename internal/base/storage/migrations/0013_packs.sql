-- Packs for governors: frozen copies that never change.

-- +goose Up
CREATE TABLE packs (
  school_id text NOT NULL REFERENCES schools (school_id),
  id        text NOT NULL,
  title     text NOT NULL,
  body      text NOT NULL, -- JSON: slide by slide, as it was made
  hash      text NOT NULL, -- SHA-256 of the body
  rounds    text NOT NULL, -- JSON: the rounds it tells of
  made_by   text NOT NULL, -- a name, as it was
  made_at   timestamptz NOT NULL,
  PRIMARY KEY (school_id, id)
);

-- +goose Down
DROP TABLE packs;
