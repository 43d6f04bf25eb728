"""Items that rest on drills: what a record says, and what the repository says of it since."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.suite.conftest import Judged

FRONTEND = "operations.restart.frontend"
BACKEND = "operations.restart.backend"
ROLLBACK = "operations.rollback.process"
TAKEDOWN = "operations.emergency.takedown"
SCALE_UP = "scalability.scale-up.plan"
BACKUP = "deployment.database.backup"
ITEMS = (FRONTEND, BACKEND, ROLLBACK, TAKEDOWN, SCALE_UP)
FILE = "drills/a.toml"
RUNBOOK = """
[documents.runbook]
path = "docs/runbook.md"
[documents.runbook_sections]
scale_up = "Raise the request limit"
"""
SECTIONS = {
    FRONTEND: ("restart_frontend", "the frontend is restarted"),
    BACKEND: ("restart_backend", "the backend is restarted"),
    ROLLBACK: ("rollback", "a release is taken back"),
    TAKEDOWN: ("takedown", "the backend is taken down"),
    SCALE_UP: ("scale_up", "the service grows"),
}


@pytest.fixture
def commits() -> dict[str, str]:
    """The commits of the example's repository by the names of its history."""
    from examples.explorer import history, repository  # noqa: PLC0415 after the path is set

    return {one.name: repository.named(one.name) for one in history.HISTORY}


@pytest.fixture
def judged(
    judged_on: Callable[..., dict[str, Judged]], commits: dict[str, str]
) -> Callable[..., Judged]:
    """Judge an item that rests on one drill: ``judged(item, minutes=9)`` changes its record.

    ``covers``, ``faults`` and ``first`` are the statement's, the forge's and the release's,
    ``profile`` is what else is declared.
    """

    def judge(
        item: str, *, covers: str = "question", faults: tuple[str, ...] = (), **changes: Any
    ) -> Judged:
        first, stated = changes.pop("first", False), changes.pop("stated", True)
        profile = changes.pop("profile", RUNBOOK)
        keys = {
            "items": [item],
            "by": "bo@example.org",
            "author": "eve@example.org",
            "environment": "production",
            "release": commits["release"],
            "minutes": 6,
            "succeeded": True,
            "happened": "It went well.",
            "lost": "nothing",
            **changes,
        }
        text = "".join(f"{name} = {_toml(value)}\n" for name, value in keys.items())
        record = (text + "started = 2026-11-04T10:00:00Z\n").encode()
        statement = _statement(item, covers, hashlib.sha256(record).hexdigest()) if stated else ""
        more = {"more": profile, "beside": {FILE: record}, "statements": statement}
        return judged_on("gitlab", item, faults=faults, first=first, **more)[item]

    return judge


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')


def _statement(item: str, covers: str, sha256: str) -> str:
    return f"""
[[attestation]]
item = "{item}"
statement = "Bo did it."
by = "ana@example.org"
confirmed = "bo@example.org"
on = 2026-11-06
until = 2027-01-31
covers = "{covers}"
evidence = [{{ kind = "drill", ref = "{FILE}", sha256 = "{sha256}", dated = 2026-11-04 }}]
"""


@pytest.mark.parametrize("item", ITEMS)
def test_a_sound_drill_is_seen_by_each_item_that_asks_for_one(
    judged: Callable[..., Judged], item: str
) -> None:
    seen = judged(item).said("pass")[f"drill {FILE}"]
    assert seen == "bo@example.org on 2026-11-04 in production, 6 min, lost: nothing"


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"succeeded": False}, "the drill did not succeed"),
        ({"objective_minutes": 5}, "the drill took 6 minutes, 5 are allowed"),
    ],
)
def test_a_drill_that_failed_or_took_too_long_fails_each_item(
    judged: Callable[..., Judged], item: str, changes: dict[str, Any], says: str
) -> None:
    outcome = judged(item, **changes)
    assert outcome.outcome == "fail"
    assert outcome.said("fail") == {f"drill {FILE}": says}


@pytest.mark.parametrize("item", ITEMS)
def test_a_runbook_without_the_section_fails_each_item(
    judged: Callable[..., Judged], item: str
) -> None:
    key, how = SECTIONS[item]
    profile = RUNBOOK.replace("scale_up", "pause") + f'{key} = "Juggling"\n'
    outcome = judged(item, profile=profile)
    assert outcome.said("fail") == {'runbook: "Juggling"': f"the runbook does not say how {how}"}


