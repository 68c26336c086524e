"""Who sees what was found on the spot, and who may look, confirm and pass up: never the department looked at."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Panelist
from consult.followups.models import Bulletin, Difficulty, DistrictBulletin, Finding, LookBack, Sample, Voice
from consult.followups.states import BulletinState, LookBackState, VoiceKind, VoiceVerdict
from consult.kit import calendar
from consult.kit.rules import Sentence, because, rule, sees
from consult.kit.search import finds
from consult.people.roles import Role, Scope, scope_of
from consult.people.rules import is_chair, is_office, is_supervision, people_in
from consult.tasks.models import Assignment, Task
from consult.tasks.rules import districts_of, my_part

_STAFF = (Role.OFFICE, Role.CHAIR, Role.SUPERVISION)


def _of_my_tasks(scope: Scope) -> Q:
    """A department's own tasks."""
    parts = Assignment.objects.filter(department__in=scope.departments(), ended_at=None)
    return Q(task__in=parts.values("task_id"))


def _sat(scope: Scope) -> Q:
    """Members who sat in the consultation the task came from."""
    sat = Panelist.objects.filter(member=scope.member_id).values("consultation_id")
    return Q(task__in=Task.objects.filter(recommendation__consultation__in=sat).values("pk"))


def _everywhere(scope: Scope) -> Q:
    """The staff of the district, and leaders on their own instructions."""
    where = Q(jurisdiction__in=scope.jurisdictions(*_STAFF))
    if scope.holds(Role.LEADER):
        where |= Q(jurisdiction__in=scope.jurisdictions(Role.LEADER), task__leader=scope.user_id)
    return where


def visible_to(user: Any) -> Any:
    """Office, chair, supervision: all of the district. The lead member and the panel's members. A department: confirmed ones."""
    scope = scope_of(user)
    where = _everywhere(scope)
    if scope.holds(Role.MEMBER) and scope.member_id:
        where |= Q(lead=scope.member_id) | _sat(scope)
    if scope.departments():
        where |= Q(state=LookBackState.CONFIRMED) & _of_my_tasks(scope)
    return LookBack.objects.filter(where)


def confirmed_for(user: Any) -> Any:
    """What a department reads: the confirmed ones on its tasks."""
    return LookBack.objects.filter(_of_my_tasks(scope_of(user)), state=LookBackState.CONFIRMED,
                                   jurisdiction__in=districts_of(scope_of(user).departments()))


def findings_visible_to(user: Any) -> Any:
    return Finding.objects.filter(look_back__in=visible_to(user))


def voices_visible_to(user: Any) -> Any:
    """Nobody reads another's voice before having given their own (the office: once the visit was made).

    Once it is confirmed: whoever sees the look-back. Before: the office after the visit; the member who leads it, after
    speaking; a department its own.
    """
    scope = scope_of(user)
    where = Q(look_back__in=visible_to(user).filter(state=LookBackState.CONFIRMED).values("pk"))
    where |= Q(look_back__jurisdiction__in=scope.jurisdictions(Role.OFFICE), look_back__state=LookBackState.VISITED)
    if scope.holds(Role.MEMBER) and scope.member_id:
        spoken = Voice.objects.filter(kind=VoiceKind.MEMBER, look_back__lead=scope.member_id)
        where |= Q(look_back__in=spoken.exclude(verdict=VoiceVerdict.NOT_HAD).values("look_back_id"))
    if departments := scope.departments():
        where |= Q(department__in=departments)
    return Voice.objects.filter(where)


def unspoken_by(departments: set[int]) -> Any:
    """Look-backs that were made, not confirmed, in whose task these departments have a part, and have not said their word."""
    parts = Assignment.objects.filter(department__in=departments, ended_at=None)
    said = Voice.objects.filter(department__in=departments).values("look_back_id")
    return LookBack.objects.filter(task__in=parts.values("task_id"), state=LookBackState.VISITED).exclude(pk__in=said)


def unjudged_by(member_id: int | None) -> Any:
    """Visits this member closed without having given their own voice."""
    spoken = Voice.objects.filter(kind=VoiceKind.MEMBER).values("look_back_id")
    return LookBack.objects.filter(lead=member_id, state=LookBackState.VISITED).exclude(pk__in=spoken)


def samples_visible_to(user: Any) -> Any:
    """The CPPCC office and the chair: whoever is looked at does not read where it will be."""
    return Sample.objects.filter(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE, Role.CHAIR))


def sample_seen_by(sample: Sample) -> list[Sentence]:
    return [_("The CPPCC office and the chair of %(place)s.") % {"place": sample.jurisdiction},
            _("Not the departments: nobody knows beforehand where it will be looked.")]


def difficulties_visible_to(user: Any) -> Any:
    return Difficulty.objects.filter(look_back__in=visible_to(user))


def bulletins_visible_to(user: Any) -> Any:
    """Drafts: the CPPCC office and chair. Issued ones: the supervision office, leader, panel and departments, too."""
    scope = scope_of(user)
    readers = _everywhere(scope)
    if scope.holds(Role.MEMBER) and scope.member_id:
        readers |= _sat(scope)
    if scope.departments():
        readers |= _of_my_tasks(scope)
    drafts = Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE, Role.CHAIR))
    return Bulletin.objects.filter(drafts | (Q(state=BulletinState.ISSUED) & readers))


