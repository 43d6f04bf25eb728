"""The ``orr`` command."""
