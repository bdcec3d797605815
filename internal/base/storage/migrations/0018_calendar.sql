-- A school's calendar and how much it asks of people; packs for governors that were withdrawn, and what of them the next one
-- comes back to.

-- +goose Up
ALTER TABLE schools ADD COLUMN calendar text NOT NULL DEFAULT ''; -- JSON: terms, holidays, quiet weeks
ALTER TABLE schools ADD COLUMN asking_minutes integer NOT NULL DEFAULT 20; -- a pupil a term
ALTER TABLE packs ADD COLUMN follows text NOT NULL DEFAULT ''; -- JSON: what was to be worked on, with its figures as they were shown
ALTER TABLE packs ADD COLUMN withdrawn_at timestamptz;
ALTER TABLE packs ADD COLUMN withdrawn_by text NOT NULL DEFAULT ''; -- a name, as it was
ALTER TABLE packs ADD COLUMN withdrawn_because text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE packs DROP COLUMN withdrawn_because;
ALTER TABLE packs DROP COLUMN withdrawn_by;
ALTER TABLE packs DROP COLUMN withdrawn_at;
ALTER TABLE packs DROP COLUMN follows;
ALTER TABLE schools DROP COLUMN asking_minutes;
ALTER TABLE schools DROP COLUMN calendar;
