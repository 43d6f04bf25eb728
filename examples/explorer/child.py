"""What both children of the embedded world do: say where they listen, and end with their parent."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def stay(folder: Path, **first_words: Any) -> None:
    """Print one line of JSON, then wait until the parent closes its end, by will or by dying.

    The folder goes too: a parent that was killed cannot remove it. Then the process ends at once:
    to take what it holds apart, piece by piece, would take a second of whoever waits.
    """
    print(json.dumps(first_words), flush=True)
    sys.stdin.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)
