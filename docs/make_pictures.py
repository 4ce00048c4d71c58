"""Make the pictures of the documentation from the real product: `.venv/bin/python -m docs.make_pictures`.

Starts a server on an empty folder, loads the samples, lets some orders run, and photographs pages in Chromium.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import httpx
from playwright.sync_api import Page, sync_playwright
from tests.servers import Server, serving

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs/images"
SIZE = {"width": 1280, "height": 800}
ORDERS = (
    ("2026-117", "Green tea, 1 kg", 2, 40),
    ("2026-118", "Espresso machine", 1, 620),
    ("2026-119", "Cups", 24, 3.5),
)


def prepare(api: httpx.Client) -> UUID:
    """Deploy the samples and start some instances; return the one to show."""
    samples = [path for path in sorted((ROOT / "bpmn").iterdir()) if path.suffix in (".bpmn", ".form")]
    api.post("/deployments", files=[("files", (path.name, path.read_bytes())) for path in samples]).raise_for_status()
    ids = [
        start(api, "order", number, item=item, quantity=quantity, price=price, card="valid")
        for number, item, quantity, price in ORDERS
    ]
    start(api, "order", "2026-116", item="Gold leaf", quantity=1, price=900, card="declined")
    start(api, "approval", "travel-rules", title="Travel rules", author="admin", reviewer_names="ben, cleo, admin")
    return ids[1]


def start(api: httpx.Client, key: str, business_key: str, **variables: object) -> UUID:
    body = {"definitionKey": key, "businessKey": business_key, "variables": variables, "awaitSeconds": 10}
    answer = api.post("/instances", json=body).raise_for_status()
    return UUID(answer.json()["id"])


def token(data: Path) -> str:
    """An administrator's API token, made as a user makes one."""
    import subprocess
    import sys

    from tests.servers import environment

    command = [sys.executable, "-m", "stellwerk", "token", "create", "--name", "pictures", "--role", "administrator"]
    done = subprocess.run(command, env=environment(data, 0), capture_output=True, text=True, check=True)
    return done.stdout.strip()


def sign_in(page: Page, server: Server) -> None:
    link = re.search(r"http://\S+/sign-in/link/\S+", server.log.read_text())
    if link is None:
        raise SystemExit("The server printed no link to sign in with.")
    page.goto(link[0])


def photograph(page: Page, address: str, name: str, *, wait_for: str) -> None:
    page.goto(address)
    page.wait_for_selector(wait_for)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / name)
    print(f"docs/images/{name}")


def pictures(page: Page, server: Server, instance: UUID, task: str) -> None:
    photograph(page, f"{server.url}/instances/{instance}", "instance.png", wait_for=".djs-container")
    photograph(page, f"{server.url}/tasks/{task}", "task.png", wait_for=".fjs-container")


def main(arguments: Sequence[str] = ()) -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "data") as server, sync_playwright() as p:
        headers = {"Authorization": f"Bearer {token(Path(folder) / 'data')}"}
        with httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=60) as api:
            instance = prepare(api)
            found = api.post("/tasks/search", json={"filter": {"instanceId": str(instance)}}).raise_for_status()
        browser = p.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, device_scale_factor=1.5, reduced_motion="reduce")
        sign_in(page, server)
        pictures(page, server, instance, found.json()["items"][0]["id"])
        browser.close()


if __name__ == "__main__":
    main()
