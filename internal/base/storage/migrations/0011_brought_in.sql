-- Rounds whose answers were collected elsewhere and brought in from a file.

-- +goose Up
ALTER TABLE rounds ADD COLUMN origin text NOT NULL DEFAULT ''; -- '': asked here; 'file': brought in from a file

-- +goose Down
ALTER TABLE rounds DROP COLUMN origin;
