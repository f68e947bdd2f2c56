"""The site in a real browser: what opens at a number, by which hand, and what the browser asks for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = ("index.html", "zh/index.html")
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
MONTHLY = 'a.value[data-key="municipal.cases_per_month"]'
TOLD = {
    "index.html": (
        "108 to 191 cases a month",
        "municipal.cases / municipal.months",
        "433 cases / [2.27 to 4.01 months]",
        "业务办理量为433件",
        "a caseload of 433 cases",
        "Start of the municipal count",
    ),
    "zh/index.html": (
        "每月108至191件",
        "municipal.cases / municipal.months",
        "433件 / [2.27至4.01个月]",
        "业务办理量为433件",
        "市级事项的统计起点",
    ),
}


def panel(page):
    return page.locator(".panel:popover-open")


@pytest.mark.parametrize("name", PAGES)
def test_enter_opens_the_record_and_escape_gives_the_focus_back(visit, name):
    page = visit(name)
    number = page.locator(MONTHLY).first
    number.focus()
    page.keyboard.press("Enter")
    panel(page).wait_for()
    told = panel(page).inner_text()
    assert [each for each in TOLD[name] if each not in told] == []
    assert number.get_attribute("aria-expanded") == "true"
    assert page.evaluate("document.activeElement.getAttribute('role')") == "dialog"
    page.keyboard.press("Escape")
    panel(page).wait_for(state="hidden")
    assert page.evaluate("document.activeElement.dataset.key") == "municipal.cases_per_month"
    assert number.get_attribute("aria-expanded") == "false"


@pytest.mark.parametrize(("name", "told"), [("index.html", "not identified"), ("zh/index.html", "无法识别")])
def test_a_verdict_opens_what_was_tested(visit, name, told):
    page = visit(name)
    page.locator('a.verdict[data-key="time_cut_gap"]').first.click()
    panel(page).wait_for()
    text = panel(page).inner_text()
    assert "gap.time_cut > 0" in text
    assert text.count(f"→ {told}") == 4


def test_tab_walks_through_the_record_and_back_to_its_number(visit):
    page = visit("index.html")
    page.locator(MONTHLY).first.focus()
    page.keyboard.press("Enter")
    panel(page).wait_for()
    stops = panel(page).locator("a[href], button").count()
    for _ in range(stops + 1):
        page.keyboard.press("Tab")
    panel(page).wait_for(state="hidden")


def test_every_number_can_be_reached_by_keyboard(visit):
    page = visit("index.html")
    values = page.locator("main .value[data-key]")
    linked = page.locator("main a.value[data-key][href], main a[href] .value, main details .value")
    assert values.count() == linked.count() > 100
    assert page.locator("a.value[tabindex='-1']").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_tap_opens_it_within_the_screen_of_a_phone(visit, name):
    page = visit(name, **PHONE)
    number = page.locator(MONTHLY).first
    number.scroll_into_view_if_needed()
    number.tap()
    panel(page).wait_for()
    box = panel(page).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["viewport"]["width"]
    assert box["y"] + box["height"] <= PHONE["viewport"]["height"] + 1


def test_a_resting_mouse_opens_it_and_leaving_closes_it(visit):
    page = visit("index.html")
    page.locator(MONTHLY).first.hover()
    panel(page).wait_for()
    page.mouse.move(5, 5)
    panel(page).wait_for(state="hidden")


@pytest.mark.parametrize("name", PAGES)
def test_without_script_a_number_leads_to_its_record(visit, name):
    page = visit(name, java_script_enabled=False)
    page.locator(MONTHLY).first.click()
    assert re.search(r"/evidence/meizhou\.html#municipal\.cases_per_month$", page.url)
    assert page.locator("[id='municipal.cases_per_month']").is_visible()


def test_what_a_record_names_leads_to_the_evidence_page_and_back(visit):
    page = visit("index.html")
    page.locator(MONTHLY).first.click()
    panel(page).locator("a[href$='#municipal_start']").first.click()
    page.wait_for_url("**/evidence/meizhou.html#municipal_start")
    page.locator("section[id='municipal_start'] .used a[href*='index.html']").first.click()
    page.wait_for_url("**/index.html#*")
    target = page.url.partition("#")[2]
    assert page.locator(f"[id='{target}']").count() == 1


@pytest.mark.parametrize("name", PAGES)
def test_no_panel_in_print(visit, name):
    page = visit(name)
    page.locator(MONTHLY).first.click()
    panel(page).wait_for()
    page.emulate_media(media="print")
    assert not page.locator(".panel").is_visible()


def test_every_request_is_to_the_site_itself(visit, project):
    site = project / "_site"
    for path in sorted(site.rglob("*.html")):
        page = visit(path.relative_to(site).as_posix())
        page.mouse.wheel(0, 100_000)
        for number in page.locator("a.value[data-key]:visible").all()[:3]:
            number.dispatch_event("click")  # the panel of the number before may lie over it
        page.wait_for_timeout(500)  # time to ask; that a load of a page at rest ends, no browser promises
        within = (site.as_uri() + "/", "data:")
        assert [url for url in page.asked if not url.startswith(within)] == []
        page.close()


@pytest.mark.parametrize(("setting", "status"), [("", 0), ("required", 1)])
def test_without_a_browser_these_tests_are_skipped_unless_it_is_required(tmp_path, setting, status):
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_one.py").write_text("def test_one(chromium): pass\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path]
    environment = os.environ | {"PATH": "", "BRIEF_BROWSER": setting}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == status
