"""The process that decides: it alone keeps the journal, and the verdict is made of that."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from .collect.clock_differences import ClockDifferences, warnings_about
from .collect.snapshot import FACTS, value_in
from .consent import notices_of
from .documents import write_documents
from .earlier import page_of_changes
from .endings import endings_of
from .judge import decide
from .model import Notice, Outcome, SignOff
from .profile.notes_standing import review_notes
from .provenance import provenance_of
from .publish.files import COLLECTED, write_whole
from .record.journal import JOURNAL, Closing, JournalWriter, Opening, read_journal
from .record.reports import CRASHED, SHOWN_AS, last_line, record_of
from .record.review import review_of
from .record.values import ItemRecord
from .render import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import pytest

    from .model import AwsCaller, ItemSpec, Review
    from .plan import Plan
    from .record.journal import Journal
    from .render.interface import Renderer


ID = "orr.id"
STRAYS = "tests that are no items ran in the suite's folder"


class Controller:
    """Keeps the journal of a run; at its end judges what the journal holds and writes documents."""

    def __init__(self, plan: Plan, *, root: Path, selection: str) -> None:
        self.plan = plan
        self._root = root
        self._selection = selection
        self._reports: dict[str, list[pytest.TestReport]] = defaultdict(list)
        self._nodes: set[str] = set()
        self._broken_modules: dict[str, str] = {}
        self._specs = {(item.file, item.function): item for item in plan.suite.items}
        self._records = 0
        self._strayed = False
        self._path = plan.settings.report / JOURNAL
        self._journal = JournalWriter(self._path)
        self._journal.append(_opening(plan))

    def keep(self, report: pytest.TestReport) -> None:
        """Keep a report until its item is finished; a crashed worker's item has finished."""
        self._reports[report.nodeid].append(report)
        if str(report.when) == CRASHED:
            self.finish(report.nodeid)

    def keep_collected(self, report: pytest.CollectReport) -> None:
        """Keep why a module of the suite could not be collected: its items have no result."""
        if report.failed:
            path = (self._root / report.nodeid.partition("::")[0]).resolve()
            self._broken_modules[path.name] = last_line(report)

    def finish(self, node: str) -> None:
        """Write the record of a finished item to the disk."""
        reports = self._reports.pop(node, [])
        spec = self._spec(node, reports)
        if spec is None:
            self._strayed |= bool(reports)
            return
        record = record_of(spec, reports) if reports else None
        if record is not None:
            self._write(record)

    def only_previews_failed(self, review: Review) -> bool:
        """Tell whether every test that failed is an item that does not gate in this phase."""
        failed = [item for item in review.items if SHOWN_AS.get(item.outcome) == "failed"]
        return bool(failed) and not self._strayed and not any(item.gated for item in failed)

    def _write(self, record: ItemRecord) -> None:
        self._journal.append(record)
        self._nodes.add(record.node)
        self._records += 1

    def _write_what_is_lost(self) -> None:
        """Record every test that was collected and gave no result, and why if that is known."""
        recorded = {node.rpartition("/")[2] for node in self._nodes}
        path = self.plan.folder / COLLECTED
        collected = json.loads(path.read_bytes()) if path.exists() else []
        for item_id, node in collected:
            if node.rpartition("/")[2] not in recorded:
                reason = f"{node.partition('::')[2]} gave no result"
                self._write(_missing(item_id, node, reason))
        for spec in self.plan.suite.items:
            if cause := self._broken_modules.get(spec.file.rpartition("/")[2]):
                reason = f"{spec.file} could not be read: {cause}"
                self._write(_missing(spec.id, f"{spec.file}::{spec.function}", reason))

    def close(self, *, others: Iterable[Renderer] = ()) -> tuple[SignOff, Path]:
        """End the journal, judge what it holds, and write the documents.

        Returns the sign-off and the document a person opens.
        """
        if not self._selection:
            self._write_what_is_lost()
        selection = self._selection or STRAYS * self._strayed
        provenance = provenance_of(
            self.plan.written,
            self.plan.folder / FACTS,
            run=self.plan.run,
            checklist_version=self.plan.suite.version,
        )
        closing = Closing(records=self._records, provenance=provenance, selection=selection)
        so_far = review_of(replace(read_journal(self._path), closing=closing))
        notices = notices_of(self.plan.written, so_far.items, self.plan.as_of)
        wider = _wider_than_needed(so_far.provenance.callers)
        clocks = _clocks_apart(self.plan.folder / FACTS)
        notices = (*clocks, *_conftests(self._root, self.plan.suite.folder), *wider, *notices)
        endings = endings_of(
            self.plan.written, self.plan.suite.items, self.plan.as_of, self.plan.folder / FACTS
        )
        self._journal.append(replace(closing, notices=notices, endings=endings))
        self._journal.close()
        signoff, journal = signoff_of(self._path)
        folder = self.plan.settings.report
        facts = self.plan.folder / FACTS
        if facts.exists() and not selection:
            write_whole(folder / FACTS, facts.read_bytes(), mode=0o600)
        public = self.plan.settings.public
        opened = write_documents(
            folder,
            signoff,
            journal,
            others=(page_of_changes(folder, public=public), *others),
            public=public,
            beside=self.plan.written.folder,
        )
        return signoff, opened

    def _spec(self, node: str, reports: Sequence[pytest.TestReport]) -> ItemSpec | None:
        """Find the item of a finished test; the report of a dead worker carries no properties."""
        said = {str(value) for one in reports for key, value in one.user_properties if key == ID}
        if said:
            return next((i for i in self.plan.suite.items if i.id in said), None)
        file, _, rest = node.partition("::")
        path = (self._root / file).resolve()
        folder = self.plan.suite.folder
        if not path.is_relative_to(folder):
            return None
        function = rest.partition("[")[0]
        return self._specs.get((path.relative_to(folder).as_posix(), function))


