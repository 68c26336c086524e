"""The page of an annual plan: its topics against their days, its versions, and how it goes from draft to adoption."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.generic import View

from consult.kit import attachments, audit, calendar, sheets
from consult.kit.paper import blocks
from consult.kit.rules import Sentence
from consult.topics import annual, planning, rules
from consult.topics.models import AnnualPlan, PlanVersion
from consult.topics.states import PlanState, Standing
from portal.forms import plans as forms
from portal.kit import access, addresses, marks, papers
from portal.kit.forms import RequiredNote
from portal.kit.moves import Act, Start
from portal.kit.pages import Page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RELATED = ("jurisdiction",)
#: A district plans some dozens of topics; what takes more is read in pages, or taken away whole.
PER_PAGE = 100
#: How a standing looks: tone and shape.
LOOKS = {Standing.ON_TIME: ("far", "■"), Standing.LATE: ("late", "●"), Standing.UNDER_WAY: ("new", "◐"),
         Standing.DONE: ("good", "✓"), Standing.DEFERRED: ("wait", "▲"), Standing.WITHDRAWN: ("stop", "✕")}


class PlanPage(Page):
    model = AnnualPlan
    visible_to = rules.plans_visible_to
    seen_by = rules.plan_seen_by
    related = RELATED
    public = True
    template_name = "rooms/topics/plan.html"
    acts = (
        Act("add_topics", _("Put topics in"), rules.may_add_topics, planning.add_topics, form=forms.AddTopics, quiet=True,
            effect=_("They stand in the draft; nothing is public before the plan is adopted.")),
        Act("adopt", _("Record the adoption"), rules.may_adopt, planning.adopt, form=forms.Adopt, quiet=True,
            effect=_("A version is frozen and everybody can read it. Its topics have the consent by the same paper."),
            then=lambda request, version: addresses.of(version.plan)),
        Act("move_topic", _("Move a topic"), rules.may_move_topic, planning.move_topic, form=forms.MoveTopic, quiet=True),
        Act("remove_topic", _("Take a topic out"), rules.may_remove_topic, planning.remove_topic, form=forms.RemoveTopic,
            quiet=True, effect=_("The topic stays; it only leaves the draft of the plan.")),
        Act("revise", _("Begin a new version"), rules.may_revise, planning.revise, form=RequiredNote, quiet=True,
            effect=_("The version in force stays in force until the next one is adopted.")),
    )

    def title(self, obj: Any) -> Sentence:
        return _("Annual consultation plan %(year)s") % {"year": obj.year}

    def must_act(self, obj: Any) -> Sentence:
        drafting = obj.state == PlanState.DRAFTED and rules.reads_draft(self.request.user, obj)
        return _("CPPCC office: put topics in, then record the adoption") if drafting else ""

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        version = self.read(obj).version
        told = [(_("District"), str(obj.jurisdiction))]
        if version is None:
            return [*told, (_("Version"), _("draft"))]
        return [*told, (_("Version"), version.number), (_("Adopted on"), version.adopted_on),
                (_("Adopted by"), version.adopted_by), (_("Paper of consent"), version.paper)]

    def read(self, obj: AnnualPlan) -> annual.Reading:
        if not hasattr(self, "_read"):
            self._read = annual.read(obj, self.request.user, calendar.today(), version=asked(self.request, obj))
        return self._read

    def extra(self, obj: Any) -> dict[str, Any]:
        reading = self.read(obj)
        versions = list(obj.versions.all())
        query = f"?version={reading.version.number}" if reading.version else ""
        tone = "good" if versions else "new"
        page = Paginator(reading.entries, PER_PAGE).get_page(self.request.GET.get("page"))
        return {"mark": marks.Mark(tone, marks.TONES[tone][0], annual.where(obj, len(versions))), "reading": reading,
                "page": page, "kept": query.replace("?", "&"),
                "rows": [(entry, marks.Mark(*LOOKS[entry.standing], entry.standing.label)) for entry in page.object_list],
                "versions": versions, "latest": versions[-1].number if versions else 0,
                "revised": obj.state == PlanState.DRAFTED and bool(versions) and rules.reads_draft(self.request.user, obj),
                "files": [(words, addresses.to(name, obj.pk) + query) for words, name in (
                    (_("As PDF"), "annualplan.pdf"), (_("As a table (.xlsx)"), "annualplan.xlsx"))]}

    def history(self, obj: Any) -> Any:
        if not rules.reads_draft(self.request.user, obj):
            return None
        return [(event, f"{audit.label(event.verb)}{noted(event.data)}") for event in audit.trail_of(obj)]

    def readers(self, obj: Any) -> list[Sentence]:
        return super().readers(obj) if self.request.user.is_authenticated else []


def asked(request: HttpRequest, plan: AnnualPlan) -> PlanVersion | None:
    """The version named in the address, if there is such a one."""
    number = request.GET.get("version", "")
    return plan.versions.filter(number=number).first() if number.isdecimal() and len(number) < 5 else None


def noted(data: dict[str, Any]) -> str:
    """What an event of the plan was about: the topics, the version, the reason."""
    named = data.get("topics") if isinstance(data.get("topics"), list) else [data.get("topic", "")]
    parts = [", ".join(named), data.get("paper", ""), data.get("note", "")]
    said = " · ".join(part for part in parts if part)
    return f": {said}" if said else ""


# --- to take away ---------------------------------------------------------------------------------------------------


class PlanFile(View):
    """The plan as this reader may read it."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        plan = access.visible_or_404(rules.plans_visible_to(request.user).select_related(*RELATED), pk=pk)
        return self.answer(plan, annual.read(plan, request.user, calendar.today(), version=asked(request, plan)))

    def answer(self, plan: AnnualPlan, reading: annual.Reading) -> HttpResponse:
        raise NotImplementedError


