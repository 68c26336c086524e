"""What may be uploaded, how it is kept, and who may fetch it.

Pictures are drawn again on a fresh canvas, so nothing hidden in the file survives. Papers are kept as opaque
downloads and never opened here beyond the directory of their zip.
"""

import hashlib
import io
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

import filetype
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from consult.kit import audit, rules, store
from consult.kit.models import Attachment

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_UNZIPPED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_ENTRIES = 1000

_OFFICE = "application/vnd.openxmlformats-officedocument"
#: extension -> (content type, Pillow format or None)
ALLOWED: dict[str, tuple[str, str | None]] = {
    "jpg": ("image/jpeg", "JPEG"), "jpeg": ("image/jpeg", "JPEG"),
    "png": ("image/png", "PNG"), "webp": ("image/webp", "WEBP"),
    "pdf": ("application/pdf", None),
    "docx": (f"{_OFFICE}.wordprocessingml.document", None),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", None),
}
#: The part each office paper must have, whatever else is in the zip.
_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
ACCEPT = ",".join(f".{extension}" for extension in ALLOWED)


@dataclass(frozen=True)
class Clean:
    """An upload that passed: what will be stored."""

    content: bytes
    extension: str
    content_type: str
    width: int | None = None
    height: int | None = None


def attach(obj: models.Model, upload: Any, *, by: Any, at: datetime, caption: str = "") -> Attachment:
    """Check, clean and keep an uploaded file of ``obj``, with its audit event. Raises ValidationError."""
    name = safe_name(upload.name or "")
    return keep(obj, name, check(upload, name), by=by, at=at, caption=caption)


def keep(obj: models.Model, name: str, clean: Clean, *, by: Any, at: datetime, caption: str = "") -> Attachment:
    """Keep what was checked before, for callers that must not draw pictures in the midst of a transaction.

    Raises ValidationError when the store does not answer: then nothing is kept.
    """
    fingerprint = hashlib.sha256(clean.content).hexdigest()
    with transaction.atomic():
        kept = Attachment(**audit.key_of(obj), name=name, caption=caption[:200], content_type=clean.content_type,
                          size=len(clean.content), sha256=fingerprint, width=clean.width, height=clean.height,
                          uploaded_by=by, uploaded_at=at)
        try:
            kept.file.save(f"{secrets.token_hex(16)}.{clean.extension}", ContentFile(clean.content), save=False)
        except store.Unreachable as away:
            raise _refuse(store.AWAY, "store") from away
        try:
            kept.save(force_insert=True)
            audit.write("kit.attach", obj, by=by, at=at, data={"file": str(kept.pk), "sha256": fingerprint})
        except BaseException:
            with suppress(store.Unreachable):  # then it is swept
                kept.file.delete(save=False)
            raise
    return kept


def of(obj: models.Model) -> models.QuerySet[Attachment]:
    """The files of one object, oldest first."""
    return Attachment.objects.filter(**audit.key_of(obj)).order_by("uploaded_at", "id")


_readers: dict[str, Callable[[Any], Any]] = {}


def read_by(model: Any, visible_to: Callable[[Any], Any]) -> None:
    """A room says whose files of ``model`` a user may fetch, where that is less than what they may see."""
    _readers[model._meta.label_lower] = visible_to


def may_fetch(user: Any, attachment: Attachment) -> bool:
    """A file is seen by whoever sees its object; a file opened to the public by everybody."""
    if attachment.is_public:
        return True
    try:
        model = apps.get_model(attachment.app_label, attachment.model)
    except LookupError:
        return False
    narrowed = _readers.get(model._meta.label_lower)
    seen = narrowed(user) if narrowed else rules.visibility(model, user)
    return bool(seen.filter(pk=attachment.object_id).exists())


def publish(attachment: Attachment, *, by: Any, at: datetime) -> Attachment:
    """Open one file to the public, mark and all."""
    with transaction.atomic():
        attachment.is_public, attachment.mark = True, Attachment.Mark.OPEN
        attachment.save(update_fields=["is_public", "mark"])
        audit.write("kit.publish_file", attachment, by=by, at=at)
    return attachment


def remove(attachment: Attachment, *, by: Any, at: datetime) -> None:
    """Take a file away, row first; the event keeps its fingerprint."""
    with transaction.atomic():
        audit.write("kit.remove_file", attachment, by=by, at=at, data={
            "of": f"{attachment.app_label}.{attachment.model}:{attachment.object_id}", "sha256": attachment.sha256})
        attachment.delete()
        stored = str(attachment.file.name)
        # It is done whether or not the store answers: what stays there is swept.
        transaction.on_commit(lambda: store.drop(stored), robust=True)


def sweep(before: datetime) -> int:
    """Delete stored files no row knows, older than ``before``: left by a killed process or an undone transaction."""
    fields = [field for model in apps.get_models() for field in model._meta.local_fields
              if isinstance(field, models.FileField)]
    known = {name for field in fields for name in field.model._base_manager.values_list(field.name, flat=True)}
    folders = {str(field.upload_to).partition("/")[0] for field in fields}
    lost = [name for folder in sorted(folders) for name, changed in store.walk(folder) if name not in known and changed < before]
    for name in lost:
        store.drop(name)
    return len(lost)


