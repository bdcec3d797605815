-- What a member of staff keeps for themselves: guesses and a journal. A row says neither whose it is nor what it says nor
-- when it was written: its id is a keyed hash and its body is locked, with a key that is not in the database.

-- +goose Up
CREATE TABLE notes (
  school_id text NOT NULL,
  id        text NOT NULL, -- keyed hash of round, group and person
  round_id  text NOT NULL, -- with which it is deleted
  body      text NOT NULL, -- AES-256-GCM, base64
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);
-- Guesses that staff give for the picture of the whole staff, knowingly and without their name.
CREATE TABLE staff_guesses (
  school_id text NOT NULL,
  round_id  text NOT NULL,
  id        text NOT NULL, -- random
  guesses   text NOT NULL, -- JSON: question -> option
  PRIMARY KEY (school_id, round_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);

-- +goose Down
DROP TABLE staff_guesses; DROP TABLE notes;
