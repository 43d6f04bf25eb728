"""Secrets in the repository, as whoever looks for them tells: never the secrets themselves."""
