"""Reads package URLs (purl) into packages as advisories name them."""

from __future__ import annotations

import re
from types import MappingProxyType
from urllib.parse import unquote

from .packages import Package

PURL = re.compile(
    r"pkg:(?P<type>[a-z.+-]+)/((?P<space>[^?#]+)/)?(?P<name>[^/?#@]+)@(?P<version>[^?#]+)(\?.*|#.*)?",
    re.DOTALL,
)
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
    found = PURL.fullmatch(purl)
    if found is None or found["type"] not in ECOSYSTEMS:
        return None
    space = unquote(found["space"] or "")
    between = ":" if found["type"] == "maven" else "/"
    name = f"{space}{between}{unquote(found['name'])}" if space else unquote(found["name"])
    version = unquote(found["version"])
    return Package(
        ECOSYSTEMS[found["type"]],
        name,
        version.removeprefix("v") if found["type"] in {"golang", "composer"} else version,
    )
