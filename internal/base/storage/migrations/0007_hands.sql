-- Hands that were raised, or counters put into a box: counts of a room, never added to responses.

-- +goose Up
CREATE TABLE hands (
  school_id   text NOT NULL,
  round_id    text NOT NULL,
  unit_id     text NOT NULL,
  question_id text NOT NULL,
  option_id   text NOT NULL,
  count       integer NOT NULL CHECK (count >= 0),
  PRIMARY KEY (school_id, round_id, unit_id, question_id, option_id),
  FOREIGN KEY (school_id, round_id, unit_id) REFERENCES units (school_id, round_id, id)
);

-- +goose Down
DROP TABLE hands;
