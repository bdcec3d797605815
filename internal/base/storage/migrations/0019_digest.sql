-- Who wants a mail a week about what waits for them, and for which week it was last looked at. Those without a row have not
-- chosen: heads, leaders and governors get it then, and nobody else.

-- +goose Up
CREATE TABLE digests (
  school_id text NOT NULL,
  person_id text NOT NULL,
  choice    text NOT NULL CHECK (choice IN ('', 'on', 'off')),
  week      text NOT NULL DEFAULT '', -- the Monday of the week that was last looked at; whether a mail was sent is not kept
  PRIMARY KEY (school_id, person_id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);

-- +goose Down
DROP TABLE digests;
