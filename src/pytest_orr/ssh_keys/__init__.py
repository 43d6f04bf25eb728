"""Public keys and certificates as OpenSSH writes them: read, judged, and used to verify."""
