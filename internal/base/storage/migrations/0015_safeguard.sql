-- Somebody wants to talk to an adult. A concern is joined to nothing: no round, no slip, no response, no device. What it says
-- is locked with a key that is not in the database, and its time goes when it has been dealt with.

-- +goose Up
CREATE TABLE concerns (
  school_id  text NOT NULL REFERENCES schools (school_id),
  id         text NOT NULL,
  goes_to    text NOT NULL CHECK (goes_to IN ('team', 'leads', 'head', 'chair')), -- the safeguarding team and the head, the team, the head or the chair of governors alone
  body       text NOT NULL,          -- AES-256-GCM, base64: name, words, notes
  state      text NOT NULL CHECK (state IN ('new', 'read', 'no_concern', 'recorded', 'referred')),
  arrived_at timestamptz,            -- until it has been dealt with
  alerts     integer NOT NULL,       -- how often adults have been alerted
  alert_at   timestamptz,            -- when they are next, while nobody has read it
  handled_on text NOT NULL DEFAULT '',
  PRIMARY KEY (school_id, id)
);
CREATE INDEX concerns_alert ON concerns (alert_at);

-- +goose Down
DROP TABLE concerns;
