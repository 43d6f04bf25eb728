"""Facts about how people operate the service: documents, support, drills."""
