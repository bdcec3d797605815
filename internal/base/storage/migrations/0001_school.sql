-- Who there is: schools, accounts, people, groups, what they may do, and what was done.
-- Every table of a school has school_id first in its key, so that schools can be spread over machines.
-- The exceptions are directory, accounts and sessions: one person may serve several schools.

-- +goose Up
CREATE TABLE directory (
  hash       text PRIMARY KEY,          -- keyed hash of a code; the code itself is nowhere
  kind       text NOT NULL,             -- setup, invitation, round
  school_id  text NOT NULL,
  target     text NOT NULL,
  expires_at timestamptz
);

CREATE TABLE accounts (
  id              text PRIMARY KEY,
  email           text NOT NULL UNIQUE, -- folded to lower case
  name            text NOT NULL,
  password        text NOT NULL,        -- argon2id with its parameters; empty until the invitation is taken up
  created_at      timestamptz NOT NULL,
  disabled_at     timestamptz,
  failures        integer NOT NULL DEFAULT 0, -- wrong passwords in a row from devices not seen before
  failed_at       timestamptz,
  device_failures integer NOT NULL DEFAULT 0, -- the same from devices this person has signed in on
  device_failed_at timestamptz
);

CREATE TABLE sessions (
  token_hash text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  school_id  text NOT NULL,
  started_at timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL,
  ends_at    timestamptz NOT NULL,
  flash      text NOT NULL DEFAULT ''
);
CREATE INDEX sessions_account ON sessions (account_id);

CREATE TABLE schools (
  school_id  text PRIMARY KEY,
  name       text NOT NULL,
  nation     text NOT NULL,             -- england, wales, scotland, northern_ireland, other: which helplines
  time_zone  text NOT NULL,
  roll       integer NOT NULL,          -- pupils in the whole school, as the head said; under 120 is a small school
  opens_at   text NOT NULL,             -- school hours, "08:30"
  closes_at  text NOT NULL,
  helplines  text NOT NULL DEFAULT '',  -- the school's own, one a line; empty: those of the nation
  invented   boolean NOT NULL DEFAULT FALSE, -- the demo school, whose pages say so
  created_at timestamptz NOT NULL
);

CREATE TABLE people (
  school_id  text NOT NULL REFERENCES schools (school_id),
  id         text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('pupil', 'staff', 'parent', 'governor')),
  given      text NOT NULL,
  family     text NOT NULL,
  email      text NOT NULL DEFAULT '',
  account_id text REFERENCES accounts (id),
  year       text NOT NULL DEFAULT '',
  source     text NOT NULL DEFAULT '',  -- which list they came from
  source_id  text NOT NULL DEFAULT '',  -- their id in that list
  row_hash   text NOT NULL DEFAULT '',  -- of the mapped fields: the same hash is no change
  ended_on   text NOT NULL DEFAULT '',
  PRIMARY KEY (school_id, id)
);
CREATE INDEX people_source ON people (school_id, source, source_id);
CREATE INDEX people_account ON people (school_id, account_id);

CREATE TABLE groups (
  school_id text NOT NULL REFERENCES schools (school_id),
  id        text NOT NULL,
  kind      text NOT NULL CHECK (kind IN ('form', 'class')),
  name      text NOT NULL,
  year      text NOT NULL,
  subject   text NOT NULL DEFAULT '',
  size      integer NOT NULL DEFAULT 0, -- as stated, where no names are held
  source    text NOT NULL DEFAULT '',
  ended_on  text NOT NULL DEFAULT '',
  PRIMARY KEY (school_id, id)
);

CREATE TABLE memberships (
  school_id text NOT NULL,
  group_id  text NOT NULL,
  person_id text NOT NULL,
  role      text NOT NULL CHECK (role IN ('pupil', 'teacher')),
  began_on  text NOT NULL,
  ended_on  text NOT NULL DEFAULT '',
  PRIMARY KEY (school_id, group_id, person_id, role, began_on),
  FOREIGN KEY (school_id, group_id) REFERENCES groups (school_id, id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);
CREATE INDEX memberships_person ON memberships (school_id, person_id);

CREATE TABLE appointments (
  school_id text NOT NULL,
  id        text NOT NULL,
  person_id text NOT NULL,
  role      text NOT NULL CHECK (role IN ('teacher', 'leader', 'head', 'governor', 'safeguarding_lead', 'safeguarding_deputy', 'administrator')),
  place     text NOT NULL DEFAULT '',   -- where a pupil finds them
  begins_on text NOT NULL,
  ends_on   text NOT NULL DEFAULT '',
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);
CREATE INDEX appointments_person ON appointments (school_id, person_id);

CREATE TABLE audit (
  school_id  text NOT NULL REFERENCES schools (school_id),
  id         text NOT NULL,
  at         timestamptz NOT NULL,
  account_id text NOT NULL,             -- empty: the clock
  action     text NOT NULL,             -- round.open, people.import, ...
  kind       text NOT NULL,
  target     text NOT NULL,
  note       text NOT NULL DEFAULT '',  -- counts and settings; never an answer, never a pupil's name
  PRIMARY KEY (school_id, id)
);
CREATE INDEX audit_at ON audit (school_id, at);

CREATE TABLE jobs (
  school_id   text NOT NULL REFERENCES schools (school_id),
  id          text NOT NULL,
  kind        text NOT NULL,
  target      text NOT NULL,
  due_at      timestamptz NOT NULL,
  taken_until timestamptz,              -- a lease: another server takes over when it runs out
  tries       integer NOT NULL DEFAULT 0,
  done_at     timestamptz,
  PRIMARY KEY (school_id, id)
);
CREATE UNIQUE INDEX jobs_once ON jobs (school_id, kind, target);
CREATE INDEX jobs_due ON jobs (due_at);

-- +goose Down
DROP TABLE jobs; DROP TABLE audit; DROP TABLE appointments; DROP TABLE memberships; DROP TABLE groups; DROP TABLE people;
DROP TABLE schools; DROP TABLE sessions; DROP TABLE accounts; DROP TABLE directory;
