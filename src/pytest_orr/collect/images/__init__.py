"""Collectors of container images: what they are built from, who built them, and where they run."""
