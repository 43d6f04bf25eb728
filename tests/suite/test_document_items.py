"""Items about documents, by the example's wiki and repository, beside a GitLab and a GitHub."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Wiki

LOCATION = "operations.runbook.location"
MAINTAINER = "operations.runbook.maintainer"
FAQ = "operations.support.faq"
HELP = "operations.support.inline-help"
PROCESS = "operations.refund.process"
CRITERIA = "operations.refund.criteria"
ITEMS = (LOCATION, MAINTAINER, FAQ, HELP, PROCESS, CRITERIA)
EXAMPLE = Path(__file__).parents[2] / "examples" / "explorer" / "repaired"
OWN_TABLES = re.compile(
    r"\[+(service(\.people)?|release|evidence|documents(\.\w+)?|prometheus)\]+\n"
)
OWNER = 'owner       = "finn@example.org"'
HEAD = """
[repository]
path = {{ env = "EXPLORER_REPOSITORY" }}
[forge]
kind = "{kind}"
project = "explorer/explorer"
url = {{ env = "EXPLORER_FORGE" }}
token = {{ env = "EXPLORER_TOKEN" }}
[[endpoints]]
name = "pages"
role = "frontend"
url = "https://explorer.example/"
connect = {{ env = "EXPLORER_EDGE" }}
ca = {{ env = "EXPLORER_CA" }}
"""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The example's pages and its Prometheus, as it was recorded."""
    from examples.explorer import edge  # noqa: PLC0415 after the path is set
    from examples.explorer.certificates import issue  # noqa: PLC0415 after the path is set

    folder = tmp_path_factory.mktemp("places")
    ca, chain = issue(folder, edge.HOSTS)
    server = edge.Server(edge.replies("repaired"), chain)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    own = {"EXPLORER_EDGE": f"127.0.0.1:{server.server_port}", "EXPLORER_CA": str(ca)}
    monitoring = import_module("examples.explorer.monitoring")  # there is a folder of its name
    yield {**monitoring.serve("repaired", folder), **own}
    server.shutdown()
    server.server_close()