def seen_by(look_back: LookBack) -> list[Sentence]:
    """Who can see this look-back, and why."""
    told: list[Sentence] = [
        _("The CPPCC office, the chair and the supervision office of %(place)s.") % {"place": look_back.jurisdiction},
        _("%(name)s, who leads it, and the members who sat in the consultation.") % {"name": look_back.lead},
        _("The leader whose instruction the task carries out."),
    ]
    told.append(_("A voice is read by the others once they have spoken themselves, or once this is confirmed; the CPPCC office "
                  "reads all of them after the visit."))
    if look_back.state == LookBackState.CONFIRMED:
        told.append(_("The clerks of the departments of the task, since it is confirmed."))
    else:
        told.append(_("Not the departments looked at: they read it once it is confirmed."))
    return told


def bulletin_seen_by(bulletin: Bulletin) -> list[Sentence]:
    told: list[Sentence] = [_("The CPPCC office and the chair of %(place)s.") % {"place": bulletin.jurisdiction}]
    if bulletin.state == BulletinState.ISSUED:
        told.append(_("The supervision office, the leader, the members of the panel and the departments of the task, "
                      "since it is issued."))
    return told


def difficulty_seen_by(difficulty: Difficulty) -> list[Sentence]:
    return seen_by(difficulty.look_back)


@because(_("Only the member who leads this look-back may do this."))
def leads_it(user: Any, obj: Any) -> bool:
    look_back = getattr(obj, "look_back", obj)
    scope = scope_of(user)
    return (scope.member_id is not None and look_back.lead_id == scope.member_id
            and look_back.jurisdiction_id in scope.jurisdictions(Role.MEMBER))


_goes = is_office | leads_it.but(_("Only the CPPCC office and the member who leads this look-back may do this."))


@because(_("Whoever recorded the visit does not confirm it: a colleague must."))
def did_not_record(user: Any, look_back: Any) -> bool:
    return look_back.visited_by_id is None or look_back.visited_by_id != user.pk


@because(_("Whoever handles a matter cannot judge it."))
def is_not_handler(user: Any, look_back: Any) -> bool:
    return not Assignment.objects.filter(task=look_back.task_id, department__in=scope_of(user).departments()).exists()


@because(_("Only a department that has a part in this task may do this."))
def has_part(user: Any, obj: Any) -> bool:
    """Of a look-back, or of its task: departments do not see a look-back before it is confirmed."""
    return my_part(user, getattr(obj, "task", obj)) is not None


may_plan = rule("followups.plan", is_office)
may_find = rule("followups.find", _goes)
may_visit = rule("followups.visit", _goes)
may_hear = rule("followups.hear", leads_it & is_not_handler)
may_say = rule("followups.say", leads_it & is_not_handler)
may_speak = rule("followups.speak", has_part)
may_go_without = rule("followups.go_without", is_office)
may_confirm = rule("followups.confirm", is_office & did_not_record)
may_send_back = rule("followups.send_back", is_office)
may_cancel = rule("followups.cancel", is_office)
may_lower = rule("followups.lower", is_office)
#: Only the supervision office orders a department to begin again; the CPPCC office gives it the ground.
may_reopen = rule("followups.reopen", is_supervision)
may_draw = rule("followups.draw", is_office)
may_meet_difficulty = rule("followups.meet_difficulty", _goes)
may_escalate = rule("followups.escalate", is_office)
may_solve = rule("followups.solve", is_office | is_supervision)
may_draft_bulletin = rule("followups.draft_bulletin", is_office)
may_edit_bulletin = rule("followups.edit_bulletin", is_office)
may_issue_bulletin = rule("followups.issue_bulletin", is_office | is_chair)


# --- district bulletins ---------------------------------------------------------------------------------------------

_DISTRICT_READERS = DistrictBulletin.departments.through


def district_bulletins_visible_to(user: Any) -> Any:
    """Drafts: the supervision office. Issued ones: the CPPCC office, chair and leaders, and the departments named at issue."""
    scope = scope_of(user)
    readers = Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE, Role.CHAIR, Role.LEADER))
    if departments := scope.departments():
        mine = _DISTRICT_READERS._default_manager.filter(department__in=departments)
        readers |= Q(pk__in=mine.values("districtbulletin_id"))
    return DistrictBulletin.objects.filter(
        Q(jurisdiction__in=scope.jurisdictions(Role.SUPERVISION)) | (Q(state=BulletinState.ISSUED) & readers))


def district_bulletin_seen_by(bulletin: DistrictBulletin) -> list[Sentence]:
    told: list[Sentence] = [_("The supervision office of %(place)s.") % {"place": bulletin.jurisdiction}]
    if bulletin.state == BulletinState.ISSUED:
        told.append(_("The CPPCC office, the chair and the leaders of the district, since it is issued."))
        told.append(_("The clerks of the departments that had a part in a task of the period, since it is issued."))
    return told


@because(_("Whoever worded it last does not issue it: a colleague of the supervision office must."))
def is_second(user: Any, bulletin: Any) -> bool:
    """Four eyes, wherever the supervision office has more than one person."""
    others = people_in([Role.SUPERVISION], bulletin.jurisdiction_id, calendar.today()).exclude(pk=user.pk)
    return bulletin.drafted_by_id != user.pk or not others.exists()


may_draft_district = rule("followups.draft_district_bulletin", is_supervision)
may_edit_district = rule("followups.edit_district_bulletin", is_supervision)
may_issue_district = rule("followups.issue_district_bulletin", is_supervision & is_second)

sees(LookBack, visible_to)
sees(Finding, findings_visible_to)
sees(Voice, voices_visible_to)
sees(Sample, samples_visible_to)
sees(Difficulty, difficulties_visible_to)
sees(Bulletin, bulletins_visible_to)
sees(DistrictBulletin, district_bulletins_visible_to)
finds(LookBack, "number", "place", "with_whom", "summary", "heard")
finds(Difficulty, "text", "escalated_to", "solution")
finds(Bulletin, "number", "title", "text")
