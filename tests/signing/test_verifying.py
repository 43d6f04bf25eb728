"""A sign-off that three people gave holds; whatever is changed about it, it holds no more."""

from __future__ import annotations

import base64
import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def verified(place: Any, *arguments: object) -> Any:
    """Verify, and return what is printed as JSON with the status."""
    said = place.orr("verify", "--json", *arguments)
    assert said.err == ""
    return json.loads(said.out) | {"status": said.status}


def refusal(place: Any, *arguments: object) -> str:
    """Return the code by which a sign-off is refused."""
    found = verified(place, *arguments)
    assert (found["status"], found["valid"]) == (1, False), found
    return str(found["refused"])


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_three_signatures_fill_three_roles(signed: Any) -> None:
    found = verified(signed)
    assert (found["status"], found["valid"], found["verdict"]) == (0, True, "ready_with_waivers")
    assert {one["email"]: one["role"] for one in found["roles"]} == {
        "ana@example.org": "service",
        "bo@example.org": "security",
        "eve@example.org": "principal-engineer",
    }
    assert found["replayed"] is False


def test_it_says_to_people_who_signed_until_when_and_what_was_not_looked_at(signed: Any) -> None:
    said = signed.orr("verify")
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[1].startswith("The sign-off holds until 20")
    assert lines[1].endswith(": READY WITH WAIVERS")
    assert [line.split(",")[0] for line in lines[2:5]] == [
        "  service: ana@example.org",
        "  security: bo@example.org",
        "  principal-engineer: eve@example.org",
    ]
    assert said.out.count("SHA256:") == 3
    assert "Note: not checked for drift" in said.out
    assert "Note: not judged again" in said.out


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("statement.json", "other-statement"),
        ("readiness.html", "report-differs"),
        ("review.json", "report-differs"),
        ("journal.jsonl", "report-cut"),
        ("evidence/*", "evidence-changed"),
    ],
)
def test_one_bit_changed_in_a_file_is_refused(signed: Any, name: str, code: str) -> None:
    [path] = signed.report.glob(name)
    flip(path)
    assert refusal(signed) == code


def test_one_byte_changed_in_what_was_signed_is_refused(signed: Any) -> None:
    path = signed.report / "signoff.json"
    envelope = json.loads(path.read_bytes())
    payload = base64.b64decode(envelope["payload"]).replace(b"demo", b"memo", 1)
    envelope["payload"] = base64.b64encode(payload).decode()
    path.write_text(json.dumps(envelope, sort_keys=True, separators=(",", ":")), encoding="utf-8")
    assert refusal(signed) == "signature-invalid"


def test_a_fact_that_was_changed_is_refused_with_its_digest_or_without(signed: Any) -> None:
    path = signed.report / "facts.json"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("[1, 2, 3]", "[1, 2, 4]"), encoding="utf-8")
    assert refusal(signed) == "facts-changed"
    content = json.loads(whole)
    del content["observations"]["numbers"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert refusal(signed) == "other-facts"


def test_what_a_file_hides_is_shown(signed: Any) -> None:
    path = signed.report / "facts.json"
    content = json.loads(path.read_bytes())
    content["observations"]["\x1b[2J"] = {"digest": "0"}
    path.write_text(json.dumps(content), encoding="utf-8")
    said = signed.orr("verify")
    assert said.err.startswith("refused: facts-changed: ")
    assert "\\x1b[2J does not fit its digest" in said.err


def test_evidence_is_no_link_and_no_pipe(signed: Any, tmp_path: Path) -> None:
    [path] = (signed.report / "evidence").iterdir()
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert refusal(signed) == "evidence-changed"
    path.unlink()
    os.mkfifo(path)
    assert refusal(signed) == "evidence-changed"


def test_a_folder_of_another_evidence_is_not_looked_at(signed: Any, tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "audit.md").write_text("An audit.", encoding="utf-8")
    shutil.copyfile(signed.report / "signoff.json", tmp_path / "signoff.json")
    found = verified(signed, tmp_path)
    assert found["valid"]
    assert any("evidence" in one for one in found["notices"])


@pytest.mark.parametrize("name", ["signoff.json", "veto.json", "results.json"])
def test_a_file_that_is_too_large_is_refused(signed: Any, name: str) -> None:
    with (signed.report / name).open("ab") as opened:
        opened.truncate(100 * 1024 * 1024)
    assert refusal(signed) == "too-large"


def test_evidence_that_is_gone_is_refused(signed: Any) -> None:
    [path] = (signed.report / "evidence").iterdir()
    path.unlink()
    assert refusal(signed) == "other-evidence"


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("readiness.toml", '"demo"', '"other"', "other-service"),
        ("readiness.toml", '"production"', '"staging"', "other-environment"),
        ("readiness.toml", "0123456789", "1123456789", "other-commit"),
        ("readiness.toml", 'commit = "0123', 'images = ["x"]\ncommit = "0123', "other-images"),
        ("readiness.toml", "[release]", "# ours\n[release]", "other-files"),
        ("waivers.toml", "Monday", "Tuesday", "other-files"),
        ("policy.toml", "max_days = 14", "max_days = 13", "other-policy"),
        ("test_demo.py", "reason.", "cause.", "other-checklist"),
    ],
)
def test_what_the_checkout_says_otherwise_is_refused(
    signed: Any, file: str, old: str, new: str, code: str
) -> None:
    signed.edit(signed.suite_file(file), old, new)
    assert refusal(signed) == code


