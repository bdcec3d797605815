-- What is asked: surveys, their versions, and rounds with the snapshot of units and readers taken at opening.

-- +goose Up
CREATE TABLE surveys (
  school_id  text NOT NULL REFERENCES schools (school_id),
  id         text NOT NULL,
  title      text NOT NULL,
  audience   text NOT NULL,
  document   text NOT NULL,             -- the draft, JSON
  template   text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (school_id, id)
);

CREATE TABLE versions (
  school_id text NOT NULL,
  survey_id text NOT NULL,
  number    integer NOT NULL,
  hash      text NOT NULL,              -- SHA-256 of what is asked
  document  text NOT NULL,
  made_at   timestamptz NOT NULL,
  PRIMARY KEY (school_id, survey_id, number),
  FOREIGN KEY (school_id, survey_id) REFERENCES surveys (school_id, id)
);

CREATE TABLE rounds (
  school_id     text NOT NULL,
  id            text NOT NULL,
  code          text NOT NULL,          -- the public part of the address, not a secret
  survey_id     text NOT NULL,
  version       integer NOT NULL,
  title         text NOT NULL,
  audience      text NOT NULL,
  about         text NOT NULL CHECK (about IN ('school', 'classes')),
  mode          text NOT NULL CHECK (mode IN ('anonymous', 'open_link')),
  purpose       text NOT NULL CHECK (purpose IN ('learning', 'school')),
  state         text NOT NULL CHECK (state IN ('draft', 'open', 'closed', 'settled', 'published', 'cancelled')),
  why           text NOT NULL,          -- shown to those who answer
  may_change    text NOT NULL,          -- what may change because of the answers
  reply_by      text NOT NULL,
  reply_place   text NOT NULL DEFAULT '',
  closes_at     timestamptz NOT NULL,
  opened_at     timestamptz,
  closed_at     timestamptz,
  settled_at    timestamptz,
  published_at  timestamptz,
  cancelled_at  timestamptz,
  cancel_reason text NOT NULL DEFAULT '',
  promise_hash  text NOT NULL DEFAULT '',
  snapshot      text NOT NULL DEFAULT '', -- readers, lead, deputy and helplines as they were at opening, JSON
  plan          text NOT NULL DEFAULT '', -- the draft's choice of groups, JSON
  least         integer NOT NULL,       -- least people in a group shown
  created_by    text NOT NULL,
  created_at    timestamptz NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, survey_id, version) REFERENCES versions (school_id, survey_id, number)
);
CREATE UNIQUE INDEX rounds_code ON rounds (school_id, code);

CREATE TABLE units (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  id        text NOT NULL,
  parent_id text NOT NULL DEFAULT '',
  kind      text NOT NULL CHECK (kind IN ('school', 'year', 'form', 'class', 'phase')),
  name      text NOT NULL,
  subject   text NOT NULL DEFAULT '',
  size      integer NOT NULL,           -- people asked, as it was at opening
  position  integer NOT NULL,           -- order on every page: the school's own, never by result
  group_id  text NOT NULL DEFAULT '',
  reading   integer NOT NULL DEFAULT 0, -- look-alike slips asked for
  answered  integer NOT NULL DEFAULT 0, -- counted at settling
  cell_id   text NOT NULL DEFAULT '',   -- the unit its answers were counted in at settling
  PRIMARY KEY (school_id, round_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);

CREATE TABLE unit_readers (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  unit_id   text NOT NULL,
  person_id text NOT NULL,
  name      text NOT NULL,
  PRIMARY KEY (school_id, round_id, unit_id, person_id),
  FOREIGN KEY (school_id, round_id, unit_id) REFERENCES units (school_id, round_id, id)
);

CREATE TABLE promises (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  route     text NOT NULL,
  hash      text NOT NULL,
  parts     text NOT NULL,              -- JSON
  PRIMARY KEY (school_id, round_id, route),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);

-- +goose Down
DROP TABLE promises; DROP TABLE unit_readers; DROP TABLE units; DROP TABLE rounds; DROP TABLE versions; DROP TABLE surveys;
