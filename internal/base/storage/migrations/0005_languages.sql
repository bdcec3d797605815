-- Which languages a school may ask in: the texts about safety, read by a speaker of each.

-- +goose Up
CREATE TABLE language_readings (
  school_id   text NOT NULL REFERENCES schools (school_id),
  language    text NOT NULL,             -- pl, cy, ...
  state       text NOT NULL CHECK (state IN ('draft', 'approved')), -- a draft waits beside what is approved
  reader      text NOT NULL,             -- the person who read the texts
  role        text NOT NULL,             -- how they know the language
  named       boolean NOT NULL,          -- whether the school has named them to read
  hash        text NOT NULL,             -- of all texts as they were shipped when they were read
  texts       text NOT NULL,             -- JSON: text -> its fingerprint, English and translation
  corrections text NOT NULL,             -- JSON: text -> what is said instead
  account_id  text NOT NULL,             -- who wrote this down
  saved_at    timestamptz NOT NULL,
  PRIMARY KEY (school_id, language, state)
);

-- +goose Down
DROP TABLE language_readings;
