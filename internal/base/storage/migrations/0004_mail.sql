-- Parents and their children, mail to parents and staff, and whom a round's mailed slips belong to. Pupils are never mailed.

-- +goose Up
CREATE TABLE families (
  school_id text NOT NULL,
  parent_id text NOT NULL,
  pupil_id  text NOT NULL,
  may_ask   boolean NOT NULL,           -- false: the school's list says not to write to them about this child
  PRIMARY KEY (school_id, parent_id, pupil_id),
  FOREIGN KEY (school_id, parent_id) REFERENCES people (school_id, id),
  FOREIGN KEY (school_id, pupil_id) REFERENCES people (school_id, id)
);
CREATE INDEX families_pupil ON families (school_id, pupil_id);

CREATE TABLE addresses (
  school_id  text NOT NULL REFERENCES schools (school_id),
  email      text NOT NULL,             -- folded to lower case
  stopped_on text NOT NULL DEFAULT '',  -- the day its owner asked for no more mail about surveys
  failed_on  text NOT NULL DEFAULT '',  -- the day a mail server refused it
  failure    text NOT NULL DEFAULT '',  -- what that server said
  PRIMARY KEY (school_id, email)
);

CREATE TABLE mailings (
  school_id  text NOT NULL,
  round_id   text NOT NULL,
  invited_at timestamptz NOT NULL,
  reminders  integer NOT NULL,          -- how many go out at most, 0 to 2
  PRIMARY KEY (school_id, round_id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);

-- An invitation says that a person holds a slip, not which: the code is worked out anew from the server's key whenever a
-- mail is written, so neither it nor its hash stands here. Settling deletes the rows.
CREATE TABLE invitations (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  id        text NOT NULL,
  person_id text NOT NULL,
  child_id  text NOT NULL,              -- empty: one answer for all their children, or of a member of staff
  unit_id   text NOT NULL,
  PRIMARY KEY (school_id, round_id, id),
  FOREIGN KEY (school_id, round_id, unit_id) REFERENCES units (school_id, round_id, id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
) /* without rowid */;
CREATE UNIQUE INDEX invitations_once ON invitations (school_id, round_id, person_id, child_id);

-- The queue of mails, without their words: those are written at the moment of sending.
CREATE TABLE mails (
  school_id   text NOT NULL,
  round_id    text NOT NULL,
  id          text NOT NULL,
  person_id   text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('invitation', 'reminder_1', 'reminder_2')),
  state       text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
  tries       integer NOT NULL,
  due_at      timestamptz NOT NULL,
  taken_until timestamptz,              -- a lease, as of jobs
  problem     text NOT NULL DEFAULT '', -- what went wrong with the last try
  PRIMARY KEY (school_id, round_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
) /* without rowid */;
CREATE UNIQUE INDEX mails_once ON mails (school_id, round_id, person_id, kind);
CREATE INDEX mails_due ON mails (state, due_at);

-- How many of a unit's people answer in the unit itself: parents of several years' children are asked in the school, those
-- of one year in the year, and staff in the school.
ALTER TABLE units ADD COLUMN own integer NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE units DROP COLUMN own;
DROP TABLE mails; DROP TABLE invitations; DROP TABLE mailings; DROP TABLE addresses; DROP TABLE families;
