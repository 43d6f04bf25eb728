"""Tells all that the simulated account holds, to see whether anything in it has changed.

moto has a dump of its own, which leaves out whatever is no plain value, and fails at a database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import Enum
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from moto.core.base_backend import BackendDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PATH = "/explorer/holds"
"""Where the account's server answers with it."""
SESSION_KEY = "ASIA"
"""What the keys of sessions begin with: a trade makes one, and it ends by itself."""
NO_STATE = (FunctionType, MethodType, ModuleType, type)


class Telling:
    """Answers at one path with what the account holds, and passes all else on (WSGI)."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer."""
        if environ["PATH_INFO"] != PATH:
            answer: Iterable[bytes] = self.inner(environ, start_response)
            return answer
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(holdings()).encode()]


def holdings() -> dict[str, str]:
    """Return a digest of what each service holds, by service, account and region."""
    used: Any = BackendDict
    return {
        f"{kind.service_name} {account} {region}": _digest(backend)
        for kind in (*used._instances,)  # noqa: SLF001 moto offers no other way in
        for account, region, backend in (*kind.iter_backends(),)
    }


def _digest(backend: Any) -> str:
    told = hashlib.sha256()
    for word in _words(backend, {}):
        told.update(word.encode(errors="replace"))
    return told.hexdigest()


def _words(value: Any, told: dict[int, Any]) -> Iterator[str]:
    """Yield a value as words; what stands in several places is told at the first alone."""
    if value is None or isinstance(value, str | bytes | int | float | Enum):
        yield f"\n{value!r}"
    elif not isinstance(value, NO_STATE):
        if id(value) in told:
            yield "\n…"
            return
        told[id(value)] = value  # kept, as the number of what is gone would be given again
        for key, part in _parts(value):
            yield f"\n{key}:"
            yield from _words(part, told)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key in (*value,):
            if not str(key).startswith(SESSION_KEY):
                yield (key if isinstance(key, str) else type(key).__name__), value[key]
    elif isinstance(value, list | tuple):
        yield from ((str(at), part) for at, part in enumerate(value))
    elif isinstance(value, set | frozenset):
        yield "set", ", ".join(sorted(map(str, value)))
    elif hasattr(value, "__dict__"):
        yield "kind", type(value).__name__
        yield from vars(value).items()