def scaled(attachment: Attachment, side: int) -> bytes:
    """A picture as a JPEG on a fresh canvas, at most ``side`` points long and wide; its stored file stays as it is."""
    with attachment.file.open("rb") as file, Image.open(file) as source:
        canvas = _on_canvas(ImageOps.exif_transpose(source), "JPEG")
    canvas.thumbnail((side, side))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=80)
    return out.getvalue()


# --- checking ---------------------------------------------------------------------------------------------------

def _refuse(sentence: Any, code: str, **values: Any) -> ValidationError:
    return ValidationError({"file": ValidationError(sentence, code=code, params=values or None)})


def safe_name(name: str) -> str:
    """A name fit for people and headers: no folders, control or direction characters, at most 100 characters."""
    plain = unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).name)
    plain = "".join(char for char in plain if unicodedata.category(char)[0] != "C")
    plain = re.sub(r'[<>:"/|?*;%\s]+', "_", plain).strip("._ ")
    stem, dot, extension = plain.rpartition(".")
    return f"{stem[:90]}.{extension[:9]}" if dot and stem else plain[:100]


def check(upload: Any, name: str) -> Clean:
    """Is the upload what its name says, small and harmless? Gives the content to store, or raises ValidationError."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in ALLOWED:
        raise _refuse(_("Please choose a JPEG, PNG or WebP picture, or a PDF, Word (docx) or Excel (xlsx) file."),
                      "type")
    if upload.size is not None and upload.size > MOST_BYTES:
        raise _too_big()
    upload.seek(0)
    content = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _too_big()
    if not content:
        raise _refuse(_("The file is empty."), "empty")
    return _check_content(content, extension)


def _too_big() -> ValidationError:
    return _refuse(_("The file is larger than %(most)s MB. Please choose a smaller one."), "size",
                   most=MOST_BYTES // 1024 // 1024)


def _check_content(content: bytes, extension: str) -> Clean:
    content_type, picture = ALLOWED[extension]
    if picture:
        _must_be(content, content_type)
        return _redraw(content, extension, picture)
    if extension in _PARTS:
        _check_zip(content, extension)
    else:
        _must_be(content, content_type)
    return Clean(content, extension, content_type)


def _must_be(content: bytes, content_type: str) -> None:
    # The first bytes decide, not the name and not what the browser says.
    found = filetype.guess(content[:8192])
    if found is None or found.mime != content_type:
        raise _refuse(_("The content of the file does not match its name."), "content")


def _redraw(content: bytes, extension: str, picture: str) -> Clean:
    """The same picture on a fresh canvas: no metadata, no second file behind the first."""
    try:
        with Image.open(io.BytesIO(content), formats=[picture]) as source:
            if source.width * source.height > MOST_PIXELS:
                raise _too_many_points()
            source.load()
            upright = ImageOps.exif_transpose(source)
            canvas = _on_canvas(upright, picture)
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many_points() from bomb
    except Exception as broken:  # Pillow raises many kinds on hostile files; each means: not a good picture
        raise _refuse(_("The picture is damaged and cannot be read."), "damaged") from broken
    out = io.BytesIO()
    canvas.save(out, picture, quality=88) if picture != "PNG" else canvas.save(out, picture)
    return Clean(out.getvalue(), extension, ALLOWED[extension][0], canvas.width, canvas.height)


def _too_many_points() -> ValidationError:
    return _refuse(_("The picture has too many points. Please make it smaller (at most %(most)s million)."), "pixels",
                   most=MOST_PIXELS // 1_000_000)


def _on_canvas(source: Image.Image, picture: str) -> Image.Image:
    see_through = picture != "JPEG" and (source.mode in ("RGBA", "LA", "PA") or "transparency" in source.info)
    mode = "RGBA" if see_through else "RGB"
    canvas = Image.new(mode, source.size)
    canvas.paste(source.convert(mode))
    return canvas


def _check_zip(content: bytes, extension: str) -> None:
    """Read the directory only: a bomb is refused before anything is unpacked."""
    if not content.startswith(b"PK\x03\x04"):
        raise _refuse(_("The content of the file does not match its name."), "content")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except Exception as broken:  # zipfile raises many kinds on hostile files
        raise _refuse(_("The file is damaged and cannot be read."), "damaged") from broken
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or _PARTS[extension] not in names or len(names) != len(entries):
        raise _refuse(_("The content of the file does not match its name."), "content")
    unzipped = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    swollen = unzipped > MOST_UNZIPPED or unzipped / packed > MOST_RATIO or packed > len(content)
    if swollen or len(entries) > MOST_ENTRIES:
        raise _refuse(_("The file unpacks to far more than it should and was refused."), "bomb")
    if any("vbaproject" in entry.filename.lower() or entry.flag_bits & 1 for entry in entries):
        raise _refuse(_("Files with macros or passwords are not taken. Please save it without."), "macro")