class PlanPaper(PlanFile):
    def answer(self, plan: AnnualPlan, reading: annual.Reading) -> HttpResponse:
        return papers.pdf_response(self.request, lambda: paper_of(plan, reading), back=addresses.of(plan),
                                   public=not self.request.user.is_authenticated)


class PlanSheet(PlanFile):
    def answer(self, plan: AnnualPlan, reading: annual.Reading) -> HttpResponse:
        with override(papers.LANGUAGE):
            content = sheets.written(str(plan.year), HEAD, [row(n, entry) for n, entry in enumerate(reading.entries, 1)], WIDTHS)
        response = HttpResponse(content, content_type=XLSX)
        response["Content-Disposition"] = content_disposition_header(True, attachments.safe_name(f"{name_of(plan)}.xlsx")) or ""
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response


#: The columns of the table.
HEAD: tuple[Sentence, ...] = (_("No. in the plan"), _("Number"), _("Topic"), _("Kind"), _("Focus"), _("Renewal project"),
                              _("Quarter"), _("Planned"), _("Now planned for"), _("Against the plan"))
WIDTHS = (6, 16, 32, 8, 48, 24, 6, 12, 14, 14)


def row(number: int, entry: annual.Entry) -> list[Any]:
    return [number, entry.topic.number, entry.title, entry.kind.label, entry.focus, entry.topic.project, entry.quarter,
            entry.planned_on, entry.moved_to or "", entry.standing.label]


def name_of(plan: AnnualPlan) -> str:
    return f"{plan.jurisdiction}政协{plan.year}年度协商计划"


def paper_of(plan: AnnualPlan, reading: annual.Reading) -> papers.Paper:
    """The plan on paper: who adopted it when, then its topics; a draft says that it is one."""
    version = reading.version
    day = version.adopted_on if version else calendar.today()
    said = (f"本计划经{version.adopted_by}通过（{version.paper}），为第{version.number}版，共列协商议题{len(reading.entries)}项，"
            f"办理情况截至{calendar.in_words(calendar.today())}。" if version
            else f"本计划尚未通过，共列协商议题{len(reading.entries)}项。")
    quarters = [block for n in range(1, 5)
                for block in blocks.section(f"第{blocks.hanzi(n)}季度", in_quarter(reading.entries, n))]
    words = {"organ": plan.jurisdiction.cppcc_office, "title": name_of(plan), "date": day.isoformat(),
             "date_words": calendar.in_words(day), "blocks": [blocks.paragraph(said), *quarters]}
    facts = {"year": plan.year, "version": version.number if version else 0, "topics": [
        {"number": entry.topic.number, "planned_on": entry.planned_on, "standing": entry.standing} for entry in reading.entries]}
    return papers.Paper("text", words, f"{name_of(plan)}.pdf", draft=version is None, data=facts)


def in_quarter(entries: list[annual.Entry], n: int) -> list[blocks.Block]:
    """Each topic under its title: what kind, about which project, the question, the day, and how it stands against it."""
    told = []
    for entry in (one for one in entries if one.quarter == n):
        moved = f"（现拟于{calendar.in_words(entry.moved_to)}）" if entry.moved_to else ""
        told += [blocks.heading(2, entry.title), *blocks.paragraphs([
            f"编号{entry.topic.number}，{entry.kind.label}议题，{entry.topic.project}。焦点：{blocks.ended(entry.focus)}",
            f"拟于{calendar.in_words(entry.planned_on)}协商{moved}，{entry.standing.label}。"])]
    return told


urlpatterns = [
    Start("draft_plan", _("Begin an annual plan"), rules.may_draft_plan, planning.draft_plan, form=forms.Year,
          effect=_("An empty draft that only the office and the chair see. Topics are put in on its page."))
    .url("plans/draft/", "annualplan.draft"),
    path("plans/<int:pk>/plan.pdf", access.door(PlanPaper, public=True), name="annualplan.pdf"),
    path("plans/<int:pk>/plan.xlsx", access.door(PlanSheet, public=True), name="annualplan.xlsx"),
    *PlanPage.urls("plans"),
]
