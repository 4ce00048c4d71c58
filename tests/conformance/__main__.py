"""python -m tests.conformance {betsy|camunda|constraints|dmn|miwg} DIR [--json FILE] [--record]"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from . import betsy, camunda, constraints, dmn, miwg
from .figures import record
from .product import Products
from .report import as_json, as_text

CORPORA = {"betsy": betsy.run, "camunda": camunda.run, "constraints": constraints.run, "dmn": dmn.run, "miwg": miwg.run}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description="Run a conformance corpus.")
    parser.add_argument("corpus", choices=sorted(CORPORA))
    parser.add_argument("folder", type=Path, help="the folder of the corpus")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write figures and observations to FILE")
    parser.add_argument("--only", default="", metavar="TEXT", help="only cases whose id holds TEXT")
    parser.add_argument("--steps", type=int, default=10_000, help="elements that one command may complete (budget)")
    parser.add_argument("--record", action="store_true", help="write the figures into docs/conformance.md")
    options = parser.parse_args(arguments)
    logging.disable()  # what goes wrong is the reason of a verdict
    with Products(step_budget=options.steps) as products:
        verdicts = CORPORA[options.corpus](options.folder, products, options.only)
    if options.json:
        document = as_json(options.corpus, verdicts)
        options.json.write_text(json.dumps(document, indent=1, default=str, ensure_ascii=False) + "\n")
    if options.record:
        record(options.corpus, verdicts)
    print(as_text(options.corpus, verdicts))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
