"""Runs an item, names its outcome, folds the journal into a review."""
