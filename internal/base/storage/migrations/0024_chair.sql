-- Who chairs the governors, and from when: the chair hears what is about the head, and the head appoints. A new chair reads what
-- came before them only once somebody of the safeguarding team has confirmed them; and whoever else has to know is told.

-- +goose Up
CREATE TABLE chairings (
  school_id    text NOT NULL,
  id           text NOT NULL,
  person_id    text NOT NULL,
  since        timestamptz NOT NULL,
  made_by      text NOT NULL DEFAULT '',   -- people; empty: the program
  address      text NOT NULL DEFAULT '',   -- where they could be told while they chaired
  ended_at     timestamptz,
  ended_by     text NOT NULL DEFAULT '',
  confirmed_by text NOT NULL DEFAULT '',   -- people; empty beside a date: nobody had chaired before
  confirmed_at timestamptz,
  told         integer NOT NULL DEFAULT 0, -- 1: that it began; 2: that it ended
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);
-- Those who chair now do so as they did, and nobody is told of it.
INSERT INTO chairings (school_id, id, person_id, since, address, confirmed_at, told)
SELECT p.school_id, MIN(a.id), p.id, '2000-01-01 00:00:00+00:00', p.email, '2000-01-01 00:00:00+00:00', 1
FROM appointments a JOIN people p ON p.school_id = a.school_id AND p.id = a.person_id
WHERE a.role = 'chair' AND a.ends_on = '' AND p.ended_on = '' GROUP BY p.school_id, p.id, p.email;
-- A key that somebody else has ended: its holder is told.
ALTER TABLE key_holders ADD COLUMN ended_by text NOT NULL DEFAULT '';
ALTER TABLE key_holders ADD COLUMN told boolean NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE key_holders DROP COLUMN told;
ALTER TABLE key_holders DROP COLUMN ended_by;
DROP TABLE chairings;
