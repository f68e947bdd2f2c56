"""``brief serve`` as an author meets it: real edits, a real server, the page reloaded in a real browser."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from analysis.publish import lock
from tests.site.conftest import BRIEF

PAGE = "robustness"
SAID = "The sources stand as they are."
posix = pytest.mark.skipif(sys.platform == "win32", reason="ends processes as POSIX systems do")


@dataclass
class Serving:
    """A server at work in a project."""

    process: subprocess.Popen[bytes]
    root: Path
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    @property
    def address(self) -> str:
        return re.search(r"http://127\.0\.0\.1:\d+/", self.said)[0]

    def page(self, name: str = f"{PAGE}.html") -> str:
        with urlopen(self.address + name, timeout=30) as answer:  # noqa: S310 - our own address
            return answer.read().decode()

    def append(self, text: str) -> None:
        with (self.root / f"{PAGE}.qmd").open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")

    def built(self, times: int) -> bool:
        return self.said.count("waiting for changes") == times


def wait_for(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def serving(project, tmp_path) -> Iterator[Serving]:
    root, log = tmp_path / "project", tmp_path / "log"
    shutil.copytree(project, root)
    command = [BRIEF, "serve", "--renderer", "embedded", "--port", "0"]
    with log.open("wb") as out, subprocess.Popen(command, cwd=root, stdout=out, stderr=out) as process:
        found = Serving(process, root, log)
        wait_for(lambda: found.built(1) or process.poll() is not None)
        yield found
        process.terminate()


class TestServe:
    def test_an_edit_is_shown_in_the_open_page_where_it_was(self, serving, visit):
        page = visit(f"{PAGE}.html", serving.address)
        page.evaluate("document.fonts.ready.then(() => scrollTo(0, 700))")
        serving.append(SAID)
        page.get_by_text(SAID).wait_for(timeout=60_000)
        page.wait_for_function("scrollY > 0")
        assert page.evaluate("scrollY") == pytest.approx(700, abs=2)
        assert [url for url in page.asked if not url.startswith((serving.address, "data:"))] == []
        assert serving.page("assets/brief.js") == (serving.root / "_site/assets/brief.js").read_text("utf-8")

    def test_pages_on_disk_have_no_trace_of_it(self, serving, project):
        serving.append(SAID)
        wait_for(lambda: serving.built(2))
        on_disk = (serving.root / f"_site/{PAGE}.html").read_text(encoding="utf-8")
        added = re.compile(r'<script src="/-/reload\.js\?version=\w+" defer></script>\n')
        assert SAID in on_disk
        assert added.sub("", serving.page(), count=1) == on_disk != serving.page()
        name = "evidence/meizhou.html"
        assert (serving.root / "_site" / name).read_bytes() == (project / "_site" / name).read_bytes()

    def test_a_broken_page_is_told_and_the_last_good_site_stays(self, serving):
        before = serving.page()
        serving.append("It is `no.key`{.value}.")
        wait_for(lambda: "shows the last good site" in serving.said)
        assert re.search(rf"^{PAGE}\.qmd, line \d+: there is no key 'no\.key'", serving.said, re.MULTILINE)
        assert serving.page() == before
        text = (serving.root / f"{PAGE}.qmd").read_text(encoding="utf-8")
        mended = text.replace("`no.key`{.value}", "as it was")
        (serving.root / f"{PAGE}.qmd").write_text(mended, encoding="utf-8")
        wait_for(lambda: "It is as it was." in serving.page())

    def test_a_build_that_finds_another_at_work_begins_when_that_ends(self, serving):
        with lock.alone(serving.root):
            serving.append(SAID)
            wait_for(lambda: "waiting for another build to end" in serving.said)
            assert SAID not in serving.page()
        wait_for(lambda: SAID in serving.page())

    def test_what_is_not_there_is_said_and_asks_again(self, serving):
        with pytest.raises(HTTPError, match="404") as caught:
            serving.page("nowhere.html")
        version = re.search(r"reload\.js\?version=(\w+)", caught.value.read().decode())[1]
        assert f"reload.js?version={version}" in serving.page("index.html")
        assert serving.page("-/changed.js?version=older") == "location.reload();"

    def test_a_page_elsewhere_that_leads_here_is_refused(self, serving):
        asked = Request(serving.address, headers={"Host": "elsewhere.example:80"})  # noqa: S310
        with pytest.raises(HTTPError, match="403"):
            urlopen(asked)  # noqa: S310 - our own address

    def test_no_file_has_a_zero_byte_in_its_name(self, serving):
        with pytest.raises(HTTPError, match="403"):
            serving.page("index%00.html")

    def test_a_port_in_use_is_one_message(self, serving):
        port = serving.address.rstrip("/").rpartition(":")[2]
        command = [BRIEF, "serve", "--port", port]
        done = subprocess.run(command, cwd=serving.root, check=False, capture_output=True, text=True)
        assert done.returncode == 1
        assert done.stdout == ""
        assert re.fullmatch(rf"port {port} cannot be used: [^\n]+; --port takes another\n", done.stderr)

    @posix
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_it_ends_at_once(self, serving, number):
        before = serving.said
        serving.process.send_signal(number)
        assert serving.process.wait(5) == 128 + number
        assert serving.said.removeprefix(before) == "stopped\n"
