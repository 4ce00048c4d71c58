"""A small server for islands alone: the built files, pages that a test writes, and answers that a test gives.

The pages have the content security policy of the product, so that an island that needs more fails here.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

BUILT = Path(__file__).parents[2] / "server/stellwerk/web/built"
TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'self'; script-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'; "
)
STYLES = "style-src-elem 'self'; style-src-attr 'unsafe-inline'"
FOLDERS = {"form": "forms"}  # where an island lies, when not in a folder of its name
EDITOR_STYLES = "style-src 'self' 'unsafe-inline'"


def manifest() -> dict[str, str]:
    return dict(json.loads((BUILT / "manifest.json").read_text()))


def page(name: str, data: Any, *, body: str = "", theme: str = "light", height: str = "100vh") -> str:
    """A page with one island. `body` is its surroundings, with `{root}` in it."""
    files = manifest()
    folder = FOLDERS.get(name, name)
    program = next(f"{folder}/{f}" for f in ("index", "page") if f"{folder}/{f}.js" in files)
    root = f'<div id="island" data-island="{name}" class="island-root"></div>'
    script = json.dumps(data).replace("<", "\\u003c")
    styles = [files[f] for f in ("css/app.css", f"{program}.css") if f in files]
    return f"""<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>Island</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="csrf-token" content="token">
{"".join(f'<link rel="stylesheet" href="/built/{s}">' for s in styles)}
<link rel="icon" href="data:,"><link rel="stylesheet" href="/test.css"></head>
<body>{(body or "{root}").replace("{root}", root)}
<script type="application/json" id="island-data">{script}</script>
<script type="module" src="/built/{files[f"{program}.js"]}"></script></body></html>"""


@dataclass
class Request:
    """What a page sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    body: bytes | str | dict[str, Any] | list[Any] = b""
    status: int = 200
    type: str = ""
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Answer]


class Islands:
    """`pages[path]` is an HTML text, `routes[(method, path)]` a function from a Request to an Answer."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {"/test.css": ".island-root[data-island=viewer]{height:100vh}body{margin:0}"}
        self.routes: dict[tuple[str, str], Handler] = {}
        self.requests: list[Request] = []
        self.styles = STYLES
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reset(self) -> None:
        self.routes.clear()
        self.requests.clear()
        self.styles = STYLES

    def answer(self, request: Request) -> Answer:
        path = request.path.partition("?")[0]
        if (request.method, path) in self.routes:
            self.requests.append(request)
            return self.routes[request.method, path](request)
        if path.startswith("/built/"):
            file = BUILT / path.removeprefix("/built/")
            return Answer(file.read_bytes(), type=TYPES.get(file.suffix, "application/octet-stream"))
        if path in self.pages:
            return Answer(self.pages[path], type=TYPES.get(Path(path).suffix, "text/html"))
        return Answer({"title": "Not found", "code": "not-found"}, 404)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        islands = self

        class Serve(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {k.lower(): v for k, v in self.headers.items()}
                answer = islands.answer(Request(self.command, self.path, headers, self.rfile.read(length)))
                body = answer.body
                if isinstance(body, dict | list):
                    body, answer.type = json.dumps(body), answer.type or "application/json"
                data = body.encode() if isinstance(body, str) else body
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.type or "text/plain")
                self.send_header("Content-Length", str(len(data)))
                self.send_header("Content-Security-Policy", POLICY + islands.styles)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = _serve

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet: a failing test shows what matters."""

        return Serve
