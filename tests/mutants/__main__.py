"""`python -m tests.mutants [name ...]`: each mutant must be found by its tests, and the engine as it is by none."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.mutants.catalog import MUTANTS
from tests.mutants.hunt import Found, hunt, passes_unchanged


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="the mutants to hunt; without any, all")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    asked = parser.parse_args()
    unknown = set(asked.names) - {mutant.name for mutant in MUTANTS}
    if unknown:
        parser.error(f"there is no mutant {', '.join(sorted(unknown))}")
    chosen = [mutant for mutant in MUTANTS if not asked.names or mutant.name in asked.names]
    output = passes_unchanged(chosen)
    if output is not None:
        print(f"{output}\nThe tests fail without any mutant: correct the engine or the tests first.")
        return 1
    with ThreadPoolExecutor(asked.jobs) as pool:
        results = [_told(found) for found in pool.map(hunt, chosen)]
    survived = [found for found in results if not found.killed]
    print(f"{len(chosen)} mutants, {len(chosen) - len(survived)} found, {len(survived)} survived")
    return 1 if survived else 0


def _told(found: Found) -> Found:
    print(f"{'found   ' if found.killed else 'SURVIVED'} {found.mutant.name}: {found.mutant.fault}", flush=True)
    if not found.killed:
        print(found.output)
    return found


if __name__ == "__main__":
    sys.exit(main())
