"""What is in the rows of a sheet: which can come in, which are there already, what is wrong with the others.

A report names rows, columns and what is wrong, never what stands in a cell: that may be who said it.
"""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consult.kit import cells, keys, secrecy, sheets
from consult.kit.rules import Sentence
from consult.opinions import columns
from consult.opinions.models import Opinion
from consult.opinions.states import TEXT_MAX, Channel, IdentityMode
from consult.people.models import Community, Jurisdiction, Subdistrict
from consult.renewal.models import RenewalProject

MOST_ROWS = 100_000
#: Rows looked up in the database at once.
CHUNK = 400
NUMBER_MAX, PLACE_MAX, CONTACT_MAX = 60, 120, 200
#: Clocks differ a little between a hotline and us.
AHEAD = timedelta(hours=1)

#: What can be wrong with a row, and how to mend it.
WRONG: dict[str, tuple[Sentence, Sentence]] = {
    "missing_text": (_("Nothing is said in this row."), _("Write what was said, or delete the row.")),
    "text_too_long": (_("The text is longer than %(max)s characters."), _("Divide it into one row for each matter.")),
    "secrecy_mark": (secrecy.REFUSED, _("Delete the row, and handle the matter on paper by the rules for secrets.")),
    "wrong_date": (_("This is no date."), _("Write it like 2026-11-24 or 2026-11-24 09:05, with the year.")),
    "future_date": (_("The date has not come yet."), _("Correct the date.")),
    "wrong_phone": (_("This is no telephone number."), _("Correct it, or empty the cell.")),
    "unknown_subdistrict": (_("The district has no such subdistrict."),
                            _("Write one of these, or empty the cell: %(known)s")),
    "number_too_long": (_("The number is longer than %(longest)s characters."), _("Shorten it.")),
    "rounded_number": (_("The spreadsheet has rounded the number: its last digits are lost."),
                       _("Set the column to text and fill it again from the source.")),
}
#: Rows left out because the same is there.
DOUBLE: dict[str, tuple[Sentence, Sentence]] = {
    "repeated": (_("The same as an earlier row of this sheet."), _("Nothing needs to be done.")),
    "same_number": (_("Another row of this sheet has the same number and says something else."),
                    _("If it is another matter, give it a number of its own.")),
    "known": (_("It was brought in before."), _("Nothing needs to be done.")),
}
#: What was done with cells that fit nowhere; counted, not listed.
NOTES: dict[str, Sentence] = {
    "unknown_community": _("Communities not on record: their names were kept as the place."),
    "unknown_project": _("Projects not on record: their names were kept as the place."),
    "unknown_category": _("Categories that are none of ours: those opinions have no theme yet."),
    "unknown_source": _("Sources that are none of ours: they count as hotline list."),
    "no_date": _("Rows without a date: they count as handed in now."),
    "other_sheets": _("Further sheets of the workbook: they were not read."),
}

_NOBODY = {"", "无", "不详", "未知", "匿名", "保密", "不愿透露", "空", "/", "-", "--", "—", "n/a", "na", "none"}
_PHONE = re.compile(r"(?:\+?86|0086)?1[3-9]\d{9}|0\d{9,11}(?:转\d{1,6})?|[2-9]\d{6,7}|400\d{7}|1\d{4,5}")
_FOOT = re.compile(r"合计|总计|小计|共计|(?:备注|说明|注|填表|制表|审核|打印|统计|导出)\S{0,6}[:：人日时]")
#: What kind of place it is, at the end of its name.
_KIND = re.compile(r"(?<=..)(街道办事处|街道办|街道|镇政府|镇|乡|社区居民委员会|社区居委会|居委会|村民委员会|村委会|社区|村)$")
#: Merged over several rows these hold for each of them; a number or a text does not.
_SPREAD = ("at", "subdistrict", "community", "category", "source", "project")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one row: its number, the heading of the column, what it is."""

    row: int
    column: str
    code: str


@dataclass
class Report:
    """What was found in a sheet; ``rows`` = importable + duplicates + rows with errors."""

    rows: int = 0
    importable: int = 0
    errors: list[Finding] = field(default_factory=list)
    duplicates: list[Finding] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    columns: list[tuple[str, str, str]] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """{rows, importable, duplicates, errors: [{row, column, code}]}"""
        return {"rows": self.rows, "importable": self.importable, "duplicates": len(self.duplicates),
                "errors": [asdict(one) for one in self.errors]}


@dataclass(slots=True)
class Row:
    """One row that can come in. ``contact`` is in the open here: it is sealed when the row is filed, and never told."""

    at_row: int
    key: UUID
    number: str
    text: str
    submitted_at: datetime | None
    contact: dict[str, str]
    values: dict[str, Any]


def explained(finding: Finding, names: Iterable[str] = ()) -> tuple[str, str]:
    """What is wrong and how to mend it, in the reader's language; ``names``: the subdistricts of the district."""
    what, mend = {**WRONG, **DOUBLE}[finding.code]
    words = {"max": TEXT_MAX, "longest": NUMBER_MAX, "known": "、".join(names)}
    return str(what) % words, str(mend) % words


