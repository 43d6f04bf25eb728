"""What happened in the example's git repository: commits, branches and tags, with their dates.

Told to git by ``repository.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

PEOPLE = {
    "ana": "Ana Ito <ana@example.org>",
    "bo": "Bo Lindqvist <bo@example.org>",
    "dan": "Dan Okoye <dan@example.org>",
    "finn": "Finn Berg <finn@example.org>",
}
EXECUTABLE = ("ops/raise-request-limit", "ci/junit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit: which files came or changed with it, and who looked at it."""

    name: str
    """What other places call it; files that it holds in an older form lie in ``earlier/NAME``."""
    by: str
    on: str
    message: str
    files: tuple[str, ...]
    reviewed: str
    after: str = ""
    """The commit before it, if that is not the one above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """An annotated tag."""

    name: str
    of: str
    on: str
    message: str
    by: str = "finn"


HISTORY = (
    Commit(
        name="lookups",
        by="ana",
        on="2025-03-04T09:12:00+00:00",
        message="Block lookups from nodes of our own",
        files=("README.md", ".gitignore", "CODEOWNERS", "Makefile", "go.*", "src/backend/*"),
        reviewed="finn",
    ),
    Commit(
        name="indexer",
        by="finn",
        on="2025-06-11T14:40:00+00:00",
        message="An indexer that survives reorganisations",
        files=("src/indexer/*", "migrations/0041*"),
        reviewed="ana",
    ),
    Commit(
        name="pages-first",
        by="dan",
        on="2025-08-20T11:05:00+00:00",
        message="Pages: the latest blocks",
        files=("src/pages/*",),
        reviewed="ana",
    ),
    Commit(
        name="sealed",
        by="bo",
        on="2025-11-05T10:20:00+00:00",
        message="Credentials sealed with ansible-vault and SOPS",
        files=("secrets/*", "inventory/*", "ansible.cfg", ".sops.yaml"),
        reviewed="finn",
    ),
    Commit(
        name="deployed",
        by="ana",
        on="2026-02-17T08:30:00+00:00",
        message="Deployed by Ansible",
        files=("playbooks/*", "config/*", "Dockerfile", "ci/*"),
        reviewed="bo",
    ),
    Commit(
        name="pipeline",
        by="ana",
        on="2026-05-12T13:00:00+00:00",
        message="Pipelines build, test, deploy and release",
        files=(".gitlab-ci.yml", ".github/*"),
        reviewed="bo",
    ),
    Commit(
        name="previous",
        by="finn",
        on="2026-07-14T15:45:00+00:00",
        message="Runbook, and when a release is taken back",
        files=("docs/runbook.md", "docs/rollback-2025.toml"),
        reviewed="dan",
    ),
    Commit(
        name="audited",
        by="bo",
        on="2026-08-24T09:50:00+00:00",
        message="A script raises the limit of requests",
        files=("ops/*",),
        reviewed="finn",
    ),
    Commit(
        name="search",
        by="finn",
        on="2026-09-21T10:15:00+00:00",
        message="Search takes addresses, not text (EA-01)",
        files=("src/backend/search.go",),
        reviewed="ana",
    ),
    Commit(
        name="depth",
        by="ana",
        on="2026-09-28T16:20:00+00:00",
        message="Traces are followed 64 levels deep (EA-02)",
        files=("src/backend/lookup.go",),
        reviewed="bo",
    ),
    Commit(
        name="pages",
        by="dan",
        on="2026-10-05T12:35:00+00:00",
        message="Cookies of the settings stay on the site (EA-03, EA-04); uPlot 1.6.32",
        files=("src/pages/explorer.js", "src/pages/package*.json"),
        reviewed="finn",
    ),
    Commit(
        name="release",
        by="ana",
        on="2026-10-13T09:25:00+00:00",
        message="Labels of accounts, and criteria by which a release is taken back",
        files=("migrations/0042*", "docs/rollback.toml", "docs/refund*", ".gitlab/*"),
        reviewed="bo",
    ),
    Commit(
        name="draft",
        by="finn",
        on="2026-08-03T17:10:00+00:00",
        message="Deeper traces, as a draft",
        files=("src/backend/lookup.go",),
        reviewed="ana",
        after="previous",
    ),
)
BRANCHES = {"main": "release", "draft/deeper-traces": "draft"}
TAGS = (
    Tag(
        name="v1.3.0",
        of="previous",
        on="2026-07-15T09:00:00+00:00",
        message="Explorer 1.3.0\n",
    ),
    Tag(
        name="v1.4.0",
        of="release",
        on="2026-11-17T15:00:00+00:00",
        message="Explorer 1.4.0\n",
    ),
)
OLDER_IN = {"lookups": ("lookups",), "pages-first": ("pages",), "draft": ("draft",)}
"""In which folders of ``earlier/`` a commit finds its files, if they changed later."""
