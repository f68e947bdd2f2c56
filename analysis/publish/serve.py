"""The site while it is written: served to this machine alone, built and shown anew when a source changes.

The site on disk has no trace of it: a script that has the page loaded again is added to pages as they are
sent.  It asks by loading another script, as the policy of the pages lets them ask in no other way.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from watchfiles import watch

from analysis.publish import stamp
from analysis.publish.build import MADE, SITE
from analysis.publish.errors import BuildError

HOST = "127.0.0.1"
BUILD = (sys.executable, "-c", "from analysis.publish.cli import main; main()", "build", "--wait")
"""A build is a process of its own, since what it imports may have changed; it waits for any other to end."""

RELOAD, CHANGED = "/-/reload.js", "/-/changed.js"
ADDED = f'<script src="{RELOAD}?version={{}}" defer></script>'
MISSING = f"<!DOCTYPE html><title>%(code)d</title>{ADDED}<p>%(code)d: %(message)s</p>"
OWN_NAMES = (HOST, "localhost")
"""Hosts that a request may name: another name is that of a page elsewhere, made to lead here."""

ASKING = """"use strict";
{
  const own = new URL(document.currentScript.src);
  const ask = () => {
    const script = document.createElement("script");
    script.src = new URL("changed.js" + own.search, own);
    script.onload = () => { script.remove(); ask(); };
    script.onerror = () => { script.remove(); setTimeout(ask, 1000); };
    document.head.append(script);
  };
  addEventListener("load", ask);
}
"""
PATIENCE = 20
"""Seconds after which the server answers that nothing changed, and is asked again."""

CHECKED = 2000
"""Milliseconds after which sources are read again, whatever the system tells of them."""


class Server(ThreadingHTTPServer):
    """Serves a site, and tells its pages when there is another version of it."""

    allow_reuse_address = sys.platform != "win32"  # there two servers could share a port

    def __init__(self, site: Path, port: int) -> None:
        """Take the port; raises BuildError where it is taken."""
        self.site, self._version, self._changed = site, "", Condition()
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise BuildError(f"port {port} cannot be used: {error.strerror}; --port takes another") from error

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{HOST}:{self.server_address[1]}/"

    @property
    def version(self) -> str:
        """What tells the site apart from any other."""
        return self._version

    def handle_error(self, *request: Any) -> None:  # noqa: ANN401 - as the library has it
        """A browser that goes elsewhere leaves what it asked for; that is no error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*request)

    def show(self, version: str) -> None:
        """Have open pages loaded again, unless it is the version that they show."""
        with self._changed:
            self._version = version
            self._changed.notify_all()

    def has_another(self, version: str) -> bool:
        """Wait until the site has another version; no, where it takes too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._version != version, PATIENCE)


class _Handler(SimpleHTTPRequestHandler):
    server: Server

    def __init__(self, *given: object) -> None:
        super().__init__(*given, directory=str(given[-1].site))  # type: ignore[arg-type, attr-defined]

    def do_GET(self) -> None:
        asked, version = urlsplit(self.path), self.server.version
        self.error_message_format = MISSING.format(version)
        if self.headers.get("Host", "").rpartition(":")[0] not in OWN_NAMES or "\0" in unquote(self.path):
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        path = Path(self.translate_path(self.path))
        if self.path.partition("?")[0].endswith("/"):
            path /= "index.html"
        if asked.path == RELOAD:
            self._send(ASKING, "text/javascript")
        elif asked.path == CHANGED:
            known = parse_qs(asked.query).get("version", [""])[0]
            self._send("location.reload();" * self.server.has_another(known), "text/javascript")
        elif path.suffix == ".html" and path.is_file():
            text = path.read_text(encoding="utf-8")
            self._send(
                text.replace("</head>", f"{ADDED.format(version)}\n</head>", 1), "text/html; charset=utf-8"
            )
        else:
            super().do_GET()

    def _send(self, text: str, kind: str) -> None:
        content = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")  # a second may see two versions
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


def serve(root: Path, port: int, options: Sequence[str], report: Callable[[str], None]) -> None:
    """Build the site with ``options``, show it, and build it again whenever a source changes, until stopped.

    A build that fails leaves the last good site; what it said is all there is to say.
    Raises BuildError where the port cannot be used.
    """
    with Server(root / SITE, port) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        for _ in changes(root):
            if _build(root, options):
                server.show(stamp.digest(root, [root / MADE], None))
                report(f"{server.address} shows it; waiting for changes, Ctrl-C ends")
            else:
                report(f"{server.address} shows the last good site; waiting for changes")


def changes(root: Path) -> Iterator[None]:
    """Once at the start, and then whenever the sources are no longer what they were the last time."""
    last = ""
    while True:
        if (now := stamp.fingerprint(root, stamp.SOURCES, {})) != last:
            last = now
            yield
        else:
            _wait(root)


def _wait(root: Path) -> None:
    """Wait for whatever may be a change of sources."""
    try:
        next(watch(*_folders(root), recursive=False, rust_timeout=CHECKED, yield_on_timeout=True))
    except KeyboardInterrupt:  # so it tells of every signal, whatever the handler of the signal raised
        raise SystemExit from None


def _folders(root: Path) -> set[Path]:
    """The folders that sources lie in: those of environments and of what is built are not watched."""
    tops = {glob.partition("/")[0] for glob in stamp.SOURCES if "/" in glob} - {"*"}
    trees = {path for top in tops for path in (root / top, *(root / top).rglob("*")) if path.is_dir()}
    return {root, *trees, *(path.parent for path in stamp.sources(root, stamp.WRITTEN))}


def _build(root: Path, options: Sequence[str]) -> bool:
    """Whether a build came to a good end; it is ended with this process, which alone hears Ctrl-C."""
    building = subprocess.Popen([*BUILD, *options], cwd=root, start_new_session=True)
    try:
        return building.wait() == 0
    finally:
        building.terminate()
        building.wait()
