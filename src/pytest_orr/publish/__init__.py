"""The edge out: files that are whole or not there."""
