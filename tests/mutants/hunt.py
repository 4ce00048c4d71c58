"""Runs the tests of a mutant in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from tests.mutants.fault import Mutant

FAILED = 1  # what pytest returns when a test failed, and for nothing else
LIMIT_S = 600.0


@dataclass(frozen=True)
class Found:
    mutant: Mutant
    killed: bool
    output: str


def hunt(mutant: Mutant) -> Found:
    """Whether a test fails with the mutant; a mutant that runs for ever is found as well."""
    try:
        code, output = _tests(mutant.tests, mutant.name)
    except subprocess.TimeoutExpired:
        return Found(mutant, True, "the tests did not end")
    return Found(mutant, code == FAILED, output)


def passes_unchanged(mutants: Iterable[Mutant]) -> str | None:
    """None when all tests pass without a mutant, else what they say."""
    code, output = _tests(tuple(dict.fromkeys(test for mutant in mutants for test in mutant.tests)), "")
    return output if code else None


def _tests(paths: Iterable[str], mutant: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider"]
    command += ["-p", "tests.mutants.plugin", "-p", "no:xdist", *paths]
    done = subprocess.run(
        command, env={**os.environ, "MUTANT": mutant}, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    return done.returncode, done.stdout + done.stderr
