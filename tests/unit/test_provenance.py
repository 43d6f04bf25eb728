"""What a run tells whoever signs it: who made the release, when it ended, by which product."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.delivery.earlier_sign_offs import EarlierSignOff, EarlierSignOffs
from pytest_orr.collect.delivery.tagged_releases import (
    Publication,
    ReleaseTag,
    TaggedReleaseFacts,
    TaggedReleases,
    TagProtection,
    TagSignature,
)
from pytest_orr.collect.parts import Part
from pytest_orr.collect.snapshot import text_of
from pytest_orr.model import Need, RunBlock, Signing
from pytest_orr.observation import Observed, Unavailable, Unobserved
from pytest_orr.profile.load import load
from pytest_orr.provenance import provenance_of, tool_sha256
from tests.signoffs import some_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_orr.model import Provenance
    from pytest_orr.observation import Observation
    from pytest_orr.profile.load import Written
    from tests.conftest import Repository

RUN = RunBlock(
    id="run-1",
    started="2026-11-20T09:00:00Z",
    as_of="2026-11-20T09:00:00Z",
    tool="pytest-orr 9",
    suite="5" * 64,
)
TAGS: Any = TaggedReleases()
EARLIER: Any = EarlierSignOffs()


@pytest.fixture
def written(small: Callable[..., Repository]) -> Written:
    """What a small repository writes."""
    return load(small().suite / "readiness.toml", items=(), as_of=date(2026, 11, 20))


@pytest.fixture
def of(tmp_path: Path, written: Written) -> Callable[..., Provenance]:
    """Return the provenance of a run that saw these facts."""

    def make(*seen: Observation[Any], **changes: Any) -> Provenance:
        facts = tmp_path / "facts.json"
        if seen:
            by_name: Mapping[str, Observation[Any]] = {one.name: one for one in seen}
            known = {**dict.fromkeys(by_name, TAGS), EARLIER.name: EARLIER}
            text = text_of(RUN, by_name, known, scope="6" * 64, redact=lambda value: value)
            facts.write_text(text, encoding="utf-8")
        profile = replace(written.profile, release=replace(written.profile.release, **changes))
        judged = replace(written, profile=profile)
        return provenance_of(judged, facts, run=RUN, checklist_version="1.2.0")

    return make


def tagged(*signatures: Part[TagSignature], read_at: str = "") -> Observed[Any]:
    facts = TaggedReleaseFacts(
        pattern="v*",
        tags=tuple(
            ReleaseTag(
                name=f"v{number}",
                signature=signature,
                publication=Part(name="release", observed=Publication(is_published=True)),
            )
            for number, signature in enumerate(signatures)
        ),
        protection=Part(name="tags v*", observed=TagProtection(patterns=("v*",))),
    )
    return Observed(name=TAGS.name, value=(facts,), source="forge and git", read_at=read_at)


def tag_by(tagger: str, *, is_of_release: bool = True) -> Part[TagSignature]:
    seen = TagSignature(
        commit="0" * 40, is_of_release=is_of_release, is_signed=False, tagger=tagger
    )
    return Part(name="signature", observed=seen)


def test_without_facts_a_run_ended_when_it_began(of: Callable[..., Provenance]) -> None:
    found = of()
    assert (found.finished, found.authors, found.signing) == (RUN.started, (), None)
    assert (found.checklist_version, found.facts_sha256) == ("1.2.0", "")


@pytest.mark.parametrize(
    ("read_at", "finished"),
    [
        ("2026-11-20T09:04:10Z", "2026-11-20T09:04:10Z"),
        ("2026-11-20T08:59:59Z", "2026-11-20T09:00:00Z"),
        ("", "2026-11-20T09:00:00Z"),
    ],
)
def test_a_run_ended_when_its_last_fact_was_read_and_not_before_it_began(
    of: Callable[..., Provenance], read_at: str, finished: str
) -> None:
    denied = Unobserved(name="x", cause="denied", remedy="grant it", source="AWS", read_at=read_at)
    assert of(tagged(read_at="2026-11-20T08:00:00Z"), denied).finished == finished


def test_who_tagged_the_release_and_who_asked_for_it_are_its_authors(
    of: Callable[..., Provenance],
) -> None:
    unread: Part[TagSignature] = Part(
        name="signature", unavailable=Unavailable(cause="no such tag", remedy="fetch it")
    )
    seen = tagged(
        tag_by("finn@example.org"),
        tag_by("old@example.org", is_of_release=False),
        tag_by(""),
        unread,
    )
    found = of(seen, asked_by=("pia@example.org", "ana@example.org"))
    assert found.authors == ("ana@example.org", "finn@example.org", "pia@example.org")


def earlier(**more: Any) -> EarlierSignOff:
    usual = {"tag": "v1", "commit": "0" * 40, "sha256": "1" * 64, "is_by_todays_policy": True}
    return EarlierSignOff(**{**usual, **more})


@pytest.mark.parametrize(
    ("part", "superseded"),
    [
        (Part(name="x", observed=earlier(payload_sha256="2" * 64)), "2" * 64),
        (Part(name="x", observed=earlier(payload_sha256="2" * 64, published="3" * 64)), ""),
        (Part(name="x", observed=earlier(refused="expired", why="too old")), ""),
        (Part(name="x", unavailable=Unavailable(cause="it is gone", remedy="copy it")), ""),
    ],
)
def test_a_sign_off_that_was_verified_is_superseded_and_no_other(
    of: Callable[..., Provenance], part: Part[EarlierSignOff], superseded: str
) -> None:
    value = (part,)
    seen = Observed(name=EARLIER.name, value=value, source="forge", read_at=RUN.started)
    assert of(seen).supersedes == superseded
    assert of(tagged()).supersedes == ""


def test_the_rules_about_signatures_are_told_as_the_policy_has_them(
    written: Written, tmp_path: Path
) -> None:
    rules = some_rules(need={"service": 2, "security": 1}, max_days=5, solo=True)
    judged = replace(written, policy=replace(written.policy, signoff=rules))
    found = provenance_of(judged, tmp_path / "facts.json", run=RUN, checklist_version="1")
    need = (Need(role="service", people=2), Need(role="security", people=1))
    assert found.signing == Signing(need=need, max_days=5, solo=True)


class Installed:
    """A distribution as ``importlib.metadata`` tells of it."""

    version = "1.2.0"

    def __init__(self, record: str | None) -> None:
        self._record = record

    def read_text(self, name: str) -> str | None:
        return self._record if name == "RECORD" else None


def digest_of(record: str | None) -> str:
    installed: Any = Installed(record)
    return tool_sha256(installed)


def test_the_product_is_known_by_its_files_whatever_else_was_installed_with_it() -> None:
    files = "pytest_orr/a.py,sha256=x,1\npytest_orr/b.py,sha256=y,2"
    digest = hashlib.sha256(files.encode()).hexdigest()
    turned = "\n".join(reversed(files.splitlines()))
    assert digest_of(files) == digest_of(f"../../bin/orr,sha256=z,3\n{turned}\n") == digest
    assert digest_of(files.replace("sha256=y", "sha256=z")) != digest


@pytest.mark.parametrize("record", [None, "", "_editable_impl_pytest_orr.pth,sha256=x,14\n"])
def test_what_is_installed_for_editing_is_known_by_its_version(record: str | None) -> None:
    assert digest_of(record) == hashlib.sha256(b"1.2.0 editable").hexdigest()
