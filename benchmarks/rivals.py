"""Environments of their own for rivals, each made once in the user's cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import venv
from pathlib import Path

LACKING = 4
"""Exit status where a benchmark cannot be run."""


class Lacking(Exception):
    """What a benchmark needs and this machine does not have."""


def python_with(*requirements: str) -> Path:
    """Return the Python of an environment with these packages; ``Lacking`` if it cannot be had."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "pytest-orr" / "-".join(requirements).replace("==", "-")
    python = folder / "bin" / "python"
    whole = folder / "whole"
    if not whole.exists():
        venv.create(folder, clear=True, with_pip=True)
        install = (str(python), "-m", "pip", "install", "--quiet", *requirements)
        ended = subprocess.run((*install, "--disable-pip-version-check"), check=False)
        if ended.returncode:
            shutil.rmtree(folder)
            raise Lacking(f"pip could not install {' '.join(requirements)}")
        whole.touch()
    return python
