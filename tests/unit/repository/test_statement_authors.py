"""Who brought a statement's lines, by real repositories: the fact ``statement_authors``."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.git_lines import GitLines
from pytest_orr.collect.operations.statement_authors import StatementAuthorFacts, StatementAuthors
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.documents import document_of
from pytest_orr.profile.places import Stated, places_of
from pytest_orr.profile.schema import Attestations
from pytest_orr.profile.structure import validate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.collect.interface import Desk
    from tests.unit.repository.conftest import Made

ANA, BO, EVE = "Ana <ana@example.org>", "Bo <bo@example.org>", "Eve <eve@example.org>"
FILE = "readiness/attestations.toml"
OWN = '''# What people say.

[[attestation]]
item = "demo.a.one"
statement = """
It is so:
# since we looked.
"""
by = "ana@example.org"
'''
CONFIRMED = 'confirmed = "bo@example.org"\n'
REST = """on = 2026-11-10
until = 2026-12-31
evidence = [
  { kind = "link", ref = "https://wiki.example.org/x", dated = 2026-11-09 },
]
"""
OTHER = """
# Of another item.
[[attestation]]
item = "demo.a.two"
statement = "This, too."
by = "bo@example.org"
on = 2026-11-10
until = 2026-12-31
evidence = [
  { kind = "link", ref = "https://wiki.example.org/y", dated = 2026-11-09 },
]
"""
SIGNING = ("-c", "gpg.format=ssh", "-c", "commit.gpgsign=true")


def stated_of(text: str) -> Stated:
    """All statements of a file as a run reads them."""
    document = document_of("attestations.toml", text.encode())
    value, mistakes = validate(document, Attestations)
    assert value, mistakes
    places = places_of(document, {})
    return Stated(sha256=document.sha256, statements=value.attestation, places=places)


@pytest.fixture
def facts_of(made: Made, desk_of: Callable[..., Desk]) -> Callable[..., StatementAuthorFacts]:
    """Collect about statements as the file has them now."""

    def collect(text: str, **keys: Any) -> StatementAuthorFacts:
        made.check_out()
        folder = made.folder / "readiness"
        folder.mkdir(exist_ok=True)
        desk = desk_of(made.folder, "0" * 40, **keys)
        return (
            StatementAuthors().collect(replace(desk, folder=folder, stated=stated_of(text))).value
        )

    return collect


@pytest.fixture
def worth(facts_of: Callable[..., StatementAuthorFacts]) -> Callable[..., tuple[str, str]]:
    """What is known of who made the first statement."""

    def known(text: str, *, confirmed: str = "", **keys: Any) -> tuple[str, str]:
        author = facts_of(text, **keys).of("demo.a.one", stated_of(text).sha256)
        assert author
        return author.worth("ana@example.org", confirmed)

    return known


def signed(made: Made, text: str, who: str, key: Path) -> None:
    """Commit the file with a signature."""
    made.check_out()
    (made.folder / FILE).parent.mkdir(exist_ok=True)
    (made.folder / FILE).write_text(text)
    name = ("-c", f"user.name={who}", "-c", f"user.email={who}@example.org")
    made.git("add", FILE)
    made.git(*name, *SIGNING, "-c", f"user.signingkey={key}", "commit", "-q", "-m", "said")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of three people, and a list that names those of two."""
    folder = tmp_path_factory.mktemp("keys")
    listed = []
    for name in ("ana", "bo", "mallory"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
        kind, key, *_ = (folder / f"{name}.pub").read_text().split()
        listed.append(f'{name}@example.org namespaces="git" {kind} {key}\n')
    (folder / "signers").write_text("".join(listed[:2]))
    return folder


def test_lines_that_the_author_committed_are_committed_by_their_author(
    made: Made, worth: Callable[..., tuple[str, str]]
) -> None:
    made.commit({FILE: OWN + REST}, by=ANA)
    assert worth(OWN + REST) == ("committed", "committed by ana@example.org")


def test_another_statement_below_or_above_changes_nothing(
    made: Made, worth: Callable[..., tuple[str, str]]
) -> None:
    made.commit({FILE: OWN + REST}, by=ANA)
    made.commit({FILE: OTHER + OWN + REST + OTHER.replace("two", "three")}, by=BO)
    text = OTHER + OWN + REST + OTHER.replace("two", "three")
    assert worth(text) == ("committed", "committed by ana@example.org")


@pytest.mark.parametrize(
    ("old", "new"),
    [("It is so", "It was so"), ("# since we", "# as we"), ("2026-12-31", "2026-12-30")],
)
def test_one_line_that_somebody_else_changed_makes_it_claimed(
    made: Made, worth: Callable[..., tuple[str, str]], old: str, new: str
) -> None:
    made.commit({FILE: OWN + REST}, by=ANA)
    made.commit({FILE: (OWN + REST).replace(old, new)}, by=EVE)
    assert worth((OWN + REST).replace(old, new)) == (
        "claimed",
        "only claimed: brought by eve@example.org, not by ana@example.org",
    )


def test_what_is_not_committed_as_it_stands_is_claimed(
    made: Made, worth: Callable[..., tuple[str, str]]
) -> None:
    made.commit({FILE: OWN + REST}, by=ANA)
    changed = (OWN + REST).replace("It is so", "It is so indeed")
    told = "only claimed: it is not committed as it stands here"
    assert worth(changed) == ("claimed", told)
    made.commit({}, without=(FILE,), by=ANA)
    assert worth(OWN + REST) == ("claimed", told)


def test_a_comment_and_another_spacing_that_are_not_committed_change_nothing(
    made: Made, worth: Callable[..., tuple[str, str]]
) -> None:
    made.commit({FILE: OWN + REST}, by=ANA)
    here = "# New.\n" + OWN.replace("item = ", "item   = ") + REST
    assert worth(here) == ("committed", "committed by ana@example.org")


def test_whoever_confirms_commits_that_line_themselves_after_the_others(
    made: Made, worth: Callable[..., tuple[str, str]]
) -> None:
    whole = OWN + CONFIRMED + REST
    made.commit({FILE: OWN + REST}, by=ANA)
    made.commit({FILE: whole}, by=BO)
    assert worth(whole, confirmed="bo@example.org") == (
        "committed",
        "committed by ana@example.org; the confirmation committed by bo@example.org",
    )


def test_a_confirmation_that_the_author_wrote_is_claimed(
    made: Made, worth: Callable[..., tuple[str, str]]
) -> None:
    whole = OWN + CONFIRMED + REST
    made.commit({FILE: whole}, by=ANA)
    assert worth(whole, confirmed="bo@example.org") == (
        "claimed",
        "only claimed: the confirmation brought by ana@example.org, not by bo@example.org",
    )


def test_a_statement_that_was_changed_after_it_was_confirmed_is_claimed(
    made: Made, worth: Callable[..., tuple[str, str]]
) -> None:
    whole = OWN + CONFIRMED + REST
    made.commit({FILE: OWN + REST}, by=ANA)
    made.commit({FILE: whole}, by=BO)
    later = whole.replace("It is so", "It is not quite so")
    made.commit({FILE: later}, by=ANA)
    assert worth(later, confirmed="bo@example.org") == (
        "claimed",
        "only claimed: it was changed after it was confirmed",
    )


def test_a_mailmap_makes_nobody_somebody_else(
    made: Made, worth: Callable[..., tuple[str, str]]
) -> None:
    mapped = "Ana <ana@example.org> <eve@example.org>\n"
    made.commit({FILE: OWN + REST, ".mailmap": mapped}, by=EVE)
    assert worth(OWN + REST)[1].startswith("only claimed: brought by eve@example.org")


def test_what_both_signed_is_proven_if_their_keys_are_listed(
    made: Made, worth: Callable[..., tuple[str, str]], keys: Path
) -> None:
    whole = OWN + CONFIRMED + REST
    made.commit({"a": "a"})
    signed(made, OWN + REST, "ana", keys / "ana")
    signed(made, whole, "bo", keys / "bo")
    asked = {"confirmed": "bo@example.org", "signers": str(keys / "signers")}
    assert worth(whole, **asked) == (
        "proven",
        "signed by ana@example.org; the confirmation signed by bo@example.org",
    )
    level, told = worth(whole, confirmed="bo@example.org")
    assert level == "committed"
    assert told.count("([repository] signers names nobody)") == 2


def test_a_signature_by_an_unlisted_key_proves_nothing_and_another_persons_contradicts(
    made: Made, worth: Callable[..., tuple[str, str]], keys: Path
) -> None:
    listed = {"signers": str(keys / "signers")}
    made.commit({"a": "a"})
    signed(made, OWN + REST, "ana", keys / "mallory")
    told = "committed by ana@example.org (its key is not listed)"
    assert worth(OWN + REST, **listed) == ("committed", told)
    changed = OWN + REST.replace("2026-12-31", "2026-12-30")
    signed(made, changed, "ana", keys / "bo")
    assert worth(changed, **listed) == (
        "claimed",
        "only claimed: signed by bo@example.org, not by ana@example.org",
    )


def test_a_signature_of_something_else_makes_it_claimed(
    made: Made, worth: Callable[..., tuple[str, str]], keys: Path
) -> None:
    made.commit({"a": "a"})
    signed(made, OWN + REST, "ana", keys / "ana")
    text = made.git("cat-file", "commit", "HEAD").replace(b"\n\nsaid", b"\n\nforged")
    forged = made.git("hash-object", "-t", "commit", "-w", "--stdin", given=text).decode().strip()
    made.git("update-ref", "refs/heads/main", forged)
    level, told = worth(OWN + REST, signers=str(keys / "signers"))
    assert level == "claimed"
    assert "a signature that does not hold" in told


def test_a_signature_that_is_not_verified_here_is_told_and_proves_nothing(
    made: Made, worth: Callable[..., tuple[str, str]], keys: Path
) -> None:
    made.commit({"a": "a"})
    signed(made, OWN + REST, "ana", keys / "ana")
    text = made.git("cat-file", "commit", "HEAD").replace(b"SSH SIGNATURE", b"PGP SIGNATURE")
    other = made.git("hash-object", "-t", "commit", "-w", "--stdin", given=text).decode().strip()
    made.git("update-ref", "refs/heads/main", other)
    level, told = worth(OWN + REST, signers=str(keys / "signers"))
    assert level == "committed"
    assert told.endswith("(signed with OpenPGP or X.509, not verified here)")


def test_contents_that_are_not_here_and_names_with_line_ends_cannot_be_told(made: Made) -> None:
    commit = made.commit({FILE: OWN + REST}, by=ANA)
    made.check_out()
    (made.folder / "a\nb").mkdir()
    with pytest.raises(FactUnavailable, match="git cannot tell where"):
        GitLines(made.folder / "a\nb", "attestations.toml")
    tree = made.git("rev-parse", f"{commit}^{{tree}}").decode().strip()
    lines = GitLines(made.folder / "readiness", "attestations.toml")
    (made.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(FactUnavailable, match="the commit's tree is not here"):
        lines.committed()
    with pytest.raises(FactUnavailable, match="git cannot tell who wrote"):
        lines.brought(lambda: None)
    lines.close()


def test_at_the_end_of_a_shallow_clone_nobody_is_named(
    made: Made, desk_of: Callable[..., Desk], tmp_path: Path
) -> None:
    made.commit({FILE: OWN + REST}, by=EVE)
    made.commit({"b": "b"}, by=ANA)
    there, here = f"file://{made.folder}", tmp_path / "shallow"
    made.git("clone", "-q", "--depth", "1", there, str(here))
    desk = replace(desk_of(here, "0" * 40), folder=here / "readiness", stated=stated_of(OWN + REST))
    [author] = StatementAuthors().collect(desk).value.all
    level, told = author.worth("ana@example.org", "")
    assert (level, "a shallow clone" in told) == ("claimed", True)


def test_without_a_repository_nobody_can_tell_and_without_statements_nobody_is_asked(
    desk_of: Callable[..., Desk], tmp_path: Path
) -> None:
    desk = replace(desk_of(tmp_path, "0" * 40), stated=stated_of(OWN + REST))
    with pytest.raises(FactUnavailable, match="lies in no git repository"):
        StatementAuthors().collect(desk)
    assert StatementAuthors().collect(replace(desk, stated=Stated())).value.all == ()


def test_facts_about_another_file_are_about_no_statement_of_this_one(
    made: Made, facts_of: Callable[..., StatementAuthorFacts]
) -> None:
    made.commit({FILE: OWN + REST}, by=ANA)
    facts = facts_of(OWN + REST)
    assert facts.of("demo.a.one", facts.sha256)
    assert facts.of("demo.a.one", "f" * 64) is None


def test_an_empty_repository_a_link_and_a_large_file_hold_no_statement(made: Made) -> None:
    (made.folder / "readiness").mkdir()
    (made.folder / FILE).write_text("x")
    assert _committed(made) is None
    made.git("add", FILE)
    made.git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "-m", "x")
    assert _committed(made) == b"x"
    (made.folder / FILE).unlink()
    (made.folder / FILE).symlink_to("elsewhere")
    made.git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "-a", "-m", "y")
    assert _committed(made) is None
    made.commit({FILE: "x" * (1024 * 1024 + 1)})
    assert _committed(made) is None


def _committed(made: Made) -> bytes | None:
    lines = GitLines(made.folder / "readiness", "attestations.toml")
    try:
        return lines.committed()
    finally:
        lines.close()
