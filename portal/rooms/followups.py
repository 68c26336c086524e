"""Look-backs with promise, voices, findings and photos; difficulties; progress bulletins with their paper."""

from collections import Counter
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.followups import actions, progress, rules
from consult.followups.models import Bulletin, Difficulty, LookBack
from consult.followups.states import BulletinState, DifficultyState, LookBackState, Moment, VoiceKind, VoiceVerdict
from consult.kit import attachments, calendar, charts
from consult.kit.models import Attachment
from consult.kit.paper import blocks, sheet
from consult.kit.rules import Sentence
from portal.filters.followups import DifficultyFilters, LookBackFilters
from portal.forms import followups as forms
from portal.kit import access, addresses, papers
from portal.kit.lists import Column, List, shown
from portal.kit.marks import Mark
from portal.kit.moves import Act
from portal.kit.pages import Page, linked
from portal.rooms.lookback_acts import ACTS


class LookBackPage(Page):
    model = LookBack
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("jurisdiction", "task", "lead", "planned_by", "visited_by")
    template_name = "rooms/followups/look_back.html"
    acts = ACTS

    def title(self, obj: Any) -> Sentence:
        return obj.task.title

    def due(self, obj: Any) -> Any:
        return obj.planned_on if obj.state == LookBackState.PLANNED else None

    def must_act(self, obj: Any) -> Sentence:
        if obj.state == LookBackState.PLANNED:
            return _("%(name)s, who leads it") % {"name": obj.lead}
        return _("the CPPCC office") if obj.state == LookBackState.VISITED else ""

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [
            (_("Task"), linked(obj.task, self.request.user)), (_("Kind"), obj.get_kind_display()),
            (_("Planned for"), obj.planned_on), (_("Place"), obj.place), (_("Led by member"), str(obj.lead)),
            (_("With whom"), obj.with_whom), (_("Visited on"), obj.visited_on),
            (_("Note on the state"), obj.state_note),
        ]

    def extra(self, obj: Any) -> dict[str, Any]:
        seen = with_photos(obj.findings.select_related("by"))
        by_moment = {moment: [one for one in seen if one[0].moment == moment] for moment in Moment}
        pair = [(moment.label, by_moment[moment]) for moment in (Moment.BEFORE, Moment.AFTER)]
        return {"findings": by_moment[Moment.NOW], "pair": pair if any(rows for _label, rows in pair) else [],
                "voices": heard(obj, self.request.user), "difficulties": list(obj.difficulties.all())}


def with_photos(findings: Any) -> list[tuple[Any, list[Attachment]]]:
    """Each finding with its files, in one query for all."""
    rows = list(findings)
    files: dict[str, list[Attachment]] = {}
    theirs = Attachment.objects.filter(app_label="followups", model="finding", object_id__in=[str(one.pk) for one in rows])
    for file in theirs.order_by("uploaded_at", "id") if rows else ():
        files.setdefault(file.object_id, []).append(file)
    return [(one, files.get(str(one.pk), [])) for one in rows]


VERDICTS = {VoiceVerdict.KEPT: ("good", "✓"), VoiceVerdict.PARTLY: ("wait", "▲"), VoiceVerdict.NOT: ("stop", "✕"),
            VoiceVerdict.NOT_HAD: ("quiet", "–")}


def heard(look_back: LookBack, user: Any) -> list[dict[str, Any]]:
    """Each kind of voice: what this reader may read of it, and how many there are that they may not read yet."""
    mine = list(rules.voices_visible_to(user).filter(look_back=look_back).select_related("department", "by"))
    there = Counter(look_back.voices.values_list("kind", flat=True))
    told = []
    for kind in VoiceKind:
        read = [(one, Mark(*VERDICTS[VoiceVerdict(one.verdict)], one.get_verdict_display())) for one in mine if one.kind == kind]
        told.append({"label": kind.label, "read": read, "hidden": there[kind] - len(read)})
    return told


