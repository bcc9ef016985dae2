"""A preview of the portal, for this machine alone: it shows what is there, and what changes."""

import mimetypes
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kmkit.errors import UsageError
from kmkit.places import CONFIG, POLICY
from kmkit.views.site.values import CSP

ADDRESS = "127.0.0.1"
FIRST, LAST = 8000, 8019
"""The ports that are tried where none is asked for; after them any that is free."""
_OWN = "/-/"
"""Where the preview's own addresses begin; no page of a portal does."""
_CSP = f"{CSP}; connect-src 'self'"
_BEAT = 15.0
"""Seconds after which a page that waits hears that nothing happened."""
_RELOAD = b"""\
let known = null;
new EventSource("/-/events").onmessage = (event) => {
  if (known !== null && known !== event.data) location.reload();
  known = event.data;
};
"""
_HEADERS = {
    "Content-Security-Policy": f"{_CSP}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Preview(ThreadingHTTPServer):
    """Serves the folder ``root`` to browsers of this machine."""

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self, root: Path, port: int = 0) -> None:
        self.root = root.resolve()
        self.version = 0
        self.news = threading.Condition()
        super().__init__((ADDRESS, port), _Answer)

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"http://{ADDRESS}:{self.server_port}/"

    def tell(self) -> None:
        """Have every open page load again."""
        with self.news:
            self.version += 1
            self.news.notify_all()

    def wait(self, known: int, seconds: float) -> int:
        """The version, as soon as it is another than ``known``, or after ``seconds``."""
        with self.news:
            self.news.wait_for(lambda: self.version != known, seconds)
            return self.version

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle is nothing to tell of."""


def preview(root: Path, port: int = 0) -> Preview:
    """A preview of ``root`` on ``port``; 0 for one that is free. UsageError where it is taken."""
    for wanted in [port] if port else [*range(FIRST, LAST + 1), 0]:
        try:
            return Preview(root, wanted)
        except OSError as error:
            if port:
                reason = error.strerror or str(error)
                raise UsageError(
                    f"--port {port}: {reason}.", "Leave it out: one is chosen."
                ) from None
    raise UsageError("No port is free.", "Give one with --port.")


def watch(
    preview: Preview,
    state: Callable[[], object],
    make: Callable[[], bool],
    ended: threading.Event,
    every: float = 1.0,
) -> None:
    """Make the portal again whenever ``state`` changes, until ``ended``; pages then load again.

    ``make`` says whether it could.
    """
    known = state()
    while not ended.wait(every):
        now = state()
        if now != known:
            known = now
            if make():
                preview.tell()


def stamps(root: Path) -> dict[str, tuple[int, int]]:
    """The time and the size of every file of a knowledge base that a portal is made of."""
    found: dict[str, tuple[int, int]] = {}
    for name in ("notes", "people", "records", "templates"):
        for here, folders, files in os.walk(root / name):
            folders[:] = [folder for folder in folders if not folder.startswith(".")]
            for file in files:
                _stamp(os.path.join(here, file), found)  # noqa: PTH118 - thousands, every second
    for name in (CONFIG, POLICY):
        _stamp(str(root / name), found)
    return found


def _stamp(path: str, found: dict[str, tuple[int, int]]) -> None:
    with suppress(OSError):
        known = os.stat(path)  # noqa: PTH116
        found[path] = (known.st_mtime_ns, known.st_size)


class _Answer(BaseHTTPRequestHandler):
    """Answers one browser."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    server: Preview

    def version_string(self) -> str:
        """What it calls itself."""
        return "kmkit"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written down."""

    def do_GET(self) -> None:
        """Send a file, or what the preview needs itself."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Say what there is."""
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        if not self._meant_for_us():
            self._send(HTTPStatus.MISDIRECTED_REQUEST, b"Not here.\n", "text/plain", body=body)
            return
        path = urlsplit(self.path).path
        if path == f"{_OWN}reload.js":
            self._send(HTTPStatus.OK, _RELOAD, "text/javascript", body=body)
        elif path == f"{_OWN}events" and body:
            self._events()
        elif (file := self._file(path)) is None:
            self._send(HTTPStatus.NOT_FOUND, b"There is no such page.\n", "text/plain", body=body)
        else:
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            data = file.read_bytes()
            self._send(
                HTTPStatus.OK, _shown(data) if kind == "text/html" else data, kind, body=body
            )

    def _meant_for_us(self) -> bool:
        """Whether the browser asked for this machine by its own name.

        A page elsewhere whose name was made to lead here would ask for that name.
        """
        port = self.server.server_port
        return self.headers.get("Host", "") in (f"{ADDRESS}:{port}", f"localhost:{port}")

    def _file(self, path: str) -> Path | None:
        """The file that a path means, None where it means none of the portal's."""
        parts = unquote(path, errors="replace").strip("/").split("/")
        if parts == [""]:
            parts = ["index.html"]
        if any(p in ("", "..") or p.startswith(".") or "\\" in p or "\0" in p for p in parts):
            return None
        file = self.server.root.joinpath(*parts)
        inside = file.resolve().is_relative_to(self.server.root)
        return file if inside and file.is_file() else None

    def _send(self, status: HTTPStatus, data: bytes, kind: str, *, body: bool) -> None:
        self.send_response(status)
        text = kind.startswith("text/") or kind.endswith(("json", "xml"))
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(data)

    def _events(self) -> None:
        """Tell a page of every change, until it goes away."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        known = -1
        while True:
            version = self.server.wait(known, _BEAT)
            said = f"data: {version}\n\n" if version != known else ": still here\n\n"
            known = version
            self.wfile.write(said.encode())
            self.wfile.flush()


def _shown(page: bytes) -> bytes:
    """A page that loads again when something changes."""
    for quoted in (str, lambda text: escape(text).replace("&#x27;", "&#39;")):
        page = page.replace(
            f'content="{quoted(CSP)}"'.encode(), f'content="{quoted(_CSP)}"'.encode()
        )
    return page.replace(b"</body>", b'<script src="/-/reload.js" defer></script>\n</body>', 1)