def test_another_account_is_refused(signed: Any) -> None:
    path = signed.suite_file("readiness.toml")
    account = '\n[[aws.accounts]]\nid = "123456789012"\nregions = ["eu-central-1"]\n'
    path.write_text(path.read_text(encoding="utf-8") + account, encoding="utf-8")
    assert refusal(signed) == "other-accounts"


def test_another_commit_or_phase_by_flag_is_refused(signed: Any) -> None:
    assert refusal(signed, "--commit", "a" * 40) == "other-commit"
    assert refusal(signed, "--phase", "operate") == "other-phase"


def test_it_holds_in_its_window_alone(signed: Any) -> None:
    found = verified(signed)
    assert refusal(signed, "--at", found["holds_until"]) == "expired"
    before = found["holds_from"].replace("T", " ")[:10]
    assert refusal(signed, "--at", before) == "not-yet-valid"
    assert verified(signed, "--at", found["holds_from"])["valid"]


def test_a_newer_one_that_was_seen_supersedes_it(signed: Any) -> None:
    number = verified(signed)["seq"]
    assert verified(signed, "--last-seq", number - 1)["valid"]
    assert refusal(signed, "--last-seq", number) == "superseded"
    assert refusal(signed, "--after", signed.report / "signoff.json") == "superseded"


def test_what_is_no_earlier_sign_off_of_the_service_is_told(signed: Any) -> None:
    said = signed.orr("verify", "--after", "gone.json")
    assert (said.status, said.err.split("\n")[0]) == (
        4,
        "gone.json is not there. Name an earlier signoff.json.",
    )
    said = signed.orr("verify", "--after", signed.report / "review.json")
    assert said.status == 22
    assert "review.json: is no sign-off: " in said.err
    signed.edit(signed.suite_file("readiness.toml"), '"demo"', '"other"')
    said = signed.orr("verify", "--after", signed.report / "signoff.json")
    assert said.status == 22
    assert "signoff.json: is of demo, production; name one of other, production" in said.err


def test_a_sign_off_that_is_not_there_is_told_with_what_to_do(ready_to_sign: Any) -> None:
    said = ready_to_sign.orr("verify")
    assert said.status == 4
    assert said.err == (
        "readiness-report/signoff.json is not there. Whoever approves signs by `orr sign`.\n"
    )


def test_where_there_is_no_suite_nothing_is_verified(signed: Any) -> None:
    said = signed.orr("verify", "--suite", "elsewhere")
    assert said.status == 4
    assert said.err.startswith("elsewhere is no suite. Run this in the service's checkout")


