-- What the school does with what was said: a reply to each round, and its answers, each of which somebody sees to.

-- +goose Up
CREATE TABLE replies (
  school_id    text NOT NULL,
  round_id     text NOT NULL,
  writer_id    text NOT NULL DEFAULT '', -- who writes it
  opening      text NOT NULL DEFAULT '', -- what the school says first
  last_heard   text NOT NULL DEFAULT '', -- the three lines that open the next survey
  last_did     text NOT NULL DEFAULT '',
  last_wont    text NOT NULL DEFAULT '',
  published_at timestamptz,
  published_by text NOT NULL DEFAULT '', -- a person's name, as it was
  changed_at   timestamptz NOT NULL,
  PRIMARY KEY (school_id, round_id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);

CREATE TABLE actions (
  school_id    text NOT NULL,
  id           text NOT NULL,
  round_id     text NOT NULL,
  position     integer NOT NULL,
  answer       text NOT NULL CHECK (answer IN ('done', 'together', 'trying', 'not_now', 'no')),
  heard        text NOT NULL,            -- what was heard
  doing        text NOT NULL,            -- what is done, tried, or why not
  pupils       text NOT NULL DEFAULT '', -- together: what those who answered do
  staff        text NOT NULL DEFAULT '', -- together: what the school does
  question_id  text NOT NULL DEFAULT '', -- the question of the round that it should move
  owner_id     text NOT NULL DEFAULT '',
  owner_name   text NOT NULL DEFAULT '',
  due          text NOT NULL DEFAULT '',
  steps        text NOT NULL DEFAULT '[]', -- JSON
  state        text NOT NULL CHECK (state IN ('planned', 'doing', 'done', 'dropped')),
  became       text NOT NULL DEFAULT '', -- what became of it
  quick        boolean NOT NULL,         -- a small thing that is answered before the whole reply is
  published_at timestamptz,
  changed_at   timestamptz NOT NULL,     -- its words, last
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (school_id, id),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);
CREATE INDEX actions_round ON actions (school_id, round_id, position);

CREATE TABLE reply_languages (
  school_id   text NOT NULL,
  round_id    text NOT NULL,
  language    text NOT NULL,
  body        text NOT NULL,             -- JSON: piece of the reply -> the English it stands for, and its words
  approved_by text NOT NULL DEFAULT '',  -- who says that it means the same; empty: nobody yet
  approved_at timestamptz,
  changed_at  timestamptz NOT NULL,
  PRIMARY KEY (school_id, round_id, language),
  FOREIGN KEY (school_id, round_id) REFERENCES rounds (school_id, id)
);

-- +goose Down
DROP TABLE reply_languages; DROP TABLE actions; DROP TABLE replies;
