"""Pages hold no code: the policy sent with them would refuse it, and everything works without."""

import re

import pytest

from tests.house.law import files, place, text

PAGES = files("templates", name="*.html")
#: Papers are set by WeasyPrint, which reads their style; they are never sent to a browser.
SCREENS = [file for file in PAGES if "documents" not in file.parts]

INLINE = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)", re.I),
    "inline style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "htmx event attribute": re.compile(r"\b(data-)?hx-on\b", re.I),
    "htmx expression": re.compile(r"hx-(vals|headers|vars)\s*=\s*[\"']\s*(js|javascript):", re.I),
    "htmx trigger filter": re.compile(r"hx-trigger\s*=\s*[\"'][^\"']*\[", re.I),
    "javascript address": re.compile(r"(href|src|action)\s*=\s*[\"']?\s*javascript:", re.I),
    "something from outside": re.compile(r"<(script|link|img|iframe)[^>]*(src|href)\s*=\s*[\"']?(https?:)?//", re.I),
}
COMMENT = re.compile(r"{#.*?#}|{% comment.*?endcomment %}|<!--.*?-->", re.S)


def line(page: str, position: int) -> int:
    return page.count("\n", 0, position) + 1


@pytest.mark.parametrize("what", INLINE)
def test_pages_hold_no(what):
    wrong = []
    for file in SCREENS:
        page = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text(file))
        # What stands between template tags may hold ">"; it is no attribute.
        bare = re.sub(r"{%.*?%}|{{.*?}}", lambda found: "\n" * found[0].count("\n"), page, flags=re.S)
        wrong += [f"{place(file, line(bare, found.start()))} {found[0][:60]}" for found in INLINE[what].finditer(bare)]
    assert wrong == []


def test_blocktranslate_is_trimmed():
    wrong = [place(file, line(text(file), found.start())) for file in PAGES
             for found in re.finditer(r"{%-?\s*blocktrans(?:late)?\b(.*?)%}", text(file), re.S)
             if "trimmed" not in found[1].split()]
    assert wrong == []


def test_nothing_is_marked_safe_in_pages():
    wrong = [place(file, line(text(file), found.start())) for file in PAGES
             for found in re.finditer(r"\|\s*safe\b|{%\s*autoescape\s+off", text(file))]
    assert wrong == []


def test_policy_is_on_every_answer(client, db):
    for address in ("/healthz", "/accounts/login/", "/nothing-here/"):
        policy = client.get(address).headers["Content-Security-Policy"]
        assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy.split("; "))
        assert "unsafe" not in policy
