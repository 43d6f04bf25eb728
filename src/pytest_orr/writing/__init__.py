"""Changes of the files that people write: judged first, then whole or not at all."""