def test_two_of_three_do_not_fill_the_roles(ready_to_sign: Any) -> None:
    ready_to_sign.sign("ana")
    ready_to_sign.sign("bo")
    assert refusal(ready_to_sign) == "roles-unfilled"
    said = ready_to_sign.orr("verify")
    assert (said.status, said.out) == (1, "")
    assert said.err == (
        "refused: roles-unfilled: needed are 1 principal-engineer, 1 security, 1 service, each"
        " another person; signed by ana@example.org (service), bo@example.org (security). Have it"
        " signed by whoever lacks: `orr sign` names them.\n"
    )


def test_a_file_alone_is_verified_and_what_lies_not_beside_it_is_named(
    signed: Any, tmp_path: Path
) -> None:
    shutil.copyfile(signed.report / "signoff.json", tmp_path / "alone.json")
    found = verified(signed, tmp_path / "alone.json")
    assert found["valid"]
    absent = "journal.jsonl, review.json, readiness.html, statement.json, facts.json"
    assert f"not beside it, and not looked at: {absent}" in found["notices"]
    given = "not given, and so not compared: "
    [told] = [one for one in found["notices"] if one.startswith(given)]
    assert {"facts", "results", "report", "journal", "evidence"} <= {
        *told[len(given) :].split(", ")
    }


def test_the_policy_in_force_may_lie_elsewhere(signed: Any, tmp_path: Path) -> None:
    inside = signed.suite_file("policy.toml")
    elsewhere = tmp_path / "policy.toml"
    shutil.move(inside, elsewhere)
    assert signed.orr("verify").status == 4
    assert verified(signed, "--policy", elsewhere)["valid"]
    said = signed.orr("verify", "--policy", "gone.toml")
    assert (said.status, "gone.toml is not there." in said.err) == (4, True)


def test_a_policy_that_lets_nobody_sign_is_told(signed: Any) -> None:
    signed.suite_file("policy.toml").write_text("", encoding="utf-8")
    said = signed.orr("verify")
    assert said.status == 4
    assert said.err.startswith("readiness/policy.toml says nobody who may sign off")


def test_a_veto_beside_it_refuses_it_and_a_spoilt_one_does_too(signed: Any) -> None:
    assert signed.sign("bo", "--no-go", "The second zone is down.").status == 0
    found = verified(signed)
    assert found["refused"] == "vetoed"
    assert found["reason"] == "bo@example.org objected: 'The second zone is down.'"
    flip(signed.report / "veto.json")
    assert refusal(signed) != "vetoed"
    (signed.report / "veto.json").unlink()
    assert verified(signed)["valid"]


def test_a_runners_results_are_told_and_those_of_nobody_are_refused(signed: Any) -> None:
    assert signed.sign("ci", "--results").status == 0
    assert [one["name"] for one in verified(signed)["runners"]] == ["ci"]
    assert "  results: runner ci, SHA256:" in signed.orr("verify").out
    flip(signed.report / "results.json")
    assert refusal(signed) == "signature-invalid"


def test_another_version_of_the_product_compares_what_it_can(
    signed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_orr.signing_off.beside.TOOL", "pytest-orr 9.9.9")
    found = verified(signed)
    assert found["valid"]
    [told] = [one for one in found["notices"] if one.startswith("judged by pytest-orr ")]
    assert told.endswith("its journal and review were not compared")
    flip(signed.report / "readiness.html")
    assert refusal(signed) == "other-report"


def test_a_checkout_at_another_commit_is_noticed(
    signed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Here:
        commit = "b" * 40

    monkeypatch.setattr("pytest_orr.cli.verify.git_here", lambda _: Here)
    [told] = [one for one in verified(signed)["notices"] if one.startswith("the checkout is at ")]
    assert told.startswith(f"the checkout is at {'b' * 40}, the sign-off for 0123456789")


def test_what_is_no_instant_is_wrong_use(signed: Any) -> None:
    said = signed.orr("verify", "--at", "yesterday")
    assert said.status == 4
    assert "'yesterday' is no day or instant; write 2026-11-20 or 2026-11-20T12:00Z" in said.err


def test_a_phase_that_there_is_not_is_wrong_use(signed: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("ORR_PHASE", "party")
    said = signed.orr("verify")
    assert said.status == 4
    assert "ORR_PHASE is one of plan, build, launch, operate, not 'party'" in said.err
