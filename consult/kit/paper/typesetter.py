"""The setter: ``python -m consult.kit.paper.typesetter`` takes pages in HTML on its input and gives PDFs on its output.

It knows no Django, no database and no address: only what each job brings, the style sheets of the papers and the fonts
that fontconfig shows it. It ends when its input does. See process.py, which starts it, for the limits.
"""

import ctypes
import gc
import hashlib
import io
import os
import queue
import resource
import signal
import sys
import threading
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from PIL import Image, ImageFile
from weasyprint import CSS, HTML, Attachment, Document, css
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from consult.kit.paper import frames, typography

MAX_PIXELS = 24_000_000
SVG = "{http://www.w3.org/2000/svg}"

#: PDF/A-3a and PDF/UA-1 in one: the second claim, and the description that PDF/A wants of every name it doesn't know.
UA_CLAIM = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>
</rdf:Description><rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"""


class Failed(Exception):
    """Ends a job with a code of process.REASONS."""


class Fetcher(URLFetcher):
    """Gives the named assets and the papers' style sheets; everything else stops the setting."""

    def __init__(self, styles: Path, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=[], allow_redirects=False)
        self.assets = assets
        self.sheets = {f"documents/{path.name}": path for path in styles.glob("*.css")}
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        scheme, _colon, name = url.partition(":")
        if scheme == "asset" and name in self.assets:
            return URLFetcherResponse(url, self.assets[name])
        if scheme == "paper" and name in self.sheets:
            return URLFetcherResponse(url, self.sheets[name].read_bytes(), {"Content-Type": "text/css"})
        self.refused.append(url)
        raise FatalURLFetchingError


_sheets: dict[tuple[Path, int], CSS] = {}


def _sheet(**options: Any) -> CSS:
    """A style sheet of the papers is read once, a third of the work of a short paper. They have no @layer and no @font-face."""
    path = options["url_fetcher"].sheets.get((options.get("url") or "").removeprefix("paper:"))
    if path is None:
        return CSS(**options)
    key = (path, path.stat().st_mtime_ns)
    if key not in _sheets:
        _sheets[key] = CSS(**options | {"page_rules": []})
    options["page_rules"] += _sheets[key].page_rules
    return _sheets[key]


class Press:
    """What is kept between jobs: the patched engine and the fonts."""

    def __init__(self, styles: Path, max_pages: int) -> None:
        typography.patch()
        css.CSS = _sheet
        Image.MAX_IMAGE_PIXELS = MAX_PIXELS
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # the engine would print half a picture
        self.styles, self.max_pages = styles, max_pages
        self.config = FontConfiguration()  # one for all papers: each new one would cost memory

    def job(self, head: frames.Head, parts: list[bytes]) -> tuple[frames.Head, bytes]:
        html = parts[0].decode()
        assets = dict(zip(head["assets"], parts[1:], strict=False))
        sources = dict(zip(head["sources"], parts[1 + len(assets):], strict=True))
        drawings = _drawings(assets)
        fetcher = Fetcher(self.styles, assets)
        try:
            page = HTML(string=html, url_fetcher=fetcher, media_type="print")
            text = typography.source(page.etree_element.find("body"), drawings) if head["measured"] else ""
            document = self.lay(page)
            content = self.write(document, _mark(html, assets | sources), sources)
        except FatalURLFetchingError:  # a BaseException: no "except Exception" would stop it
            content = b""
        if fetcher.refused:  # the engine swallows what goes wrong inside an SVG picture
            return {"refused": fetcher.refused[0][:200]}, b""
        answer: frames.Head = {"pages": len(document.pages), "report": {}}
        if head["measured"]:
            from consult.kit.paper import measure

            kind = page.etree_element.get("data-kind", "text")
            answer["report"] = measure.measure(content, source=text, kind=kind)
        return answer, content

    def lay(self, page: HTML) -> Document:
        """Lay out; once more, or twice, when the end matter must stand on an even page and doesn't."""
        body = page.etree_element.find("body")
        typography.glue_tree(body)
        document = self.render(page)
        if body.get("data-parity") == "even" and len(document.pages) % 2:
            body.set("data-turn", "even")
            document = self.render(page)
            if any(one._page_box.page_type.blank for one in document.pages):
                body.set("data-turn", "blank")  # after a blank page the end matter's page has no number either
                document = self.render(page)
        return document

    def render(self, page: HTML) -> Document:
        pictures: dict[str, Any] = {}
        document = page.render(font_config=self.config, pdf_variant="pdf/a-3a", cache=pictures)
        for picture in pictures.values():  # a drawing would keep the styles of all table cells while the PDF is written
            if context := getattr(picture, "_context", None):
                context.style_for = None
        if len(document.pages) > self.max_pages:
            raise Failed("pages")
        return document

    def write(self, document: Document, mark: bytes, sources: Mapping[str, bytes]) -> bytes:
        made = _made(document.metadata.created)
        plain = document.metadata.generate_rdf_metadata
        document.metadata.generate_rdf_metadata = lambda *args: plain(*args).replace(b"</rdf:RDF>", UA_CLAIM)
        attachments = [Attachment(string=content, name=name, description=name, relationship="Source", created=made,
                                  modified=made) for name, content in sources.items()]
        return bytes(document.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True, custom_metadata=True, dpi=150,
                                        pdf_identifier=mark, attachments=attachments, finisher=_name_once))


