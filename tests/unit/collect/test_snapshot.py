"""What was seen is kept so that it can be judged again, and refused when it was changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.snapshot import digest_of, facts_sha256, read_snapshot, text_of
from pytest_orr.errors import FactUnavailable, InvalidInput, NeededFileMissing
from pytest_orr.model import RunBlock
from pytest_orr.observation import Caveat, Observed, Unobserved
from pytest_orr.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A fact with a type of its own."""

    name: str
    ports: tuple[int, ...]


def collector(name: str, fact_type: Any) -> Any:
    return SimpleNamespace(name=name, fact_type=fact_type, source="they", operations=())


OTHER_VERSION = "; replay it with the version that recorded it, or gather anew without --orr-facts"
COLLECTORS = {
    "hosts": collector("hosts", tuple[Host, ...]),
    "alarms": collector("alarms", tuple[str, ...]),
}
RUN = RunBlock(
    id="run-1",
    started="2026-11-20T09:00:00Z",
    as_of="2026-11-20T09:00:00Z",
    tool="pytest-orr 0.1.0",
    suite="0" * 64,
)
HOSTS = Observed(
    name="hosts",
    value=(Host(name="höst-1", ports=(80, 443)),),
    source="AWS ec2",
    operations=("ec2:DescribeInstances",),
    where=("123456789012/eu-central-1",),
    read_at="2026-11-20T09:00:01Z",
    caveats=(Caveat(subject="eu-west-1", cause="denied", remedy="grant it"),),
)
ALARMS = Unobserved(
    name="alarms",
    cause="no credentials",
    remedy="log in",
    source="AWS cloudwatch",
    operations=("cloudwatch:DescribeAlarms",),
    read_at="2026-11-20T09:00:02Z",
)
SCOPE = "5" * 64
SEEN = {"hosts": HOSTS, "alarms": ALARMS}


def text(seen: Any = SEEN, redact: Callable[[Any], Any] = lambda value: value) -> str:
    return text_of(RUN, seen, COLLECTORS, scope=SCOPE, redact=redact)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "facts.json"
    path.write_text(text(), encoding="utf-8")
    return path


def changed(path: Path, change: Callable[[Any], object], *, seal: bool = False) -> None:
    """Change the file; ``seal`` gives every fact the digest that fits it then."""
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    if seal:
        for entry in content["observations"].values():
            entry["digest"] = digest_of(entry)
    path.write_text(json.dumps(content), encoding="utf-8")


