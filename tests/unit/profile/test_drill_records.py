"""Records of drills as people write them, and as nobody should."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orr.profile import drill_records
from pytest_orr.profile.drills import DEPLOYMENT, Drills

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

ROOT = Path(__file__).parents[3]
RECORD = """\
items       = ["operations.restart.backend"]
by          = "bo@example.org"
author      = "ana@example.org"
others      = ["ana@example.org"]
procedure   = "docs/runbook.md"
environment = "production"
release     = "4f2a9c1d0e"
started     = 2026-11-04T23:30:00-02:00
minutes     = 6
succeeded   = true
happened    = "One host after the other."
lost        = "nothing"
"""
REQUIRED = (
    *("items", "by", "author", "environment", "release", "started", "minutes", "succeeded"),
    *("happened", "lost"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of records beside the profile."""
    (tmp_path / "drills").mkdir()
    return tmp_path / "drills"


@pytest.fixture
def told(folder: Path, mistakes_in: Callable[..., tuple[str, ...]]) -> Callable[..., list[str]]:
    """Write one record and return what is wrong with it, without its folder."""

    def mistakes(text: str | bytes, name: str = "a.toml", **files: str) -> list[str]:
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return [one.removeprefix("drills/") for one in mistakes_in(**files)]

    return mistakes


def test_a_record_is_read_with_its_digest_and_its_path(
    folder: Path, loaded: Callable[..., Written]
) -> None:
    (folder / "a.toml").write_text(RECORD)
    [drill] = loaded().drills
    assert drill.ref == "drills/a.toml"
    assert drill.sha256 == hashlib.sha256(RECORD.encode()).hexdigest()
    assert drill.record.by == "bo@example.org"
    assert drill.record.went_well


def test_a_markdown_page_holds_its_keys_between_two_fences_and_any_text_below(
    folder: Path, loaded: Callable[..., Written]
) -> None:
    (folder / "b.md").write_text(f"+++\n{RECORD}+++\n\n# Restart\n\n+++\nnot = [toml\n")
    (folder / "a.md").write_bytes(f"+++\n{RECORD}+++".replace("\n", "\r\n").encode())
    assert [one.ref for one in loaded().drills] == ["drills/a.md", "drills/b.md"]


def test_aliases_of_items_are_replaced_by_their_ids(
    folder: Path, loaded: Callable[..., Written]
) -> None:
    (folder / "a.toml").write_text(RECORD.replace("operations.restart.backend", "network.elb"))
    [drill] = loaded().drills
    assert drill.record.items == ("network.load-balancer.elb",)


def test_without_a_folder_there_is_no_record(loaded: Callable[..., Written]) -> None:
    assert loaded().drills == ()


def test_the_folder_may_have_another_name_and_lie_deeper(
    tmp_path: Path, loaded: Callable[..., Written], profile_text: str
) -> None:
    (tmp_path / "evidence" / "drills").mkdir(parents=True)
    (tmp_path / "evidence" / "drills" / "a.toml").write_text(RECORD)
    written = loaded(readiness=profile_text + '[drills]\nfolder = "./evidence/drills/"\n')
    assert [one.ref for one in written.drills] == ["evidence/drills/a.toml"]


def test_what_is_no_record_stays_unread(folder: Path, loaded: Callable[..., Written]) -> None:
    for name in ("README.md", ".a.toml", "log.txt", "a.toml~", "shot.png"):
        (folder / name).write_text("nothing of this is read")
    (folder / "more").mkdir()
    assert loaded().drills == ()


