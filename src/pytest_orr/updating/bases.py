"""The texts with which modules were laid down: found again by digest, to merge what came since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pytest_orr.errors import FactUnavailable

from .line_ends import as_in, fits, plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from pytest_orr.clients.git_earlier import EarlierTexts

NOT_KEPT = "git holds no text of it that fits suite.lock"


class Bases:
    """Looks for the texts of modules that were changed; a context that puts git away again."""

    def __init__(self, folder: Path, wanted: Mapping[str, str]) -> None:
        """Take each module's name and the digest of the text that it was laid down with."""
        self.why = ""
        """Why git cannot be asked, for whoever has to merge by hand."""
        self._wanted = wanted
        self._git: EarlierTexts | None = None
        self._texts = self._told(folder) if wanted else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._git is not None:
            self._git.close()

    def of(self, name: str, local: bytes) -> bytes | None:
        """Return the text from which a module's local one was made, its lines ended by LF."""
        texts = (local, *self._texts.get(name, ()))
        return next((plain(one) for one in texts if fits(one, self._wanted[name])), None)

    def merged(self, local: bytes, base: bytes, new: bytes) -> bytes | None:
        """Bring the local changes of a text into its new one; nothing if both changed the same."""
        mine = plain(local)
        if mine == base or self._git is None:
            return as_in(local, new) if mine == base else None
        merged = self._git.merged(mine, base, plain(new))
        return None if merged is None else as_in(local, merged)

    def _told(self, folder: Path) -> dict[str, tuple[bytes, ...]]:
        # Where nothing was changed, no git is needed.
        from pytest_orr.clients.git_earlier import EarlierTexts  # noqa: PLC0415 as said

        try:
            self._git = EarlierTexts(folder)
            return self._git.of(self._wanted)
        except FactUnavailable as error:
            self.why = error.cause.partition(": ")[0]
            return {}
