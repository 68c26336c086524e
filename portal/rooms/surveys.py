"""The page of a survey: its questions while it is open, its counts once it is closed; its sheets of paper, and its table."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import attachments, sheets
from consult.kit.rules import Sentence, because, require
from consult.surveys import actions, comparing, entering, results, rules, serials, sheet, table
from consult.surveys.models import Survey
from consult.surveys.states import Purpose, QuestionKind, SurveyState
from portal.forms import surveys as forms
from portal.kit import access, addresses, papers
from portal.kit.moves import Act, Start
from portal.kit.pages import Page, linked

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@because(_("This survey is not open for answers."))
def is_open(user: Any, survey: Any) -> bool:
    return bool(survey.state == SurveyState.OPENED)


def thanked(request: HttpRequest, response: Any) -> str:
    """Back to the survey, which says when the counts will be shown."""
    return addresses.of(response.survey)


def next_sheet(request: HttpRequest, response: Any) -> HttpResponse:
    """The next sheet of the stack, without a page between; says under which number this one is counted."""
    number = serials.written(response.survey_id, response.serial)
    told = gettext("Sheet %(number)s is counted.")
    if request.POST.get("unnumbered"):
        told = gettext("Counted. Write this number on the sheet: %(number)s.")
    messages.success(request, told % {"number": number})
    return redirect(addresses.to("survey.enter", response.survey_id))


def entered_anew(request: HttpRequest, response: Any) -> HttpResponse:
    """The sheet that was taken out, to be entered rightly."""
    number = serials.written(response.survey_id, response.serial)
    told = gettext("Sheet %(number)s is taken out and no longer counted. Enter it again here, or leave it.")
    messages.success(request, told % {"number": number})
    return redirect(f"{addresses.to('survey.enter', response.survey_id)}?serial={number}")


def drafted(request: HttpRequest, survey: Any) -> str:
    return addresses.of(survey)


class Before(Act):
    """An act on a survey before a consultation that was opened."""

    def stands(self, obj: Any) -> bool:
        return obj.purpose == Purpose.BEFORE and obj.state != SurveyState.DRAFTED


class SurveyPage(Page):
    """Open to everybody when its project is public; nothing in it leads to a person."""

    model = Survey
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("project", "jurisdiction", "created_by", "follows")
    template_name = "rooms/surveys/survey.html"
    public = True
    acts = (
        Act("respond", _("Answer the survey"), rules.may_respond & is_open, actions.respond, form=forms.Answers, moves=("close",),
            effect=_("Your answers are counted together with those of others. Nobody's name is asked for or kept."),
            done=_("Thank you. Your answers are counted."), public=True, quiet=True, then=thanked,
            limit="survey"),
        Act("open", _("Open for answers"), rules.may_open, actions.open, quiet=True,
            effect=_("Everybody who sees the project can answer. The questions can't be changed any more.")),
        Act("enter", _("Enter sheets"), rules.may_enter, entering.enter, form=forms.Sheet, moves=("close",), quiet=True,
            then=next_sheet, template_name="rooms/surveys/enter.html"),
        Act("number_sheets", _("Print sheets"), rules.may_enter, entering.number_sheets, form=forms.Number, moves=("close",),
            quiet=True, done=_("The sheets are numbered: their files to print are on this page."),
            effect=_("Each sheet gets its own number, so that none is counted twice. The files to print are then on the "
                     "survey's page.")),
        Act("void", _("Take out a sheet"), rules.may_enter, entering.void, form=forms.Void, moves=("close",), quiet=True,
            then=entered_anew,
            effect=_("It is no longer counted, but stays on record with your reason. It can then be entered again.")),
        Act("tell_invited", _("Say how many were asked"), rules.may_tell_invited, actions.tell_invited, form=forms.Invited,
            moves=("open", "close"), quiet=True,
            initial=lambda obj, user: {"invited": obj.invited, "invited_source": obj.invited_source},
            effect=_("The response rate is worked out from it and shown with its source.")),
        Act("close", _("Close"), rules.may_close, actions.close, quiet=True, danger=True,
            effect=_("No more answers; the counts are shown to everybody, small ones hidden.")),
        Before("repeat", _("Draft the survey after the consultation"), rules.may_draft, actions.repeat, form=forms.Repeat,
               quiet=True, then=drafted, template_name="rooms/surveys/draft.html",
               effect=_("The results are then compared question by question. A draft that only the office and the chair see "
                        "until it is opened.")),
    )

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [(_("Renewal project"), obj.project), (_("Purpose"), obj.get_purpose_display()),
                (_("Compared with"), linked(obj.follows, self.request.user) if obj.follows else ""),
                (_("Closes on"), obj.closes_on)]

    def extra(self, obj: Any) -> dict[str, Any]:
        user = self.request.user
        counted, compared, texts = found(obj, user)
        office = bool(rules.may_close(user, obj))
        return {"results": counted, "compared": compared, "texts": texts,
                "so_far": obj.responses.counted().count() if office and not counted else None,
                "questions": obj.questions.prefetch_related("choices"), "paper": self.paper(obj),
                "followed_by": rules.visible_to(user).filter(follows=obj) if obj.purpose == Purpose.BEFORE else []}

    def paper(self, obj: Any) -> dict[str, Any] | None:
        """Files to print and how many sheets came back, for those who enter them."""
        if not rules.may_enter(self.request.user, obj):
            return None
        address = addresses.to("survey.sheets", obj.pk)
        files = entering.files(obj) if obj.state == SurveyState.OPENED else []
        return {"specimen": address, "entered": obj.responses.counted().on_paper().count(), "numbered": obj.sheets,
                "files": [(serials.written(obj.pk, first), serials.written(obj.pk, last), f"{address}?first={first}&last={last}")
                          for first, last in files]}

    def history(self, obj: Any) -> Any:
        return super().history(obj) if rules.may_close(self.request.user, obj) else None


def found(survey: Survey, user: Any) -> tuple[Any, Any, list[tuple[Any, list[str]]]]:
    """Results, comparison and written words as this reader may see them: nothing before the survey is closed."""
    if survey.state != SurveyState.CLOSED:
        return None, None, []
    counted = results.results(survey)
    before = rules.visible_to(user).filter(pk=survey.follows_id, state=SurveyState.CLOSED).first() if survey.follows_id else None
    texts = [(question, results.texts(survey, question)) for question in survey.questions.filter(kind=QuestionKind.TEXT)] \
        if rules.may_read_texts(user, survey) else []
    return counted, comparing.compare(before, survey, counted) if before else None, texts


class Export(View):
    """The results of a closed survey as a workbook: what the page shows to this reader."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = access.visible_or_404(rules.visible_to(request.user).filter(state=SurveyState.CLOSED), pk=pk)
        counted, compared, texts = found(survey, request.user)
        content = sheets.written(gettext("Results"), table.headings(compared), table.rows(counted, compared, texts), table.WIDTHS)
        response = HttpResponse(content, content_type=XLSX)
        name = attachments.safe_name(f"{survey.title}.xlsx")
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response["Cache-Control"] = "private, no-store"
        return response


