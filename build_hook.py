"""Hatchling hook: a wheel must hold the browser files, so build them when the checkout has none."""

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
MANIFEST = ROOT / "server/stellwerk/web/built/manifest.json"


class BrowserFiles(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or MANIFEST.exists():
            return
        static = ROOT / "static"
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=static, check=True)
        subprocess.run(["node", "build.mjs"], cwd=static, check=True)
