"""Whether changes of the schema can be taken back: the fact ``schema_changes``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.git_said import Entry, LinesChanged, TagRef
from pytest_orr.collect.delivery.schema_changes import SchemaChange, SchemaChanges
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_orr.collect.interface import Desk

BEFORE = TagRef(name="v1", id="t", commit="b" * 40, is_annotated=True)
OLD = "migrations/0041_old.sql"
NEW = "migrations/0042_new.sql"


@pytest.fixture
def changes_of(desk_of: Callable[..., Desk]) -> Callable[..., tuple[SchemaChange, ...]]:
    """Collect from contents by path; ``changed`` are those since the release before."""

    def collect(
        contents: dict[str, str], *, changed: Iterable[str] = (NEW,), **more: Any
    ) -> tuple[SchemaChange, ...]:
        before, away = more.pop("before", BEFORE), more.pop("away", ())
        entries = tuple(
            Entry(path=path, kind="file", id=path, size=None if path in away else 1)
            for path in contents
        )

        def told(some: Iterable[Entry]) -> dict[str, bytes]:
            return {one.id: contents[one.path].encode() for one in some if one.path not in away}

        git = {
            "previous_release": before,
            "entries": entries,
            "tree": entries,
            "changed_since": LinesChanged(files=tuple(changed), lines=1, not_text=()),
            "contents_of": told,
        }
        desk = desk_of(forge={}, git=git, repository=Repository(**more))
        found: tuple[SchemaChange, ...] = SchemaChanges().collect(desk).value
        return found

    return collect


def test_files_that_changed_since_the_release_before_are_looked_at(
    changes_of: Callable[..., tuple[SchemaChange, ...]],
) -> None:
    assert [one.path for one in changes_of({OLD: "", NEW: ""})] == [NEW]
    assert changes_of({OLD: ""}) == ()


def test_a_first_launch_looks_at_all_of_them(
    changes_of: Callable[..., tuple[SchemaChange, ...]],
) -> None:
    assert [one.path for one in changes_of({OLD: "", NEW: ""}, before=None)] == [OLD, NEW]


@pytest.mark.parametrize(
    "text",
    [
        "-- +goose Up\nALTER TABLE a ADD b text;\n-- +goose Down\nALTER TABLE a DROP b;\n",
        "-- +migrate Up\n-- +migrate Down\n",
        "-- migrate:up\n-- migrate:down\n",
        "def upgrade():\n    pass\n\ndef downgrade():\n    pass\n",
        "exports.down = function(knex) {}\n",
        "export async function down(knex) {}\n",
        "public function down(): void {}\n",
        "--changeset ana:1\n--rollback DROP TABLE a;\n",
    ],
)
def test_a_step_back_is_known_in_the_words_of_usual_tools(
    changes_of: Callable[..., tuple[SchemaChange, ...]], text: str
) -> None:
    [change] = changes_of({NEW: text})
    assert change.way_back.startswith("step back: ")
    assert change.seen == change.way_back


@pytest.mark.parametrize(
    ("forth", "back"),
    [
        ("migrations/2_a.up.sql", "migrations/2_a.down.sql"),
        ("migrations/V2__a.sql", "migrations/U2__a.sql"),
    ],
)
def test_a_file_that_takes_another_back_is_its_way_back(
    changes_of: Callable[..., tuple[SchemaChange, ...]], forth: str, back: str
) -> None:
    [change] = changes_of({forth: "", back: ""}, changed=(forth, back))
    assert (change.path, change.way_back) == (forth, f"taken back by {back}")
    [alone] = changes_of({back: ""}, changed=(back,))
    assert (alone.path, alone.way_back) == (back, "")


@pytest.mark.parametrize(
    "text",
    [
        "-- compatible: nobody reads it\nALTER TABLE a ADD b text;",
        "# Reversible by hand\n",
        "/* compatible */",
        "// compatible",
    ],
)
def test_a_comment_that_begins_with_a_mark_says_that_it_is_safe(
    changes_of: Callable[..., tuple[SchemaChange, ...]], text: str
) -> None:
    [change] = changes_of({NEW: text})
    assert change.way_back.startswith("marked: ")


def test_marks_are_the_profiles(changes_of: Callable[..., tuple[SchemaChange, ...]]) -> None:
    [change] = changes_of({NEW: "-- safe to keep\n"}, safe_marks=("safe",))
    assert change.way_back == "marked: safe"


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE a DROP b;",
        "-- not reversible\nDROP TABLE a;",
        "SELECT 'compatible';",
        "-- going down the table\n",
    ],
)
def test_anything_else_does_not_say_how_it_is_taken_back(
    changes_of: Callable[..., tuple[SchemaChange, ...]], text: str
) -> None:
    [change] = changes_of({NEW: text})
    assert (change.way_back, change.seen) == ("", "neither a step back nor a mark")


def test_contents_that_a_partial_clone_left_out_are_unknown(
    changes_of: Callable[..., tuple[SchemaChange, ...]],
) -> None:
    with pytest.raises(FactUnavailable, match=f"the content of {NEW} is not here"):
        changes_of({OLD: "", NEW: ""}, away=(NEW,))


def test_without_a_repository_nothing_is_known(desk_of: Callable[..., Desk]) -> None:
    with pytest.raises(FactUnavailable, match=r"no \[repository\]"):
        SchemaChanges().collect(desk_of(forge={}, git={}))
