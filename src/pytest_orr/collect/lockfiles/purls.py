"""Reads package URLs (purl) into packages as advisories name them."""

from __future__ import annotations

from types import MappingProxyType
from urllib.parse import unquote

from .packages import Package

ECOSYSTEMS = MappingProxyType(
    {
        "pypi": "PyPI",
        "npm": "npm",
        "golang": "Go",
        "cargo": "crates.io",
        "gem": "RubyGems",
        "composer": "Packagist",
        "maven": "Maven",
        "nuget": "NuGet",
        "hex": "Hex",
        "pub": "Pub",
    }
)
"""Types of purl, and the ecosystem of OSV that knows their advisories."""


def package_of(purl: str) -> Package | None:
    """Return the package that a purl names; none if no advisories are known for its type.

    Qualifiers are left out: they may hold addresses that are nobody's business.
    """
    named, _, version = purl.partition("?")[0].partition("#")[0].rpartition("@")
    scheme, _, path = named.partition("/")
    kind = scheme.removeprefix("pkg:")
    if not scheme.startswith("pkg:") or kind not in ECOSYSTEMS or not path or not version:
        return None
    parts = [unquote(part) for part in path.strip("/").split("/")]
    between = ":" if kind == "maven" else "/"
    bare = unquote(version)
    return Package(
        ECOSYSTEMS[kind],
        between.join(parts),
        bare.removeprefix("v") if kind in {"golang", "composer"} else bare,
    )
