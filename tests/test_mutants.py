"""The tests find what they are there for: five faults that the engine must never have; `make mutants` hunts all."""

from __future__ import annotations

import pytest
from tests.mutants.catalog import MUTANTS, NAMED
from tests.mutants.hunt import hunt


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_mutant_fits_the_engine_as_it_is(mutant):
    assert mutant.code() is not mutant.function().__code__


@pytest.mark.parametrize("mutant", NAMED, ids=lambda mutant: mutant.name)
def test_the_tests_find_the_fault(mutant):
    found = hunt(mutant)
    assert found.killed, found.output
