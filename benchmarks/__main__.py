"""``python -m benchmarks plugin [--json]``: run one benchmark and print its figures."""

from __future__ import annotations

import argparse
import json
import sys

from . import plugin


def main() -> int:
    """Run the named benchmark; 1 when product and limit did not agree about the outcome."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("benchmark", choices=["plugin"])
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--runs", type=int, default=20, help="runs of each start-up (default: 20)")
    parser.add_argument("--replays", type=int, default=5, help="replays (default: 5)")
    told = parser.parse_args()
    cases = plugin.cases(runs=told.runs, replays=told.replays)
    for case in cases:
        print("\n".join(case.lines()), flush=True)
    if told.json:
        print(json.dumps({"benchmark": "plugin", "cases": [case.entry() for case in cases]}))
    return 0 if all(case.verdicts_equal for case in cases) else 1


if __name__ == "__main__":
    sys.exit(main())