@pytest.fixture
def judged(
    wiki: Wiki,
    places: dict[str, str],
    forges: dict[str, tuple[Any, dict[str, str]]],
    judge_here: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Judge items by the repaired example's own tables, of which one text was changed."""
    from examples.explorer.forge_state import forge_state  # noqa: PLC0415 after the path is set

    def judge(
        kind: str,
        *ids: str,
        faults: tuple[str, ...] = (),
        old: str = "",
        new: str = "",
        change: Callable[[Any], Any] = lambda state: state,
        **env: str,
    ) -> Any:
        wiki.plant(*faults)
        server, variables = forges[kind]
        server.state = change(forge_state(()))
        for name, value in {**variables, **places, **wiki.environment, **env}.items():
            monkeypatch.setenv(name, value)
        text = (EXAMPLE / "readiness.toml").read_text(encoding="utf-8")
        own = "".join(part for part in re.split(r"(?m)^(?=\[)", text) if OWN_TABLES.match(part))
        assert old in own
        return judge_here(own.replace(old, new, 1) + HEAD.format(kind=kind), *ids)

    return judge


@pytest.mark.parametrize("kind", ["gitlab", "github"])
def test_sound_documents_are_sound_on_either_forge(kind: str, judged: Callable[..., Any]) -> None:
    found = judged(kind, *ITEMS)
    wrong = {
        one: [*what.said("fail").items(), *what.said("unknown").items()]
        for one, what in found.items()
    }
    assert wrong == {one: [] for one in ITEMS}
    assert "alert ExplorerBalanceLow" in found[LOCATION].said("pass")
    assert {what.outcome for what in found.values()} == {"pending"}


@pytest.mark.parametrize(
    ("item", "faults", "subject", "says"),
    [
        (LOCATION, ("runbook-gone",), "/runbook", "there is no such document"),
        (LOCATION, ("runbook-gone",), "alert ExplorerBalanceLow", "leads to nothing"),
        (LOCATION, ("runbook-without-owners",), "/runbook", "lacks declared headings: Owners"),
        (MAINTAINER, ("runbook-old",), ": rhythm", "not changed for more than the 92 days"),
        (FAQ, ("faq-old",), ": age", "not changed for 180 days"),
        (FAQ, ("faq-short",), "/faq", "it answers 0 questions of 6"),
        (FAQ, ("faq-dead-fragment",), "links of", "terms#nobody (has no #nobody)"),
        (FAQ, ("faq-dead-link",), "links of", "terms-of-2025 (answers 404)"),
        (CRITERIA, ("terms-differ",), "/terms", "the published terms say something else"),
    ],
)
def test_each_fault_of_the_wiki_is_found_where_it_lies(
    judged: Callable[..., Any], item: str, faults: tuple[str, ...], subject: str, says: str
) -> None:
    [found] = judged("gitlab", item, faults=faults).values()
    failed = [text for name, text in found.said("fail").items() if subject in name]
    assert any(says in text for text in failed), found.record.findings


@pytest.mark.parametrize(
    ("item", "old", "new", "subject", "says"),
    [
        (MAINTAINER, OWNER, OWNER.replace("finn", "zoe"), ": owner", "none of [[service.people]]"),
        (MAINTAINER, 'username = "finn"', 'username = "gone"', ": owner", "no access"),
        (MAINTAINER, '"ana@example.org"\nreview', '"finn@example.org"\nreview', "deputy", "same"),
        (FAQ, "faq_questions    = 6", "faq_questions = 60", "/faq", "7 questions of 60"),
        (HELP, '"[role=tooltip]"', '"[role=dialog]"', "/search", "nothing on it is [role=dialog]"),
        (HELP, '"/search"', '"/send"', "/send", "there is no such page"),
        (PROCESS, "/refund.md", "/refunds.md", "refunds.md", "there is no such document"),
        (PROCESS, '"Steps"', '"Stages"', "refund.md", "lacks declared headings: Stages"),
        (PROCESS, "refund_rehearsal = 198", "refund_rehearsal = 201", "rehearsal", "still open"),
        (CRITERIA, "docs/refund-c", "docs/c", "docs/criteria.md", "there is no such document"),
    ],
)
def test_each_fault_of_what_is_declared_is_found_where_it_lies(
    judged: Callable[..., Any], item: str, old: str, new: str, subject: str, says: str
) -> None:
    [found] = judged("gitlab", item, old=old, new=new).values()
    failed = [text for name, text in found.said("fail").items() if subject in name]
    assert any(says in text for text in failed), found.record.findings


def dropped(state: Any) -> Any:
    """Let the rehearsal's issue be closed as one that nobody will do."""
    first, *others = state.issues
    return replace(state, issues=(replace(first, was_done=False), *others))


def test_a_rehearsal_that_nobody_did_is_told_where_the_forge_tells(
    judged: Callable[..., Any],
) -> None:
    [on_github] = judged("github", PROCESS, change=dropped).values()
    assert "closed as not done" in str(on_github.said("fail"))
    [on_gitlab] = judged("gitlab", PROCESS, change=dropped).values()
    assert on_gitlab.said("fail") == {}


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("down", "answers 503"),
        ("private", "asks for a login: it answers 401"),
        ("login-page", "asks for a login"),
        ("login-redirect", "sends its reader on to sso.example.org"),
        ("too-often", "was asked too often"),
    ],
)
def test_a_wiki_that_shows_nothing_makes_what_lies_there_unknown(
    judged: Callable[..., Any], fault: str, says: str
) -> None:
    for item, found in judged(
        "gitlab", LOCATION, MAINTAINER, FAQ, CRITERIA, faults=(fault,)
    ).items():
        assert found.outcome == "unknown", item
        assert says in str(found.said("unknown")), item
        assert found.said("fail") == {}


def test_an_undated_document_has_no_known_age(judged: Callable[..., Any]) -> None:
    for item, found in judged("gitlab", MAINTAINER, FAQ, faults=("undated",)).items():
        assert found.outcome == "unknown", item
        assert "nothing tells when it was last changed" in str(found.said("unknown"))


def test_a_forge_that_is_gone_makes_owners_unknown_and_hides_no_fault(
    judged: Callable[..., Any],
) -> None:
    nowhere = {"EXPLORER_FORGE": "http://127.0.0.1:1"}
    found = judged("gitlab", MAINTAINER, PROCESS, faults=("runbook-old",), **nowhere)
    assert found[MAINTAINER].outcome == "fail"
    assert any(": owner" in one for one in found[MAINTAINER].said("unknown"))
    assert found[PROCESS].outcome == "unknown"
    assert "rehearsal of a refund" in found[PROCESS].said("unknown")


@pytest.mark.parametrize(
    ("old", "item", "says"),
    [
        ('deputy      = "ana@example.org"\n', MAINTAINER, "no [documents.runbook] deputy"),
        ("review_days = 92\n", MAINTAINER, "no [documents.runbook] review_days"),
        ("refund_rehearsal = 198\n", PROCESS, "no [documents] refund_rehearsal"),
        ('username = "finn"\n', MAINTAINER, "does not say who finn@example.org is"),
    ],
)
def test_what_nobody_declared_is_unknown(
    judged: Callable[..., Any], old: str, item: str, says: str
) -> None:
    [found] = judged("gitlab", item, old=old).values()
    assert found.outcome == "unknown"
    assert says in str(found.said("unknown"))