def check(file: IO[bytes], jurisdiction: Jurisdiction, *, at: datetime) -> tuple[Report, list[Row]]:
    """The report on a sheet, and its rows that can come in. Writes nothing. Raises sheets.Unreadable."""
    report = Report()
    with sheets.opened(file) as found:
        headed = [(sheet, head) for sheet in found if (head := columns.head_of(sheet))]
        if not headed:
            raise sheets.Unreadable(_("No row with headings was found. One column must be headed 诉求内容, and the other "
                                      "columns for example 工单编号, 诉求时间, 联系电话, 街道."), "headings")
        sheet, head = headed[0]
        report.columns, report.unused = head.used(), [columns.get_column_letter(n + 1) for n in head.unused]
        report.notes["other_sheets"] = len(headed) - 1
        reader = _Reader(head, jurisdiction, sheet.epoch, report, at)
        kept = [row for some in _chunks(_filled(sheet, head)) for row in reader.take(some)]
    report.notes += Counter()  # those that never happened go
    report.importable = len(kept)
    return report, kept


def _chunks(rows: Iterator[sheets.Row]) -> Iterator[list[sheets.Row]]:
    while some := list(islice(rows, CHUNK)):
        yield some


def _filled(sheet: sheets.Sheet, head: columns.Head) -> Iterator[sheets.Row]:
    """The rows below the headings that say something; cells merged downwards hold for each of their rows."""
    spread = {column for name in _SPREAD for column in head.columns.get(name, ())}
    named = [column for some in head.columns.values() for column in some]
    merged = [(top, column, bottom) for top, column, bottom, _right in sheet.merged if column in spread and top > head.row]
    if sum(bottom - top for top, _column, bottom in merged) > MOST_ROWS * len(_SPREAD):
        raise sheets.damaged()
    below = {(row, column): top for top, column, bottom in merged for row in range(top + 1, bottom + 1)}
    above: dict[tuple[int, int], Any] = {}
    tops = {(top, column) for (_row, column), top in below.items()}
    count = 0
    for row, values in sheet.rows():
        if row <= head.row or not any(cells.text(values[n]) for n in named if n < len(values)) or _is_foot(values, head):
            continue
        if (count := count + 1) > MOST_ROWS:
            raise sheets.Unreadable(_("The sheet has more than %(most)s rows. Please divide it."), "rows", {"most": MOST_ROWS})
        above.update({(row, n): values[n] for n in spread if (row, n) in tops and n < len(values)})
        yield row, [above.get((below[row, n], n), value) if (row, n) in below else value for n, value in enumerate(values)]


def _is_foot(values: Sequence[Any], head: columns.Head) -> bool:
    """The headings once more, or a line below the table: a sum, who made it."""
    if cells.text(head.first(values, "text")) or cells.text(head.first(values, "title")):
        return head.repeats(values)
    return bool(_FOOT.match(next((said for value in values if (said := cells.text(value))), "")))


# --- rows ---------------------------------------------------------------------------------------------------------


