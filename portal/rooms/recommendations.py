"""The page of a recommendation and what may be done with it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.briefings.rules import may_compile
from consult.kit.rules import Sentence
from consult.recommendations import actions, rules
from consult.recommendations.models import Recommendation
from consult.recommendations.states import RecommendationState
from portal.forms import recommendations as forms
from portal.kit import addresses
from portal.kit.forms import Note, Reason
from portal.kit.moves import Act, Start
from portal.kit.pages import Page

S = RecommendationState
NEXT = {
    S.DRAFTED: _("CPPCC office: confirm the words"),
    S.CONFIRMED: _("CPPCC office: take it into a briefing"),
    S.BRIEFED: _("CPPCC office: sign off and dispatch the briefing"),
    S.INSTRUCTED: _("Supervision office: assign the task"),
    S.ASSIGNED: _("The department: reply"),
    S.ANSWERED: _("CPPCC office: look back and ask for ratings"),
}


class RecommendationPage(Page):
    """One recommendation: its words in full, who put a name to it, and its versions."""

    model = Recommendation
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("consultation__topic", "jurisdiction", "lead", "drafted_by", "confirmed_by", "supersedes")
    prefetch = ("co_departments", "endorsements__member")
    template_name = "rooms/recommendations/recommendation.html"

    acts = (
        Act("confirm", _("Confirm"), rules.may_confirm, actions.confirm, form=Note,
            effect=_("The words are fixed from here on; a change is a new version. It can be taken into a briefing.")),
        Act("endorse", _("Endorse"), rules.may_endorse, actions.endorse, form=forms.Endorse, moves=("withdraw", "unbrief"),
            effect=_("Your name stands beside these words. If the words change, you are asked again."), quiet=True),
        Act("edit", _("Edit"), rules.may_edit, actions.edit, form=forms.Wording, moves=("confirm",), initial=forms.words_of,
            effect=_("Endorsements are of the words endorsed: when they change, the members are asked again."), quiet=True),
        Act("revise", _("Make a new version"), rules.may_revise, actions.revise, form=forms.Wording, moves=("supersede",),
            initial=forms.words_of, effect=_("This version is kept and replaced; the new one has to be confirmed."),
            then=lambda request, made: addresses.of(made), quiet=True),
        Act("withdraw", _("Withdraw"), rules.may_withdraw, actions.withdraw, form=Reason, danger=True,
            effect=_("Members who endorsed it are told. The reason stays on record."), quiet=True),
    )

    def must_act(self, obj: Any) -> Sentence:
        return NEXT.get(obj.state, "")

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [
            (_("Consultation"), obj.consultation), (_("Topic"), obj.consultation.topic), (_("Version"), obj.version),
            (_("Suggested lead department"), obj.lead), (_("Suggested co-handling departments"), list(obj.co_departments.all())),
            (_("Wanted by"), obj.wanted_by), (_("Confirmed"), obj.confirmed_at), (_("Replaces"), older(obj)),
            (_("Replaced by"), newer(obj)), (_("Note on the state"), obj.state_note),
        ]

    def extra(self, obj: Any) -> dict[str, Any]:
        ready = obj.state == S.CONFIRMED and may_compile(self.request.user, obj)
        url = addresses.to("briefing.compile")
        return {"compile_url": f"{url}?recommendation={obj.pk}" if ready and url else ""}


def older(obj: Recommendation) -> Recommendation | None:
    return obj.supersedes


def newer(obj: Recommendation) -> Recommendation | None:
    return getattr(obj, "superseded_by", None)


urlpatterns = [
    *RecommendationPage.urls("recommendations"),
    Start("draft", _("Draft a recommendation"), rules.may_draft, actions.draft, form=forms.Draft,
          effect=_("The members at the table are asked to endorse it; you can change it until it is confirmed."),
          ).url("recommendations/draft/", "recommendation.draft"),
]
