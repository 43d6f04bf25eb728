"""Reads GitLab's pipeline and its includes at the release's commit, for ``release_workflows``."""

import re
from collections.abc import Iterator
from typing import Any

from pytest_orr.clients.git_globs import matches
from pytest_orr.clients.yaml_text import Tagged, yaml_in
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable

from .ci_files import MOST_FILES, SHA, Checkout, CiFile, ForeignCode, several, table, texts

ROOT = ".gitlab-ci.yml"
NO_JOBS = frozenset(
    {
        "after_script",
        "before_script",
        "cache",
        "default",
        "image",
        "include",
        "services",
        "spec",
        "stages",
        "variables",
        "workflow",
    }
)
NO_TAG = re.compile(r"\$CI_COMMIT_TAG\s*(==\s*(null|\"\"|'')|!~)")
MOST_STEPS = 20
"""Of what a job extends, one after another."""


def gitlab_files(checkout: Checkout) -> tuple[Part[CiFile], ...]:
    """Return the pipeline as one part, with all files of the project that it includes."""
    if ROOT not in checkout.paths:
        return ()
    return (part_of(ROOT, lambda: _file(checkout)),)


def _file(checkout: Checkout) -> CiFile:
    said, foreign = _all_of(checkout)
    jobs = {name: job for name, job in said.items() if _is_job(name, job)}
    releasing = tuple(name for name, job in jobs.items() if _has(said, job, "release"))
    on_tags = tuple(name for name, job in jobs.items() if _runs_on_tags(said, job))
    triggers = [f"a tag, by job {name}" for name in on_tags or releasing]
    return CiFile(
        path=ROOT,
        release_triggers=tuple(triggers),
        release_jobs=releasing or on_tags,
        foreign=foreign,
    )


def _all_of(checkout: Checkout) -> tuple[dict[str, Any], tuple[ForeignCode, ...]]:
    """Return all jobs of the pipeline's files together, and what they include of others."""
    said: dict[str, Any] = {}
    foreign: list[ForeignCode] = []
    waiting, done = [ROOT], set[str]()
    while waiting:
        path = waiting.pop()
        done.add(path)
        if len(done) > MOST_FILES:
            raise FactUnavailable(f"{ROOT} includes more than {MOST_FILES} files", "split it")
        documents = [table(one) for one in yaml_in(checkout.read(path), path)]
        for one in _includes(documents[-1] if documents else {}):
            waiting += [name for name in _own_files(one, checkout) if name not in {*done, *waiting}]
            foreign += _foreign(one, checkout.project)
        said = {**(documents[-1] if documents else {}), **said}
    return said, tuple(foreign)


def _includes(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each include as a table, those of pipelines that a job starts too."""
    triggers = (table(table(job).get("trigger")).get("include") for job in said.values())
    for one in (said.get("include"), *triggers):
        for single in several(one):
            if isinstance(single, str):
                yield {"remote" if "://" in single else "local": single}
            else:
                yield table(single)


def _own_files(include: dict[str, Any], checkout: Checkout) -> Iterator[str]:
    wanted = [*texts(include.get("local"))]
    if _is_own(str(include.get("project", "")), checkout.project):
        wanted += texts(include.get("file"))
    patterns = [one.lstrip("/") for one in wanted]
    yield from (path for path in checkout.paths if matches(path, patterns))


def _foreign(include: dict[str, Any], project: str) -> Iterator[ForeignCode]:
    """Yield what an include brings from elsewhere; GitLab's own templates come with GitLab."""
    for remote in texts(include.get("remote")):
        yield ForeignCode(reference=remote, is_pinned="integrity" in include)
    for other in texts(include.get("project")):
        if not _is_own(other, project):
            ref = str(include.get("ref", ""))
            reference = f"{other}@{ref or 'its newest'}"
            yield ForeignCode(reference=reference, is_pinned=bool(SHA.fullmatch(ref)))
    for component in texts(include.get("component")):
        place, _, ref = component.rpartition("@")
        if not _is_own(place.partition("/")[2].rpartition("/")[0], project):
            yield ForeignCode(reference=component, is_pinned=bool(SHA.fullmatch(ref)))


def _is_own(path: str, project: str) -> bool:
    return path.strip("/").lower() in {project.lower(), "$ci_project_path"}


def _is_job(name: str, job: Any) -> bool:
    return isinstance(job, dict) and name not in NO_JOBS and not name.startswith(".")


def _runs_on_tags(said: dict[str, Any], job: dict[str, Any]) -> bool:
    rules = _value(said, job, "rules")
    if rules is not None:
        return any(map(_is_of_tags, _resolved(said, rules)))
    only = _value(said, job, "only")
    return "tags" in [*texts(table(only).get("refs") if isinstance(only, dict) else only)]


def _is_of_tags(rule: Any) -> bool:
    condition = str(table(rule).get("if", ""))
    named = "$CI_COMMIT_TAG" in condition and not NO_TAG.search(condition)
    return named and table(rule).get("when") != "never"


def _has(said: dict[str, Any], job: dict[str, Any], key: str) -> bool:
    return _value(said, job, key) is not None


def _value(said: dict[str, Any], job: dict[str, Any], key: str) -> Any:
    """Return a job's key, its own or of what it extends; the last of several comes first."""
    waiting, steps = [job], 0
    while waiting and steps < MOST_STEPS:
        steps += 1
        here = waiting.pop()
        if key in here:
            return here[key]
        waiting += [table(said.get(name)) for name in texts(here.get("extends"))]
    return None


def _resolved(said: dict[str, Any], rules: Any) -> Iterator[Any]:
    """Yield rules, those that ``!reference`` names in their place, each once."""
    waiting, done = several(rules), set[tuple[str, ...]]()
    while waiting:
        rule = waiting.pop()
        if not isinstance(rule, Tagged):
            yield rule
        elif (steps := tuple(texts(rule.value))) not in done:
            done.add(steps)
            here: Any = said
            for step in steps:
                here = table(here).get(step)
            waiting += several(here)
