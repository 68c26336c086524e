"""Papers as downloads: always a file, never kept by a cache; what cannot be set comes back as a sentence on the page."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, override

from consult.kit import attachments, pdf
from consult.kit.paper import sheet

#: A paper speaks Chinese, whatever the language of the screen.
LANGUAGE = "zh-hans"
KEPT_SECONDS = 3600


class Paper(NamedTuple):
    """What is to be printed: the kind and its words, the file's name, pictures, and the data that go with it."""

    kind: str
    words: dict[str, Any]
    name: str
    draft: bool = False
    assets: dict[str, bytes] = {}
    data: dict[str, Any] = {}


def pdf_response(request: HttpRequest, made: Callable[[], Paper], *, back: str, public: bool = False) -> HttpResponse:
    """The paper that ``made`` describes, as a download; or back to the page ``back`` with what is wrong and what to do.

    ``made`` is called with Chinese as the language; errors are told in the reader's own. A ``public`` paper is kept for
    an hour: a crowd before the notice board must not hold up the setter.
    """
    try:
        with override(LANGUAGE):
            paper = made()
        content = cache.get_or_set(mark(paper), lambda: printed(paper), KEPT_SECONDS) if public else printed(paper)
    except (ValidationError, pdf.PaperFailed) as wrong:
        why = " ".join(wrong.messages) if isinstance(wrong, ValidationError) else wrong
        messages.error(request, gettext("The paper was not made. %(why)s") % {"why": why})
    else:
        return as_pdf(content, attachments.safe_name(f"草稿-{paper.name}" if paper.draft else paper.name))
    return HttpResponseRedirect(back)


def printed(paper: Paper) -> bytes:
    """The PDF, with its data as its source."""
    sources = {f"{paper.kind}.json": as_json(paper.data)} if paper.data else None
    return pdf.make(sheet.template_of(paper.kind), sheet.context(paper.kind, paper.words, draft=paper.draft), language=LANGUAGE,
                    assets={**sheet.assets(paper.words), **paper.assets}, sources=sources).content


def mark(paper: Paper) -> str:
    """The same for the same words."""
    return "paper:" + hashlib.sha256(as_json({"kind": paper.kind, "words": paper.words, "data": paper.data})).hexdigest()


def as_json(data: dict[str, Any]) -> bytes:
    """Data as the same bytes each time."""
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, indent=1).encode()


def as_pdf(content: bytes, name: str) -> HttpResponse:
    """Always taken away as a file, so that the strict policy of our pages never meets a PDF viewer."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
