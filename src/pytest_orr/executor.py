"""The process that runs items: gathers facts once, hands them out, names outcomes."""

from __future__ import annotations

import fcntl
import json
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from .collect.desk import opened_desk
from .collect.gather import gather
from .collect.registry import OWN, gathered
from .collect.snapshot import FACTS, Snapshot, prepare, read_snapshot, text_of
from .collect.witnesses import contradictions
from .consent import contradicted, standing_of
from .fixtures.words import observation
from .leaving import again, cleaned, leave, redact_report, without_trace
from .observation import Unobserved
from .profile.applicability import bases_of
from .profile.scope import scope_of
from .progress import PROGRESS
from .publish.files import COLLECTED, write_whole
from .record.body import Standing, record_item
from .record.traces import trace_of
from .record.values import RECORDS, ItemRecord
from .statements import facts_about

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from .collect.interface import Collector
    from .model import ItemSpec
    from .observation import Observation
    from .plan import Plan
    from .redaction import Redactor

spec_key = pytest.StashKey["ItemSpec"]()
record_key = pytest.StashKey[ItemRecord]()


class Executor:
    """Runs the items of one process; under xdist there is one in every worker."""

    def __init__(
        self,
        plan: Plan,
        collectors: Mapping[str, Collector[Any]],
        *,
        redact: Redactor,
        clock: Callable[[], datetime],
    ) -> None:
        self.plan = plan
        self._folder = plan.folder
        self._collectors = collectors
        self._redact = redact
        self._clock = clock
        self._specs = {(item.file, item.function): item for item in plan.suite.items}
        self._standings: dict[str, Standing] = {}
        self._snapshot: Snapshot | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Offer the facts of others' collectors as fixtures; the product's own are written out."""
        for name in self._collectors.keys() - OWN.keys():
            pytest.register_fixture(name=name, func=observation, node=session, scope="session")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Tie each test to the item it states: for its report, and for ``-k`` by the item's id.

        Runs before any other plugin can take items away, so that what is taken away is known.
        """
        collected = []
        for item in items:
            spec = self._spec(item)
            if spec is None:
                continue
            collected.append((spec.id, item.nodeid))
            item.stash[spec_key] = spec
            item.extra_keyword_matches.update((spec.id, *spec.aliases))
            item.user_properties += [
                ("orr.id", spec.id),
                ("orr.section", spec.section),
                ("orr.severity", spec.severity),
                ("orr.owner", spec.owner),
            ]
        self._write_once(COLLECTED, json.dumps(collected))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Gather the facts that the selected items ask for, before the first of them runs."""
        asking = [
            (spec, item)
            for item in session.items
            if isinstance(item, pytest.Function)
            and (spec := item.stash.get(spec_key, None))
            and self.standing_of(spec).not_applicable is None
        ]
        wanted = {name for _, item in asking for name in item.fixturenames}
        wanted |= {*facts_about((spec for spec, _ in asking), self.plan.written)}
        self._standings.clear()  # statements are judged again, by what is gathered now
        self._snapshot = self._obtain(sorted(gathered(wanted, self._collectors)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Run an item's body and leave with exactly one of pass, skip and fail."""
        spec = pyfuncitem.stash.get(spec_key, None)
        if spec is None:
            return self._refuse_stray(pyfuncitem)
        digests = self._snapshot.digests if self._snapshot else {}
        record = record_item(pyfuncitem, spec, self._held_against_facts(spec), digests)
        record = cleaned(record, self._redact)
        if record_key in pyfuncitem.stash:
            record = again(record)
        pyfuncitem.stash[record_key] = record
        pyfuncitem.user_properties.append(("orr.outcome", record.outcome.value))
        leave(record)
        return True

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the record travel with the call's report, and take secrets out of every report."""
        if record_key in item.stash and call.excinfo is not None:
            without_trace(call.excinfo)
        report = yield
        if spec_key not in item.stash:
            return report
        record = item.stash.get(record_key, None)
        if call.when == "call" and record is not None:
            # Whatever a report carries crosses to the controller, as long as it is plain.
            vars(report)["orr_record"] = RECORDS.dump_json(record).decode()
            vars(report)["orr_outcome"] = record.outcome.value
        elif call.excinfo is not None:
            trace = trace_of(call.excinfo, self.plan.suite.folder)
            vars(report)["orr_trace"] = self._redact(trace)
        redact_report(report, self._redact)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, Any]:
        """Take secrets out of why a module could not be collected."""
        report = yield
        redact_report(report, self._redact)
        return report

    def observation(self, name: str) -> Observation[Any]:
        """Return a gathered fact; one that nobody gathered is unobserved, never absent."""
        found = self._snapshot.observations.get(name) if self._snapshot else None
        if found is not None:
            return found
        return Unobserved(
            name=name,
            cause=f"the recorded facts hold no {name}",
            remedy="run without --orr-facts to ask for it",
            source=self._collectors[name].source,
        )

    def standing(self, node: pytest.Item) -> Standing:
        """Return what people said about the item of a test."""
        return self.standing_of(node.stash[spec_key])

    def standing_of(self, spec: ItemSpec) -> Standing:
        """Return what people said about an item, judged once."""
        if spec.id not in self._standings:
            written = self.plan.written
            names = set(facts_about((spec,), written)) if self._snapshot else ()
            seen = {name: self.observation(name) for name in names}
            self._standings[spec.id] = standing_of(spec, written, self.plan.as_of, seen)
        return self._standings[spec.id]

    def _held_against_facts(self, spec: ItemSpec) -> Standing:
        """Return what people said about an item, unless facts show what they say there is not."""
        standing, declared = self.standing_of(spec), self.plan.written.not_applicable(spec.id)
        if standing.not_applicable is None or declared is None or self._snapshot is None:
            return standing
        seen = contradictions(bases_of(declared), self._snapshot.observations)
        where = self.plan.written.where_not_applicable(spec.id)
        return contradicted(standing, tuple(seen), where)

    def _refuse_stray(self, item: pytest.Function) -> bool | None:
        """Fail a test of the suite's folder that is no item: nobody would judge it."""
        if item.path.resolve().is_relative_to(self.plan.suite.folder):
            pytest.fail(f"{item.name} stands in the suite and is no item", pytrace=False)
        return None

    def _write_once(self, name: str, text: str) -> None:
        """Write a file that every worker would write alike."""
        if not (self._folder / name).exists():
            write_whole(self._folder / name, text.encode(), mode=0o600)

    def _spec(self, item: pytest.Item) -> ItemSpec | None:
        folder, path = self.plan.suite.folder, item.path.resolve()
        if not isinstance(item, pytest.Function) or not path.is_relative_to(folder):
            return None
        file = path.relative_to(folder).as_posix()
        return self._specs.get((file, item.originalname))

    def _obtain(self, names: list[str]) -> Snapshot:
        path = self._folder / FACTS
        with _held(self._folder / "gather.lock"):
            if not (path.exists() and self._is_ours(path)):
                write_whole(path, self._gathered(names).encode(), mode=0o600)
        return read_snapshot(path, self._collectors)

    def _is_ours(self, path: Path) -> bool:
        """Tell facts of this run, or a replay's, from those of a worker that outlived its own."""
        recorded = read_snapshot(path, self._collectors).run
        return self.plan.settings.facts is not None or recorded.id == self.plan.run.id

    def _gathered(self, names: list[str]) -> str:
        wanted = [self._collectors[name] for name in names]
        self._progress(f"gathering {len(names)} facts: {', '.join(names) or 'none are needed'}")
        preparing = Thread(target=prepare, args=(wanted,), name="orr-facts")
        preparing.start()
        with opened_desk(self.plan.written, wanted, self._progress, as_of=self.plan.as_of) as desk:
            seen = gather(wanted, desk, clock=self._clock)
        preparing.join()
        return text_of(
            self.plan.run,
            seen,
            self._collectors,
            scope=scope_of(self.plan.written.profile),
            redact=self._redact.deep,
        )

    def _progress(self, text: str) -> None:
        with (self._folder / PROGRESS).open("a", encoding="utf-8") as stream:
            stream.write(self._redact(text) + "\n")


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold a file's lock; the kernel releases it when the holder dies."""
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