class DifficultyPage(Page):
    model = Difficulty
    visible_to = rules.difficulties_visible_to
    seen_by = rules.difficulty_seen_by
    related = ("look_back__task", "look_back__lead", "look_back__jurisdiction", "by")
    template_name = "rooms/followups/difficulty.html"
    acts = (
        Act("escalate", _("Pass it up"), rules.may_escalate, actions.escalate, form=forms.Escalate,
            effect=_("The supervision office and the leader who gave the instruction are told.")),
        Act("solve", _("It is solved"), rules.may_solve, actions.solve, form=forms.Solve,
            effect=_("The CPPCC office, the supervision office and the member who leads the look-back are told.")),
    )

    def title(self, obj: Any) -> Sentence:
        return _("Difficulty: %(title)s") % {"title": obj.look_back.task.title}

    def number(self, obj: Any) -> str:
        return str(obj.look_back.number)

    def must_act(self, obj: Any) -> Sentence:
        return {DifficultyState.FOUND: _("the CPPCC office"), DifficultyState.ESCALATED: _("the supervision office")}.get(
            obj.state, "")

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [(_("Look-back"), obj.look_back), (_("Found at"), obj.at), (_("Passed up to"), obj.escalated_to),
                (_("Passed up at"), obj.escalated_at), (_("Solved at"), obj.solved_at)]


class BulletinPage(Page):
    model = Bulletin
    visible_to = rules.bulletins_visible_to
    seen_by = rules.bulletin_seen_by
    related = ("jurisdiction", "task", "drafted_by", "issued_by")
    template_name = "rooms/followups/bulletin.html"
    acts = (
        Act("issue", _("Issue the bulletin"), rules.may_issue_bulletin, actions.issue_bulletin, danger=True,
            effect=_("It gets its number, is frozen, and the departments and the leader are told.")),
        Act("edit", _("Change the wording"), rules.may_edit_bulletin, actions.edit_bulletin, form=forms.Bulletin,
            moves=("issue",), initial=lambda obj, user: {"title": obj.title, "text": obj.text}),
    )

    def must_act(self, obj: Any) -> Sentence:
        return _("the CPPCC office") if obj.state == BulletinState.DRAFTED else ""

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [(_("Task"), linked(obj.task, self.request.user)), (_("Drafted by"), str(obj.drafted_by)),
                (_("Issued at"), obj.issued_at), (_("Issued by"), str(obj.issued_by or ""))]

    def extra(self, obj: Any) -> dict[str, Any]:
        """The same facts, table and charts as on the paper."""
        facts = progress.told(obj, at=calendar.now())
        table = [list(zip(progress.COLUMNS, row, strict=True)) for row in progress.rows(facts, shown)]
        return {"columns": progress.COLUMNS, "table": table, "reports": progress.reports(facts),
                "charts": progress.drawings(facts), "as_of": progress.day(facts["as_of"]),
                "look_backs": [{**one, "on": progress.day(one["on"])} for one in facts["look_backs"]],
                "photos": captioned(progress.photos(facts, self.request.user))}


def captioned(photos: list[Attachment]) -> list[tuple[Attachment, Any]]:
    """Each picture with its finding where that tells of before or after: a picture without its day would mislead."""
    findings = progress.shown_as(photos)
    return [(photo, one if (one := findings.get(str(photo.pk))) and one.moment != Moment.NOW else None) for photo in photos]


def said_of(photo: Attachment, finding: Any, n: int) -> str:
    """What stands below a picture on the paper."""
    words = photo.caption or f"现场照片{n}"
    when = {Moment.BEFORE: "办理前", Moment.AFTER: "办理后"}
    return f"{words}（{when[finding.moment]}，{calendar.in_words(finding.taken_on)}）" if finding else words


#: Enough for the width of the type area at 150 dpi.
PHOTO_SIDE = 1000


