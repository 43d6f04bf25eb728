"""Documents that cannot rot: they name what there is, and nothing that is only somebody's."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections import Counter
from pathlib import Path
from types import FunctionType

import pytest

from pytest_orr import fixtures, hookspecs
from pytest_orr.cli import VERBS
from pytest_orr.collect.registry import registry
from pytest_orr.judge import EXIT_CODES
from pytest_orr.model import VOIDED_BY, Outcome, VerdictWord
from pytest_orr.options import DECLARED
from pytest_orr.profile.schema import Profile
from pytest_orr.publish.files import PREVIOUS, RUN_FILES
from pytest_orr.suite import baseline, read

CHECKOUT = Path(__file__).parents[1]
README, ARCHITECTURE, CONTRIBUTING, CHANGELOG = (
    (CHECKOUT / f"{name}.md").read_text(encoding="utf-8")
    for name in ("README", "ARCHITECTURE", "CONTRIBUTING", "CHANGELOG")
)
PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
WRITTEN_BY_TRIALS = {"docs/trials.md"}
OF_OTHER_FILES = {"attestation", "findings", "gate", "note", "signoff", "waiver"}
"""Tables that pages show and readiness.toml does not have."""
OF_A_SERVICE = {"readiness/conftest.py", "tests/test_monitoring.py"}
"""Files that pages name and this repository lacks."""

SETTINGS = [*DECLARED, "public"]
ITEMS = read(baseline(), fact_names=registry().keys()).items
TEXT = {".py", ".md", ".toml", ".yml", ".css", ".j2", ".json", ".lock", ".html", ".txt", ""}
NOT_OURS = "|".join(
    [
        r"\bissue #\d",
        r"\bissues show\b",
        "/" + r"work/",
        "/" + r"root/",
        "/" + r"tmp/v\b",
        r"\bthis session\b",
        r"\bhelper session\b",
        r"files\.python" + "hosted",
        r"pypi\." + "org",
        r"index-" + "url",
    ]
)
"""A session's words, an issue's number, one machine's paths, a package registry's host."""


def fixtures_offered() -> dict[str, str]:
    """What an item may ask for, by name, in the words of its first line."""
    folder = Path(str(fixtures.__file__)).parent
    paths = (folder / f"{name}.py" for name in fixtures.MODULES)
    return {
        node.name: str(ast.get_docstring(node)).splitlines()[0]
        for path in paths
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and any("pytest.fixture" in ast.unparse(mark) for mark in node.decorator_list)
    }


def hooks_offered() -> list[str]:
    """Names of the hooks that others may implement."""
    return [
        name
        for name, value in vars(hookspecs).items()
        if isinstance(value, FunctionType) and name.startswith("pytest_orr_")
    ]


def targets() -> list[str]:
    """What ``make`` knows."""
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_readme_names_every_setting_in_its_three_ways(name: str) -> None:
    row = next(
        line
        for line in README.splitlines()
        if line.startswith(f"| `--orr-{name.replace('_', '-')}")
    )
    assert f"`ORR_{name.upper()}`" in row
    assert f"`orr_{name}`" in row


def test_the_settings_here_are_all_the_settings_there_are() -> None:
    source = (CHECKOUT / "src/pytest_orr/options.py").read_text(encoding="utf-8")
    literal = set(re.findall(r'addini\("orr_(\w+)"', source))
    assert literal | set(DECLARED) == set(SETTINGS)


@pytest.mark.parametrize("verb", VERBS)
def test_the_readme_names_every_verb(verb: str) -> None:
    assert re.search(rf"^\| `orr {verb}\b", README, re.MULTILINE)


@pytest.mark.parametrize("outcome", Outcome)
def test_the_readme_names_every_outcome(outcome: Outcome) -> None:
    assert f"\n| {outcome.name} | " in README


@pytest.mark.parametrize("word", VerdictWord)
def test_the_readme_names_every_verdict_with_its_exit_code(word: VerdictWord) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| `{word.value}` |"))
    assert row.endswith(f"| {EXIT_CODES[word]} |")


def test_the_readme_names_every_fixture_that_is_no_fact() -> None:
    for name in fixtures_offered().keys() - registry().keys():
        assert f"| `{name}` | " in README


def test_the_page_of_facts_tells_each_as_its_fixture_does() -> None:
    page = CHECKOUT / "docs" / "facts.md"
    facts = registry()
    rows = [
        f"| `{name}` | {said} | {facts[name].source} |"
        for name, said in sorted(fixtures_offered().items())
        if name in facts
    ]
    head, rule, _ = page.read_text(encoding="utf-8").partition("|---|---|---|\n")
    told = head + rule + "".join(f"{row}\n" for row in rows)
    if os.environ.get("UPDATE_GOLDEN"):
        page.write_text(told, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == told


@pytest.mark.parametrize("name", hooks_offered())
def test_architecture_and_contributing_name_every_hook(name: str) -> None:
    assert f"`{name}`" in ARCHITECTURE
    assert f"`{name}`" in CONTRIBUTING


def test_architecture_names_every_package_and_every_module_beside_them() -> None:
    folder = CHECKOUT / "src" / "pytest_orr"
    packages = [f"{one.parent.name}/" for one in folder.glob("*/__init__.py")]
    modules = [one.stem for one in folder.glob("*.py") if one.stem != "__init__"]
    missing = [name for name in (*packages, *modules) if f"`{name}`" not in ARCHITECTURE]
    assert packages
    assert modules
    assert missing == []


@pytest.mark.parametrize("target", targets())
def test_contributing_names_every_target_of_make(target: str) -> None:
    assert f"`make {target}`" in CONTRIBUTING


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_readme_begins_with_the_two_commands(target: str) -> None:
    first_screen = "\n".join(README.splitlines()[:25])
    assert re.search(rf"^make {target} +# \w+", first_screen, re.MULTILINE)


@pytest.mark.parametrize("name", [*RUN_FILES, PREVIOUS])
def test_the_readme_names_every_file_of_a_report(name: str) -> None:
    assert f"\n| `{name}" in README


def test_the_readme_shows_an_item_as_it_stands_in_the_suite() -> None:
    shown = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    modules = (CHECKOUT / "readiness").glob("test_*.py")
    item = shown.group(1).strip()
    assert any(item in module.read_text(encoding="utf-8") for module in modules)


def test_the_readme_and_the_changelog_count_items_by_class_as_built() -> None:
    kinds = ("automatic", "partly", "person")
    counted = Counter(item.class_as_built for item in ITEMS)
    section = README.partition("## What works today")[2].partition("\n## ")[0]
    assert re.findall(r"\*\*(\d+)\*\*", section) == [str(counted[kind]) for kind in kinds]
    by_area = Counter((item.id.partition(".")[0], item.class_as_built) for item in ITEMS)
    for area in {area for area, _ in by_area}:
        row = " | ".join(str(by_area[area, kind]) for kind in kinds)
        assert f"| {area} | {row} |" in section
    decided, proven = counted["automatic"], counted["partly"]
    assert f"A machine decides {decided} of them and proves a part of {proven}," in CHANGELOG


def test_the_page_about_statements_lists_every_item_that_people_answer() -> None:
    page = (CHECKOUT / "docs" / "attestations.md").read_text(encoding="utf-8")
    for item in (one for one in ITEMS if one.manual):
        drilled = "a change of what was drilled" if item.evidence_kind == "drill" else "nothing"
        second = "yes" if item.severity == "blocker" else "no"
        void = VOIDED_BY[item.void] if item.void else drilled
        row = (f"`{item.id}`", item.owner, second, item.evidence_kind, str(item.valid_for), void)
        assert f"| {' | '.join(row)} |" in page


def test_every_table_of_the_profile_that_the_readme_shows_exists() -> None:
    pages = "".join((README, *(page.read_text(encoding="utf-8") for page in PAGES)))
    blocks = "".join(re.findall(r"```toml\n(.*?)```", pages, re.DOTALL))
    shown = set(re.findall(r"^\[+([a-z_]+)", blocks, re.MULTILINE)) - OF_OTHER_FILES
    assert shown <= Profile.__dataclass_fields__.keys()
    assert len(shown) >= 4


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        if path.startswith(("http:", "https:")):
            continue
        found = page.parent / path if path else page
        assert found.exists(), f"{page.name} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            words = (re.sub(r"[^\w -]", "", heading.lower()) for heading in headings)
            assert anchor in {heading.replace(" ", "-") for heading in words}


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/proven-against.md"])
def test_every_path_that_a_page_names_exists(page: str) -> None:
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:src|tests|docs|examples|readiness|profile|clients|collect|record"
        r"|render|publish|cli)/[\w./-]*)`",
        text,
    )
    assert named
    elsewhere = WRITTEN_BY_TRIALS | OF_A_SERVICE
    for name in set(named) - elsewhere:
        places = (CHECKOUT / name, CHECKOUT / "src" / "pytest_orr" / name)
        assert any(place.exists() for place in places), name


def tracked() -> list[Path]:
    """Every text file that git knows or would take."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("this is no checkout of the repository")
    paths = [CHECKOUT / line for line in listing.stdout.splitlines()]
    return [path for path in paths if path.suffix in TEXT and path.is_file()]


def test_no_file_speaks_of_a_session_an_issue_a_machine_or_a_registry() -> None:
    pattern = re.compile(NOT_OURS, re.IGNORECASE)
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:80]}"
        for path in tracked()
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if path != Path(__file__) and pattern.search(line)
    ]
    assert found == []
