"""``python -m tests.vectors.make``: makes every vector anew, with keys that nobody keeps."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from tests.vectors import (
    approvals,
    attacks_on_binding,
    attacks_on_bytes,
    attacks_on_certificates,
    attacks_on_envelopes,
    attacks_on_people,
    attacks_on_results,
    attacks_on_signatures,
    attacks_on_time,
    attacks_on_waivers,
    vetoes,
    world,
)
from tests.vectors.attack import Attack
from tests.vectors.draft import canonical
from tests.vectors.page import PAGE, render
from tests.vectors.reading import EXPECTED, FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.vectors.attack import Made

MODULES = (
    approvals,
    attacks_on_bytes,
    attacks_on_envelopes,
    attacks_on_signatures,
    attacks_on_certificates,
    attacks_on_people,
    attacks_on_binding,
    attacks_on_results,
    attacks_on_waivers,
    attacks_on_time,
    vetoes,
)


def attacks() -> list[Attack]:
    """Return every vector that is made, good ones too."""
    found = [one for module in MODULES for one in vars(module).values() if isinstance(one, Attack)]
    assert len({one.name for one in found}) == len(found), "two vectors have one name"
    return found


def main() -> None:
    """Remove all vectors, and make all that are described; write the page about them."""
    PAGE.write_text(render(MODULES), encoding="utf-8")
    for path in FOLDER.glob(f"*/{EXPECTED}"):
        shutil.rmtree(path.parent)
    keys = world.keys()
    for one in attacks():
        draft = world.draft(keys)
        made = one.change(draft)
        if made is None:
            made = draft.envelope()
        folder = FOLDER / one.folder
        folder.mkdir()
        _write(folder, made)
        if draft.veto is not None:
            (folder / "veto.json").write_bytes(canonical(draft.veto))
        (folder / "policy.toml").write_text(draft.policy_text(), encoding="utf-8")
        read_as = {"about": one.about, "kind": draft.kind, "beside": draft.beside}
        _write_json(folder / EXPECTED, {**read_as, "expected": draft.expected})
        if one.reason:
            (folder / "reason").write_text(one.reason + "\n", encoding="utf-8")
        else:
            _write_json(folder / "roles", draft.roles)


def _write(folder: Path, made: Made) -> None:
    match made:
        case bytes():
            (folder / "signoff.json").write_bytes(made)
        case list():
            _write_json(folder / "recipe.json", made)
        case dict():
            (folder / "signoff.json").write_bytes(canonical(made))


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
