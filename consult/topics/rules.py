"""Who sees a topic, who reads the voices behind it, and who carries it from draft to plan."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Rule, Sentence, because, rule, sees
from consult.kit.search import finds
from consult.opinions.models import Opinion
from consult.opinions.rules import text_for
from consult.people.roles import Role, scope_of
from consult.people.rules import is_chair, is_office
from consult.renewal.models import RenewalProject
from consult.topics.models import AnnualPlan, PlanVersion, Topic, Weighting
from consult.topics.states import ANNOUNCED, Kind, TopicState

#: Members hear of a topic once it is in the annual plan.
FROM_PLAN = (TopicState.PLANNED, *ANNOUNCED)
STAFF_READERS = (Role.OFFICE, Role.CHAIR, Role.SUPERVISION, Role.LEADER, Role.MEMBER)


def visible_to(user: Any) -> Any:
    """Everybody sees what was announced, except conflicts between people; the office and the chair all of their district's.

    Members see from the annual plan on, supervision and leaders from the announcement on, cadres those of their
    subdistrict's projects.
    """
    scope = scope_of(user)
    who = Q(state__in=ANNOUNCED) & ~Q(kind=Kind.CONFLICT)
    who |= Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE, Role.CHAIR))
    who |= Q(jurisdiction__in=scope.jurisdictions(Role.SUPERVISION, Role.LEADER), state__in=ANNOUNCED)
    who |= Q(jurisdiction__in=scope.jurisdictions(Role.MEMBER), state__in=FROM_PLAN)
    if scope.subdistricts():
        # A subquery, not a join: the projects of a subdistrict are few.
        who |= Q(project__in=RenewalProject.objects.filter(subdistrict__in=scope.subdistricts()).values("pk"))
    return Topic.objects.filter(who)


def seen_by(topic: Topic) -> list[Sentence]:
    place = {"place": topic.jurisdiction}
    told: list[Sentence] = [_("The CPPCC office and the CPPCC chair of %(place)s.") % place,
                            _("Cadres of %(place)s, whose project it is about.") % {"place": topic.project.subdistrict}]
    if topic.state in FROM_PLAN:
        told.append(_("The committee members of %(place)s: it is in the annual plan.") % place)
    if topic.state in ANNOUNCED:
        told.append(_("The supervision office and the leaders of %(place)s: it was announced.") % place)
    if topic.state in ANNOUNCED and topic.kind != Kind.CONFLICT:
        told.append(_("Everybody sees title, focus and dates. Departments and the public never see the opinions behind it, "
                      "only how many there are and what they are about."))
    elif topic.kind == Kind.CONFLICT:
        told.append(_("The public and departments never: it is a conflict between people."))
    return told


@because(_("Only cadres of the project's subdistrict may do this."))
def is_local_cadre(user: Any, topic: Any) -> bool:
    return topic is not None and topic.project.subdistrict_id in scope_of(user).subdistricts()


def reads_file(user: Any, topic: Topic) -> bool:
    """May the user read more than title, focus and dates: background, reasons, milestones, notes?"""
    inside = topic.jurisdiction_id in scope_of(user).jurisdictions(*STAFF_READERS)
    return inside or bool(is_local_cadre(user, topic))


def reads_voices(user: Any, topic: Topic) -> bool:
    """May the user read the words of the opinions (masked)? Departments, the public and leaders get numbers only."""
    scope = scope_of(user)
    if scope.holds(Role.CLERK):
        return False
    # A conflict is between people who may know each other: its words stay with the office, chair and local cadres.
    members = () if topic.kind == Kind.CONFLICT else (Role.MEMBER,)
    inside = topic.jurisdiction_id in scope.jurisdictions(Role.OFFICE, Role.CHAIR, *members)
    return inside or bool(is_local_cadre(user, topic))


def words_for(user: Any, opinion: Opinion) -> str:
    """The words of one voice, as this reader may read them."""
    return text_for(user, opinion)


def plans_visible_to(user: Any) -> Any:
    """Everybody sees an annual plan once it was adopted; its drafts are for the office and the chair of the district."""
    adopted = PlanVersion.objects.values("plan_id")
    mine = scope_of(user).jurisdictions(Role.OFFICE, Role.CHAIR)
    return AnnualPlan.objects.filter(Q(pk__in=adopted) | Q(jurisdiction__in=mine))


def plan_seen_by(plan: AnnualPlan) -> list[Sentence]:
    place = {"place": plan.jurisdiction}
    return [_("The CPPCC office and the CPPCC chair of %(place)s: drafts and versions.") % place,
            _("Everybody, once it was adopted: of its topics those they may see.")]


def reads_draft(user: Any, plan: AnnualPlan) -> bool:
    """May the user see a plan that is being drafted or revised?"""
    return plan.jurisdiction_id in scope_of(user).jurisdictions(Role.OFFICE, Role.CHAIR)


def weightings_visible_to(user: Any) -> Any:
    return Weighting.objects.filter(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE, Role.CHAIR))


def _by_office(verb: str) -> Rule:
    return rule(f"topics.{verb}", is_office)


may_open = _by_office("open")
may_amend = _by_office("amend")
may_add_opinion = _by_office("add_opinion")
may_drop_opinion = _by_office("drop_opinion")
may_set_priority = _by_office("set_priority")
may_add_milestone = _by_office("add_milestone")
may_reach_milestone = _by_office("reach_milestone")
may_submit_review = _by_office("submit_review")
may_approve = rule("topics.approve", is_chair)
may_send_back = rule("topics.send_back", is_chair)
may_record_consent = _by_office("record_consent")
may_publish = _by_office("publish")
may_defer = _by_office("defer")
may_resume = _by_office("resume")
may_withdraw = _by_office("withdraw")
may_tell_voices = _by_office("tell_voices")
may_set_weights = _by_office("set_weights")
may_draft_plan = _by_office("draft_plan")
may_add_topics = _by_office("add_topics")
may_remove_topic = _by_office("remove_topic")
may_move_topic = _by_office("move_topic")
may_adopt = _by_office("adopt")
may_revise = _by_office("revise")

sees(Topic, visible_to)
sees(AnnualPlan, plans_visible_to)
sees(Weighting, weightings_visible_to)
finds(Topic, "number", "title", "focus")
