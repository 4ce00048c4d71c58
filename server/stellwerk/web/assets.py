"""The built browser files: from the name in the sources ("tasks/page.js") to the address with its hash."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Blueprint, Flask, Response, send_from_directory, url_for

from stellwerk.errors import ProcessError

BUILT = Path(__file__).parent / "built"
YEAR_S = 31_536_000


class AssetsMissing(ProcessError):
    """The browser files were not built, or a page names one that the build did not make."""

    code = "assets-missing"


class Assets:
    """Reads `manifest.json` again when it was built anew, so that a build needs no restart."""

    def __init__(self, folder: Path = BUILT) -> None:
        self.folder = folder
        self._stamp = -1
        self._files: dict[str, str] = {}

    def file(self, name: str) -> str:
        """The built file of `name`, relative to the folder. Raises AssetsMissing."""
        files = self._manifest()
        if name not in files:
            raise AssetsMissing(
                f"The page needs the browser file '{name}', which the build did not make. Run `make setup` again."
            )
        return files[name]

    def _manifest(self) -> dict[str, str]:
        manifest = self.folder / "manifest.json"
        try:
            stamp = manifest.stat().st_mtime_ns
            if stamp != self._stamp:
                self._files = json.loads(manifest.read_bytes())
                self._stamp = stamp
        except FileNotFoundError:
            raise AssetsMissing(
                "The browser files were not built yet. Run `make setup`, then load the page again."
            ) from None
        return self._files


def register(app: Flask, assets: Assets) -> None:
    """Serve the built files under /assets for ever (their names hold their hash), and offer `asset()` to templates."""
    files = Blueprint("assets", __name__)

    @files.get("/assets/<path:file>")
    def show(file: str) -> Response:
        response = send_from_directory(assets.folder, file, max_age=YEAR_S)
        response.cache_control.immutable = True
        return response

    def asset(name: str) -> str:
        return url_for("assets.show", file=assets.file(name))

    app.register_blueprint(files)
    app.add_template_global(asset)
