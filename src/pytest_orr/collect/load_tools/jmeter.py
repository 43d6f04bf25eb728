"""Reads a JTL of JMeter, CSV or XML, as it is read: it may hold millions of samples.

Transaction controllers sum up samples that are there themselves, and are left out; so are parts
of a page in XML, whose sample spans them.
"""

from urllib.parse import urlsplit

from .figures import LoadFigures, Tally, Unreadable, instant
from .files import ResultFile, decimal, read_rows
from .jtl_xml import read_samples

COLUMNS = ("timeStamp", "elapsed", "success")
OF_A_TRANSACTION = "Number of samples in transaction"
NO_URL = ("", "null")
MOST_HOSTS = 100


def read(file: ResultFile) -> LoadFigures:
    """Return what JMeter measured; ``Unreadable`` for a file that is no JTL."""
    samples = Samples()
    if file.begins_with(b"<"):
        read_samples(file, samples.add)
    else:
        for row in read_rows(file, *COLUMNS):
            if _is_request(row):
                samples.add(row["timeStamp"], row["elapsed"], row["success"], row.get("URL", ""))
    return samples.figures()


def _is_request(row: dict[str, str]) -> bool:
    if row.get("responseMessage", "").startswith(OF_A_TRANSACTION):
        return False
    return row.get("URL", "?") not in NO_URL


class Samples:
    """Reckons samples up as they come."""

    def __init__(self) -> None:
        self._tally = Tally()
        self._hosts: set[str] = set()
        self._first = float("inf")
        self._last = 0.0

    def add(self, began: str, elapsed: str, success: str, url: str) -> None:
        """Count one sample by its time stamp and duration in milliseconds, as the JTL has them."""
        if not began.isdigit():
            raise Unreadable(
                "has time stamps that are no milliseconds: set"
                " jmeter.save.saveservice.timestamp_format=ms"
            )
        at = decimal(began, "time stamp") / 1000
        if success not in {"true", "false"}:
            raise Unreadable(f"has {success[:20]!r} as success")
        self._tally.add(at, decimal(elapsed, "elapsed time"), failed=success == "false")
        self._first, self._last = min(self._first, at), max(self._last, at)
        if url not in NO_URL:
            self._name(url)

    def figures(self) -> LoadFigures:
        """Return what the samples amount to."""
        tally = self._tally
        return LoadFigures(
            samples=tally.samples,
            errors=tally.errors,
            p95_ms=tally.p95(),
            rate=tally.busiest(),
            hosts=tuple(sorted(self._hosts)),
            began=instant(self._first) if tally.samples else None,
            ended=instant(self._last) if tally.samples else None,
        )

    def _name(self, url: str) -> None:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError as error:
            raise Unreadable("has a URL that is none") from error
        self._hosts.add(host)
        if len(self._hosts) > MOST_HOSTS:
            raise Unreadable(f"names more than {MOST_HOSTS} hosts")
