"""The plugin that pytest loads: hooks to calls, and dormant wherever no readiness suite is named.

Every pytest start in an environment pays for this module, so whatever a run needs is imported
only once it is known to judge.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack, contextmanager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from . import options
from .errors import OrrError
from .locate import holds_suite, lost_lock, suite_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

folder_key = pytest.StashKey[bool]()
"""Set once the report's folder is held: from the moment the command line is known."""
suite_key = pytest.StashKey[str]()
"""Folder of the suite that the command line names; absent in a run that is none of ours."""

MANUAL_MARKER = (
    "pytest-manual-marker is loaded: with it the items that people answer would never run, and the"
    " run would exit 0. Add `-p no:manual_marker`."
)
OPTIMISED = "Python runs with -O, which takes assertions away. Run without it."
ALLOCATIONS = 100_000
"""Objects that a judging run makes before Python looks for garbage among the new ones."""
MARKERS = (
    "orr(id, *, stated, severity, phase, owner, question, evidence, valid_for, …): an item",
    "manual: without a person's statement this item is pending",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    options.declare(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks by which others add collectors and renderers."""
    from . import hookspecs  # noqa: PLC0415 beside its only use

    pluginmanager.add_hookspecs(hookspecs)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Put the previous run's files aside before anything can go wrong, whatever is run.

    A conftest.py that breaks or an option that is misspelled ends pytest right after this; what
    an earlier run found must not be taken for what this one did.
    """
    paths = _paths(early_config, early_config.known_args_namespace.file_or_dir)
    if "PYTEST_XDIST_WORKER" in os.environ or not any(map(suite_of, paths)):
        return
    with ExitStack() as stack:
        stack.enter_context(_seldom_looking_for_garbage())
        from .session import report_folder  # noqa: PLC0415 dormant runs do without

        stack.enter_context(report_folder(options.early_settings(early_config)))
        early_config.add_cleanup(stack.pop_all().close)
        early_config.stash[folder_key] = True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Hold the report's folder for as long as the run lasts, and tell why a run was refused."""
    suite = "" if hasattr(config, "workerinput") else named_suite(config)
    if not suite:
        return (yield)
    config.stash[suite_key] = suite
    try:
        with _report_folder(config):
            status = yield
    except pytest.UsageError as refused:
        if not isinstance(refused.__cause__, OrrError):
            raise
        print(f"ERROR: {refused}", file=sys.stderr)  # noqa: T201 as pytest says its own
        return refused.__cause__.exit_code
    flag, typed = options.judges_nothing(config)
    return 21 if flag and not typed else status


def pytest_configure(config: pytest.Config) -> None:
    """Wake up where a readiness suite is named, and in the workers of such a run."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    handed = getattr(config, "workerinput", {}).get("orr")
    suite = config.stash.get(suite_key, "")
    if not (suite or handed):
        return
    if config.pluginmanager.has_plugin("manual_marker"):
        raise pytest.UsageError(MANUAL_MARKER)
    if not __debug__:
        raise pytest.UsageError(OPTIMISED)
    from . import fixtures, session  # noqa: PLC0415 dormant runs do without

    for name in fixtures.MODULES:
        module = import_module(f"{fixtures.__name__}.{name}")
        config.pluginmanager.register(module, f"orr-{name}-fixtures")
    if handed:
        session.join(config, handed)
    elif not options.judges_nothing(config)[0]:
        config.pluginmanager.register(session.Session(config, suite), "orr-session")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave readiness suites out of runs that do not name them."""
    if suite_key in config.stash or config.pluginmanager.has_plugin("orr-executor"):
        return None
    # The parent too: pytest does not ask about a folder that `testpaths` names.
    ours = holds_suite(str(collection_path)) or holds_suite(str(collection_path.parent))
    return ours or None


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say in one line that a suite was left out."""
    if suite_key in config.stash:
        return None
    here = str(config.rootpath)
    with os.scandir(here) as entries:
        left = sorted(e.name for e in entries if e.is_dir() and holds_suite(e.path))
    match left:
        case []:
            return None
        case [one]:
            return f"orr: {one}/ is left out; judge it by `pytest {one}/`"
        case _:
            names = ", ".join(f"{name}/" for name in left)
            return f"orr: {names} are left out; judge each by itself: `pytest {left[0]}/`"


def named_suite(config: pytest.Config) -> str:
    """Return the suite that the command line names; a suite and other paths refuse the run."""
    paths = _named_paths(config)
    suites = {suite_of(path) for path in paths}
    if suites <= {""}:
        if lost := next(filter(None, map(lost_lock, paths)), ""):
            raise pytest.UsageError(lost)
        return ""
    if len(suites) > 1:
        raise pytest.UsageError(
            "A readiness suite is judged by itself: name only paths of one suite, such as"
            " `pytest readiness/`."
        )
    return suites.pop()


def _named_paths(config: pytest.Config) -> list[str]:
    args = getattr(config, "args", [])
    source = getattr(config, "args_source", None)
    if source is pytest.Config.ArgsSource.TESTPATHS:
        return []
    if not args:
        # `--help` ends the parsing before pytest has told paths from other words.
        said = config.invocation_params.args
        return [path for path in _paths(config, said) if suite_of(path)]
    return _paths(config, args)


def _paths(config: pytest.Config, args: Iterable[object]) -> list[str]:
    here = config.invocation_params.dir
    return [str(here / str(arg).partition("::")[0]) for arg in args]


@contextmanager
def _seldom_looking_for_garbage() -> Iterator[None]:
    """Let Python look for garbage less often: a run makes little, and the looking took a sixth."""
    usual = gc.get_threshold()
    gc.set_threshold(ALLOCATIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _report_folder(config: pytest.Config) -> AbstractContextManager[object]:
    from .session import report_folder  # noqa: PLC0415 dormant runs do without

    try:
        settings = options.settings(config)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error
    return nullcontext() if config.stash.get(folder_key, False) else report_folder(settings)