def _name_once(document: Document, pdf: Any) -> None:
    """The engine lists each embedded file twice."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])


def _made(words: str | None) -> datetime:
    """The paper's own date: files inside it must not carry the clock's."""
    try:
        made = datetime.fromisoformat(words or "")
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _mark(html: str, files: Mapping[str, bytes]) -> bytes:
    mark = hashlib.sha256(html.encode())
    for name, content in sorted(files.items()):
        mark.update(name.encode() + hashlib.sha256(content).digest())
    return mark.digest()[:16]


def _drawings(assets: Mapping[str, bytes]) -> dict[str, str]:
    """The text of each drawing, by its address. Raises Failed for a picture or drawing that can't be read.

    The engine would leave it out and say nothing: a silent lie.
    """
    texts = {}
    for name, content in assets.items():
        try:
            if b"<svg" in content[:1000]:
                texts[f"asset:{name}"] = _text(content)
            else:
                _check_picture(content)
        except (OSError, SyntaxError, Image.DecompressionBombError) as broken:
            raise Failed("picture") from broken
    return texts


def _text(drawing: bytes) -> str:
    if b"<!" in drawing.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise SyntaxError("a drawing needs no document type, nor entities")
    root = ElementTree.fromstring(drawing)  # noqa: S314 - see above
    return "".join(text for element in root.iter(f"{SVG}text") for text in element.itertext())


def _check_picture(content: bytes) -> None:
    with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise Failed("picture")
        picture.load()


# --- the process ----------------------------------------------------------------------------------------------------


def _listen(stream: Any, jobs: "queue.SimpleQueue[tuple[frames.Head, list[bytes]]]") -> None:
    """Take in jobs; leave at once, in the middle of a paper too, when the other side is gone."""
    while True:
        try:
            jobs.put(frames.receive(stream))
        except EOFError:
            os._exit(0)


def _work(press: Press, head: frames.Head, parts: list[bytes]) -> tuple[frames.Head, bytes]:
    try:
        return press.job(head, parts)
    except Failed as failed:
        return {"failed": str(failed)}, b""
    except MemoryError:
        return {"failed": "memory"}, b""
    except Exception:
        traceback.print_exc()
        return {"failed": "crash"}, b""


def main(styles: str, cpu: str, memory: str, pages: str) -> None:
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints goes to the log
    for ending in (signal.SIGINT, signal.SIGTERM):  # meant for the parent, who may finish its paper first
        signal.signal(ending, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    press = Press(Path(styles), int(pages))
    trim = getattr(ctypes.CDLL(None), "malloc_trim", bool)  # gives freed memory back to the system; glibc has it
    jobs: queue.SimpleQueue[tuple[frames.Head, list[bytes]]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(os.fdopen(0, "rb", buffering=0), jobs), daemon=True).start()
    while True:
        head, parts = jobs.get()
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + int(cpu), resource.RLIM_INFINITY))
        answer, content = _work(press, head, parts)
        frames.send(out, answer, content)
        del head, parts, answer, content
        gc.collect()  # the boxes of a paper know each other: without this the next one comes on top
        trim(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