@pytest.mark.parametrize("item", ITEMS)
def test_a_runbook_that_nobody_declared_is_unknown_to_each_item(
    judged: Callable[..., Judged], item: str
) -> None:
    outcome = judged(item, profile="")
    assert outcome.said("unknown")["runbooks"] == "readiness.toml declares no [documents.runbook]"


def test_the_section_about_the_take_down_names_whoever_depends_on_the_backend(
    judged: Callable[..., Judged],
) -> None:
    profile = RUNBOOK + 'takedown = "Roll back"\n[emergency]\ndependents = '
    named = judged(TAKEDOWN, profile=profile + '["Pipeline"]\n')
    assert 'runbook: "Roll back"' in named.said("pass")
    lacking = judged(TAKEDOWN, profile=profile + '["pipeline", "wallet team", "support"]\n')
    assert lacking.said("fail") == {
        'runbook: "Roll back"': "it does not name who must be told: wallet team, support"
    }
    nobody = judged(TAKEDOWN, profile=profile + "[]\n").said("unknown")
    assert nobody['runbook: "Roll back"'] == "readiness.toml declares no [emergency] dependents"


def test_the_restart_of_the_frontend_is_attested_by_a_drill_and_a_deployment(
    judged: Callable[..., Judged],
) -> None:
    assert judged(FRONTEND).outcome == "attested"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"of": "deployed"}, "since the drill of 2026-11-04: .github/workflows/ci.yml, "),
        ({"procedure": "ansible.cfg"}, "bo@example.org did the drill by ansible.cfg, and had"),
    ],
)
def test_a_drill_that_is_void_asks_for_another(
    judged: Callable[..., Judged], commits: dict[str, str], changes: dict[str, Any], says: str
) -> None:
    release = {"release": commits[changes.pop("of")]} if "of" in changes else {}
    outcome = judged(FRONTEND, **changes, **release)
    assert outcome.outcome == "pending"
    assert outcome.said("pending")[f"drill {FILE}"].startswith(says)


def test_a_drill_that_failed_and_is_void_fails(
    judged: Callable[..., Judged], commits: dict[str, str]
) -> None:
    assert judged(FRONTEND, succeeded=False, release=commits["deployed"]).outcome == "fail"


@pytest.mark.parametrize(("covers", "outcome"), [("question", "unknown"), ("unknown", "attested")])
def test_a_drill_of_a_commit_that_nobody_has_is_unknown_unless_somebody_stands_for_it(
    judged: Callable[..., Judged], covers: str, outcome: str
) -> None:
    assert judged(FRONTEND, release="0" * 40, covers=covers).outcome == outcome


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"author": "bo@example.org"}, "by instructions of their own"),
        ({"environment": "staging"}, "was done in staging, not in production"),
        ({"items": [BACKEND]}, "is of operations.restart.backend, not of this item"),
    ],
)
def test_a_drill_that_does_not_count_leaves_the_question_open(
    judged: Callable[..., Judged], changes: dict[str, Any], says: str
) -> None:
    outcome = judged(FRONTEND, **changes)
    assert outcome.outcome == "pending"
    assert says in outcome.record.reason
    assert judged(FRONTEND, stated=False).record.reason.startswith("the item: nobody has answered")


def test_before_a_first_launch_the_named_staging_is_where_it_runs(
    judged: Callable[..., Judged],
) -> None:
    assert judged(FRONTEND, environment="staging", first=True).outcome == "attested"


def test_a_deployment_that_failed_fails_the_frontend_though_the_drill_is_sound(
    judged: Callable[..., Judged],
) -> None:
    failed = judged(FRONTEND, faults=("deployed-by-hand",))
    assert failed.outcome == "fail"
    assert failed.said("fail") == {"deployment to production": "the last one is older than 90 days"}


def test_a_restore_drill_stands_for_a_restore_that_the_cloud_does_not_know(
    judged: Callable[..., Judged],
) -> None:
    assert judged(BACKUP).outcome == "unknown"
    assert judged(BACKUP, covers="unknown").outcome == "attested"
    assert judged(BACKUP, covers="unknown", stated=False).outcome == "unknown"
    failed = judged(BACKUP, covers="unknown", succeeded=False)
    assert failed.said("fail") == {f"drill {FILE}": "the drill did not succeed"}
    own = judged(BACKUP, covers="unknown", author="bo@example.org")
    assert own.outcome == "unknown"
    assert "by instructions of their own" in own.said("pending")["the statement"]
    assert "the statement" not in judged(BACKUP, author="bo@example.org").said("pending")
