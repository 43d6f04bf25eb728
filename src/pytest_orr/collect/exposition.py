"""Reads the Prometheus text exposition for ``collect.endpoints``: which families have samples.

Only names are wanted, so this reads the form of a line and takes no library: the client library of
Prometheus registers collectors for its own process as soon as it is imported.
"""

import re

LABEL = r'[ \t]*+[a-zA-Z_]\w*+[ \t]*+=[ \t]*+"(?:[^"\\]|\\.)*+"[ \t]*+(?:,|(?=\}))'
SAMPLE = re.compile(
    r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*+)[ \t]*+"
    rf"(?:\{{(?:{LABEL})*+[ \t]*+\}})?+[ \t]*+"
    r"(?<=[ \t}])(?P<value>[^\s#]++)(?:[ \t]++-?[0-9.]++)?+(?:[ \t]++#.*+)?+"
)
"""Possessive throughout: a hostile line costs no more time than a good one."""
COMMENT = re.compile(r"#[ \t]*+(?:TYPE[ \t]++(?P<name>\S++)[ \t]++\S++)?.*")
OF_ONE_FAMILY = ("_bucket", "_sum", "_count", "_total", "_created", "_info")


def families_in(text: str) -> tuple[str, ...]:
    """Return the names of all families with samples, sorted.

    ``requests_total`` of a counter that is typed ``requests`` counts under both names. Raises
    ``ValueError`` with the number of the first line that is no exposition.
    """
    typed, found = set[str](), set[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if comment := COMMENT.fullmatch(line.strip()):
            typed.add(comment["name"] or "")
        elif sample := SAMPLE.fullmatch(line.strip()):
            found |= _names(sample["name"], typed)
            _number(sample["value"], number)
        else:
            raise ValueError(f"line {number} is no exposition of metrics")
    return tuple(sorted(found))


def sum_of(text: str, family: str) -> float | None:
    """Return the sum of all samples of a name; none if there is no sample.

    Raises ``ValueError`` with the number of a line of it that holds no number.
    """
    values = [
        _number(sample["value"], number)
        for number, line in enumerate(text.splitlines(), start=1)
        if (sample := SAMPLE.fullmatch(line.strip())) and sample["name"] == family
    ]
    return sum(values) if values else None


def _names(sample: str, typed: set[str]) -> set[str]:
    bases = {sample.removesuffix(end) for end in OF_ONE_FAMILY if sample.endswith(end)} & typed
    return bases | {sample} if sample.endswith("_total") else bases or {sample}


def _number(value: str, line: int) -> float:
    try:
        return float(value)
    except ValueError:
        raise ValueError(f"line {line} holds {value!r} where a number belongs") from None
