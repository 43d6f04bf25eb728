"""What ssh_config writes as ``~``, ``%h`` or ``${HOME}``, written out, for ``ssh_route``."""

from __future__ import annotations

import os
import pwd
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.mistakes import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .ssh_config import Said, SshConfig

TOKEN = re.compile(r"%(.)|\$\{([A-Za-z_]\w*)\}", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the files that ssh_config names for one hop are made of."""

    config: SshConfig
    tokens: Mapping[str, str]
    environment: Mapping[str, str]

    def files(self, said: Said, keyword: str) -> tuple[Path, ...]:
        """Return the files that a keyword names; relative ones lie beside ssh_config."""
        beside = self.config.file.parent if self.config.file else Path()
        return tuple(
            beside / at_home(expanded(word, self.tokens, self.environment), self.config.home)
            for word in said.all(keyword)
            if word.lower() != "none"
        )


def local_user() -> pwd.struct_passwd:
    """Return who runs the review, as this machine knows them."""
    try:
        return pwd.getpwuid(os.getuid())
    except KeyError:
        raise FactUnavailable(
            f"this machine has no user with the id {os.getuid()}",
            "run the review as a user of this machine",
        ) from None


def tokens_of(config: SshConfig, name: str, address: str, port: int, user: str) -> dict[str, str]:
    """Return what a percent sign with a letter stands for in the names of files."""
    here = os.uname().nodename
    return {
        "%": "%",
        "d": str(config.home),
        "h": address,
        "i": str(os.getuid()),
        "l": here,
        "L": here.partition(".")[0],
        "n": name,
        "p": str(port),
        "r": user,
        "u": config.local_user,
    }


def expanded(written: str, tokens: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """Replace tokens and environment variables; one that is not known is named."""

    def value(found: re.Match[str]) -> str:
        known = tokens.get(found[1]) if found[1] else environment.get(found[2])
        if known is None:
            raise FactUnavailable(
                f"{show(written)} of ssh_config cannot be expanded: {show(found[0])} is not known",
                "write it out",
            )
        return known

    return TOKEN.sub(value, written)


def at_home(written: str, home: Path) -> Path:
    """Return a path whose ~ is the home of whoever runs the review."""
    return home / written[2:] if written.startswith("~/") else Path(written)
