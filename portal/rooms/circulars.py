"""The district bulletin: its page, its paper, and its lists; the same facts, tables and chart on all of them."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.followups import circulating, digest, rules
from consult.followups.district import DistrictBulletin
from consult.followups.states import BulletinState
from consult.kit import calendar, charts
from consult.kit.paper import blocks, sheet
from consult.kit.rules import Sentence
from portal.forms import circulars as forms
from portal.kit import access, addresses, papers
from portal.kit.lists import Column, List, compact, shown
from portal.kit.moves import Act, Start
from portal.kit.pages import Page

RELATED = ("jurisdiction", "drafted_by", "issued_by")
#: The two tables of a bulletin: the work, and what came of it. Each stands upright on paper.
TABLES: tuple[tuple[Sentence, tuple[str, ...]], ...] = (
    (_("Tasks and answers by department"), digest.WORK), (_("Outcomes and promises by department"), digest.RESULTS))


class DistrictBulletinPage(Page):
    model = DistrictBulletin
    visible_to = rules.district_bulletins_visible_to
    seen_by = rules.district_bulletin_seen_by
    related = RELATED
    template_name = "rooms/followups/district.html"
    acts = (
        Act("issue", _("Issue the bulletin"), rules.may_issue_district, circulating.issue, danger=True,
            effect=_("It gets its number, its figures are frozen, and leaders, the CPPCC and the departments are told.")),
        Act("edit", _("Change the wording"), rules.may_edit_district, circulating.edit, form=forms.Bulletin, moves=("issue",),
            quiet=True, initial=lambda obj, user: {name: getattr(obj, name) for name in ("since", "until", "title", "text")}),
    )

    def must_act(self, obj: Any) -> Sentence:
        return _("the supervision office") if obj.state == BulletinState.DRAFTED else ""

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [(_("Period"), period(obj)), (_("Drafted by"), str(obj.drafted_by)), (_("Issued at"), obj.issued_at),
                (_("Issued by"), str(obj.issued_by or ""))]

    def extra(self, obj: Any) -> dict[str, Any]:
        facts = circulating.told(obj, today=calendar.today())
        chart = digest.chart(facts)
        tables = [(title, *labelled(digest.columns(names), digest.rows(facts, names))) for title, names in TABLES]
        return {"tables": tables if facts["departments"] else [], "red": labelled(digest.RED, digest.red(facts, shown)),
                "chart": None if chart.is_empty else chart, "as_of": date.fromisoformat(facts["as_of"])}


def labelled(columns: Any, rows: Any) -> tuple[Any, list[Any]]:
    """A table for a page: its head, and rows whose cells carry their heading (on a phone each row is a card)."""
    return columns, [list(zip(columns, row, strict=True)) for row in rows]


def period(obj: Any) -> str:
    return f"{compact(obj.since)} – {compact(obj.until)}"


# --- on paper -------------------------------------------------------------------------------------------------------


class DistrictBulletinPaper(View):
    """The bulletin as a paper; a draft says so on the page."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        bulletin = access.visible_or_404(rules.district_bulletins_visible_to(request.user).select_related(*RELATED), pk=pk)
        return papers.pdf_response(request, lambda: paper_of(bulletin), back=addresses.of(bulletin))


def paper_of(bulletin: DistrictBulletin) -> papers.Paper:
    facts = circulating.told(bulletin, today=calendar.today())
    day = calendar.local_date(bulletin.issued_at or bulletin.drafted_at)
    chart = digest.chart(facts)
    words = {"organ": circulating.organ(bulletin.jurisdiction), "mark": "督办通报", "number": bulletin.number,
             "title": bulletin.title, "date": day.isoformat(), "date_words": calendar.in_words(day),
             "blocks": [*blocks.paragraphs(bulletin.text), *blocks.section("办理情况", in_figures(bulletin, facts, chart)),
                        *blocks.section("超期较久的任务", overdue(facts))]}
    return papers.Paper("bulletin", words, f"{bulletin.number}{bulletin.title}.pdf", data=facts,
                        assets={} if chart.is_empty else {"chart": sheet.drawing(charts.svg(chart))},
                        draft=bulletin.state == BulletinState.DRAFTED)


def in_figures(bulletin: DistrictBulletin, facts: dict[str, Any], chart: charts.ChartSpec) -> list[blocks.Block]:
    total, as_of = facts["total"], calendar.in_words(date.fromisoformat(facts["as_of"]))
    said = (f"{calendar.in_words(bulletin.since)}至{calendar.in_words(bulletin.until)}，{bulletin.jurisdiction}各承办单位接办任务"
            f"{total['assigned']}件次，按期答复{total['in_time']}件次，逾期答复{total['late']}件次；截至{as_of}，"
            f"在办{total['owed']}件次，其中超期{total['overdue']}件次。按期与否以原定期限为准，批准延期不计为按期。")
    if not facts["departments"]:
        return [blocks.paragraph(said)]
    tables = [blocks.table([str(name) for name in digest.columns(names)], digest.rows(facts, names), caption=str(title))
              for title, names in TABLES]
    return [blocks.paragraph(said), *tables,
            blocks.picture("chart", f"{chart.title}。{chart.summary}", caption=str(chart.title))]


def overdue(facts: dict[str, Any]) -> list[blocks.Block]:
    rows = digest.red(facts, calendar.in_words)
    if not rows:
        return [blocks.paragraph("无。")]
    return [blocks.table([str(name) for name in digest.RED], rows)]


# --- lists ----------------------------------------------------------------------------------------------------------

class DistrictBulletinList(List):
    model = DistrictBulletin
    visible_to = rules.district_bulletins_visible_to
    title = _("District bulletins")
    empty = _("No district bulletin yet.")
    order = ("-drafted_at", "-pk")
    columns = (Column("title", _("Title"), link=True), Column("number", _("No.")), Column("period", _("Period"), value=period),
               Column("state", _("State")), Column("issued_at", _("Issued at"), order="issued_at"))


DRAFT = Start("draft_district_bulletin", _("Draft a district bulletin"), rules.may_draft_district, circulating.draft,
              form=forms.Draft, effect=_("A draft that only the supervision office sees, compiled from the data of the period."),
              initial=lambda request: {"since": calendar.today().replace(day=1), "until": calendar.today()})

urlpatterns = [DRAFT.url("district-bulletins/draft/", "districtbulletin.draft"),
               *DistrictBulletinPage.urls("district-bulletins"),
               path("district-bulletins/<int:pk>/paper.pdf", access.door(DistrictBulletinPaper), name="districtbulletin.pdf")]
