-- The way back: whoever wrote to an adult holds sixteen digits, and reads with them what an adult answered. The digits are
-- nowhere here: a row of directory has a keyed hash of what is derived from them, and a reply is sealed to a key whose other
-- half only the digits give. A thread ends with its concern. Also whom adults call outside school, when they were last told,
-- and what came of trying it all out.

-- +goose Up
ALTER TABLE schools ADD COLUMN escalation text NOT NULL DEFAULT ''; -- whom to call outside school: one a line, name and number
ALTER TABLE concerns ADD COLUMN drill boolean NOT NULL DEFAULT false; -- made by adults, to try it out
CREATE TABLE threads (
  school_id  text NOT NULL,
  id         text NOT NULL,
  concern_id text NOT NULL,
  public     text NOT NULL,          -- replies are sealed to it
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, concern_id) REFERENCES concerns (school_id, id)
) /* without rowid */;
CREATE TABLE thread_replies (
  school_id text NOT NULL,
  thread_id text NOT NULL,
  place     integer NOT NULL,        -- the first is 1
  body      text NOT NULL,           -- HPKE, base64: who, when, words
  PRIMARY KEY (school_id, thread_id, place),
  FOREIGN KEY (school_id, thread_id) REFERENCES threads (school_id, id)
) /* without rowid */;
CREATE TABLE told (
  school_id text NOT NULL,
  person_id text NOT NULL,
  at        timestamptz NOT NULL,    -- when an adult was last alerted, so that many messages are not as many mails
  PRIMARY KEY (school_id, person_id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);
CREATE TABLE drills (
  school_id  text NOT NULL REFERENCES schools (school_id),
  id         text NOT NULL,
  concern_id text NOT NULL,          -- of the test message, which may be deleted before this
  started_at timestamptz NOT NULL,
  alerted_at timestamptz,
  read_at    timestamptz,
  handled_at timestamptz,
  PRIMARY KEY (school_id, id)
);

-- +goose Down
DROP TABLE drills;
DROP TABLE told;
DROP TABLE thread_replies;
DROP TABLE threads;
ALTER TABLE concerns DROP COLUMN drill;
ALTER TABLE schools DROP COLUMN escalation;
