"""Reads the answers that hey writes with ``-o csv``: seconds, and status codes.

hey leaves out requests that got no answer, so they are counted against how many were sent.
"""

from .figures import LoadFigures, Tally, Unreadable
from .files import ResultFile, decimal, read_rows

MOST_ROWS = 1_000_000
"""hey writes no more of them, however many answers there were."""
COLUMNS = ("response-time", "status-code", "offset")


def read(file: ResultFile, sent: int = 0) -> LoadFigures:
    """Return what hey measured; ``sent`` is how many requests there were, 0 if nobody says."""
    tally = Tally()
    for row in read_rows(file, *COLUMNS):
        seconds, code, offset = (decimal(row[name], name) for name in COLUMNS)
        tally.add(offset, seconds * 1000, failed=not 200 <= code < 400)
    if tally.samples >= MOST_ROWS:
        raise Unreadable("has a million answers, and hey writes no more: use a shorter test")
    if sent and sent < tally.samples:
        raise Unreadable(f"has {tally.samples:,} answers, and {sent:,} requests were declared")
    unanswered = max(sent - tally.samples, 0)
    return LoadFigures(
        samples=tally.samples + unanswered,
        errors=tally.errors + unanswered,
        p95_ms=tally.p95(),
        rate=tally.busiest(),
        may_lack_errors=not sent,
    )
