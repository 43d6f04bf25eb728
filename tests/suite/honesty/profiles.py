"""The profile of each state of the account, beside statements of people who are content."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

EXAMPLE = Path(__file__).parents[3] / "examples" / "explorer"
STAGING = 'target     = "https://staging.explorer.example/"\nstands_for = "block lookup"'
CHANGED = {
    'regions = ["eu-central-1"]': 'regions = ["eu-central-1", "eu-west-1"]',
}
"""In every state: a second region, in which nothing stands."""
CHANGED_ODDLY = {
    STAGING: 'target     = "https://api.explorer.example/"',
}
"""The machines that are judged are those that were tested."""
KEY = """
[[credentials]]
name        = "pipeline"
environment = "production"
access_key  = "{key}"
user        = "pipeline"
"""

PAGE = """
[[emergency.pause]]
name         = "page"
target_group = "explorer-backend"
"""
"""A pause by the group that gets all requests: it is pulled, and rules are looked at."""

CHAINS = EXAMPLE / "chains.toml"
"""The example does without, and says so of these items."""
DONE_WITHOUT = ("code.audit.smart-contract", "deployment.infura.", "monitoring.account-balance.")


def lay_profile(folder: Path, state: str, *, key: str = "") -> Path:
    """Lay the example's files down; return the profile.

    Statements cover questions alone. With the id of an access key the profile is odd: it declares
    the key, and no hosts, so that what is known of machines is what AWS says.
    """
    shutil.copytree(EXAMPLE / "repaired", folder, dirs_exist_ok=True)
    shutil.copy(EXAMPLE / "contracts" / "Vault.json", folder)
    text = _changed((EXAMPLE / state / "readiness.toml").read_text(encoding="utf-8"), CHANGED)
    text = _without(text, *DONE_WITHOUT) + CHAINS.read_text(encoding="utf-8") + PAGE
    if key:
        text = _without_hosts(_changed(text, CHANGED_ODDLY)) + KEY.format(key=key)
    profile, statements = folder / "readiness.toml", folder / "attestations.toml"
    profile.write_text(text, encoding="utf-8")
    said = statements.read_text(encoding="utf-8")
    said = said.replace('covers = "unknown"', 'covers = "question"')
    statements.write_text(said, encoding="utf-8")
    return profile


def _changed(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def _without(text: str, *items: str) -> str:
    """Leave out what says that some items do not apply."""
    tables = re.split(r"(?m)^(?=\[\[not_applicable)", text)
    return "".join(one for one in tables if not any(f'= "{item}' in one for item in items))


def _without_hosts(text: str) -> str:
    tables = re.split(r"(?m)^(?=\[)", text)
    return "".join(one for one in tables if not one.startswith("[[hosts]]"))
