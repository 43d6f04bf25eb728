"""What evidence of each kind may be: a link, a file, a commit, a ticket; checked for ``rules``."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from .fields import COMMIT, HTTPS_URL
from .mistakes import show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .documents import Document
    from .mistakes import Mistake

LINK, FILE, COMMIT_ID, TICKET = "link", "file", "commit", "ticket"
FORMS_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "commit": (COMMIT_ID,),
        "report": (FILE,),
        "log": (FILE, LINK),
        "drill": (FILE,),
        "decision": (FILE, TICKET, LINK),
        "roster": (FILE, LINK),
        "table": (FILE, LINK),
        "capture": (FILE, LINK),
        "link": (LINK,),
        "ticket": (LINK, TICKET),
    }
)
"""What evidence of each kind may be, the usual last."""
IN_WORDS: Mapping[str, str] = MappingProxyType(
    {
        LINK: "a link that begins with https:// and names its host alone",
        FILE: "a file beside readiness.toml, with its sha256",
        COMMIT_ID: "a commit id: 7 to 64 of the characters 0-9 and a-f",
        TICKET: "a ticket, such as OPS-311, #311 or !12",
    }
)
TICKET_NUMBER = re.compile(r"[A-Z][A-Z0-9_]{0,30}-[0-9]{1,9}|[A-Za-z0-9_/-]{0,200}[#!][0-9]{1,9}")
"""As Jira and its like write it, or GitLab and GitHub; a project may stand before # and !."""
HTTPS = re.compile(HTTPS_URL)
COMMITS = re.compile(COMMIT)


def form_of(kind: str, ref: str) -> str:
    """Return which form some evidence has; empty if none that its kind may have."""
    has = {
        LINK: HTTPS.search(ref),
        COMMIT_ID: COMMITS.search(ref),
        TICKET: TICKET_NUMBER.fullmatch(ref),
        FILE: "://" not in ref,
    }
    return next((form for form, found in has.items() if found and form in FORMS_OF[kind]), "")


def broken_evidence_rules(attestations: Document) -> Iterator[Mistake]:
    """Yield every piece of evidence whose kind cannot be what is given."""
    for path, one in attestations.occurrences("attestation.evidence"):
        kind, ref = (one.get("kind"), one.get("ref")) if isinstance(one, dict) else (None, None)
        if not isinstance(kind, str) or not isinstance(ref, str) or kind not in FORMS_OF:
            continue
        if ref.strip() and not form_of(kind, ref.strip()):
            where = (*path, "ref")
            allowed = ", or ".join(IN_WORDS[form] for form in FORMS_OF[kind])
            told = f"{show_key(where)} is {show(ref)}, but a {kind} must be {allowed}"
            yield attestations.mistake(where, told)
