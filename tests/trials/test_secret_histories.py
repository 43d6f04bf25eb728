"""What the product finds in a long history is what detect-secrets alone finds in its files.

The history is made from a plan, and detect-secrets' own command is run on every version of every
file as the plan has them, so that nothing of how the product reads histories is relied upon.
"""

from __future__ import annotations

import json
import random
import string
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.secret_scanner import SecretScanner

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.trial

SEED = 20261120
OFTEN = 0.02
"""How many versions of files hold a secret."""


@dataclass
class Plan:
    """A history as it was made."""

    stream: list[bytes] = field(default_factory=list)
    """For ``git fast-import``."""
    versions: dict[str, list[bytes]] = field(default_factory=dict)
    deleted: int = 0
    planted: int = 0


def some(chance: random.Random, alphabet: str, length: int) -> str:
    return "".join(chance.choices(alphabet, k=length))


def secret(chance: random.Random) -> str:
    """A line with a secret that nobody ever had; no such line stands in this file."""
    letters = string.ascii_letters + string.digits
    upper = string.ascii_uppercase + string.digits
    return chance.choice(
        (
            f'key = "{"AK"}{"IA"}{some(chance, upper, 16)}"',
            f'token = "{"gh"}{"p_"}{some(chance, letters, 36)}"',
            f'{"pass"}word = "{some(chance, letters, 14)}"',
            f"url = postgres://login:{some(chance, letters, 12)}@db.example.org/explorer",
            f"-----BEGIN {'RSA'} PRIVATE KEY-----",
            f'{"sec"}ret: "{some(chance, letters, 40)}"',
            f'{"pass"}word = "{some(chance, letters, 14)}"  # pragma: allowlist secret',
        )
    )


def content(chance: random.Random, plan: Plan, number: int) -> bytes:
    lines = [
        f"def step_{number}_{n}(x):\n    return x + {n}\n" for n in range(chance.randint(1, 6))
    ]
    if chance.random() < OFTEN:
        plan.planted += 1
        lines.insert(chance.randrange(len(lines) + 1), secret(chance) + "\n")
    return "".join(lines).encode()


def name(chance: random.Random, number: int) -> str:
    ending = chance.choice(("py", "yaml", "ini", "ts", "md", "lock", "conf", "json"))
    folder = chance.choice(("src", "deploy/roles", "swagger", "docs a", "tests"))
    return f"{folder}/part{number % 40}/file_{number}.{ending}"


def planned(chance: random.Random, files: int, commits: int) -> Plan:
    """Add as many files in as many commits, change some and delete some."""
    plan = Plan()
    names: list[str] = []
    for n in range(commits):
        plan.stream.append(commit(n))
        new = [name(chance, number) for number in range(len(names), files * (n + 1) // commits)]
        changed = chance.sample(names, min(2, len(names)))
        names += new
        for path in [*new, *changed]:
            text = content(chance, plan, n)
            plan.versions.setdefault(path, []).append(text)
            plan.stream.append(f"M 100644 inline {quoted(path)}\ndata {len(text)}\n".encode())
            plan.stream += [text, b"\n"]
        if n % 5 == 4:
            plan.deleted += 1
            plan.stream.append(f"D {quoted(chance.choice(names))}\n".encode())
    return plan


def commit(number: int) -> bytes:
    when = 1_700_000_000 + 60 * number
    return f"commit refs/heads/main\ncommitter a <a@example.org> {when} +0000\ndata 1\nx\n".encode()


def quoted(path: str) -> str:
    return json.dumps(path)


def made(folder: Path, plan: Plan) -> str:
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    git = ("git", "-C", str(folder))
    subprocess.run([*git, "fast-import", "--quiet"], input=b"".join(plan.stream), check=True)
    told = subprocess.run([*git, "rev-parse", "main"], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def told_by_detect_secrets(folder: Path, plan: Plan) -> set[tuple[str, str, str]]:
    """Write the n-th version of every file below the n-th folder, and scan all of them."""
    allowed = []
    for path, versions in plan.versions.items():
        for n, text in enumerate(versions):
            file = folder / str(n) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text)
            if b"pragma" in text:
                allowed.append(f"{n}/{path}")
    found: set[tuple[str, str, str]] = set()
    for what in (["."], ["--only-allowlisted", *allowed]):
        command = [sys.executable, "-m", "detect_secrets", "scan", "--all-files", "--no-verify"]
        done = subprocess.run([*command, *what], cwd=folder, capture_output=True, check=True)
        found |= seen_in(json.loads(done.stdout)["results"])
    return found


def seen_in(results: dict[str, list[dict[str, Any]]]) -> set[tuple[str, str, str]]:
    return {
        (file.partition("/")[2], one["type"], one["hashed_secret"])
        for file, several in results.items()
        for one in several
    }


def test_a_long_history_shows_what_detect_secrets_alone_finds(tmp_path: Path, trials: Any) -> None:
    files, commits = trials.many(500, 5_000), trials.many(50, 500)
    plan = planned(random.Random(SEED), files, commits)  # noqa: S311 a plan to be made again
    head = made(tmp_path / "repository", plan)
    said: list[str] = []

    scanned = SecretScanner(said.append).scan(
        tmp_path / "repository", head, history=True, seconds=3_000
    )

    found = {(hit.path, hit.kind, hit.digest) for hit in scanned.hits}
    (tmp_path / "alone").mkdir()
    assert found == told_by_detect_secrets(tmp_path / "alone", plan)
    assert len(found) > files * OFTEN / 2
    assert len({kind for _, kind, _ in found}) >= 5
    assert not scanned.skipped
    assert scanned.looked_at == len(
        {(p, text) for p, texts in plan.versions.items() for text in texts}
    )
    assert (
        said[-1] == f"detect-secrets: {scanned.looked_at} of {scanned.looked_at} versions of files"
    )
    trials.saw(
        "secrets in a long history",
        seed=SEED,
        text=f"{files:,} files, {commits} commits, {plan.planted} secrets planted, "
        f"{plan.deleted} files deleted: {len(found)} found, as by detect-secrets alone",
    )
