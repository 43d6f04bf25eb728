"""Secrets of small histories, found by detect-secrets in its own processes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients import secret_scanner, secret_scanning, secret_worker
from pytest_orr.clients.history import History
from pytest_orr.clients.secret_scanner import SecretScanner
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def scan(head: Callable[[Path], str]) -> Callable[..., Any]:
    """Scan a repository up to its head; what is said meanwhile is thrown away."""

    def now(folder: Path, *, history: bool = True, seconds: float = 60, commit: str = "") -> Any:
        scanner = SecretScanner(lambda _: None, workers=1)
        return scanner.scan(folder, commit or head(folder), history=history, seconds=seconds)

    return now


def test_what_was_deleted_is_found_in_the_history_and_not_in_the_tree(
    history: Callable[..., Path],
    scan: Callable[..., Any],
    run_git: Callable[..., str],
    key: str,
    word: str,
) -> None:
    folder = history(
        {"a.py": key, "b.py": "x = 1\n"}, {"a.py": None, "docs/b c.py": f"{word}\n"}, {"d": "1\n"}
    )
    first = run_git(folder, "rev-list", "--max-parents=0", "HEAD")

    scanned = scan(folder)

    assert [(hit.path, hit.kind, hit.line) for hit in scanned.hits] == [
        ("a.py", "AWS Access Key", 1),
        ("docs/b c.py", "Secret Keyword", 1),
    ]
    assert scanned.hits[0].commit == first
    assert scanned.looked_at == 4
    assert scanned.version
    assert [hit.path for hit in scan(folder, history=False).hits] == ["docs/b c.py"]


@pytest.mark.usefixtures("quick")
def test_a_merge_that_brings_a_secret_of_its_own_is_looked_at(
    history: Callable[..., Path], scan: Callable[..., Any], run_git: Callable[..., str]
) -> None:
    folder = history({"a": "1\n"}, {"b": "2\n"})
    run_git(folder, "checkout", "-q", "-b", "side", "HEAD~1")
    run_git(folder, "commit", "-q", "--allow-empty", "-m", "x")
    run_git(folder, "merge", "-q", "--no-commit", "main")
    (folder / "a").write_text("leak\n")
    run_git(folder, "commit", "-q", "-a", "-m", "merged")
    (folder / "a").write_text("3\n")
    run_git(folder, "commit", "-q", "-a", "-m", "hidden")

    assert [hit.path for hit in scan(folder).hits] == ["a"]


def test_a_comment_that_allows_a_secret_is_told_and_hides_nothing(
    history: Callable[..., Path], scan: Callable[..., Any], word: str
) -> None:
    allowed = f"{word}  # pragma: allowlist secret\n"
    folder = history({"a.py": allowed, "settings.yaml": f"x: 1\n{word}\n"})

    hits = {hit.path: hit.is_allowed for hit in scan(folder).hits}

    assert hits == {"a.py": True, "settings.yaml": False}


def test_texts_in_other_encodings_are_looked_at_and_binary_files_are_counted(
    history: Callable[..., Path], scan: Callable[..., Any], key: str
) -> None:
    folder = history(
        {
            "latin.py": b"# \xe9\n" + key.encode(),
            "wide.py": key.encode("utf-16"),
            "image": b"\x89PNG\0\xff" + key.encode(),
            "half.py": b"\xff\xfeA",
            "list.lock": key,
            "swagger/api.json": key,
            "package-lock.json": key,
        }
    )

    scanned = scan(folder)

    assert sorted(hit.path for hit in scanned.hits) == ["latin.py", "wide.py"]
    assert scanned.left_out == 4
    assert scanned.looked_at == 7


@pytest.mark.usefixtures("quick")
def test_links_and_submodules_are_not_followed_and_odd_names_are_read(
    history: Callable[..., Path], scan: Callable[..., Any], run_git: Callable[..., str]
) -> None:
    folder = history({"a": "1\n", os.fsdecode(b"x\ny/\xff z.py"): "leak\n"})
    (folder / "link").symlink_to("/etc/passwd")
    run_git(folder, "add", "link")
    other = run_git(folder, "rev-parse", "HEAD")
    run_git(folder, "update-index", "--add", "--cacheinfo", f"160000,{other},below")
    run_git(folder, "commit", "-q", "-m", "x")

    scanned = scan(folder)

    assert scanned.looked_at == 2
    assert [os.fsencode(hit.path) for hit in scanned.hits] == [b"x\ny/\xff z.py"]


@pytest.mark.usefixtures("quick")
def test_a_file_that_is_too_large_is_named_and_not_read(
    history: Callable[..., Path], scan: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_scanner, "LARGEST_FILE", 1024)

    scanned = scan(history({"large.py": "leak" + "x" * 1024, "small.py": "leak"}))

    assert scanned.skipped == ("large.py (larger than 0 MiB)",)
    assert [hit.path for hit in scanned.hits] == ["small.py"]
    assert scanned.looked_at == 1


@pytest.mark.usefixtures("quick")
def test_contents_that_a_partial_clone_left_out_are_named(
    history: Callable[..., Path], scan: Callable[..., Any], run_git: Callable[..., str]
) -> None:
    folder = history({"a": "here\n", "b": "gone\n"})
    blob = run_git(folder, "rev-parse", "HEAD:b")
    (folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    assert scan(folder).skipped == ("b (not in this checkout)",)


def test_a_process_that_comes_to_no_end_costs_its_file_alone(
    history: Callable[..., Path],
    scan: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    stuck = tmp_path / "stuck.py"
    stuck.write_text(
        "import json, sys, time\n"
        "while line := sys.stdin.buffer.readline():\n"
        "    asked = json.loads(line)\n"
        "    sys.stdin.buffer.read(asked['size'])\n"
        "    open(sys.argv[1] + '/left', 'w').write('behind')\n"
        "    if asked['path'] == 'slow': time.sleep(60)\n"
        "    if asked['path'] == 'died': sys.exit(1)\n"
        "    print(json.dumps({'left_out': '', 'hits': []}), flush=True)\n"
    )
    monkeypatch.setattr(secret_worker, "SCANNING", stuck)
    monkeypatch.setattr(secret_worker, "LONGEST_LOOK", 0.5)
    places = tmp_path / "places"
    places.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(places))

    scanned = scan(history({"a": "1\n", "died": "2\n", "slow": "3\n", "z": "4\n"}))

    assert list(places.iterdir()) == []
    assert scanned.skipped == (
        "died (the scanner came to no end with it)",
        "slow (the scanner came to no end with it)",
    )
    assert scanned.looked_at == 2


def test_what_is_not_done_in_time_is_unknown_with_the_count(
    history: Callable[..., Path],
    head: Callable[[Path], str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    asleep = tmp_path / "asleep.py"
    asleep.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(secret_worker, "SCANNING", asleep)
    folder = history({"a": "1\n", "b": "2\n"})
    said: list[str] = []

    with pytest.raises(FactUnavailable) as refused:
        SecretScanner(said.append, workers=1).scan(folder, head(folder), history=True, seconds=1.5)

    assert refused.value.cause == (
        "detect-secrets had looked at 0 of 2 versions of files when its time was over"
    )
    assert "longest_scan_minutes" in refused.value.remedy
    assert said[0] == "detect-secrets: 0 of 2 versions of files"


@pytest.mark.usefixtures("quick")
def test_a_shallow_clone_tells_of_its_tree_alone(
    history: Callable[..., Path],
    scan: Callable[..., Any],
    run_git: Callable[..., str],
    tmp_path: Path,
) -> None:
    whole = history({"a": "leak\n"}, {"a": "1\n"})
    run_git(tmp_path, "clone", "-q", "--depth", "1", f"file://{whole}", str(tmp_path / "shallow"))

    with pytest.raises(FactUnavailable, match="is a shallow clone, so older commits"):
        scan(tmp_path / "shallow")
    assert scan(tmp_path / "shallow", history=False).hits == ()


@pytest.mark.usefixtures("quick")
def test_a_commit_that_is_not_there_is_named(
    history: Callable[..., Path], scan: Callable[..., Any]
) -> None:
    with pytest.raises(FactUnavailable, match="does not have commit 0123456789ab"):
        scan(history({"a": "1\n"}), commit="0123456789abcdef" * 2 + "01234567")


def test_a_folder_without_a_repository_is_named(tmp_path: Path, scan: Callable[..., Any]) -> None:
    with pytest.raises(FactUnavailable, match="lies in no git repository"):
        scan(tmp_path, commit="0123456")


@pytest.mark.usefixtures("quick")
def test_a_history_of_which_a_commit_is_missing_is_unknown(
    history: Callable[..., Path], scan: Callable[..., Any], run_git: Callable[..., str]
) -> None:
    folder = history({"a": "1\n"}, {"a": "2\n"})
    older = run_git(folder, "rev-parse", "HEAD~1")
    (folder / ".git" / "objects" / older[:2] / older[2:]).unlink()

    with pytest.raises(FactUnavailable, match="the history is not whole here"):
        scan(folder)


@pytest.mark.usefixtures("quick")
def test_more_versions_than_are_gone_through_are_refused(
    history: Callable[..., Path], scan: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_orr.clients.history.MOST_VERSIONS", 1)
    folder = history({"a": "1\n", "b": "2\n"})

    for history_too in (True, False):
        with pytest.raises(FactUnavailable, match="more than 1 versions"):
            scan(folder, history=history_too)


def test_what_was_looked_at_once_is_remembered(
    history: Callable[..., Path], head: Callable[[Path], str], key: str
) -> None:
    folder = history({"a": key, "b.lock": "1\n"})
    said: list[str] = []
    scanner = SecretScanner(said.append, workers=1)
    first = scanner.scan(folder, head(folder), history=True, seconds=60)
    said.clear()

    again = scanner.scan(folder, head(folder), history=True, seconds=60)

    assert again == first
    assert said == ["detect-secrets: 2 of 2 versions of files"]


def test_without_detect_secrets_its_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = SimpleNamespace(find_spec=lambda _: None)
    monkeypatch.setattr("pytest_orr.clients.secret_scanner.util", nothing)
    scanner = SecretScanner(lambda _: None)

    assert scanner.version == ""
    with pytest.raises(FactUnavailable, match="detect-secrets is not installed here") as refused:
        scanner.scan(tmp_path, "0123456", history=True, seconds=60)
    assert refused.value.remedy == "pip install 'pytest-orr[secrets]'"


def test_git_is_cut_at_the_deadline(
    history: Callable[..., Path], head: Callable[[Path], str]
) -> None:
    folder = history({"a": "1\n"})
    opened = History(folder, time.monotonic() + 0.05)

    def read_late() -> None:
        with opened, opened.blobs() as blobs:
            time.sleep(0.3)
            blobs.read(head(folder))

    with pytest.raises(FactUnavailable, match="did not tell the history in time"):
        read_late()


def test_the_scanning_process_answers_line_by_line(key: str, word: str, tmp_path: Path) -> None:
    texts = {
        "a.py": key.encode(),
        "b.py": f"{word}  # pragma: allowlist secret\n".encode(),
        "c.lock": key.encode(),
        "latin.py": b"# \xe9\n" + key.encode(),
        "wide.py": key.encode("utf-16"),
        "image": b"\x89PNG\0\xff" + key.encode(),
    }
    questions = b"".join(
        json.dumps({"path": path, "size": len(text)}).encode() + b"\n" + text
        for path, text in texts.items()
    )
    answers = io.BytesIO()

    secret_scanning.main(io.BytesIO(questions), answers, tmp_path)

    assert list(tmp_path.iterdir()) == []

    said = [json.loads(line) for line in answers.getvalue().splitlines()]
    digest = hashlib.sha1(key.split('"')[1].encode(), usedforsecurity=False).hexdigest()
    assert [one["left_out"] for one in said] == ["", "", "name", "", "", "binary"]
    assert [len(one["hits"]) for one in said] == [1, 1, 0, 1, 1, 0]
    assert said[0]["hits"] == [["AWS Access Key", digest, 1, False]]
    assert [hit[3] for hit in said[1]["hits"]] == [True]


@pytest.mark.parametrize("path", ["..", "a/..", f"x/{'n' * 300}.py"])
def test_a_name_that_no_folder_takes_is_written_under_another(
    path: str, tmp_path: Path, key: str
) -> None:
    from detect_secrets.settings import default_settings  # noqa: PLC0415 an optional library

    with default_settings():
        said = secret_scanning.answer(path, key.encode(), tmp_path)

    assert said["hits"][0][0] == "AWS Access Key"
    assert list(tmp_path.iterdir()) == []


def test_no_secret_is_asked_about_anywhere(
    history: Callable[..., Path], scan: Callable[..., Any], tmp_path: Path, key: str
) -> None:
    """detect-secrets can ask a provider whether a secret works; here it opens no connection."""
    watched = tmp_path / "watched.py"
    watched.write_text(
        "import runpy, sys\n"
        "def watch(event, _):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'subprocess.Popen'):\n"
        f"        open({str(tmp_path / 'asked')!r}, 'a').write(event)\n"
        "sys.addaudithook(watch)\n"
        f"runpy.run_path({str(secret_worker.SCANNING)!r}, run_name='__main__')\n"
    )
    folder = history({"a.py": f'{key}aws_secret_access_key = "{"wJalr" * 8}"\n'})
    usual, secret_worker.SCANNING = secret_worker.SCANNING, watched
    try:
        hits = scan(folder).hits
    finally:
        secret_worker.SCANNING = usual

    assert hits
    assert not (tmp_path / "asked").exists()


@pytest.mark.usefixtures("quick")
def test_hostile_settings_of_the_repository_are_not_in_force(
    history: Callable[..., Path], scan: Callable[..., Any], tmp_path: Path
) -> None:
    folder = history({"a.py": "leak\n", ".gitattributes": "* diff=evil filter=evil\n"})
    hook = tmp_path / "ran"
    hostile = {
        "core.fsmonitor": f"touch {hook}",
        "diff.evil.textconv": f"touch {hook}; cat",
        "diff.external": f"touch {hook}",
        "filter.evil.smudge": f"touch {hook}; cat",
        "core.pager": f"touch {hook}; cat",
        "core.hooksPath": str(tmp_path),
    }
    for name, value in hostile.items():
        subprocess.run(["git", "-C", str(folder), "config", name, value], check=True)
    replaced = subprocess.run(
        ["git", "-C", str(folder), "hash-object", "-w", "--stdin"],
        input=b"x = 1\n",
        capture_output=True,
        check=True,
    ).stdout.decode()
    told = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD:a.py"], capture_output=True, check=True
    ).stdout.decode()
    subprocess.run(
        ["git", "-C", str(folder), "replace", told.strip(), replaced.strip()], check=True
    )
    hook.unlink(missing_ok=True)

    assert [hit.path for hit in scan(folder).hits] == ["a.py"]
    assert not hook.exists()