class Sheets(View):
    """Sheets to print: those named first to last, else a specimen without a number."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = access.visible_or_404(rules.visible_to(request.user).select_related("project", "jurisdiction"), pk=pk)
        require(rules.may_enter, request.user, survey)
        first, last = self.asked(survey)
        address = addresses.to("survey.respond", survey.pk) if survey.project.public else ""
        url = (f"{settings.SITE_URL}{address}" if settings.SITE_URL else request.build_absolute_uri(address)) if address else ""
        name = f"{survey.title}-{serials.written(survey.pk, first)}.pdf" if first else f"{survey.title}-样张.pdf"
        return papers.pdf_response(request, lambda: papers.Paper("survey", sheet.paper(survey, url, first, last), name),
                                   back=addresses.of(survey))

    def asked(self, survey: Survey) -> tuple[int, int]:
        """The range in the address, or nothing of it; a range that was not numbered is not there."""
        told = [self.request.GET.get(name, "") for name in ("first", "last")]
        if not any(told):
            return 0, 0
        first, last = (int(one) if one.isascii() and one.isdecimal() and len(one) < 6 else 0 for one in told)
        if not 1 <= first <= last <= survey.sheets or last - first >= entering.IN_A_FILE:
            raise Http404
        return first, last


urlpatterns = [
    Start("draft", _("Draft a survey"), rules.may_draft, actions.draft, form=forms.Draft,
          effect=_("A draft that only the office and the chair see until it is opened."),
          template_name="rooms/surveys/draft.html").url("surveys/new/", "survey.draft"),
    path("surveys/<int:pk>/results.xlsx", access.door(Export, public=True), name="survey.export"),
    path("surveys/<int:pk>/sheets.pdf", access.door(Sheets), name="survey.sheets"),
    *SurveyPage.urls("surveys"),
]
