"""Sets a Markdown text on official paper, without the portal and without a database."""

import os
import tempfile
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from consult.kit import pdf
from consult.kit.paper import manuscript, report, sheet

KINDS = "、".join(f"{chinese} ({kind})" for kind, chinese in sheet.WRITTEN.items())


class Command(BaseCommand):
    help = ("Set a Markdown text on official paper: # title, ## 一、, ### （一）, lists, tables, pictures beside the text. "
            "Exit code 2 when it cannot be set, 1 when it was set but --check finds a fault.")
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("input", type=Path, metavar="INPUT.md")
        parser.add_argument("--kind", default="text", help=KINDS)
        parser.add_argument("--out", type=Path, required=True, metavar="OUT.pdf")
        parser.add_argument("--meta", type=Path, metavar="meta.json", help=", ".join(
            sorted((*manuscript.TEXTS, *manuscript.LINES, *manuscript.OTHERS))))
        parser.add_argument("--check", action="store_true", help="measure the paper and print what was found")

    def handle(self, *, input: Path, kind: str, out: Path, meta: Path | None, check: bool, **options: Any) -> None:
        try:
            known = manuscript.kind_of(kind)
        except KeyError:
            raise CommandError(_("There is no kind “%(kind)s”. Kinds: %(kinds)s") % {"kind": kind, "kinds": KINDS},
                               returncode=2) from None
        if out.resolve() in {input.resolve(), meta and meta.resolve()}:
            raise CommandError(f"{out}: " + _("The paper must not replace its own text."), returncode=2)
        made = self.make(input, known, meta, check)
        try:
            keep(out, made.content)
        except OSError as wrong:
            raise CommandError(f"{out}: {wrong.strerror}", returncode=2) from wrong
        if check:
            self.show(made)

    def make(self, path: Path, kind: str, meta: Path | None, check: bool) -> pdf.Paper:
        try:
            text = manuscript.read(path, kind, meta)
            return pdf.make(sheet.template_of(kind), sheet.context(kind, text.words), assets=text.assets, sources=text.sources,
                            measured=check)
        except manuscript.Wrong as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        except ValidationError as wrong:
            raise CommandError(f"{path}: " + " ".join(wrong.messages), returncode=2) from wrong
        except (pdf.PaperFailed, SuspiciousOperation) as wrong:
            raise CommandError(f"{path}: {wrong}", returncode=2) from wrong

    def show(self, made: pdf.Paper) -> None:
        """The self-check as a table; CommandError with code 1 when something in it is wrong."""
        rows = [(_("Check"), _("Measured"), _("Wanted"), _("Verdict"))]
        rows += [(row.label, row.measured, row.wanted, _("as wanted") if row.ok else _("not as wanted"))
                 for row in report.rows(made.report)]
        widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
        self.stdout.write(_("Pages: %(pages)s") % {"pages": made.pages})
        if not made.report["ok"]:
            raise CommandError(_("The paper does not pass its self-check."), returncode=1)


def columns(text: str) -> int:
    """The width on a terminal: Chinese characters take two columns."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def keep(out: Path, content: bytes) -> None:
    """Write beside, then rename: there is the whole file or what was there before."""
    handle, beside = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(beside, 0o644)
        os.replace(beside, out)
    except BaseException:
        os.unlink(beside)
        raise