def _missing(item_id: str, node: str, reason: str) -> ItemRecord:
    remedy = "repair what keeps it from running, then run the whole suite again"
    return ItemRecord(id=item_id, node=node, outcome=Outcome.MISSING, reason=reason, remedy=remedy)


def _conftests(root: Path, suite: Path) -> Iterator[Notice]:
    """Name every conftest.py that took part: it could have changed what items do.

    With its digest it is bound into what is signed, and another one is seen in a replay.
    """
    above = [folder / "conftest.py" for folder in suite.parents if folder.is_relative_to(root)]
    for path in sorted({*suite.rglob("conftest.py"), *above}):
        if path.is_file():
            # Seen from the suite: where pytest finds its root is no part of a document.
            shown = os.path.relpath(path, suite.parent)
            digest = sha256(path.read_bytes()).hexdigest()
            text = f"{shown} took part in this run; it can change what items do (SHA-256 {digest})"
            yield Notice(kind="conftest", item="", text=text)


def _clocks_apart(facts: Path) -> Iterator[Notice]:
    """Say first of all that instants of this machine and of others do not go together."""
    told = value_in(facts, ClockDifferences()) if facts.exists() else None
    for text in warnings_about(told or ()):
        yield Notice(kind="clock", item="", text=text)


def _wider_than_needed(callers: Iterable[AwsCaller]) -> Iterator[Notice]:
    """Name the credentials that could do more than look: what protects them is the guard alone."""
    for caller in callers:
        if caller.width == "wide":
            yield Notice(kind="credentials", item="", text=words.caller(caller))


def signoff_of(path: Path) -> tuple[SignOff, Journal]:
    """Judge what a journal on the disk holds, and nothing else."""
    journal = read_journal(path)
    review = review_of(journal)
    return SignOff(review=review, verdict=decide(review)), journal


def _opening(plan: Plan) -> Opening:
    service = plan.written.profile.service
    return Opening(
        run=plan.run,
        service=service.name,
        environment=service.environment,
        release=plan.release,
        phase=plan.settings.phase,
        people=plan.people,
        expected=plan.suite.items,
        notes=review_notes(plan.written, plan.suite.items),
        weakenings=plan.written.weakenings,
        lost=plan.suite.lost,
    )
