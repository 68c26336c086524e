"""Brings in a sheet of opinions, as a hotline gives them out: checked as a whole, then all good rows or none."""

import json
import os
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils.translation import gettext as _

from consult.kit import calendar
from consult.kit.rules import Denied
from consult.opinions import checking, importing
from consult.people.models import Jurisdiction, User
from consult.people.roles import Role, scope_of

#: So many findings are printed; --report holds all.
SHOWN = 50


class Command(BaseCommand):
    help = ("Bring in a sheet of opinions (.xlsx or .csv), all good rows or none. Exit code 0: done, or the dry run told what it "
            "found; 1: rows are wrong, and they or all of them stayed out; 2: the file cannot be read, or nobody may do this.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.xlsx|.csv")
        parser.add_argument("--jurisdiction", default="", metavar="CODE", help="document code or name of the district")
        parser.add_argument("--by", default="", metavar="USERNAME", help="somebody of the district's CPPCC office")
        parser.add_argument("--dry-run", action="store_true",
                            help="write nothing, print {rows, importable, duplicates, errors: [{row, column, code}]}")
        parser.add_argument("--partial", action="store_true", help="bring in the good rows even if others are wrong")
        parser.add_argument("--report", type=Path, metavar="OUT.xlsx", help="what is wrong in which row, and how to mend it")

    def handle(self, *, file: Path, jurisdiction: str, by: str, report: Path | None, **options: Any) -> None:
        user = self.user(by)
        home = self.district(jurisdiction, user)
        try:
            with file.open("rb") as sheet:
                told = self.work(sheet, file.name, home, user, **options)
            if report:
                keep(report, importing.workbook(told.report, home))
        except OSError as wrong:
            raise CommandError(f"{wrong.filename or file}: {wrong.strerror}", returncode=2) from wrong
        except ValidationError as wrong:
            raise CommandError(f"{file}: " + " ".join(wrong.messages), returncode=2) from wrong
        except Denied as wrong:
            raise CommandError(str(wrong.reason), returncode=2) from wrong
        if not options["dry_run"]:
            self.tell(told, home)

    def work(self, sheet: IO[bytes], name: str, home: Jurisdiction, user: User | None, *, dry_run: bool, partial: bool,
             **options: Any) -> importing.Brought:
        at = calendar.now()
        if not dry_run:
            return importing.bring_in(sheet, name=name, jurisdiction=home, by=user, at=at, partial=partial)
        told, _rows = checking.check(sheet, home, at=at)
        self.stdout.write(json.dumps(told.summary(), ensure_ascii=False))
        return importing.Brought(told)

    def tell(self, told: importing.Brought, home: Jurisdiction) -> None:
        """What came in and what did not; CommandError with code 1 when rows are wrong."""
        found = told.report
        self.stdout.write(_("%(rows)s rows: %(new)s brought in, %(doubles)s were there already, %(wrong)s are wrong.") % {
            "rows": found.rows, "new": told.batch.rows if told.batch else 0, "doubles": len(found.duplicates),
            "wrong": len({one.row for one in found.errors})})
        for row, column, what, mend in importing.rows_of(found, home, SHOWN) if found.errors else ():
            self.stderr.write(_("Row %(row)s, %(column)s: %(what)s %(mend)s") % {
                "row": row, "column": column, "what": what, "mend": mend})
        if found.errors:
            raise CommandError(_("Nothing was brought in. Mend the rows, or bring in the good ones with --partial.")
                               if told.batch is None else _("The wrong rows stayed out."), returncode=1)

    def user(self, username: str) -> User | None:
        found = User.objects.filter(username=username, is_active=True).first() if username else None
        if username and found is None:
            raise CommandError(_("There is no account “%(name)s”.") % {"name": username}, returncode=2)
        return found

    def district(self, code: str, user: User | None) -> Jurisdiction:
        """The one named; else the only one that can be meant."""
        some = Jurisdiction.objects.filter(level=Jurisdiction.Level.DISTRICT)
        if code:
            some = Jurisdiction.objects.filter(Q(code=code) | Q(name=code))
        elif user:
            some = some.filter(pk__in=scope_of(user).jurisdictions(Role.OFFICE))
        found = list(some[:2])
        if len(found) != 1:
            known = "、".join(f"{one.code} ({one.name})" for one in Jurisdiction.objects.all())
            raise CommandError(_("Name the district with --jurisdiction: %(known)s") % {"known": known}, returncode=2)
        return found[0]


def keep(out: Path, content: bytes) -> None:
    """Readable by whoever works at this machine under this account alone."""
    with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
