"""Bytes of a sign-off: what is signed, what a signature says, and whether it holds."""
