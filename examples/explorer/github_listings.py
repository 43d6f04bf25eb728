"""Which of the example's things GitHub lists, or shows alone, at a path below a project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from examples.explorer import github_run_shapes as runs
from examples.explorer import github_shapes as shapes
from examples.explorer.forge_server import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from examples.explorer.forge_words import ForgeState, PlantedProject
    from pytest_orr.clients.forge.said import Pipeline

SCANNERS = {"secret-scanning": "secret", "dependabot": "dependency", "code-scanning": "code"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All rows of a listing; ``key`` is under which name a page holds them, if under any."""

    rows: list[Any]
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The project that is asked about, as somebody may see it."""

    state: ForgeState
    planted: PlantedProject
    request: Request
    older: bool = False
    """Whether branches are protected in the way that was there before rulesets."""

    @property
    def base(self) -> str:
        """Where the server listens."""
        return self.request.base

    @property
    def own(self) -> str:
        """Address of the project."""
        return f"{self.base}/repos/{self.planted.said.path}"


Told = Rows | Answer | None


def refused(message: str, status: int) -> Answer:
    """Return a refusal in GitHub's form."""
    told = {"message": message, "documentation_url": "https://docs.github.com/rest"}
    return json_answer(told, status)


def told_at(shown: Shown, rest: tuple[str, ...]) -> Told:
    """Return what is at a path below the project; None if nothing is."""
    for pattern, tell in AT.items():
        parts = tuple(filter(None, pattern.split("/")))
        if len(parts) == len(rest) and all(
            part in {"*", given} for part, given in zip(parts, rest, strict=True)
        ):
            given = (one for part, one in zip(parts, rest, strict=True) if part == "*")
            return tell(shown, *given)
    return None


def _project(shown: Shown) -> Told:
    return json_answer(shapes.full_repository(shown.state, shown.planted, shown.base))


def _collaborators(shown: Shown) -> Told:
    return Rows(rows=[shapes.collaborator(one, shown.base) for one in shown.planted.members])


def _nobody(_: Shown) -> Told:
    return Rows(rows=[])


def _keys(shown: Shown) -> Told:
    return Rows(rows=[runs.deploy_key(one, shown.own) for one in shown.planted.deploy_keys])


def _branch(shown: Shown, name: str) -> Told:
    if name != shown.planted.said.default_branch:
        return refused("Branch not found", 404)
    told = shapes.branch(shown.state, shown.planted, name, shown.base)
    protection = {"enabled": shown.older and told["protected"]}
    return json_answer(told | {"protection": protection})


def _rules(shown: Shown, name: str) -> Told:
    return Rows(rows=[] if shown.older else shapes.branch_rules(shown.planted, name))


def _protection(shown: Shown, name: str) -> Told:
    protection = shapes.protection_of(shown.planted, name)
    if not shown.older or protection is None:
        return refused("Branch not protected", 404)
    return json_answer(shapes.older_protection(protection, f"{shown.own}/branches/{name}"))


def _reviews(shown: Shown, number: str) -> Told:
    found = [one for one in shown.state.changes if one.id == number]
    return Rows(
        rows=[
            shapes.review(one, name, shown.own, shown.base)
            for one in found
            for name in one.approved_by
        ]
    )


def _rulesets(shown: Shown) -> Told:
    target = shown.request.query.get("targets")
    told = ("id", "name", "target", "source_type", "source", "enforcement")
    kept = shapes.rulesets(shown.state, shown.planted.said.path).values()
    return Rows(
        rows=[{key: one[key] for key in told} for one in kept if target in {None, one["target"]}]
    )


def _ruleset(shown: Shown, number: str) -> Told:
    kept = shapes.rulesets(shown.state, shown.planted.said.path).get(int(number))
    return json_answer(kept) if kept else None


def _releases(shown: Shown) -> Told:
    return Rows(rows=[runs.release(one, shown.own, shown.base) for one in shown.state.releases])


def _issue(shown: Shown, number: str) -> Told:
    for one in shown.state.issues:
        if str(one.number) == number:
            return json_answer(shapes.issue(one, shown.own, shown.base))
    return None


def _environments(shown: Shown) -> Told:
    rules = {one.environment: one for one in shown.state.environments}
    names = sorted({*rules, *(one.environment for one in shown.state.deployments)})
    rows = [runs.environment(name, rules.get(name), shown.own, shown.base) for name in names]
    return Rows(rows=rows, key="environments")


