"""A real web server on localhost that takes what webhooks are sent, over HTTP or HTTPS."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Hook:
    """What arrived, and the answers to come: (code, text, headers); 'cut' ends the connection."""

    bodies: list[bytes] = field(default_factory=list)
    answers: list[tuple[int, str, dict[str, str]] | str] = field(default_factory=list)
    url: str = ""
    kinds: list[str] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    """Is called when a message has arrived, before it is answered."""

    @property
    def said(self) -> list[Any]:
        """What arrived, read as JSON."""
        return [json.loads(body) for body in self.bodies]


@contextmanager
def hooked(*answers: tuple[int, str, dict[str, str]] | str, trust: ssl.SSLContext | None = None,
           ) -> Iterator[Hook]:  # fmt: skip
    """A server that answers so, then 200 for good; its address is ``hook.url``."""
    hook = Hook(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            hook.kinds.append(self.headers["Content-Type"])
            hook.before()
            answer = hook.answers.pop(0) if hook.answers else (200, "ok", {})
            if isinstance(answer, str):
                self.close_connection = True
                return
            code, text, headers = answer
            self.send_response(code)
            for name, value in {"Content-Length": str(len(text.encode())), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if trust:
        server.socket = trust.wrap_socket(server.socket, server_side=True)
    scheme = "https" if trust else "http"
    hook.url = f"{scheme}://localhost:{server.server_address[1]}/services/T0/B0/secret-token"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