@pytest.mark.parametrize("key", REQUIRED)
def test_each_key_that_lacks_is_named(told: Callable[..., list[str]], key: str) -> None:
    without = "".join(
        f"{line}\n" for line in RECORD.splitlines() if line.split("=")[0].strip() != key
    )
    assert told(without) == [f"a.toml:1: `{key}` is required and missing"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("succeeded ", "suceeded ", "10:`suceeded` is no key here: did you mean `succeeded`?"),
        ("= 6", "= 0", "9:`minutes` is 0 but must be at least 1"),
        ("= 6", "= 6.5", "9:`minutes` is 6.5 but must be a whole number without quotes"),
        ("= 6", "= 10081", "9:`minutes` is 10081 but must be at most 10080"),
        ("= true", '= "yes"', '10:`succeeded` is "yes" but must be true or false, without quotes'),
        ('= "nothing"', '= ""', '12:`lost` is "" but must be text that is not empty'),
        (
            '["operations.restart.backend"]',
            "[]",
            ("1:`items` is an empty list but must be a list with at least one entry"),
        ),
        (
            "23:30:00-02:00",
            "23:30:00",
            (
                "8:`started` is 2026-11-04T23:30:00 but must be a date and"
                " time with its offset from UTC, such as 2026-11-06T10:00:00Z"
            ),
        ),
        (
            "= 2026-11-04T23:30:00-02:00",
            "= 2026-11-04",
            (
                "8:`started` is 2026-11-04 but must be a"
                " date and time without quotes, such as 2026-11-06T10:00:00Z"
            ),
        ),
        (
            "2026-11-04T23:30:00-02:00",
            "2026-11-20T23:30:00-02:00",
            (
                "8:`started` is"
                " 2026-11-20T23:30:00-02:00, which is in the future (judged as of 2026-11-20)"
                ": correct the date, or judge as of a later day"
            ),
        ),
        (
            "2026-11-04T23:30:00-02:00",
            "9999-12-31T23:30:00-02:00",
            (
                "8:`started` is"
                " 9999-12-31T23:30:00-02:00, which is in the future (judged as of 2026-11-20)"
                ": correct the date, or judge as of a later day"
            ),
        ),
        (
            "bo@",
            "bob@",
            (
                '2:`by` is "bob@example.org", who is not among `service.people`: did you'
                ' mean "bo@example.org"?'
            ),
        ),
        (
            '["ana@',
            '["anna@',
            (
                '4:`others` is "anna@example.org", who is not among'
                ' `service.people`: did you mean "ana@example.org"?'
            ),
        ),
        (
            "restart.backend",
            "restart.back",
            (
                '1:`items` is "operations.restart.back", an unknown'
                ' item: did you mean "operations.restart.backend"?'
            ),
        ),
        (
            'backend"]',
            'backend", "operations.restart.backend"]',
            ('1:`items` names "operations.restart.backend" again: remove one of the two'),
        ),
        (
            "4f2a9c1d0e",
            "HEAD",
            (
                '7:`release` is "HEAD" but must be a commit id: 7 to 64 of the'
                " characters 0-9 and a-f"
            ),
        ),
    ],
)
def test_each_mistake_is_told_with_its_line_in_a_markdown_page_too(
    told: Callable[..., list[str]], old: str, new: str, says: str
) -> None:
    assert RECORD.count(old) >= 1
    line, _, text = says.partition(":")
    broken = RECORD.replace(old, new, 1)
    assert told(broken) == [f"a.toml:{line}: {text}"]
    assert told(f"+++\n{broken}+++\n", "a.md")[0] == f"a.md:{int(line) + 1}: {text}"


def test_all_mistakes_of_all_records_and_of_the_profile_are_told_at_once(
    folder: Path, told: Callable[..., list[str]], profile_text: str
) -> None:
    (folder / "b.toml").write_text("")
    readiness = profile_text + '[drills.voided_by]\n"operations.restart.back" = ["a"]\n'
    found = told(RECORD.replace("= 6", "= true"), readiness=readiness)
    assert found[0].startswith("a.toml:9: `minutes` is true but must be")
    assert found[1].startswith("b.toml:1: is empty: it needs `items` and `by` and `author`")
    assert found[2] == (
        "readiness.toml:23: `drills.voided_by.operations.restart.back` names an unknown item: did"
        ' you mean "operations.restart.backend"?'
    )
    assert len(found) == 3


def test_an_id_without_quotes_is_told_as_the_table_that_it_makes(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    text = profile_text + '[drills.voided_by]\noperations.restart.backend = ["a"]\n'
    [said] = mistakes_in(readiness=text)
    assert "`drills.voided_by.operations` is a table but must be a list" in said


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("# Restart\n", "a.md", "does not begin with a line `+++`, behind which its keys stand"),
        ("", "a.md", "does not begin with a line `+++`, behind which its keys stand"),
        ("+++\na = 1\n", "a.md", "has no second line `+++`, behind which its text begins"),
        (b"\xff", "a.toml", "is not UTF-8: byte 0xff at column 1"),
        ("\ufeff", "a.md", "starts with a byte order mark: save it as UTF-8 without one"),
        ("a = " + "[" * 5000 + "]" * 5000, "a.toml", "is nested too deeply"),
        ("a = " + "9" * 5000, "a.toml", "holds a number with too many digits"),
        (b"#" * (drill_records.LARGEST + 1), "a.toml", "is larger than 131072 bytes"),
        ("a", "b\n\x1b[31m.toml", "has a name with characters that cannot be seen: rename it"),
        ("a", "b\u202e.toml", "has a name with characters that cannot be seen: rename it"),
    ],
)
def test_hostile_contents_and_names_are_refused_in_plain_words(
    told: Callable[..., list[str]], content: str | bytes, name: str, says: str
) -> None:
    [said] = told(content, name)
    assert said.endswith(f":1: {says}")
    assert said.isprintable()


