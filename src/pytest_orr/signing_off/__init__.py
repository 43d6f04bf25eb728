"""A report with the keys of people under it: made and checked where the files are."""
