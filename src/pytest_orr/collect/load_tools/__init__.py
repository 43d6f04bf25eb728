"""Reads what load tools wrote, one module for each tool, for ``collect.load_results``."""
