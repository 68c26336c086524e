"""A real browser before the running product: Debian's Chromium, driven by Playwright.

The suite's morning (tests/conftest.py) is the time of this process, so the live server lives in it too; the browser keeps
the real clock. Cookies bear it: a browser goes by their Max-Age, not by the date beside it. Dates written into forms are
those of the suite's morning.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitor import Visitor

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         # No name is looked up but our own: nothing can leave this machine, whatever a page asks for.
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]
#: What failed is pictured here, page by page and person by person.
PICTURES = Path(settings.BASE_DIR) / "var" / "browser"
_failed = pytest.StashKey[bool]()


class Static(StaticFilesHandler):
    """Files don't change during a run: a browser asks once. (So far ahead, for the browser's clock is not ours.)"""

    def serve(self, request: Any) -> Any:
        response = super().serve(request)
        response.headers["Cache-Control"] = "max-age=315360000, immutable"
        return response


@pytest.fixture(scope="session")
def live_server(django_db_setup: None) -> Iterator[LiveServer]:
    """pytest-django's, with our static files: it looks for them under another name (see portal/assets.py)."""
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = Static
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.fail("The browser tests need Chromium: apt-get install chromium, or name one in CHROMIUM.", pytrace=False)
    # Playwright keeps an event loop in this thread; Django would take it for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield made
        made.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def visitor(browser: Browser, live_server: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """``visitor(name, …)``: a new person with a browser of their own; whatever went wrong on their way fails the test."""
    there: list[Visitor] = []

    def come(name: str = "nobody", *, secrets: tuple[str, ...] = (), **context: Any) -> Visitor:
        made = browser.new_context(**{"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **context})
        made.set_default_timeout(15_000)
        there.append(Visitor(made, live_server.url, name, secrets))
        return there[-1]

    yield come
    failed = request.node.stash.get(_failed, False)
    for one in there:
        if failed:
            PICTURES.mkdir(parents=True, exist_ok=True)
            one.picture(PICTURES / f"{request.node.name}-{one.name}.png".replace(" ", "-"))
        one.page.context.close()
    if not failed:
        assert not (wrong := [problem for one in there for problem in one.problems]), "\n".join(wrong)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.failed:
        item.stash[_failed] = True
    return report
