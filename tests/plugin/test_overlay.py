"""A service over its organisation's file: what holds, what is shown, and what ends the run."""

from __future__ import annotations

import hashlib
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

pytestmark = pytest.mark.usefixtures("untraced")

ORG = """\
name = "Platform of Example"
[[people]]
email = "pat@example.org"
name = "Pat"
roles = ["principal-engineer"]
[monitoring]
freshest_minutes = 10
"""
SERVERS = '[grafana]\nurl = "https://grafana.example.org"\ntoken = { env = "GRAFANA" }\n'
WEAKER = "[monitoring]\nfreshest_minutes = 20\n"
APPROVED = """\
[[weakenings]]
key = "monitoring.freshest_minutes"
value = 20
reason = "The old scraper <b>is replaced</b> in December."
approver = "pat@example.org"
on = 2026-11-18
until = 2026-12-31
"""
STRICTEST = """\
name = "Strictest"
[certificates]
minimum_days_left = 3000
[credential_limits]
oldest_access_key_days = 1
key_used_within_days = 1
[host_limits]
minimum_support_days = 9000
most_restarts = 0
fullest_disk = 1
least_memory_free = 100
[compute]
highest_cpu = 1
oldest_image_days = 1
oldest_scan_days = 1
[database_limits]
retention_days = 35
newest_hours = 1
[scaling]
oldest_test_days = 1
tested_factor = 100.0
alarm_share = 0.01
[repository]
newest_update_days = 1
[delivery]
approvers = 9
drill_days = 1
[images]
minimum_owners = 9
[monitoring]
freshest_minutes = 1
panel_minutes = 1
on_call_people = 9
acknowledged_minutes = 1
[drills]
valid_days = 1
"""
"""Limits of which the example's own profile writes none."""
BEST_FIRST = ("pass", "attested", "not_applicable", "waived", "pending", "unknown", "fail")
FRESH = (
    "assert numbers\nwith subject('scraper'):\n    assert 12 <= profile.monitoring.freshest_minutes"
)


def extend(repository: Repository, more: str = "", *, org: str = ORG) -> None:
    """Lay an organisation's file under the repository's own profile, which gets more."""
    profile = repository.suite / "readiness.toml"
    own = profile.read_text(encoding="utf-8").partition("[extends]")[0]
    digest = hashlib.sha256(org.encode()).hexdigest()
    (repository.suite / "org.toml").write_text(org, encoding="utf-8")
    text = f'{own}[extends]\npath = "org.toml"\nsha256 = "{digest}"\n{more}'
    profile.write_text(text, encoding="utf-8")


