"""Three versions of a small baseline on the disk, for tests of what brings a suite to the next.

2.0 adds ``code.a.three``, asks another question in ``code.a.one`` and renames ``cicd.a.old``;
3.0 moves ``code.a.two`` into another module and gives ``operations.a.two`` up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TITLES = {"code": "Code security", "cicd": "CI/CD", "operations": "Operations"}
HEAD = '"""{title}: what is asked of it."""\n\nimport pytest\nfrom pytest_orr import at_least_one\n'
LATER_QUESTION = "Who says so, and since when?"
MODULES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "1.0": {
        "test_code.py": ("code.a.one", "code.a.two"),
        "test_cicd.py": ("cicd.a.one", "cicd.a.old"),
        "test_operations.py": ("operations.a.one", "operations.a.two"),
    },
    "2.0": {
        "test_code.py": ("code.a.one", "code.a.two", "code.a.three"),
        "test_cicd.py": ("cicd.a.one", "cicd.a.renamed"),
        "test_operations.py": ("operations.a.one", "operations.a.two"),
    },
    "3.0": {
        "test_code.py": ("code.a.one", "code.a.three"),
        "test_code_more.py": ("code.a.two",),
        "test_cicd.py": ("cicd.a.one", "cicd.a.renamed"),
        "test_operations.py": ("operations.a.one",),
    },
}


def write_baselines(folder: Path, item: Callable[..., str]) -> dict[str, Path]:
    """Write each version's modules and lock; return their folders by version."""
    from pytest_orr.suite import relock  # noqa: PLC0415 few tests need it

    for version, modules in MODULES.items():
        (folder / version).mkdir(parents=True)
        for name, ids in modules.items():
            head = HEAD.format(title=TITLES[ids[0].partition(".")[0]])
            items = "".join(_item(item, one, version) for one in ids)
            (folder / version / name).write_text(head + items, encoding="utf-8")
        (folder / version / "suite.lock").write_text('{"version": "0", "items": [], "files": {}}')
        relock(str(folder / version), version)
    return {version: folder / version for version in MODULES}


def _item(item: Callable[..., str], one: str, version: str) -> str:
    text = item(one, "assert at_least_one(numbers, 'number')", asks="numbers")
    if one == "code.a.one" and version != "1.0":
        text = text.replace("Who says so?", LATER_QUESTION)
    if one == "cicd.a.renamed":
        text = text.replace('"cicd.a.renamed", ', '"cicd.a.renamed", aliases=["cicd.a.old"], ')
    return text
