"""A kept file as an answer: a download, or a picture within a page; never a page of ours, never kept by a cache."""

from django.http import FileResponse, Http404

from consult.kit.models import Attachment


def sent(attachment: Attachment, *, inline: bool) -> FileResponse:
    """Raises Http404 where the file is gone, and store.Unreachable where that is not known."""
    try:
        file = attachment.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    response = FileResponse(file, as_attachment=not (inline and attachment.is_image),
                            filename=attachment.name, content_type=attachment.content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