@pytest.fixture
def judged(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    """A repository whose one item passes by the product's default, and fails by a stricter one."""
    repository = small(item("demo.a.b", FRESH, asks="numbers, profile, subject"))
    repository.arguments = ["-p", "no:xdist", "--orr-as-of", "2026-11-20"]
    return repository


def test_a_stricter_organisation_takes_a_ready_away_and_an_approval_is_shown_everywhere(
    judged: Repository,
) -> None:
    ran = judged.judge()
    assert (ran.status, judged.review()["verdict"]) == (0, "ready"), ran.out + ran.err
    assert judged.review()["provenance"]["organisation_sha256"] == ""

    extend(judged)
    assert judged.judge().status == 1
    review = judged.review()
    assert (review["verdict"], review["weakenings"]) == ("not_ready", [])
    digest = hashlib.sha256(ORG.encode()).hexdigest()
    assert review["provenance"]["organisation_sha256"] == digest
    assert "pat@example.org" in {one["email"] for one in review["people"]}

    extend(judged, WEAKER + APPROVED)
    ran = judged.judge()
    assert (ran.status, judged.review()["verdict"]) == (0, "ready"), ran.out + ran.err
    [shown] = judged.review()["weakenings"]
    assert (shown["organisation_value"], shown["value"]) == ("10", "20")
    assert shown["beneath"] == "readiness/org.toml:7"
    assert judged.review()["endings"] == [
        {
            "kind": "weakening",
            "item": "",
            "what": "monitoring.freshest_minutes is 20, weaker than 10 of Platform of Example",
            "until": "2026-12-31",
            "days_left": 41,
            "owner": "service",
        }
    ]
    told = (
        "monitoring.freshest_minutes is 20, weaker than 10 of Platform of Example:"
        " pat@example.org approved it from 2026-11-18 to 2026-12-31"
    )
    assert told in ran.out
    page = (judged.report / "readiness.html").read_text(encoding="utf-8")
    assert told in page
    assert "<b>is replaced</b>" not in page
    signoff = (judged.report / "signoff.md").read_text(encoding="utf-8")
    assert "## Weaker than the organisation's limits" in signoff
    statement = judged.document("statement.json")["predicate"]
    assert statement["organisation_sha256"] == digest
    assert statement["weakenings"] == judged.review()["weakenings"]
    assert judged.orr("gate").status == 0


def test_an_organisation_makes_an_item_a_blocker_and_its_answers_hold_for_fewer_days(
    judged: Repository,
) -> None:
    stricter = '[gate]\nblockers = ["demo.a.b"]\n[gate.valid_for]\n"demo.a.b" = 7\n'
    extend(judged, WEAKER + APPROVED, org=ORG + stricter)
    ran = judged.judge()
    assert ran.status == 0, ran.out + ran.err
    item = judged.item("demo.a.b")
    assert (item["severity"], item["valid_for"]) == ("blocker", 7)
    assert judged.orr("gate").status == 0


def test_a_weakening_that_nobody_approves_or_that_has_expired_ends_the_run_before_it_asks(
    judged: Repository,
) -> None:
    extend(judged, WEAKER)
    ran = judged.judge()
    assert ran.status == 22
    assert (
        "`monitoring.freshest_minutes` is 20, weaker than readiness/org.toml:7" in ran.err + ran.out
    )
    assert not (judged.report / "review.json").exists()
    extend(judged, WEAKER + APPROVED)
    late = judged.judge("--orr-as-of", "2027-01-01")
    assert late.status == 22
    assert "`weakenings.until` is 2026-12-31: it has expired (judged as of 2027-01-01)" in late.err


def test_facts_that_were_recorded_under_another_overlay_are_refused_where_they_depend_on_it(
    judged: Repository,
) -> None:
    extend(judged, WEAKER + APPROVED)
    assert judged.judge().status == 0
    facts = judged.path / "kept.json"
    facts.write_bytes((judged.report / "facts.json").read_bytes())
    limits = ORG.replace("freshest_minutes = 10", "freshest_minutes = 12")
    extend(judged, org=limits)
    again = judged.judge("--orr-facts", str(facts))
    assert again.status == 0, again.out + again.err
    extend(judged, org=limits + SERVERS)
    refused = judged.judge("--orr-facts", str(facts))
    assert refused.status == 22
    assert "was recorded for another service" in refused.err


def test_a_file_of_a_commit_reaches_every_worker_and_one_that_is_not_at_hand_ends_with_4(
    judged: Repository,
) -> None:
    clone = judged.path / "platform"
    clone.mkdir()
    (clone / "org.toml").write_text(ORG, encoding="utf-8")

    def git(*words: str) -> str:
        who = ("-c", "user.name=Pat", "-c", "user.email=pat@example.org")
        said = subprocess.run(
            ["git", "-C", str(clone), *who, *words], capture_output=True, text=True, check=True
        )
        return said.stdout.strip()

    git("init", "-q")
    git("add", "org.toml")
    git("commit", "-q", "-m", "limits")
    commit = git("rev-parse", "HEAD")
    extend(judged, WEAKER + APPROVED)
    profile = judged.suite / "readiness.toml"
    pinned = f'[extends]\ncommit = "{commit}"\nclone = "../platform"\n'
    text = profile.read_text(encoding="utf-8").replace("[extends]\n", pinned)
    profile.write_text(text, encoding="utf-8")
    (judged.suite / "org.toml").unlink()
    (clone / "org.toml").write_text("not committed", encoding="utf-8")
    ran = judged.pytest("readiness/", "-n2", "--orr-as-of", "2026-11-20")
    assert ran.status == 0, ran.out + ran.err
    [shown] = judged.review()["weakenings"]
    assert shown["beneath"] == f"{commit[:12]}:org.toml:7"

    profile.write_text(text.replace(commit, "f" * 40), encoding="utf-8")
    missing = judged.judge()
    assert missing.status == 4
    assert f"has no commit {'f' * 40}. get it: `git -C" in missing.err
    assert json.loads((judged.report / "previous" / "review.json").read_text())["weakenings"]


def test_no_item_is_better_off_under_the_strictest_organisation_and_none_makes_it_ready(
    ready: Repository,
) -> None:
    ready.arguments += ["-p", "no:xdist", "--orr-as-of", "2026-12-30"]
    assert ready.judge().status == 1
    before = ready.outcomes()
    assert {"pass", "fail", "pending"} <= {*before.values()}
    extend(ready, org=STRICTEST)
    ran = ready.judge()
    assert ran.status == 1, ran.out + ran.err
    assert ready.review()["verdict"] == "not_ready"
    after = ready.outcomes()
    rank = BEST_FIRST.index
    assert [one for one in before if rank(after[one]) < rank(before[one])] == []
    assert sum(rank(after[one]) > rank(before[one]) for one in before) >= 10
