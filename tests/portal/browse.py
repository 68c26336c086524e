"""A reader without eyes: links, forms and elements of a page, and a walk along all of them."""

import html
import io
import zipfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pdfplumber
import pikepdf
import pypdfium2
from django.test import Client
from pdfminer.pdftypes import resolve1

VOID = {"input", "img", "br", "hr", "link", "meta", "use", "path", "source"}


class Reader(HTMLParser):
    """What a page holds: the urls it names, its GET forms with what they would send, its elements."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.loads: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self.choices: list[tuple[str, str, str]] = []
        self._form: tuple[str, list[tuple[str, str]]] | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in ("img", "script", "source", "iframe") and "src" in given:
            self.loads.append(given["src"])
        elif tag in ("link", "use") and ("href" in given or "xlink:href" in given):
            self.loads.append(given.get("href") or given["xlink:href"])
        elif tag == "form":
            self._form = (given.get("action", ""), []) if given.get("method", "get").lower() == "get" else None
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select:
            self.choices.append((self._select, given.get("value", ""), ""))
        elif self._form and tag == "input" and given.get("name") and given.get("type") not in ("submit", "checkbox", "radio"):
            self._form[1].append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self.forms.append(self._form)
            self._form = None
        elif tag == "select":
            self._select = ""


@dataclass
class Seen:
    """One answer met on a walk."""

    url: str
    origin: str
    status: int
    answer: Any
    body: bytes
    reader: Reader | None


@dataclass
class Walk:
    """Breadth first from some urls, along links and GET forms; one of each (path, names of parameters)."""

    client: Client
    most: int
    off_origin: list[str] = field(default_factory=list)

    def along(self, *starts: str) -> Iterator[Seen]:
        waiting, known = deque((start, "") for start in starts), set()
        while waiting and len(known) < self.most:
            url, origin = waiting.popleft()
            key = shape(url)
            if key in known:
                continue
            known.add(key)
            seen = self.visit(url, origin)
            yield seen
            if seen.reader:
                waiting.extend((target, url) for target in self.onward(seen))
            elif seen.status in (301, 302):
                waiting.append((seen.answer.headers["Location"], url))

    def visit(self, url: str, origin: str) -> Seen:
        answer = self.client.get(url)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        page = "text/html" in answer.headers.get("Content-Type", "")
        return Seen(url, origin, answer.status_code, answer, body, Reader(body.decode()) if page else None)

    def onward(self, seen: Seen) -> Iterator[str]:
        assert seen.reader
        asked = [f"{action or seen.url.partition('?')[0]}?{urlencode(values)}" for action, values in seen.reader.forms]
        for link in (*seen.reader.links, *asked, *seen.reader.loads):
            parts = urlsplit(urljoin(f"http://testserver{seen.url}", link))
            if parts.scheme == "data":
                continue
            if parts.netloc != "testserver" or parts.scheme != "http":
                self.off_origin.append(f"{link} on {seen.url}")
            elif not parts.path.startswith("/static/") and parts.path != "/accounts/logout/":
                yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def shape(url: str) -> str:
    """The path and the names of the parameters: other values show the same page of a list."""
    parts = urlsplit(url)
    return f"{parts.path}?{','.join(sorted({name for name, _value in parse_qsl(parts.query)}))}"


def words_of(body: bytes, headers: Any, content_type: str) -> str:
    """Everything in an answer a canary could sit in: body, PDF text, metadata and embedded files, workbooks, headers."""
    told = [f"{name}: {value}" for name, value in headers.items()]
    if "pdf" in content_type:
        told += pdf_words(body)
    elif body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            told += [html.unescape(book.read(name).decode("utf-8", "replace")) for name in book.namelist()]
    else:
        text = body.decode("utf-8", "replace")
        told += [text, html.unescape(text)]
    return "\n".join(told)


def pdf_text(body: bytes) -> str:
    """In the order it was written: a reader's mark across the page must not come between the letters of a word."""
    with pypdfium2.PdfDocument(body) as paper:
        return "".join(page.get_textpage().get_text_range() for page in paper).replace("\r\n", "")


def pdf_words(body: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(body)) as paper:
        told = [pdf_text(body), repr(paper.metadata)]
        catalog = paper.doc.catalog
        if "Metadata" in catalog:
            told.append(resolve1(catalog["Metadata"]).get_data().decode("utf-8", "replace"))
        told.append(repr(sorted(catalog)))
    with pikepdf.open(io.BytesIO(body)) as paper:
        told += [one.get_file().read_bytes().decode("utf-8", "replace") for one in paper.attachments.values()]
    return told
