-- compatible: the release before reads no labels
ALTER TABLE accounts ADD COLUMN label text;
