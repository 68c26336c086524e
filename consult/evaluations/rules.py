"""Who sees ratings and who may give them: never the evaluated."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.evaluations.models import Appraisal, Rating, Voter
from consult.evaluations.states import AppraisalState, Rater
from consult.kit.rules import Sentence, because, rule, sees
from consult.kit.sealing import mask
from consult.opinions.models import Opinion
from consult.people.roles import Role, scope_of
from consult.people.rules import is_office, is_signed_in
from consult.tasks.models import Assignment


def visible_to(user: Any) -> Any:
    """Single ratings: the CPPCC office and chair, and the rater. Departments and supervision see totals only."""
    scope = scope_of(user)
    who = Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE, Role.CHAIR))
    if scope.member_id:
        who |= Q(member=scope.member_id)
    if scope.resident_id:
        # Few: a subquery keeps the list from being joined to all opinions.
        who |= Q(opinion__in=Opinion.objects.filter(resident=scope.resident_id).values("pk"))
    return Rating.objects.filter(who)


def seen_by(rating: Rating) -> list[Sentence]:
    return [_("The CPPCC office and the CPPCC chair"), _("Whoever was invited to rate"),
            _("Never the departments, never the supervision office: they see totals")]


def appraisals_visible_to(user: Any) -> Any:
    """Appraisals: the office, chair and supervision; the voters. Of a department: leaders, and itself once it is closed."""
    scope = scope_of(user)
    return Appraisal.objects.filter(
        Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE, Role.CHAIR, Role.SUPERVISION))
        | Q(task=None, jurisdiction__in=scope.jurisdictions(Role.LEADER))
        | Q(state=AppraisalState.CLOSED, department__in=scope.departments())
        | Q(pk__in=Voter.objects.filter(user=scope.user_id).values("appraisal_id")))


def appraisal_seen_by(appraisal: Appraisal) -> list[Sentence]:
    told: list[Sentence] = [_("The CPPCC office, the CPPCC chair and the supervision office"), _("Those invited to vote")]
    if appraisal.department_id:
        told.append(_("The leaders of the district"))
        told.append(_("The department that is appraised, since it is closed") if appraisal.state == AppraisalState.CLOSED
                    else _("Not the department that is appraised: it reads the result once it is closed"))
    return [*told, _("Nobody can see who cast which ballot")]


@because(_("Only whoever was invited may rate, from their own account or with their own receipt code."))
def is_rater(user: Any, rating: Any) -> bool:
    if rating.rater == Rater.MEMBER:
        return bool(user is not None and user.is_authenticated and rating.member.user_id == user.pk)
    resident = rating.opinion.resident
    return bool(user is not None and resident is not None and resident.user_id == user.pk)


@because(_("Whoever handles a matter cannot judge it."))
def is_not_handler(user: Any, of: Any) -> bool:
    mine = scope_of(user).departments()
    if getattr(of, "department_id", None) in mine:
        return False
    return not Assignment.objects.filter(task_id=of.task_id, department__in=mine).exists()


@because(_("You are not among those invited to vote."))
def is_voter(user: Any, appraisal: Any) -> bool:
    return Voter.objects.filter(appraisal=appraisal, user=user.pk).exists()


@because(_("You have cast your ballot already."))
def has_not_cast(user: Any, appraisal: Any) -> bool:
    return not Voter.objects.filter(appraisal=appraisal, user=user.pk, has_cast=True).exists()


def comment_for(user: Any, rating: Rating) -> str:
    """The words of the rater as this user may read them: in full the rater and the office that decides."""
    full = is_office(user, rating) or is_rater(user, rating)
    return rating.comment if full else mask(rating.comment)


may_invite = rule("evaluations.invite", is_office)
may_give = rule("evaluations.give", is_rater & is_not_handler)
may_raise = rule("evaluations.raise_opinion", is_rater)
may_rehandle = rule("evaluations.rehandle", is_office)
may_conclude = rule("evaluations.conclude", is_office)
may_open_appraisal = rule("evaluations.open_appraisal", is_office)
may_open_department_appraisal = rule("evaluations.open_department_appraisal", is_office)
may_cast = rule("evaluations.cast", is_signed_in & is_voter & is_not_handler & has_not_cast)
may_close_appraisal = rule("evaluations.close_appraisal", is_office)

sees(Rating, visible_to)
sees(Appraisal, appraisals_visible_to)
