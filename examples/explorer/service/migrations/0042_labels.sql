ALTER TABLE accounts ADD COLUMN label text;
