"""Runs one command and writes how it went: ``starter.py FIGURES COMMAND…``.

A small process between the benchmark and what it measures: Linux charges a child with the memory
that whoever starts it has at that moment, and the benchmark itself holds what others answered.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    """Write seconds, peak memory in MB and exit status as JSON."""
    figures, *command = sys.argv[1:]
    began = time.perf_counter()
    with subprocess.Popen(command) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    told = {
        "seconds": time.perf_counter() - began,
        "peak_mb": usage.ru_maxrss / 1024,
        "status": process.returncode,
    }
    Path(figures).write_text(json.dumps(told), encoding="ascii")


if __name__ == "__main__":
    main()
