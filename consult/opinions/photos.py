"""Photos of a matter: a few at once, drawn again without where and with what they were taken, under neutral names."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consult.kit import attachments, calendar, parameters
from consult.kit.attachments import Clean
from consult.kit.models import Attachment
from consult.opinions.models import Opinion

#: What a telephone's camera makes, or its browser of it.
TYPES = {extension: kind for extension, (kind, picture) in attachments.ALLOWED.items() if picture}
ACCEPT = ",".join(sorted(set(TYPES.values())))
#: An opinion's files are named so: what the telephone called them may tell who took them, and when.
NAME = "照片{n:02}.{extension}"


def checked(uploads: Sequence[Any], at: datetime, opinion: Opinion | None = None) -> list[Clean]:
    """The pictures as they will be kept; before anything is written, for it takes a while. Raises ValidationError."""
    if not uploads:
        return []
    looked_at(uploads, at)
    total = parameters.value("photos_of_opinion", on=calendar.local_date(at))
    if opinion and of(opinion).count() + len(uploads) > total:
        raise _refuse(_("An opinion can have %(most)s photos altogether.") % {"most": total})
    return [_checked(upload, n) for n, upload in enumerate(uploads, 1)]


def looked_at(uploads: Sequence[Any], at: datetime) -> None:
    """What can be told without opening them: how many, which kind by their names."""
    most = parameters.value("photos_at_once", on=calendar.local_date(at)) if uploads else 0
    if len(uploads) > most:
        raise _refuse(_("Please choose at most %(most)s photos at once.") % {"most": most})
    for n, upload in enumerate(uploads, 1):
        if attachments.safe_name(upload.name or "").rpartition(".")[2].lower() not in TYPES:
            raise _refuse(_("Photo %(n)s is no photo we can read: please choose a JPEG, PNG or WebP picture.") % {"n": n})


def _checked(upload: Any, n: int) -> Clean:
    try:
        return attachments.check(upload, attachments.safe_name(upload.name or ""))
    except ValidationError as wrong:
        raise _refuse(_("Photo %(n)s: %(why)s") % {"n": n, "why": " ".join(wrong.messages)}) from wrong


def _refuse(sentence: Any) -> ValidationError:
    return ValidationError({"photos": sentence})


def keep(opinion: Opinion, photos: Sequence[Clean], *, at: datetime) -> None:
    """Keep them with the opinion, in the transaction of what they belong to. Who took them is not written down."""
    first = of(opinion).count() + 1 if photos else 0
    for n, photo in enumerate(photos, first):
        try:
            attachments.keep(opinion, NAME.format(n=n, extension=photo.extension), photo, by=opinion.entered_by, at=at)
        except ValidationError as wrong:
            raise _refuse(" ".join(wrong.messages)) from wrong


def of(opinion: Opinion) -> QuerySet[Attachment]:
    """The photos of an opinion, oldest first; seen by whoever sees the opinion, and by whoever holds its receipt."""
    return attachments.of(opinion).order_by("uploaded_at", "name")
