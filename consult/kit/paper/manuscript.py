"""A paper from files: a Markdown text, a JSON file of its particulars, pictures and annexes beside the text. No database.

Pictures and annexes are plain names beside the text; nothing is read from anywhere else. Every error names file, line and cause.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from consult.kit import attachments, calendar
from consult.kit.paper import board, markup, sheet, words
from consult.kit.paper.blocks import Block
from consult.kit.paper.pictures import picture

#: The particulars: text, lines of text (a list or one string), and those with a form of their own.
TEXTS = ("contact", "correction_reason", "corrects", "editor", "held", "main_to", "mark", "number", "organ", "organ_full",
         "reviewer", "secrecy", "signer", "symbol", "title", "urgency", "chair", "recorder")
LINES = ("cc", "present", "excused", "observers", "overview", "problems", "dissent", "consensus")
OTHERS = ("annexes", "copies", "date", "serial")
PICTURES = (".jpg", ".jpeg", ".png")


class Wrong(Exception):
    """What is wrong, and where: ``file:line: cause``; line 0 when it is about the whole file."""

    def __init__(self, file: Path, line: int, cause: str) -> None:
        self.file, self.line, self.cause = file, line, cause
        super().__init__(f"{file}:{line}: {cause}" if line else f"{file}: {cause}")


class Manuscript(NamedTuple):
    """What ``sheet.context`` is given, the pictures, and the text itself to be kept in the PDF."""

    kind: str
    words: dict[str, Any]
    assets: dict[str, bytes]
    sources: dict[str, bytes]


def kind_of(name: str) -> str:
    """The kind by its Chinese or English name; KeyError when there is none."""
    found = {chinese: kind for kind, chinese in sheet.WRITTEN.items()} | {kind: kind for kind in sheet.WRITTEN}
    return found[name.strip()]


def read(path: Path, kind: str, meta: Path | None = None) -> Manuscript:
    """Raises Wrong."""
    text = _text(path)
    particulars = _particulars(meta, path.parent) if meta else {}
    reading = _reading(path, text, images=_beside(path.parent))
    title = _bare(particulars.get("title", "")) or _bare(reading.title)
    if not title:
        raise Wrong(path, 1, _("The title is missing. Begin with # and the title."))
    said: dict[str, Any] = {"organ": "", **particulars, "kind": kind, "title": title}
    said |= _board(path, reading.blocks) if kind == "board" else {"blocks": reading.blocks}
    assets = _pictures(path, reading.blocks)
    sources = {"source.md": text.encode(), **({"meta.json": _text(meta).encode()} if meta else {})}
    return Manuscript(kind, said, assets, sources)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Wrong(path, content.count(b"\n", 0, wrong.start) + 1, _("The file is not in UTF-8.")) from wrong
    except (OSError, ValueError) as wrong:  # a name that no file can have is a ValueError
        raise Wrong(path, 0, getattr(wrong, "strerror", "") or _("The file cannot be read.")) from wrong


def _bare(title: str) -> str:
    """The title as it would be printed; "" when nothing of it would."""
    return words.clean(title).strip()


def _shown(name: str) -> str:
    """A name that can be printed on any terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)


def _reading(path: Path, text: str, *, images: Mapping[str, Path] | None = None, titled: bool = True) -> markup.Reading:
    for number, line in enumerate(text.splitlines(), 1):
        if "\0" in line:
            raise Wrong(path, number, _("There is a NUL character: this is no text, or a damaged one."))
        if missing := words.unprintable(words.clean(line)):
            raise Wrong(path, number, _("No font has these characters: %(characters)s. Write them in another way.")
                        % {"characters": " ".join(missing[:20])})
    try:
        reading = markup.read(text, images=images or (), titled=titled)
    except markup.Unreadable as wrong:
        raise Wrong(path, wrong.line, wrong.cause) from wrong
    for block in reading.blocks:
        size = sum(len(run["text"]) for run in block.get("runs", ()))
        if size > words.MAX_PARAGRAPH:
            raise Wrong(path, block.get("line", 0), _("The paragraph has %(size)s characters; at most %(limit)s are allowed.")
                        % {"size": size, "limit": words.MAX_PARAGRAPH})
    return reading


# --- pictures ---------------------------------------------------------------------------------------------------------


def _beside(folder: Path) -> dict[str, Path]:
    """The pictures that lie beside the text: plain files of this folder, by name."""
    home = folder.resolve()
    try:
        return {one.name: one for one in sorted(home.iterdir())
                if one.suffix.lower() in PICTURES and one.is_file() and one.resolve().parent == home}
    except OSError as wrong:
        raise Wrong(folder, 0, wrong.strerror or _("The file cannot be read.")) from wrong


