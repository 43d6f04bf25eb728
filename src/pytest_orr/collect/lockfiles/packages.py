"""What a lockfile says: packages by ecosystem, name and version, and what it cannot say."""

from __future__ import annotations

import re
from dataclasses import dataclass

ADDRESS = re.compile(r"[a-z+]+://([^/@]*@)?(?P<host>[^/?#]+)")


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """A package at one version, as advisories name it."""

    ecosystem: str
    """As OSV names it: PyPI, npm, Go, crates.io, RubyGems, Packagist."""
    name: str
    version: str

    @property
    def shown(self) -> str:
        """Name and version, for a finding."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """What one lockfile holds."""

    packages: tuple[Package, ...] = ()
    """Sorted, each once."""
    loose: tuple[str, ...] = ()
    """Names of packages without an exact version, so that nobody can look them up, sorted."""


def locked(ecosystem: str, found: dict[str, set[str]], loose: set[str] | None = None) -> Locked:
    """Return what a lockfile holds, from the versions found of each name."""
    packages = {
        Package(ecosystem, name, version)
        for name, versions in found.items()
        for version in versions
    }
    return Locked(packages=tuple(sorted(packages)), loose=tuple(sorted(loose or ())))


def unaddressed(name: str) -> str:
    """Return what names a package without a version; of an address the host alone.

    Addresses may carry somebody's token.
    """
    address = ADDRESS.search(name)
    return f"a package from {address['host']}" if address else name
