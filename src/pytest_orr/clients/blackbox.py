"""A blackbox exporter's own configuration: what each module asserts; ``desk.blackbox``.

Prometheus tells which module looks at what, and the exporter alone what that module asks for. It
masks its secrets itself, and nothing but the following of a module is kept.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_orr.errors import FactUnavailable, Undeclared

from .api_wire import ApiWire, Asked, Way
from .settings import setting
from .yaml_text import yaml_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.profile.fields import FromEnvironment

    from .clocks import Clocks

WHOSE, SECTION = "the blackbox exporter", "[monitoring]"
KEY = f"{SECTION} blackbox"
AGAIN = f"run again when it answers, or correct {KEY} in readiness.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """How the exporter looks at a target."""

    prober: str
    """``http``, ``tcp``, ``dns`` …"""
    patterns: tuple[str, ...]
    """Of an http module: what the body must match."""
    checks_certificate: bool
    """Whether a certificate that does not verify makes the probe fail."""


class Blackbox:
    """The exporter that the profile declares; ``FactUnavailable`` says why it tells nothing."""

    def __init__(
        self,
        declared: str | FromEnvironment | None,
        *,
        environment: Mapping[str, str] | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        if declared is None:
            raise Undeclared(KEY, "the blackbox exporter's URL")
        told = os.environ if environment is None else environment
        self._url = setting(declared, where=KEY, environment=told).rstrip("/")
        self._wire = ApiWire(Way(whose=WHOSE, section=SECTION, clocks=clocks))

    def close(self) -> None:
        """End all connections."""
        self._wire.close()

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """Every module by its name (GET /config)."""
        told = self._wire.ask(Asked(url=f"{self._url}/config"))
        if told.status != 200:
            raise FactUnavailable(f"{WHOSE} answers GET /config with status {told.status}", AGAIN)
        try:
            documents = list(yaml_in(told.body, "its configuration"))
        except FactUnavailable as error:
            raise FactUnavailable(f"{WHOSE} answers GET /config with no YAML", AGAIN) from error
        said = documents[0].get("modules") if documents and isinstance(documents[0], dict) else None
        if not isinstance(said, dict):
            place = urlsplit(self._url).netloc
            raise FactUnavailable(f"{place} is no blackbox exporter: it has no modules", AGAIN)
        return {str(name): _module(one) for name, one in said.items() if isinstance(one, dict)}


def _module(said: dict[str, Any]) -> Module:
    http = _object(said.get("http"))
    patterns = http.get("fail_if_body_not_matches_regexp")
    return Module(
        prober=str(said.get("prober") or ""),
        patterns=tuple(map(str, patterns)) if isinstance(patterns, list) else (),
        checks_certificate=_object(http.get("tls_config")).get("insecure_skip_verify") != "true",
    )


def _object(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}
