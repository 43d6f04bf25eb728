"""What changed between two reviews, as a terminal and a gate are told."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from pytest_orr.changes import Changes, changes_between
from pytest_orr.model import Release
from pytest_orr.render import changes, changes_json
from tests.reviews import (
    a_note,
    a_review,
    a_run,
    a_statement,
    a_waiver,
    a_weakening,
    an_item,
    not_applicable,
    seen,
)

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parents[2] / "golden"
SCHEMA = json.loads(
    resources.files("pytest_orr").joinpath("schemas/changes.schema.json").read_text("utf-8")
)
HOSTILE = "\x1b[2J</script>\u202e"


def every_change() -> Changes:
    hosts = {f"host-{number}": "pass" for number in range(3)}
    before = a_review(
        an_item("network.balancer.gone", reason="2 balancers"),
        an_item(
            "network.balancer.worse",
            severity="blocker",
            findings=seen(**hosts, admin="pass", web="fail:one zone"),
        ),
        an_item("compute.host.better", "unknown", reason="the jump host did not answer"),
        an_item("compute.host.same", "fail", findings=seen(db="fail:port 22 is open")),
        an_item("code.audit.waived", "fail", reason="no audit"),
        an_item("code.audit.not-ours", "pending"),
        an_item("code.audit.old-name", valid_for=90),
        an_item("operations.restart.backend", "attested", attestation=a_statement()),
        an_item("monitoring.alarm.dropped", "fail", reason="no alarm"),
        an_item("monitoring.alarm.alike"),
        notes=(a_note(),),
    )
    after = a_review(
        an_item(
            "network.balancer.worse",
            "fail",
            severity="blocker",
            reason="admin: one zone only",
            findings=seen(
                **{name: said for name, said in hosts.items() if name != "host-0"},
                spare="pass",
                admin="fail:one zone only",
                web="pass",
                new="unknown:did not answer",
            ),
        ),
        an_item("network.balancer.new", "fail", reason="nobody owns it"),
        an_item("compute.host.better", reason="2 hosts seen"),
        an_item("compute.host.same", "fail", findings=seen(db="fail:port 80 is open")),
        an_item("code.audit.waived", "waived", reason="waived by eve", waiver=a_waiver()),
        an_item("code.audit.not-ours", "not_applicable", not_applicable=not_applicable()),
        an_item("code.audit.new-name", valid_for=30, aliases=("code.audit.old-name",)),
        an_item(
            "operations.restart.backend", "attested", attestation=a_statement(until="2027-02-28")
        ),
        an_item(
            "monitoring.alarm.dropped", "fail", reason="no alarm", gated=False, phase="operate"
        ),
        an_item("monitoring.alarm.alike"),
        run=a_run("2026-11-27T09:30:00Z", suite="6" * 64),
        release=Release(commit="0123456789abcdef0123456789abcdef01234567"),
        notes=(a_note(settled=True, waits_for="", reason=""), a_note(item="", text="Who speaks?")),
        weakenings=(a_weakening(),),
    )
    return changes_between(before, after)


def as_json(found: Changes) -> str:
    return changes_json.render(found, fail_on="new", because=("a.b.c is gone",))


@pytest.mark.parametrize("name", ["changes.txt", "changes.json"])
def test_changes_are_told_as_they_were(name: str) -> None:
    found = every_change()
    text = as_json(found) if name == "changes.json" else "\n".join((*changes.lines(found), ""))
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(text.encode())

    assert text.encode() == path.read_bytes(), "if this is wanted, run again with UPDATE_GOLDEN=1"


def test_what_is_alike_is_said_to_be() -> None:
    review = a_review(an_item("a.b.c"))

    assert changes.lines(changes_between(review, review))[-2:] == (
        "Nothing changed.",
        "1 item as before.",
    )


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("pass", "fail", "worse, READY → NOT READY"),
        ("unknown", "pass", "better, UNVERIFIED → READY"),
        ("pass", "pass", "READY as before"),
    ],
)
def test_the_first_line_tells_the_verdict(was: str, now: str, said: str) -> None:
    found = changes_between(a_review(an_item("a.b.c", was)), a_review(an_item("a.b.c", now)))

    assert changes.lines(found)[0] == f"explorer (production), phase launch: {said}"


def test_only_the_first_findings_of_an_item_are_printed_and_the_others_counted() -> None:
    many = seen(**{f"host-{number:02}": "fail" for number in range(13)})
    was, now = a_review(an_item("a.b.c")), a_review(an_item("a.b.c", "fail", findings=many))
    told = changes.lines(changes_between(was, now))

    assert sum("new FAIL host-" in line for line in told) == 10
    assert "      … and 3 findings more" in told


def test_text_of_the_world_is_harmless_and_short_on_a_terminal() -> None:
    was = a_review(an_item("a.b.c"), service=HOSTILE)
    hostile = seen(**{HOSTILE: "fail"})
    now = a_review(an_item("a.b.c", "fail", reason=HOSTILE + "x" * 9999, findings=hostile))
    told = changes.lines(changes_between(was, now))

    assert not any(sign in line for line in told for sign in "\x1b\u202e")
    assert max(map(len, told)) < 400
    assert any("\\x1b[2J</script>\\u202e" in line for line in told)


@pytest.mark.parametrize("render", [as_json, changes_json.render])
def test_the_json_fits_its_schema(render: Callable[[Changes], str]) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    alike = a_review(an_item("a.b.c"), service=HOSTILE)
    for found in (every_change(), changes_between(alike, replace(alike, service="other"))):
        text = render(found)
        assert list(Draft202012Validator(SCHEMA).iter_errors(json.loads(text))) == []
        assert "\x1b" not in text


def test_the_schema_asks_for_every_key_that_is_written() -> None:
    text = as_json(every_change())

    assert json.loads(text).keys() == SCHEMA["properties"].keys()
    assert SCHEMA["$id"] == changes_json.SCHEMA