def _commit(shown: Shown, sha: str) -> Told:
    for one in shown.state.commits:
        if one.startswith(sha):
            return json_answer(shapes.commit(one, shown.own))
    return refused(f"No commit found for SHA: {sha}", 422)


def _tree(shown: Shown, _: str) -> Told:
    files = shown.state.files.get(shown.planted.said.path, {})
    blobs = [
        {"path": path, "mode": "100644", "type": "blob", "sha": blob}
        for path, blob in files.items()
    ]
    return json_answer({"sha": shown.state.commits[0], "truncated": False, "tree": blobs})


def _alerts(shown: Shown, scanner: str) -> Told:
    if scanner not in SCANNERS:
        return None
    kind = SCANNERS[scanner]
    if kind not in shown.state.scanned:
        return OFF[scanner]
    return Rows(rows=[runs.alert(one, shown.own) for one in shown.state.alerts if one.kind == kind])


def _runs(shown: Shown) -> Told:
    return _listed_runs(shown, _fitting(shown))


def _runs_of(shown: Shown, workflow: str) -> Told:
    fitting = _fitting(shown)
    return _listed_runs(
        shown, [one for one in fitting if str(shapes.number_of(runs.workflow_of(one))) == workflow]
    )


def _run(shown: Shown, number: str) -> Told:
    found = _pipeline(shown, number)
    return json_answer(runs.run(found, shown.planted, shown.base)) if found else None


def _jobs(shown: Shown, number: str) -> Told:
    found = _pipeline(shown, number)
    if found is None:
        return None
    jobs = shown.state.jobs.get(number, ())
    return Rows(rows=[runs.job(one, found, shown.own) for one in jobs], key="jobs")


def _artifacts(shown: Shown, number: str) -> Told:
    kept = enumerate(runs.artifacts_of(shown.state, number).items())
    rows = [runs.artifact(number, place, *one, shown.own) for place, one in kept]
    return Rows(rows=rows, key="artifacts")


def _archive(shown: Shown, number: str) -> Told:
    return Answer(status=302, headers={"Location": f"{shown.base}/blobs/{number}"})


def _approvals(shown: Shown, number: str) -> Told:
    made = [one for one in shown.state.deployments if one.pipeline == number]
    return Rows(rows=runs.approvals(made, shown.base))


def _workflows(shown: Shown) -> Told:
    clocked = [(f"{one.name}.yml", one.is_active) for one in shown.state.schedules]
    files = [(runs.PIPELINE, True), *clocked]
    rows = [runs.workflow(file, shown.own, is_active=active) for file, active in files]
    return Rows(rows=rows, key="workflows")


OFF = {
    "secret-scanning": refused("Secret scanning is disabled on this repository.", 404),
    "dependabot": refused("Dependabot alerts are disabled for this repository.", 403),
    "code-scanning": refused("no analysis found", 404),
}
"""What GitHub says of a scanner that is switched off, or never ran."""
AT: dict[str, Callable[..., Told]] = {
    "": _project,
    "actions/artifacts/*/zip": _archive,
    "actions/runs": _runs,
    "actions/runs/*": _run,
    "actions/runs/*/approvals": _approvals,
    "actions/runs/*/artifacts": _artifacts,
    "actions/runs/*/jobs": _jobs,
    "actions/workflows": _workflows,
    "actions/workflows/*/runs": _runs_of,
    "branches/*": _branch,
    "branches/*/protection": _protection,
    "collaborators": _collaborators,
    "commits/*": _commit,
    "environments": _environments,
    "git/trees/*": _tree,
    "invitations": _nobody,
    "issues/*": _issue,
    "keys": _keys,
    "pulls/*/reviews": _reviews,
    "releases": _releases,
    "rules/branches/*": _rules,
    "rulesets": _rulesets,
    "rulesets/*": _ruleset,
    "*/alerts": _alerts,
}
"""By pattern of the path below a project; what a star stands for is handed on."""


def _listed_runs(shown: Shown, pipelines: Iterable[Pipeline]) -> Rows:
    rows = [runs.run(one, shown.planted, shown.base) for one in pipelines]
    return Rows(rows=rows, key="workflow_runs")


def _fitting(shown: Shown) -> list[Pipeline]:
    asked = shown.request.query
    return [
        one
        for one in shown.state.pipelines
        if asked.get("head_sha") in {None, one.commit}
        and asked.get("branch") in {None, one.ref}
        and asked.get("event") in {None, one.source}
    ]


def _pipeline(shown: Shown, number: str) -> Pipeline | None:
    return next((one for one in shown.state.pipelines if one.id == number), None)
