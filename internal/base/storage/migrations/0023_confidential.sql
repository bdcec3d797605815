-- Rounds in which an answer belongs to somebody: confidential ones, whose names are sealed to keys that are in the browsers of
-- those who hold them, and named ones. See docs/decisions/0035-confidential.md.

-- +goose Up
-- Two more modes. Neither database can widen a check in the same words, so the column is written anew.
ALTER TABLE rounds ADD COLUMN mode_now text NOT NULL DEFAULT 'anonymous' CHECK (mode_now IN ('anonymous', 'confidential', 'named', 'open_link'));
UPDATE rounds SET mode_now = mode;
ALTER TABLE rounds DROP COLUMN mode;
ALTER TABLE rounds RENAME COLUMN mode_now TO mode;

-- Which slip a personal invitation stands for; empty where the slip is worked out and never kept.
ALTER TABLE invitations ADD COLUMN slip text NOT NULL DEFAULT '';
-- What the school's lists said of them when the round opened.
ALTER TABLE invitations ADD COLUMN flags text NOT NULL DEFAULT '';

-- What stands beside a response, or one that waits, of a round that is not anonymous. Anonymous rounds have no row here.
CREATE TABLE marks (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  id        text NOT NULL,               -- of the response
  tie       text NOT NULL,               -- of the envelope or the name
  flags     text NOT NULL DEFAULT '',    -- of the roster as the round opened: ids with spaces between
  link      text NOT NULL DEFAULT '',    -- made on a device from a personal card: the same in every round; empty once the round has settled
  back      text NOT NULL DEFAULT '',    -- what taking it back needs, locked to a number that only the device was told; empty once the round has settled
  PRIMARY KEY (school_id, round_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
) /* without rowid */;

-- One bit of one answer, by a hash of the card's number and the wording: so that the same question to the same pupil can be
-- compared in two rounds, and nothing else of a pupil be put together.
CREATE TABLE followed (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  wording   text NOT NULL,
  hash      text NOT NULL,
  good      boolean NOT NULL,
  PRIMARY KEY (school_id, round_id, wording, hash),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
) /* without rowid */;

-- Whose answer or comment it is, sealed with age to the keys of those the promise names.
CREATE TABLE envelopes (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  id        text NOT NULL,               -- the tie of a response or of a comment
  body      text NOT NULL,               -- age, base64
  keys      text NOT NULL,               -- the ids of the keys it is sealed to, sorted, with spaces between
  inner_hash text NOT NULL DEFAULT '',   -- SHA-256 of what is under the outer seal, where there is one: nothing else is taken for it
  peeled    text NOT NULL DEFAULT '',    -- without its outer seal, for a day at most, while it is being sealed anew
  PRIMARY KEY (school_id, round_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
) /* without rowid */;

-- Whose answer or comment it is, in a round that said plainly that names are kept.
CREATE TABLE names (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  id        text NOT NULL,
  person_id text NOT NULL,
  PRIMARY KEY (school_id, round_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
) /* without rowid */;

-- The public half of a key; its private half was made in its holder's browser and has never been here.
CREATE TABLE key_holders (
  school_id text NOT NULL,
  id        text NOT NULL,
  person_id text NOT NULL,
  recipient text NOT NULL,               -- age1...
  made_on   text NOT NULL,
  proved_on text NOT NULL DEFAULT '',    -- when its holder last opened something with it
  ended_on  text NOT NULL DEFAULT '',
  trial     text NOT NULL DEFAULT '',    -- hash of what is sealed in the trial they are to open now
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);

-- Somebody wanted to know whose an answer or a comment is, and why.
CREATE TABLE openings (
  school_id   text NOT NULL,
  id          text NOT NULL,
  round_id    text NOT NULL,
  envelope_id text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('answer', 'comment', 'concern', 'all')),
  category    text NOT NULL,
  reason      text NOT NULL,
  past_head   boolean NOT NULL DEFAULT FALSE, -- it is about the head, who neither sees nor decides it
  asked_by    text NOT NULL,             -- people
  asked_at    timestamptz NOT NULL,
  until       timestamptz NOT NULL,      -- from then on nothing is handed out for it
  agreed_by   text NOT NULL DEFAULT '',  -- of the other group, where two people are needed
  agreed_at   timestamptz,
  refused     text NOT NULL DEFAULT '',  -- why they did not agree
  inner_body  text NOT NULL DEFAULT '',  -- what the second person took the outer seal from; forgotten with the date
  opened_at   timestamptz,
  told        integer NOT NULL DEFAULT 0, -- 1: the second person has been told; 2: the chair too
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);

-- A pupil's own card. Its code is listed in the directory, as a keyed hash, and is nowhere else.
CREATE TABLE cards (
  school_id text NOT NULL,
  person_id text NOT NULL,
  made_on   text NOT NULL,
  pictures  text NOT NULL DEFAULT '',    -- keyed hash of three pictures, by form; empty: none
  PRIMARY KEY (school_id, person_id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);

-- What the school's lists say of pupils, by which results of confidential rounds may be told apart.
CREATE TABLE flags (
  school_id text NOT NULL REFERENCES schools (school_id),
  id        text NOT NULL,
  name      text NOT NULL,
  PRIMARY KEY (school_id, id)
);
CREATE TABLE flagged (
  school_id text NOT NULL,
  flag_id   text NOT NULL,
  person_id text NOT NULL,
  PRIMARY KEY (school_id, flag_id, person_id),
  FOREIGN KEY (school_id, flag_id) REFERENCES flags (school_id, id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);

-- +goose Down
DROP TABLE flagged; DROP TABLE flags; DROP TABLE cards; DROP TABLE openings; DROP TABLE key_holders; DROP TABLE names; DROP TABLE envelopes; DROP TABLE followed; DROP TABLE marks;
ALTER TABLE invitations DROP COLUMN flags;
ALTER TABLE invitations DROP COLUMN slip;