def refusal(path: Path, shown: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(InvalidInput) as caught:
        read_snapshot(path, COLLECTORS, shown=shown)
    return caught.value.mistakes


def test_what_was_seen_is_read_back_as_it_was(kept: Path) -> None:
    snapshot = read_snapshot(kept, COLLECTORS)
    assert (snapshot.run, snapshot.scope) == (RUN, SCOPE)
    assert snapshot.observations == SEEN
    content = json.loads(kept.read_text(encoding="utf-8"))
    assert snapshot.digests == {
        name: entry["digest"] for name, entry in content["observations"].items()
    }


@pytest.mark.parametrize(
    "value", [object(), (b"\xff",), (Host(name="a", ports=()), 7), "hosts", {"a": 1}]
)
def test_a_value_that_cannot_be_read_back_costs_its_fact_alone(tmp_path: Path, value: Any) -> None:
    path = tmp_path / "facts.json"
    path.write_text(text({**SEEN, "hosts": replace(HOSTS, value=value)}), encoding="utf-8")
    seen = read_snapshot(path, COLLECTORS).observations
    assert seen["alarms"] == ALARMS
    hosts = seen["hosts"]
    assert isinstance(hosts, Unobserved)
    assert hosts.cause.startswith("the collector broke: ")
    assert hosts.remedy == "report it to whoever wrote the collector of hosts"


def test_what_could_not_be_had_is_not_taken_for_a_fact() -> None:
    with pytest.raises(FactUnavailable) as caught:
        bool(ALARMS)
    assert (caught.value.cause, caught.value.remedy) == ("no credentials", "log in")


def test_the_file_opens_with_its_schema_and_run_and_sorts_its_facts(kept: Path) -> None:
    content = json.loads(kept.read_text(encoding="utf-8"))
    assert list(content) == ["schema", "run", "scope", "observations"]
    assert content["schema"] == "pytest-orr/facts/1"
    assert content["run"]["id"] == "run-1"
    assert list(content["observations"]) == ["alarms", "hosts"]
    assert kept.read_text(encoding="utf-8").endswith("}\n")
    assert "höst-1" in kept.read_text(encoding="utf-8")


def test_a_facts_digest_does_not_cover_the_time_of_reading_and_that_of_all_facts_does(
    kept: Path,
) -> None:
    all_facts, each = facts_sha256(kept), read_snapshot(kept, COLLECTORS).digests
    changed(kept, lambda c: c["observations"]["hosts"].update(read_at="2027-01-01T00:00:00Z"))
    assert read_snapshot(kept, COLLECTORS).digests == each
    assert facts_sha256(kept) != all_facts


@pytest.mark.parametrize(
    "change",
    [
        {"source": "elsewhere"},
        {"operations": ()},
        {"where": ()},
        {"value": ()},
        {"value": (Host(name="höst-1", ports=(80,)),)},
        {"caveats": ()},
    ],
)
def test_a_digest_covers_everything_else(tmp_path: Path, kept: Path, change: Any) -> None:
    other = tmp_path / "other.json"
    other.write_text(text({"hosts": replace(HOSTS, **change), "alarms": ALARMS}), "utf-8")
    before, after = read_snapshot(kept, COLLECTORS), read_snapshot(other, COLLECTORS)
    assert before.digests["hosts"] != after.digests["hosts"]
    assert before.digests["alarms"] == after.digests["alarms"]
    assert facts_sha256(kept) != facts_sha256(other)


@pytest.mark.parametrize(
    "change",
    [
        {"value": []},
        {"source": "x"},
        {"operations": []},
        {"where": []},
        {"status": "unobserved"},
        {"digest": "0" * 64},
        {"more": 1},
    ],
)
def test_a_fact_that_was_changed_is_refused(kept: Path, change: dict[str, Any]) -> None:
    changed(kept, lambda content: content["observations"]["hosts"].update(change))
    assert refusal(kept) == (f"{kept}: hosts does not fit its digest; it was changed afterwards",)


def test_every_fact_that_was_changed_is_told_under_the_name_a_person_knows(
    kept: Path, tmp_path: Path
) -> None:
    def change(content: Any) -> None:
        content["observations"]["hosts"]["value"] = []
        del content["observations"]["alarms"]["digest"]

    changed(kept, change)
    shown = tmp_path / "elsewhere.json"
    assert refusal(kept, shown) == tuple(
        f"{shown}: {name} does not fit its digest; it was changed afterwards"
        for name in ("alarms", "hosts")
    )


def test_facts_that_nobody_asks_for_any_more_are_left_out(kept: Path) -> None:
    snapshot = read_snapshot(kept, {"alarms": COLLECTORS["alarms"]})
    assert snapshot.observations == {"alarms": ALARMS}
    assert list(snapshot.digests) == ["alarms"]


@pytest.mark.parametrize(
    "change",
    [
        {"value": [{"name": "x"}]},
        {"value": 7},
        {"caveats": [{"subject": "x"}]},
        {"operations": None},
        {"where": 7},
    ],
)
def test_a_fact_of_another_type_is_refused(kept: Path, change: dict[str, Any]) -> None:
    changed(kept, lambda content: content["observations"]["hosts"].update(change), seal=True)
    [told] = refusal(kept)
    assert told.startswith(f"{kept}: hosts is no such fact: ")
    assert told.endswith(OTHER_VERSION)
    assert "\n" not in told
    assert "pydantic" not in told


@pytest.mark.parametrize("key", ["source", "operations", "where", "read_at", "status", "value"])
def test_a_fact_that_lacks_something_is_refused(kept: Path, key: str) -> None:
    changed(kept, lambda content: content["observations"]["hosts"].pop(key), seal=True)
    assert refusal(kept) == (f"{kept}: hosts is no such fact: '{key}'{OTHER_VERSION}",)


def test_a_fact_in_the_form_of_another_version_names_what_it_lacks(kept: Path) -> None:
    value = [{"host": "x"}]
    changed(kept, lambda content: content["observations"]["hosts"].update(value=value), seal=True)
    [told] = refusal(kept)
    assert told == f"{kept}: hosts is no such fact: 0.name: Field required{OTHER_VERSION}"


def test_a_file_that_is_not_there_is_named_as_a_person_named_it(tmp_path: Path) -> None:
    for path, shown in ((tmp_path / "gone.json", None), (tmp_path / "x", tmp_path / "gone.json")):
        with pytest.raises(NeededFileMissing) as caught:
            read_snapshot(path, COLLECTORS, shown=shown)
        assert caught.value.diagnostics() == (
            f"{tmp_path}/gone.json is not there. Name the facts.json of a whole run."
        )


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"nonsense"])
def test_a_file_that_is_not_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(content)
    [told] = refusal(path)
    assert told.startswith(f"{path}: is not JSON: ")


@pytest.mark.parametrize("content", ["[]", "7", "{}", '{"schema": "pytest-orr/facts/2"}'])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(content, encoding="utf-8")
    assert refusal(path) == (f"{path}: is no facts.json of this product (pytest-orr/facts/1)",)


DAMAGES: dict[str, Callable[[Any], object]] = {
    "no run": lambda content: content.pop("run"),
    "no observations": lambda content: content.pop("observations"),
    "half a run": lambda content: content["run"].pop("as_of"),
    "a run of numbers": lambda content: content["run"].update(as_of=7),
    "no instant": lambda content: content["run"].update(as_of="yesterday"),
    "a list": lambda content: content.update(observations=[]),
    "a number": lambda content: content["observations"].update(hosts=7),
}


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_refused(kept: Path, change: Callable[[Any], object]) -> None:
    changed(kept, change)
    [told] = refusal(kept)
    assert told.startswith(f"{kept}: is damaged: ")
    assert len(told) < 300
    with pytest.raises(InvalidInput):
        facts_sha256(kept)


def test_secrets_are_taken_out_before_the_digest_is_made(tmp_path: Path) -> None:
    secret = "hunter2-hunter2"  # noqa: S105 what is to be taken out
    hosts = replace(HOSTS, value=(Host(name=f"user:{secret}", ports=()),))
    path = tmp_path / "facts.json"
    path.write_text(text({"hosts": hosts}, redact=Redactor([secret]).deep), encoding="utf-8")
    assert secret not in path.read_text(encoding="utf-8")
    observed: Any = read_snapshot(path, COLLECTORS).observations["hosts"]
    assert observed.value == (Host(name="user:[redacted]", ports=()),)
