"""Nothing is fetched and nothing embedded, however a page or a drawing asks for it. {} is the address asked for."""

import io
import subprocess
import tempfile
import threading
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pytest
from django.core.exceptions import SuspiciousOperation
from PIL import Image

from consult.kit.paper import process
from consult.kit.pdf import PaperFailed
from tests.papers import pages

SECRET = "TOPSECRET-2026"
FOLDER = tempfile.TemporaryDirectory()

MARKUP = {
    "img": '<img src="{}">',
    "srcset": '<img srcset="{} 2x" src="{}">',
    "picture": '<picture><source srcset="{}"><img src="{}"></picture>',
    "embed": '<embed src="{}">',
    "object": '<object data="{}"></object>',
    "link stylesheet": '<link rel="stylesheet" href="{}">',
    "link in link": '<link rel="stylesheet" href="data:text/css,@import url({});">',
    "link attachment": '<link rel="attachment" href="{}">',
    "a attachment": '<a rel="attachment" href="{}">x</a>',
    "base": '<base href="{}"><img src="?a">',
    "style attribute": '<p style="background:url({})">x</p>',
    "svg image": '<svg width="9" height="9"><image href="{}" width="9" height="9"/></svg>',
    "svg object": '<svg width="9" height="9"><foreignObject width="9" height="9"><img src="{}"/></foreignObject></svg>',
    "drawing in img": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
                      "<image href='{}' width='9' height='9'/></svg>\">",
}
STYLES = {
    "import": "@import url({});",
    "import text": '@import "{}";',
    "import for print": "@import url({}) print;",
    "font-face": "@font-face{{font-family:x;src:url({})}} p{{font-family:x}}",
    "font-face second": "@font-face{{font-family:x;src:local(nowhere),url({})}} p{{font-family:x}}",
    "background": "p{{background:url({})}}",
    "background second": "p{{background-image:linear-gradient(red,blue),url({})}}",
    "background of all": "html{{background:url({})}}",
    "variable": "p{{--a:url({});background:var(--a)}}",
    "for print": "@media print{{p{{background:url({})}}}}",
    "border-image": "p{{border:9px solid;border-image:url({}) 30}}",
    "list-style-image": "ul{{list-style-image:url({})}}",
    "list-style": "ul{{list-style:url({})}}",
    "marker": "li::marker{{content:url({})}}",
    "content": "p::before{{content:url({})}}",
    "content after": "p::after{{content:'x' url({})}}",
    "page": "@page{{background:url({})}}",
    "page margin": "@page{{@top-left{{content:url({})}}}}",
    "page first": "@page :first{{background:url({})}}",
    "color-profile": "@color-profile --a{{src:url({})}} p{{color:color(--a 1 1 1)}}",
}
DRAWINGS = {
    "drawn image": '<image href="{}" width="9" height="9"/>',
    "drawn font-face": "<style>@font-face{{font-family:x;src:url({})}}</style><rect width='9' height='9'/>",
}
#: Ways that this engine does not go at all: another version may.
MUTE_MARKUP = {
    "iframe": '<iframe src="{}"></iframe>',
    "video": '<video poster="{}" src="{}"></video>',
    "input": '<input type="image" src="{}">',
    "link icon": '<link rel="icon" href="{}">',
    "refresh": '<meta http-equiv="refresh" content="0;url={}">',
    "body background": '<table background="{}"><tr><td>x</td></tr></table>',
    "mathml": '<math><mi href="{}">x</mi><mglyph src="{}"/></math>',
    "svg use": '<svg width="9" height="9"><use href="{}#a"/></svg>',
}
MUTE_STYLES = {
    "cursor": "p{{cursor:url({}),auto}}",
    "mask": "p{{mask-image:url({})}}",
    "attr": "p{{--a:attr(title)}} p::before{{content:attr(title)}}",
}
MUTE_DRAWINGS = {
    "drawn use": '<use href="{}#a"/>',
    "drawn filter": '<filter id="f"><feImage href="{}"/></filter><rect width="9" height="9" filter="url(#f)"/>',
    "drawn style": "<style>@import url({});</style><rect width='9' height='9'/>",
    "drawn fill": '<rect width="9" height="9" fill="url({}#a)" mask="url({}#b)" clip-path="url({}#c)"/>',
    "drawn pattern": '<pattern id="p" href="{}#a" width="9" height="9"/><rect width="9" height="9" fill="url(#p)"/>',
}
VECTORS = [*MARKUP, *STYLES, *DRAWINGS]
MUTE = [*MUTE_MARKUP, *MUTE_STYLES, *MUTE_DRAWINGS]


@pytest.fixture(scope="module")
def asked():
    return []