class BulletinPaper(View):
    """The bulletin as a paper; a draft says so on the page."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = rules.bulletins_visible_to(request.user).select_related("jurisdiction", "task__recommendation")
        bulletin = access.visible_or_404(found, pk=pk)
        return papers.pdf_response(request, lambda: paper_of(bulletin, request.user), back=addresses.of(bulletin))


def paper_of(bulletin: Bulletin, user: Any) -> papers.Paper:
    """What the paper prints: the office's words, then the facts as the page shows them."""
    facts = progress.told(bulletin, at=calendar.now())
    day = calendar.local_date(bulletin.issued_at or bulletin.drafted_at)
    charts_ = [(f"chart-{n}", chart) for n, chart in enumerate(progress.drawings(facts), 1)]
    photos = [(f"photo-{n}", file, said_of(file, finding, n))
              for n, (file, finding) in enumerate(captioned(progress.photos(facts, user)), 1)]
    words = {"organ": bulletin.jurisdiction.cppcc_office, "number": bulletin.number, "title": bulletin.title,
             "date": day.isoformat(), "date_words": calendar.in_words(day),
             "blocks": [*blocks.paragraphs(bulletin.text), *blocks.section("办理进度", in_figures(facts, charts_)),
                        *blocks.section("回头看情况", looked_back(facts, photos))]}
    assets = {**{name: sheet.drawing(charts.svg(chart)) for name, chart in charts_},
              **{name: attachments.scaled(file, PHOTO_SIDE) for name, file, _words in photos}}
    return papers.Paper("bulletin", words, f"{bulletin.number}{bulletin.title}.pdf", assets=assets,
                        draft=bulletin.state == BulletinState.DRAFTED, data={**facts, "photos": len(photos)})


def in_figures(facts: dict[str, Any], drawn: list[tuple[str, charts.ChartSpec]]) -> list[blocks.Block]:
    told = [f"{name}{calendar.in_words(on) if on else ''}报告：{said}" for name, on, said in progress.reports(facts)]
    return [blocks.paragraph(f"截至{day_words(facts['as_of'])}，《{facts['title']}》（{facts['number']}）的办理情况如下。"),
            blocks.table([str(name) for name in progress.COLUMNS], progress.rows(facts, calendar.in_words)),
            *blocks.paragraphs(told),
            *(blocks.picture(name, f"{chart.title}。{chart.summary}", caption=str(chart.title)) for name, chart in drawn)]


def looked_back(facts: dict[str, Any], photos: list[tuple[str, Any, str]]) -> list[blocks.Block]:
    said = [blocks.paragraph(f"{day_words(one['on'])}，{one['place']}：{one['summary']}") for one in facts["look_backs"]]
    return [*said, *(blocks.picture(name, words if file.caption else f"回头看{words}", caption=words)
                     for name, file, words in photos)]


def day_words(day: str) -> str:
    return calendar.in_words(date.fromisoformat(day)) if day else ""


# --- lists ---------------------------------------------------------------------------------------------------------

class LookBackList(List):
    model = LookBack
    visible_to = rules.visible_to
    title = _("Look-backs")
    empty = _("No look-back yet.")
    filterset = LookBackFilters
    related = ("task", "lead")
    reads = ("number", "kind", "planned_on", "state", "task__title", "lead__name")
    order = ("-planned_on", "-pk")
    columns = (Column("number", _("No."), link=True), Column("task", _("Task"), value="task.title"),
               Column("kind", _("Kind")), Column("planned_on", _("Planned for"), order="planned_on"),
               Column("lead", _("Led by member")), Column("state", _("State"), order="state"))


class DifficultyList(List):
    model = Difficulty
    visible_to = rules.difficulties_visible_to
    title = _("Difficulties")
    empty = _("No difficulty was found.")
    filterset = DifficultyFilters
    related = ("look_back__task",)
    reads = ("text", "escalated_to", "at", "state", "look_back__task__title")
    order = ("-at", "-pk")
    columns = (Column("text", _("Difficulty"), link=True, value=str), Column("task", _("Task"), value="look_back.task.title"),
               Column("escalated_to", _("Passed up to")), Column("at", _("Found at"), order="at"), Column("state", _("State")))


class BulletinList(List):
    model = Bulletin
    visible_to = rules.bulletins_visible_to
    title = _("Progress bulletins")
    empty = _("No bulletin yet.")
    related = ("task",)
    reads = ("title", "number", "state", "issued_at", "task__title")
    order = ("-drafted_at", "-pk")
    columns = (Column("title", _("Title"), link=True), Column("number", _("No.")), Column("task", _("Task"), value="task.title"),
               Column("state", _("State")), Column("issued_at", _("Issued at"), order="issued_at"))


urlpatterns = [*LookBackPage.urls("look-backs"), *DifficultyPage.urls("difficulties"), *BulletinPage.urls("bulletins"),
               path("bulletins/<int:pk>/paper.pdf", access.door(BulletinPaper), name="bulletin.pdf")]
