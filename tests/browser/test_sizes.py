"""What a page loads stays small: compressed sizes of the built files, with everything that they import at once."""

from __future__ import annotations

import gzip
import re

import pytest

from .islands import BUILT, manifest

KIB = 1024
IMPORT = re.compile(r"""(?:from|import)\s*["'](\.[^"']+\.js)["']""")


def loaded(name: str, seen: set[str]) -> int:
    """Bytes over the wire of a file and of what it imports at once; an `import()` comes later, if at all."""
    path = (BUILT / name).resolve()
    if str(path) in seen:
        return 0
    seen.add(str(path))
    text = path.read_text()
    chunks = [path.parent / found for found in IMPORT.findall(text)] if path.suffix == ".js" else []
    return len(gzip.compress(text.encode())) + sum(loaded(str(chunk), seen) for chunk in chunks)


@pytest.mark.parametrize(
    ("names", "limit"),
    [
        (("ui/page.js", "tasks/page.js", "css/app.css"), 60),
        (("viewer/index.js", "viewer/index.css"), 85),
        (("forms/index.js", "forms/index.css"), 185),
        (("modeler/page.js", "modeler/page.css"), 240),
        (("decisions/page.js", "decisions/page.css"), 400),
    ],
)
def test_a_page_loads_no_more_than_its_budget(names: tuple[str, ...], limit: int) -> None:
    if not (BUILT / "manifest.json").exists():
        pytest.skip("The browser files are not built (make setup).")
    files, seen = manifest(), set[str]()
    size = sum(loaded(files[name], seen) for name in names)
    assert size < limit * KIB, f"{names} are {size / KIB:.0f} KiB"
    assert size > limit * KIB / 8, "the limit no longer says anything"