@pytest.fixture(scope="module")
def server(asked):
    """A server on this machine that notes who asks, and sends everybody on to the secret."""
    class Note(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(302 if "redirect" in self.path else 200)
            self.send_header("Location", f"file://{secret()}")
            self.end_headers()
            self.wfile.write(SECRET.encode())

        def log_message(self, *args):
            pass

    one = HTTPServer(("127.0.0.1", 0), Note)
    threading.Thread(target=one.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{one.server_port}"
    one.shutdown()
    one.server_close()


@cache
def secret() -> Path:
    """A picture that a page must not reach: were it read, it would stand on the paper."""
    path = Path(FOLDER.name) / "secret.png"
    Image.new("RGB", (9, 9), "red").save(path)
    return path


def targets(server):
    return {"http": f"{server}/a.png", "file": secret().as_uri(), "redirect": f"{server}/redirect.png"}


def ask(name, address):
    """Set a paper that asks for the address. Raises SuspiciousOperation when it is refused."""
    if found := (DRAWINGS | MUTE_DRAWINGS).get(name):
        address = escape(address)
        inside = found.format(address, address, address)
        drawing = (f'<?xml version="1.0"?><?xml-stylesheet href="{address}"?><svg xmlns="http://www.w3.org/2000/svg" '
                   f'width="9" height="9">{inside}</svg>')
        return pages.make('<p>x</p><img alt="图" src="asset:a">', assets={"a": drawing.encode()})
    if found := (STYLES | MUTE_STYLES).get(name):
        style = found.format(address, address)
        return pages.make(f'<p title="{address}">x</p><ul><li>x</li></ul>', head=f"<style>{style}</style>")
    return pages.make(f"<p>x</p>{(MARKUP | MUTE_MARKUP)[name].format(address, address)}")


def refused(name, address):
    """Is the paper refused? If it is made after all, nothing of the address is in it. A crash is neither."""
    try:
        content = ask(name, address).content
    except SuspiciousOperation:
        return True
    assert embedded(content) == [] and SECRET.encode() not in content and b"root:" not in content
    return False


def embedded(content):
    """The files in a PDF beyond fonts, and its pictures."""
    with pikepdf.open(io.BytesIO(content)) as paper:
        files = [one for one in paper.objects if isinstance(one, pikepdf.Dictionary) and "/EF" in one]
        pictures = [one for one in paper.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
        return [*paper.attachments, *files, *pictures]


@pytest.fixture
def open_door(monkeypatch):
    """The same setter, but for a door that lets everything in."""
    start = subprocess.Popen
    monkeypatch.setattr(process.subprocess, "Popen",
                        lambda words, **how: start([*words[:2], "tests.papers.open_setter", *words[3:]], **how))
    process._setter.close()
    yield
    process._setter.close()


def test_each_vector_does_ask_when_the_door_is_open(open_door, server, asked):
    """The control: what never asks would pass the test below whatever the door does."""
    assert len(VECTORS) == 36
    for number, name in enumerate(VECTORS):
        ask(name, f"{server}/{number}.png")
    came = {path.partition(".")[0] for path in asked}
    asked.clear()
    assert [name for number, name in enumerate(VECTORS) if f"/{number}" not in came] == []


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("target", ["http", "file", "redirect"])
def test_nothing_is_fetched_and_nothing_embedded(name, target, server, asked):
    assert refused(name, targets(server)[target])
    assert asked == []


@pytest.mark.parametrize("name", MUTE)
@pytest.mark.parametrize("target", ["http", "file", "redirect"])
def test_other_ways_lead_nowhere_either(name, target, server, asked):
    refused(name, targets(server)[target])
    assert asked == []


@pytest.mark.parametrize("name", ["img", "link attachment", "a attachment", "background", "font-face", "drawn image"])
@pytest.mark.parametrize("address", [
    "file:///etc/passwd", "/etc/passwd", "asset:none", "asset:../made.py", "paper:../settings.py", "paper:documents/../x.css",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>", "ftp://127.0.0.1/a",
    "jar:file:///a", "HTTP://127.0.0.1:1/", "//127.0.0.1/a",
])
def test_no_other_address_is_known(name, address):
    refused(name, address)


def test_a_drawing_with_entities_is_not_expanded():
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    for entity in (f'<!ENTITY l0 "x">{lol}<!ENTITY a "&l8;">', '<!ENTITY a SYSTEM "file:///etc/passwd">'):
        drawing = f'<!DOCTYPE svg [{entity}]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&a;</text></svg>'
        with pytest.raises(PaperFailed):
            pages.make('<img alt="图" src="asset:a">', assets={"a": drawing.encode()})