class _Places:
    """The subdistricts, communities and projects of a district by their names, with and without what stands around them."""

    def __init__(self, home: Jurisdiction) -> None:
        self.home = home
        self.subdistricts = {name: one for one in Subdistrict.objects.filter(jurisdiction=home) for name in self._names(one)}
        communities = Community.objects.filter(subdistrict__jurisdiction=home)
        self.communities = {(one.subdistrict_id, name): one for one in communities for name in self._names(one)}
        self.projects = {name: one for one in RenewalProject.objects.filter(jurisdiction=home)
                         for name in (columns.plain(one.name), columns.plain(one.number))}

    def _names(self, one: Any) -> set[str]:
        return {self.short(one.name), columns.plain(one.name), columns.plain(one.name_en)} - {""}

    def short(self, name: str) -> str:
        said = columns.plain(name)
        home = columns.plain(self.home.name)
        said = said.rpartition(home)[2] or said
        return _KIND.sub("", said)

    def subdistrict(self, name: str) -> Any:
        return self.subdistricts.get(columns.plain(name)) or self.subdistricts.get(self.short(name))

    def community(self, name: str, within: Any) -> Any:
        """Of that subdistrict; without one, of the whole district when only one is named so."""
        asked = {columns.plain(name), self.short(name)}
        some = {one.pk: one for (above, known), one in self.communities.items()
                if known in asked and within in (None, above)}
        return next(iter(some.values())) if len(some) == 1 else None

    def project(self, name: str) -> Any:
        return self.projects.get(columns.plain(name))


