-- What was said, and who may still say something: two sides that share no key.
-- These tables have no time, no serial number and no person; on SQLite they have no row number either. A test reads
-- this list of columns against the promise made to pupils.

-- +goose Up
CREATE TABLE slips (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  hash      text NOT NULL,              -- keyed hash of the code
  unit_id   text NOT NULL,
  kind      text NOT NULL CHECK (kind IN ('pupil', 'spare', 'reading')),
  spent     boolean NOT NULL,
  PRIMARY KEY (school_id, round_id, hash),
  FOREIGN KEY (school_id, round_id, unit_id) REFERENCES units (school_id, round_id, id)
) /* without rowid */;

CREATE TABLE receipts (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  hash      text NOT NULL,              -- of a number the device made up
  PRIMARY KEY (school_id, round_id, hash),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
) /* without rowid */;

CREATE TABLE inbox (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  id        text NOT NULL,
  cell_id   text NOT NULL,
  answers   text NOT NULL,
  pace      text NOT NULL CHECK (pace IN ('usual', 'fast')),
  PRIMARY KEY (school_id, round_id, id)
) /* without rowid */;

CREATE TABLE responses (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  id        text NOT NULL,
  cell_id   text NOT NULL,
  answers   text NOT NULL,
  pace      text NOT NULL CHECK (pace IN ('usual', 'fast')),
  PRIMARY KEY (school_id, round_id, id)
) /* without rowid */;

CREATE TABLE tallies (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  kind      text NOT NULL,              -- route, day
  name      text NOT NULL,
  count     integer NOT NULL,
  PRIMARY KEY (school_id, round_id, kind, name),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
) /* without rowid */;

CREATE TABLE releases (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  id        text NOT NULL,
  made_at   timestamptz NOT NULL,
  body      text NOT NULL,              -- JSON: all that disclosure let out at this moment, and nothing else
  PRIMARY KEY (school_id, round_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);

-- +goose Down
DROP TABLE releases; DROP TABLE tallies; DROP TABLE responses; DROP TABLE inbox; DROP TABLE receipts; DROP TABLE slips;