def test_a_name_that_is_no_text_is_refused(
    folder: Path, mistakes_in: Callable[..., tuple[str, ...]]
) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.toml")).write_text(RECORD)
    [said] = mistakes_in()
    assert (
        said == r"drills/\udcff.toml:1: has a name with characters that cannot be seen: rename it"
    )


def test_a_link_a_pipe_and_a_folder_are_no_records(
    tmp_path: Path, folder: Path, mistakes_in: Callable[..., tuple[str, ...]]
) -> None:
    (tmp_path / "outside.toml").write_text(RECORD)
    (folder / "a.toml").symlink_to(tmp_path / "outside.toml")
    os.mkfifo(folder / "b.toml")
    (folder / "c.toml").mkdir()
    assert mistakes_in() == (
        "drills/a.toml:1: is reached by a symbolic link, which may lead out of the folder",
        "drills/b.toml:1: is not a regular file",
        "drills/c.toml:1: is not a regular file",
    )


def test_the_folder_itself_is_no_link_and_no_file_and_leads_nowhere_else(
    tmp_path: Path, mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "file").write_text("")
    reasons = {
        "link": "is reached by a symbolic link, which may lead out of the folder",
        "file": "is no folder",
        "../drills": "leads out of the folder",
        "/etc": "leads out of the folder",
        "x" * 300: "cannot be read: File name too long",
    }
    for name, reason in reasons.items():
        [said] = mistakes_in(readiness=f'{profile_text}[drills]\nfolder = "{name}"\n')
        assert said == f"{Path(name)}:1: {reason}"


def test_too_many_records_are_refused_before_one_is_read(
    folder: Path, mistakes_in: Callable[..., tuple[str, ...]]
) -> None:
    for number in range(drill_records.MOST + 1):
        (folder / f"{number}.toml").touch()
    [said] = mistakes_in()
    assert said.startswith("drills:1: holds 501 records, more than the 500 that are read")


def test_a_folder_that_is_no_text_is_a_mistake_of_the_profile_alone(
    folder: Path, mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    (folder / "a.toml").write_text(RECORD)
    [said] = mistakes_in(readiness=f"{profile_text}[drills]\nfolder = 7\n")
    assert said == "readiness.toml:23: `drills.folder` is 7 but must be text in quotes"


def test_a_year_before_all_others_is_no_future(
    folder: Path, loaded: Callable[..., Written]
) -> None:
    (folder / "a.toml").write_text(
        RECORD.replace("2026-11-04T23:30:00-02", "0001-01-01T00:30:00+02")
    )
    [drill] = loaded().drills
    assert drill.record.started.year == 1


def test_the_usual_files_void_a_drill_unless_the_profile_names_others() -> None:
    usual = Drills()
    assert "migrations/**" in usual.paths_of("operations.rollback.process")
    assert usual.paths_of("explorer.own.item") == DEPLOYMENT
    own = Drills(voided_by={"operations.rollback.process": ("db/**",)})
    assert own.paths_of("operations.rollback.process") == ("db/**",)


def test_the_records_of_the_example_are_what_its_statements_rest_on() -> None:
    for state in ("faulty", "repaired"):
        beside = ROOT / "examples" / "explorer" / state
        stated = tomllib.loads((beside / "attestations.toml").read_text(encoding="utf-8"))
        named = {
            proof["ref"]: proof["sha256"]
            for one in stated["attestation"]
            for proof in one["evidence"]
            if proof["kind"] == "drill"
        }
        found = {
            f"drills/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (beside / "drills").iterdir()
        }
        edited = {ref for ref in named if named[ref] != found[ref]}
        seen_by_the_cloud = {"drills/2026-11-03-restore.toml"} if state == "repaired" else set()
        assert found.keys() - named.keys() == seen_by_the_cloud
        assert edited == ({"drills/2026-11-06-takedown.md"} if state == "faulty" else set())


def test_the_schema_of_a_record_takes_what_the_example_wrote() -> None:
    folder = ROOT / "examples" / "explorer" / "repaired" / "drills"
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        toml = drill_records.front_matter(text) if path.suffix == ".md" else text
        assert {*REQUIRED} <= tomllib.loads(toml).keys()
        assert tomllib.loads(toml)["started"].tzinfo == dt.UTC


def test_the_page_about_drills_shows_a_record_and_keys_that_exist(
    folder: Path, loaded: Callable[..., Written], profile_text: str
) -> None:
    page = (ROOT / "docs" / "drills.md").read_text(encoding="utf-8")
    record, _, keys = (one.partition("```")[0] for one in page.split("```toml\n")[1:])
    (folder / "a.toml").write_text(record.replace("finn@", "ana@"))
    written = loaded(readiness=profile_text + keys)
    assert written.drills[0].record.objective_minutes == 10
    assert written.profile.drills.elsewhere == ("testnet",)