def _pictures(path: Path, blocks: list[Block]) -> dict[str, bytes]:
    """The pictures of the blocks as assets, drawn anew; the blocks then name the assets."""
    there, assets = _beside(path.parent), {}
    for number, block in enumerate([block for block in blocks if block["tag"] == "figure"], 1):
        file = there[block["asset"]]
        block["asset"] = f"picture-{number}"
        assets[block["asset"]] = _redrawn(file)
    return assets


def _redrawn(file: Path) -> bytes:
    """The picture without anything that it carries beside its points, as large as paper needs."""
    try:
        with file.open("rb") as source:
            clean = attachments.check(ContentFile(source.read(attachments.MOST_BYTES + 1)), file.name)
    except ValidationError as wrong:
        raise Wrong(file, 0, " ".join(wrong.messages)) from wrong
    except OSError as wrong:
        raise Wrong(file, 0, wrong.strerror or _("The file cannot be read.")) from wrong
    return picture(clean.content)


# --- particulars ------------------------------------------------------------------------------------------------------


def _particulars(path: Path, folder: Path) -> dict[str, Any]:
    try:
        return _checked(path, json.loads(_text(path)), folder)
    except json.JSONDecodeError as wrong:
        raise Wrong(path, wrong.lineno, wrong.msg) from wrong
    except RecursionError as wrong:
        raise Wrong(path, 0, _("Lists or objects stand too deep inside each other.")) from wrong
    except ValueError as wrong:  # a number of thousands of digits
        raise Wrong(path, 0, str(wrong)) from wrong


def _checked(path: Path, given: Any, folder: Path) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Wrong(path, 1, _("The particulars must be one JSON object."))
    if strange := sorted(set(given) - {*TEXTS, *LINES, *OTHERS}):
        raise Wrong(path, 0, _("Unknown: %(names)s. Known: %(known)s.")
                    % {"names": _shown(", ".join(strange)), "known": ", ".join(sorted((*TEXTS, *LINES, *OTHERS)))})
    for name, value in given.items():
        if (name in TEXTS and not isinstance(value, str)) or (name in LINES and not _is_lines(value)):
            raise Wrong(path, 0, _("%(name)s must be text.") % {"name": name})
        if missing := words.unprintable(str(value)):
            raise Wrong(path, 0, _("No font has these characters: %(characters)s. Write them in another way.")
                        % {"characters": " ".join(missing[:20])})
    return given | _formed(path, given) | {"annexes": _annexes(path, given.get("annexes", []), folder)}


def _is_lines(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _formed(path: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """Date and numbers: ``date`` also gives its words."""
    done: dict[str, Any] = {}
    if "date" in given:
        try:
            day = date.fromisoformat(given["date"])
        except (TypeError, ValueError) as wrong:
            raise Wrong(path, 0, _("date must be a day such as 2026-11-24.")) from wrong
        done = {"date": day.isoformat(), "date_words": calendar.in_words(day)}
    for name, most in (("copies", 99_999), ("serial", 999_999)):
        if name in given:
            value = str(given[name])
            if not (value.isascii() and value.isdigit() and 0 < int(value) <= most):
                raise Wrong(path, 0, _("%(name)s must be a number from 1 to %(most)s.") % {"name": name, "most": most})
            done[name] = int(value)
    return done


def _annexes(path: Path, given: Any, folder: Path) -> list[dict[str, Any]]:
    """Annexes ``{title, text}`` or ``{title, file}``, the file a Markdown text beside the main one."""
    done = []
    for number, one in enumerate(given if isinstance(given, list) else [given], 1):
        if not isinstance(one, dict) or not isinstance(one.get("title"), str) or not _bare(one["title"]) \
                or ("text" in one) == ("file" in one) or not isinstance(one.get("text", one.get("file")), str):
            raise Wrong(path, 0, _("Annex %(number)s needs a title, and either text or the name of a file.") % {"number": number})
        file = path
        if "file" in one:
            file = folder / one["file"]
            if not one["file"].isprintable() or Path(one["file"]).name != one["file"] \
                    or file.resolve().parent != folder.resolve():
                raise Wrong(path, 0, _("%(name)s does not lie beside the text.") % {"name": _shown(one["file"])})
        text = one["text"] if "text" in one else _text(file)
        done.append({"title": one["title"], "blocks": _reading(file, text, titled=False).blocks})
    return done


def _board(path: Path, blocks: list[Block]) -> dict[str, list[str]]:
    """The sections of a notice-board sheet by their headings."""
    keys = {label: key for key, label in board.LABELS.items()}
    said: dict[str, list[str]] = {}
    key = ""
    for block in blocks:
        text = "".join(run["text"] for run in block.get("runs", ()))
        if block["tag"] == "h2" and text in keys:
            key = keys[text]
        elif block["tag"] == "p" and key:
            said.setdefault(key, []).append(text)
        else:
            raise Wrong(path, block.get("line", 0), _("A notice-board sheet has only text under these headings: %(labels)s.")
                        % {"labels": "、".join(keys)})
    return said
