-- What a teacher chose to show of a class to somebody, in the words that were shown. Taking it back deletes it.

-- +goose Up
CREATE TABLE shares (
  school_id text NOT NULL,
  id        text NOT NULL,
  round_id  text NOT NULL,
  title     text NOT NULL, -- class and round
  from_id   text NOT NULL,
  from_name text NOT NULL,
  to_id     text NOT NULL,
  to_name   text NOT NULL,
  body      text NOT NULL, -- JSON: lines, as the other person reads them
  words     text NOT NULL DEFAULT '',
  made_at   timestamptz NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);
CREATE INDEX shares_to ON shares (school_id, to_id);
CREATE INDEX shares_from ON shares (school_id, from_id);

-- +goose Down
DROP TABLE shares;
