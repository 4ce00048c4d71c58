"""Given to pytest with `-p`: applies the mutant of the environment variable MUTANT before any test is collected."""

from __future__ import annotations

import os

from hypothesis import Phase, settings
from tests.mutants.catalog import MUTANTS

# A failure need not be made small.
settings.register_profile("mutants", phases=[Phase.generate], deadline=None, derandomize=True)
settings.load_profile("mutants")

for _mutant in MUTANTS:
    if _mutant.name == os.environ.get("MUTANT"):
        _mutant.apply()
