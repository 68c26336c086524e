"""Who sees a recommendation, who words it, and who puts a name to it."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation, Panelist
from consult.consultations.states import Group
from consult.kit.rules import Rule, Sentence, because, rule, sees
from consult.kit.search import finds
from consult.people.roles import Role, scope_of
from consult.people.rules import is_member, is_office
from consult.recommendations.models import Recommendation
from consult.recommendations.states import FROM_INSTRUCTED, IN_FORCE, RecommendationState
from consult.topics.states import Kind

S = RecommendationState


def _at_the_table(user: Any) -> Any:
    """The consultations the user sits in, other than for a department: it is the one to be advised."""
    return Panelist.objects.filter(user=scope_of(user).user_id).exclude(group=Group.DEPARTMENTS).values("consultation")


def visible_to(user: Any) -> Any:
    """Office and chair: all of their district; the panel: its own; members: confirmed ones, none from a conflict;

    supervision: from the instruction on. Departments read the task that quotes the words, leaders the briefing.
    """
    scope = scope_of(user)
    if scope.user_id is None or scope.holds(Role.CLERK):
        return Recommendation.objects.none()
    return Recommendation.objects.filter(
        Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE, Role.CHAIR))
        | Q(consultation__in=_at_the_table(user))
        | (Q(jurisdiction__in=scope.jurisdictions(Role.MEMBER), state__in=IN_FORCE)
           & ~Exists(Consultation.objects.filter(pk=OuterRef("consultation"), topic__kind=Kind.CONFLICT)))
        | Q(jurisdiction__in=scope.jurisdictions(Role.SUPERVISION), state__in=FROM_INSTRUCTED)
    )


def seen_by(recommendation: Recommendation) -> list[Sentence]:
    """Which roles may read it, and why."""
    told: list[Sentence] = [
        _("The CPPCC office of %(place)s: it words and confirms it.") % {"place": recommendation.jurisdiction},
        _("The CPPCC chair of %(place)s.") % {"place": recommendation.jurisdiction},
        _("The panel of the consultation it was born in, except for its departments.")
    ]
    if recommendation.consultation.topic.kind == Kind.CONFLICT:
        told.append(_("No other members: the consultation was about a conflict."))
    elif recommendation.state in IN_FORCE:
        told.append(
            _("All committee members of %(place)s, since it is confirmed.") % {"place": recommendation.jurisdiction})
    if recommendation.state in FROM_INSTRUCTED:
        told.append(_("The supervision office, since a leader gave an instruction on it."))
    return [*told, _("Leaders read it in the briefing, departments in their task; both quote it word for word.")]


@because(_("Only members on the panel may endorse what came out of a conflict."))
def _panel_only_in_conflicts(user: Any, obj: Any) -> bool:
    return (obj is None or obj.consultation.topic.kind != Kind.CONFLICT
            or obj.consultation.panel.filter(user=scope_of(user).user_id).exists())


@because(_("You have endorsed this version already."))
def _not_yet_endorsed(user: Any, obj: Any) -> bool:
    return obj is None or not obj.endorsements.filter(member=scope_of(user).member_id).exists()


@because(_("Your account is not linked to a committee member. Please ask the security administrator."))
def _is_somebody(user: Any, obj: Any) -> bool:
    return scope_of(user).member_id is not None


def _by_office(verb: str) -> Rule:
    return rule(f"recommendations.{verb}", is_office)


may_draft = _by_office("draft")
may_edit = _by_office("edit")
may_confirm = _by_office("confirm")
may_revise = _by_office("revise")
may_withdraw = _by_office("withdraw")
may_endorse = rule("recommendations.endorse", is_member & _is_somebody & _panel_only_in_conflicts & _not_yet_endorsed)

sees(Recommendation, visible_to)
finds(Recommendation, "number", "title", "problem", "text")
