-- What people wrote in boxes. A comment has an id of its own, no time, and no key to a response, a slip or a person; what it
-- says is locked with a key that is not in the database. Nobody but the safeguarding team and the readers they name may read
-- it; what may be read by others is copied into quotes once an adult has let it.

-- +goose Up
CREATE TABLE comments (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  id        text NOT NULL,
  dealt     boolean NOT NULL,        -- handed to the readers, with others
  state     text NOT NULL CHECK (state IN ('held', 'read', 'kept', 'ready', 'released')),
  body      text NOT NULL,           -- AES-256-GCM, base64: question, class, words, how far they may go, what adults did
  PRIMARY KEY (school_id, round_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
) /* without rowid */;
CREATE TABLE quotes (
  school_id   text NOT NULL,
  round_id    text NOT NULL,
  id          text NOT NULL,
  question_id text NOT NULL,
  unit_id     text NOT NULL,         -- the group that at least ten writers are in: a class, a year or the school
  words       text NOT NULL,
  retold      boolean NOT NULL,      -- an adult's words for what was written
  PRIMARY KEY (school_id, round_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
) /* without rowid */;
CREATE TABLE absences (
  school_id text NOT NULL,
  id        text NOT NULL,
  person_id text NOT NULL,           -- of the safeguarding team
  first_on  text NOT NULL,
  last_on   text NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);

-- +goose Down
DROP TABLE absences;
DROP TABLE quotes;
DROP TABLE comments;
