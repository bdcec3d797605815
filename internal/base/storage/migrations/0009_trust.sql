-- Trusts: schools that read sums over all of them. See docs/decisions/0023-trusts.md.
-- trusts, trust_schools and trust_sums belong to no one school: they are exceptions to the rule that keys begin with school_id.

-- +goose Up
CREATE TABLE trusts (
  id         text PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  seen       text NOT NULL DEFAULT '', -- of which schools and rounds the sums were last looked at
  created_at timestamptz NOT NULL
);

CREATE TABLE trust_schools (
  trust_id  text NOT NULL REFERENCES trusts (id),
  id        text NOT NULL,
  school_id text NOT NULL,
  joined_at timestamptz NOT NULL,
  left_at   timestamptz,
  PRIMARY KEY (trust_id, id)
);
-- A school is in one trust at a time.
CREATE UNIQUE INDEX trust_schools_now ON trust_schools (school_id) WHERE left_at IS NULL;
CREATE INDEX trust_schools_ever ON trust_schools (school_id);

-- What a release says in full of the whole school, a line for each question; the line without a question is how many answered.
CREATE TABLE totals (
  school_id   text NOT NULL,
  round_id    text NOT NULL,
  question_id text NOT NULL,
  voice       text NOT NULL,            -- pupils, parents, staff
  year        integer NOT NULL,         -- in which the school year began that the round closed in
  item        text NOT NULL,
  wording     text NOT NULL,            -- that is compared: a corrected typo keeps it
  favourable  integer NOT NULL,
  answered    integer NOT NULL,         -- of whom the favourable ones are a part
  asked       integer NOT NULL,
  body        text NOT NULL,            -- JSON: the question's words, where they are the bank's own, and the bars
  PRIMARY KEY (school_id, round_id, question_id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);

CREATE TABLE trust_sums (
  trust_id text NOT NULL REFERENCES trusts (id),
  voice    text NOT NULL,
  year     integer NOT NULL,
  wording  text NOT NULL,               -- empty: how many answered
  edition  integer NOT NULL,            -- 1, and one more whenever enough further schools have come
  made_at  timestamptz NOT NULL,
  counted  text NOT NULL,               -- JSON: which round of which school is in it
  body     text NOT NULL,               -- JSON: what readers see
  PRIMARY KEY (trust_id, voice, year, wording)
);

-- One more role. Neither database can widen a check in the same words, so the table is written anew.
CREATE TABLE appointments_wider (
  school_id text NOT NULL,
  id        text NOT NULL,
  person_id text NOT NULL,
  role      text NOT NULL CHECK (role IN ('teacher', 'leader', 'head', 'governor', 'safeguarding_lead', 'safeguarding_deputy', 'administrator', 'trust_analyst', 'comment_reader', 'chair')),
  place     text NOT NULL DEFAULT '',   -- where a pupil finds them
  begins_on text NOT NULL,
  ends_on   text NOT NULL DEFAULT '',
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);
INSERT INTO appointments_wider (school_id, id, person_id, role, place, begins_on, ends_on)
  SELECT school_id, id, person_id, role, place, begins_on, ends_on FROM appointments;
DROP TABLE appointments;
ALTER TABLE appointments_wider RENAME TO appointments;
CREATE INDEX appointments_person ON appointments (school_id, person_id);

-- +goose Down
DELETE FROM appointments WHERE role IN ('trust_analyst', 'comment_reader', 'chair');
DROP TABLE trust_sums; DROP TABLE totals; DROP TABLE trust_schools; DROP TABLE trusts;
