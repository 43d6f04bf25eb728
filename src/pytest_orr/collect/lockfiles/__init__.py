"""Lockfiles of package managers, read into packages without running anything."""