class _Reader:
    """Reads rows into the report; remembers what it met, so that nothing comes in twice."""

    def __init__(self, head: columns.Head, home: Jurisdiction, epoch: datetime, report: Report, at: datetime) -> None:
        self.head, self.home, self.epoch, self.report, self.at = head, home, epoch, report, at
        self.places, self.secret = _Places(home), keys.blinding_key()
        self.met: dict[UUID, int] = {}  # key -> what was said there first, as its hash

    def take(self, some: list[sheets.Row]) -> list[Row]:
        """The rows of a chunk that can come in; the others are noted."""
        drafts = [(row, values, *self.named(values)) for row, values in some]
        known = self.known([(key, number) for _row, _values, number, key, _said in drafts])
        made = [self.row(row, values, number, key, said) for row, values, number, key, said in drafts
                if not self.is_double(row, number, key, said, known)]
        return [row for row in made if row]

    def known(self, named: list[tuple[UUID, str]]) -> set[Any]:
        """The keys and the numbers elsewhere that are in the database."""
        return known_of(self.home.pk, [key for key, _number in named], [number for _key, number in named])

    def named(self, values: Sequence[Any]) -> tuple[str, UUID, str]:
        """The number elsewhere, the key that the same row has in every sheet, and what was said."""
        number = cells.code(self.head.first(values, "number"))
        number = "" if number.casefold() in _NOBODY else number
        text = self.said(values)
        rest = [str(self.head.first(values, name)) for name in ("at", "name", "phone", "address", "place")]
        same = [str(self.home.pk), "number", number] if number else [str(self.home.pk), "words", text, *rest]
        # Keyed: from what is kept nobody can try out whether somebody said something.
        mark = hmac.new(self.secret, "\x1f".join(["row of a sheet", *same]).encode(), hashlib.sha256).digest()
        return number, UUID(bytes=mark[:16], version=4), text

    def said(self, values: Sequence[Any]) -> str:
        text, title = (cells.text(self.head.first(values, name)) for name in ("text", "title"))
        whole = f"{title}\n{text}" if title and text and not text.startswith(title) else text or title
        return whole if len(whole) <= TEXT_MAX else text

    def is_double(self, row: int, number: str, key: UUID, text: str, known: set[Any]) -> bool:
        first, said = key not in self.met, hash(text)
        same = self.met.setdefault(key, said) == said
        code = "known" if key in known or number in known else "" if first else "repeated" if same else "same_number"
        if code:
            self.report.rows += 1
            self.report.duplicates.append(Finding(row, self.head.heading("number" if number else "text"), code))
        return bool(code)

    def row(self, row: int, values: Sequence[Any], number: str, key: UUID, text: str) -> Row | None:
        """The row ready to be filed; None when something in it is wrong, which is noted."""
        self.report.rows += 1
        wrong: list[tuple[str, str]] = []
        if not text:
            wrong.append(("text", "missing_text"))
        elif len(text) > TEXT_MAX:
            wrong.append(("text", "text_too_long"))
        if len(number) > NUMBER_MAX:
            wrong.append(("number", "number_too_long"))
        if number and cells.is_rounded(self.head.first(values, "number")):
            wrong.append(("number", "rounded_number"))
        moment, contact = self.moment(values, wrong), self.contact(values, wrong)
        placed = self.placed(values, wrong)
        if secrecy.marked(text) or secrecy.marked(placed["place"]):
            wrong.append(("text", "secrecy_mark"))
        self.report.errors += [Finding(row, self.head.heading(name), code) for name, code in wrong]
        if wrong:
            del self.met[key]  # a later row with the same number may be the right one
            return None
        if moment is None:
            self.report.notes["no_date"] += 1
        mode = IdentityMode.CPPCC_ONLY if contact else IdentityMode.ANONYMOUS
        return Row(row, key, number, text, moment, contact, {**placed, **self.about(values), "identity_mode": mode})

    def moment(self, values: Sequence[Any], wrong: list[tuple[str, str]]) -> datetime | None:
        try:
            moment = cells.moment(self.head.first(values, "at"), self.epoch)
        except (ValueError, OverflowError, TypeError):
            wrong.append(("at", "wrong_date"))
            return None
        if moment and moment > self.at + AHEAD:
            wrong.append(("at", "future_date"))
        return min(moment, self.at) if moment else None

    def contact(self, values: Sequence[Any], wrong: list[tuple[str, str]]) -> dict[str, str]:
        told = {name: cells.code(self.head.first(values, name)) for name in ("name", "phone", "address")}
        told = {name: said[:CONTACT_MAX] for name, said in told.items() if said.casefold() not in _NOBODY}
        numbers = [part for part in re.split(r"[/、,;|]", told.get("phone", "")) if part.strip()]
        if not all(_is_phone(number) for number in numbers) or cells.is_rounded(self.head.first(values, "phone")):
            wrong.append(("phone", "wrong_phone"))
        return told

    def placed(self, values: Sequence[Any], wrong: list[tuple[str, str]]) -> dict[str, Any]:
        """Where it is: what is not on record stays as words, but for the subdistrict, which decides who reads it."""
        told = {name: cells.text(self.head.first(values, name)) for name in ("subdistrict", "community", "project", "place")}
        subdistrict = self.places.subdistrict(told["subdistrict"])
        if told["subdistrict"] and not subdistrict:
            wrong.append(("subdistrict", "unknown_subdistrict"))
        community = self.places.community(told["community"], subdistrict.pk if subdistrict else None)
        project = self.places.project(told["project"])
        unknown = [told[name] for name, found in (("community", community), ("project", project)) if told[name] and not found]
        self.report.notes["unknown_community"] += bool(told["community"] and not community)
        self.report.notes["unknown_project"] += bool(told["project"] and not project)
        above = subdistrict.pk if subdistrict else community.subdistrict_id if community else \
            project.subdistrict_id if project else None
        return {"subdistrict_id": above, "community_id": community.pk if community else None,
                "project_id": project.pk if project else None, "place": " ".join([*unknown, told["place"]]).strip()[:PLACE_MAX]}

    def about(self, values: Sequence[Any]) -> dict[str, Any]:
        category, source = (cells.text(self.head.first(values, name)) for name in ("category", "source"))
        tag, channel = columns.tag_of(category) if category else None, columns.channel_of(source) if source else None
        self.report.notes["unknown_category"] += bool(category and not tag)
        self.report.notes["unknown_source"] += bool(source and not channel)
        return {"tags": [tag.value] if tag else [], "channel": (channel or Channel.HOTLINE).value}


def _is_phone(said: str) -> bool:
    """One number, or several with blanks between them."""
    return any(all(_PHONE.fullmatch(re.sub(r"[\s()\-—.]", "", part)) for part in parts) for parts in ([said], said.split()))


def known_of(home: int, some: Sequence[UUID], numbers: Sequence[str]) -> set[Any]:
    """Of these keys and numbers elsewhere those the database has."""
    keys_there: set[Any] = set(Opinion.objects.filter(key__in=some).values_list("key", flat=True))
    asked = [number for number in numbers if number]
    return keys_there | set(Opinion.objects.filter(jurisdiction=home, external_no__in=asked)
                            .values_list("external_no", flat=True))
