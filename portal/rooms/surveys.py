"""The page of a survey: its questions while it is open, its counts once it is closed."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence, Verdict, because
from consult.surveys import actions, results, rules
from consult.surveys.models import Survey
from consult.surveys.states import SurveyState
from portal.forms import surveys as forms
from portal.kit import addresses
from portal.kit.moves import Act, Start
from portal.kit.pages import Page


@because(_("This survey is not open for answers."))
def is_open(user: Any, survey: Any) -> bool:
    return bool(survey.state == SurveyState.OPENED)


def thanked(request: HttpRequest, response: Any) -> str:
    """Back to the survey, which says when the counts will be shown."""
    return addresses.of(response.survey)


class SurveyPage(Page):
    """Open to everybody when its project is public; nothing in it leads to a person."""

    model = Survey
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("project", "jurisdiction", "created_by")
    template_name = "rooms/surveys/survey.html"
    public = True
    acts = (
        Act("respond", _("Answer the survey"), rules.may_respond & is_open, actions.respond, form=forms.Answers, moves=("close",),
            effect=_("Your answers are counted together with those of others. Nobody's name is asked for or kept."),
            done=_("Thank you. Your answers are counted."), public=True, quiet=True, then=thanked,
            limit="survey"),
        Act("open", _("Open for answers"), rules.may_open, actions.open, quiet=True,
            effect=_("Everybody who sees the project can answer. The questions can't be changed any more.")),
        Act("close", _("Close"), rules.may_close, actions.close, quiet=True, danger=True,
            effect=_("No more answers; the counts are shown to everybody, small ones hidden.")),
    )

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [(_("Renewal project"), obj.project), (_("Purpose"), obj.get_purpose_display()),
                (_("Closes on"), obj.closes_on)]

    def extra(self, obj: Any) -> dict[str, Any]:
        user = self.request.user
        counted = results.results(obj) if obj.state == SurveyState.CLOSED else None
        reader: Verdict = rules.may_read_texts(user, obj)
        texts = [(question, results.texts(obj, question)) for question in obj.questions.filter(kind="text")] \
            if counted and reader else []
        office = bool(rules.may_close(user, obj))
        return {"results": counted, "texts": texts, "so_far": obj.responses.count() if office and not counted else None,
                "questions": obj.questions.prefetch_related("choices")}

    def history(self, obj: Any) -> Any:
        return super().history(obj) if rules.may_close(self.request.user, obj) else None


urlpatterns = [
    Start("draft", _("Draft a survey"), rules.may_draft, actions.draft, form=forms.Draft,
          effect=_("A draft that only the office and the chair see until it is opened."),
          template_name="rooms/surveys/draft.html").url("surveys/new/", "survey.draft"),
    *SurveyPage.urls("surveys"),
]
