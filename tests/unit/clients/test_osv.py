"""OSV is asked for names and versions alone, to the last page, and believed in its own form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from examples.explorer.forge_server import Answer, Request, json_answer
from examples.explorer.osv import FAULTS, OsvServer, records
from pytest_orr.clients.osv import OsvAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.scans import Osv
from pytest_orr.profile.schema import FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = json.loads((Path(__file__).parent / "osv_schema.json").read_text(encoding="utf-8"))
UPLOT, PYYAML = ("npm", "uplot", "1.6.32"), ("PyPI", "pyyaml", "6.0.4")
SAFE = ("npm", "ms", "2.0.0")


@pytest.fixture
def server() -> Iterator[OsvServer]:
    """A database whose pages hold one advisory; everything it answers is valid."""
    server = OsvServer(("advisory-high",), most=1)
    yield server
    server.close()


@pytest.fixture
def osv(server: OsvServer, tmp_path: Path) -> Iterator[OsvAccess]:
    """Whoever asks it, by a variable."""
    declared = Osv(url=FromEnvironment(env="EXPLORER_OSV"))
    access = OsvAccess(declared, tmp_path, {"EXPLORER_OSV": f"{server.url}/"})
    yield access
    access.close()


def valid(form: str, said: Any) -> None:
    jsonschema.validate(said, {**SCHEMA, "$ref": f"#/$defs/{form}"})


def test_the_loopback_database_answers_as_the_published_form_says(server: OsvServer) -> None:
    for faults in ((), *((one,) for one in sorted(FAULTS))):
        for record in records(frozenset(faults)):
            valid("record", record)

    def checked(_: Request, told: Answer) -> Answer:
        valid("batch", json.loads(told.body))
        return told

    server.spoil("querybatch", checked)
    access = OsvAccess(Osv(url=server.url), Path())
    assert access.ids_of([UPLOT, SAFE]) == {SAFE: (), UPLOT: ("GHSA-9f2p-made-up01",)}


def test_nothing_but_names_and_versions_is_sent(server: OsvServer, osv: OsvAccess) -> None:
    osv.ids_of([UPLOT, PYYAML, UPLOT])
    [asked] = server.asked
    assert json.loads(asked.body) == {
        "queries": [
            {"package": {"ecosystem": "PyPI", "name": "pyyaml"}, "version": "6.0.4"},
            {"package": {"ecosystem": "npm", "name": "uplot"}, "version": "1.6.32"},
        ]
    }
    assert "authorization" not in asked.headers
    assert "cookie" not in asked.headers


def test_pages_are_asked_for_to_the_last_one(server: OsvServer, osv: OsvAccess) -> None:
    def more(request: Request, _: Answer) -> Answer:
        [query] = json.loads(request.body)["queries"]
        page = int(query.get("page_token") or 0)
        result: dict[str, Any] = {"vulns": [{"id": f"X-{page}", "modified": ""}]}
        if page < 2:
            result["next_page_token"] = str(page + 1)
        return json_answer({"results": [result]})

    server.spoil("querybatch", more)
    assert osv.ids_of([UPLOT]) == {UPLOT: ("X-0", "X-1", "X-2")}
    assert len(server.asked) == 3


def test_more_than_a_thousand_packages_are_asked_in_several_requests(
    server: OsvServer, osv: OsvAccess
) -> None:
    many = [("npm", f"p{number}", "1.0.0") for number in range(1001)]
    assert set(osv.ids_of(many).values()) == {()}
    assert [len(json.loads(one.body)["queries"]) for one in server.asked] == [1000, 1]


def test_a_record_is_asked_for_once(server: OsvServer, osv: OsvAccess) -> None:
    first = osv.records(["GHSA-9f2p-made-up01", "PYSEC-2026-9001"])
    again = osv.records(["GHSA-9f2p-made-up01"])
    assert [type(one).__name__ for one in first.values()] == ["At", "At"]
    assert again["GHSA-9f2p-made-up01"] == first["GHSA-9f2p-made-up01"]
    assert len(server.asked) == 2


def test_a_record_that_is_not_there_hides_no_other(server: OsvServer, osv: OsvAccess) -> None:
    found = osv.records(["GHSA-none", "PYSEC-2026-9001", "../../etc"])
    assert isinstance(found["GHSA-none"], FactUnavailable)
    assert found["GHSA-none"].cause == "OSV knows no such advisory"
    assert isinstance(found["../../etc"], FactUnavailable)
    assert "is no id of OSV" in found["../../etc"].cause
    assert not isinstance(found["PYSEC-2026-9001"], FactUnavailable)
    assert all(".." not in one.path for one in server.asked)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (json_answer({"code": 14}, 503), "OSV answered with status 503"),
        (json_answer({}, 404), "OSV knows no such advisory"),
        (json_answer({"results": []}), "OSV's answer has 0 results for 1 questions"),
        (json_answer({"results": {}}), r"OSV's answer has no list at \$\.results"),
        (json_answer({"results": [{"vulns": [{}]}]}), "OSV's answer says nothing at"),
        (Answer(body=b"<html>"), "OSV's answer is no whole JSON file"),
        (json_answer({}, 302, Location="http://127.0.0.1:1/"), "OSV answered with status 302"),
        (
            json_answer({"results": [{"next_page_token": "1"}]}),
            "OSV tells more than 20 pages of advisories of uplot",
        ),
    ],
)
def test_an_answer_that_is_none_is_refused(
    server: OsvServer, osv: OsvAccess, answer: Answer, told: str
) -> None:
    server.spoil("querybatch", lambda _request, _told: answer)
    with pytest.raises(FactUnavailable, match=told):
        osv.ids_of([UPLOT])


def test_a_record_about_another_advisory_is_refused(server: OsvServer, osv: OsvAccess) -> None:
    server.spoil("vulns", lambda _request, _told: json_answer({"id": "X-1"}))
    [found] = osv.records(["PYSEC-2026-9001"]).values()
    assert isinstance(found, FactUnavailable)
    assert found.cause == "OSV's answer is about another advisory than PYSEC-2026-9001"


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(FactUnavailable, match=r"EXPLORER_OSV, named in \[osv\] url, is not set"):
        OsvAccess(Osv(url=FromEnvironment(env="EXPLORER_OSV")), tmp_path, {})


def test_without_an_address_it_is_the_public_database(tmp_path: Path) -> None:
    assert OsvAccess(Osv(), tmp_path, {}).url == "https://api.osv.dev"


def test_whoever_cannot_be_reached_is_told(server: OsvServer, osv: OsvAccess) -> None:
    server.close()
    with pytest.raises(FactUnavailable) as told:
        osv.ids_of([UPLOT])
    assert "[osv]" in told.value.remedy
