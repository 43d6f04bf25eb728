"""Every stored sign-off is accepted for its roles, or refused for its reason."""

from __future__ import annotations

import base64
import json
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput
from pytest_orr.sign.refusal import REFUSALS, Refused
from pytest_orr.sign.sshsig import armoured
from tests.vectors.draft import NAMESPACE, pae
from tests.vectors.make import MODULES, attacks
from tests.vectors.page import PAGE, render
from tests.vectors.reading import POLICY_REFUSED, Policies, judged, vectors

if TYPE_CHECKING:
    from pathlib import Path

    from tests.vectors.reading import Vector

GOOD = [one for one in vectors() if not one.must_fail]
BAD = [one for one in vectors() if one.must_fail]
APPROVED = [one for one in GOOD if one.kind == "approval"]
USUAL = {
    "ana@example.org": "service",
    "ben@example.org": "principal-engineer",
    "cara@example.org": "security",
}


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    return Policies(tmp_path_factory.mktemp("policies"))


@pytest.mark.parametrize("vector", GOOD, ids=lambda one: one.name)
def test_a_good_one_is_accepted_for_the_roles_that_it_says(
    vector: Vector, policies: Policies
) -> None:
    wanted = vector.roles or (USUAL if vector.kind == "approval" else {})

    assert judged(vector, policies) == wanted


@pytest.mark.parametrize("vector", BAD, ids=lambda one: one.name)
def test_an_attack_is_refused_for_its_reason(vector: Vector, policies: Policies) -> None:
    if vector.reason == POLICY_REFUSED:
        with pytest.raises(InvalidInput):
            judged(vector, policies)
        return
    with pytest.raises(Refused) as refused:
        judged(vector, policies)

    assert (refused.value.code, refused.value.exit_code) == (vector.reason, 1)


def test_what_is_stored_is_what_is_described() -> None:
    """After a change of an attack: ``python -m tests.vectors.make``."""
    described = {one.folder: (one.reason, one.about) for one in attacks()}

    assert {one.name: (one.reason, one.about) for one in vectors()} == described
    assert PAGE.read_text(encoding="utf-8") == render(MODULES)
    assert all(one.about.endswith(".") and "\n" not in one.about for one in attacks())


def test_there_are_enough_of_them_and_each_reason_has_a_code() -> None:
    assert len(BAD) >= 54
    assert len(APPROVED) >= 6
    assert {one.reason for one in BAD} - {POLICY_REFUSED} <= REFUSALS.keys()


def test_no_folder_holds_a_private_key_and_each_is_small() -> None:
    files = [path for one in vectors() for path in one.folder.iterdir()]

    assert not [path for path in files if b"PRIVATE" in path.read_bytes()]
    assert not [path for path in files if path.stat().st_size > 128 * 1024]


@pytest.mark.parametrize("vector", APPROVED, ids=lambda one: one.name)
def test_openssh_verifies_every_signature_of_a_good_one(vector: Vector, tmp_path: Path) -> None:
    envelope = json.loads(vector.raw())
    message = pae(base64.b64decode(envelope["payload"]))
    (tmp_path / "allowed").write_text("".join(_allowed(vector)))
    for place, one in enumerate(envelope["signatures"]):
        (tmp_path / f"{place}.sig").write_text(armoured(base64.b64decode(one["sig"])))

    assert [
        place
        for place, _ in enumerate(envelope["signatures"])
        if not _verifies(tmp_path / f"{place}.sig", tmp_path / "allowed", message)
    ] == []


def _allowed(vector: Vector) -> list[str]:
    """Return the policy's people as ``ssh-keygen`` reads them, all under one name."""
    approvers = tomllib.loads(vector.policy.decode())["signoff"]["approvers"]
    of = f'namespaces="{NAMESPACE}"'
    keys = [f"cara {of} {key['key']}\n" for one in approvers for key in one.get("keys", ())]
    authorities = [
        f"cara cert-authority,{of} {authority['key']}\n"
        for one in approvers
        for authority in one.get("authorities", ())
    ]
    return keys + authorities


def _verifies(signature: Path, allowed: Path, message: bytes) -> bool:
    asked = [
        "-Y",
        "verify",
        "-f",
        f"{allowed}",
        "-I",
        "cara",
        "-n",
        NAMESPACE,
        "-s",
        f"{signature}",
    ]
    at = ["-O", "verify-time=20261123120000Z"]
    ran = subprocess.run(
        ["ssh-keygen", *asked, *at], input=message, capture_output=True, check=False
    )
    return ran.returncode == 0
