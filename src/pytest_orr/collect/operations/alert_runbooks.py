"""Follows each alert rule's link to the runbook: the fact ``alert_runbooks``."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urldefrag

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.collect.watching.alert_rules import RUNBOOK, own_rules
from pytest_orr.observation import Answer

from .links import has_anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRunbook:
    """Where an alert's ``runbook_url`` leads."""

    url: str
    """As the rule has it; empty if it names none."""
    is_asked: bool
    """Whether it is on a host of ``[evidence]``, by https."""
    is_there: bool = False
    """Whether there is such a document, and the place in it that the URL names."""
    fragment: str = ""
    """The place in it."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return self.url.partition("?")[0] or "no runbook_url"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRunbooks:
    """Does every alert say which part of the runbook is about it?"""

    name: str = "alert_runbooks"
    source: str = "Prometheus and HTTP"
    operations: tuple[str, ...] = ("http:GET", "prometheus:GET")
    fact_type: Any = tuple[Part[AlertRunbook], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[AlertRunbook], ...]]:
        """Follow the links of the service's alert rules, each by itself."""
        parts = tuple(
            part_of(f"alert {one.name}", partial(_followed, desk, one.annotations.get(RUNBOOK, "")))
            for one in own_rules(desk)
        )
        return Answer(value=parts, where=(desk.prometheus.where,))


def _followed(desk: Desk, url: str) -> AlertRunbook:
    if not desk.pages.is_asked(url):
        return AlertRunbook(url=url, is_asked=False)
    bare, fragment = urldefrag(url)
    document = desk.pages.at(bare)
    is_there = document.is_there and (not fragment or has_anchor(document, fragment))
    return AlertRunbook(url=url, is_asked=True, is_there=is_there, fragment=fragment)
