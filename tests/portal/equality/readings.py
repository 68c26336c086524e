"""A second reading of who sees what: plain Python over plain rows, written from the sentences of the rooms, not from their SQL.

Nothing here asks the rules. Whoever changes who sees what changes it twice, and the two must agree.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from consult.briefings.models import BriefingGrant, Instruction, Recipient
from consult.consultations.models import ConsultationGrant, Panelist
from consult.evaluations.models import Voter
from consult.followups.models import DistrictBulletin, Voice
from consult.opinions.models import Opinion, OpinionGrant
from consult.people.models import Appointment, CommitteeMember, Resident
from consult.recommendations.models import Endorsement
from consult.tasks.models import Assignment, Reply, TaskGrant
from consult.topics.models import PlanVersion

OFFICE, CHAIR, SUPERVISION, LEADER = "cppcc_office", "cppcc_leader", "supervision_office", "party_gov_leader"
MEMBER, CADRE, CLERK, EXPERT, RESIDENT = "committee_member", "subdistrict_cadre", "department_clerk", "expert", "resident"
SYS_ADMIN, SEC_ADMIN, AUDIT_ADMIN = "sys_admin", "sec_admin", "audit_admin"
STAFF = (OFFICE, CHAIR, SUPERVISION, LEADER, MEMBER, CADRE, CLERK, EXPERT, SYS_ADMIN, SEC_ADMIN, AUDIT_ADMIN)

ANNOUNCED_TOPIC = {"published", "in_consultation", "consulted", "tracked", "closed"}
MINUTES_CONFIRMED = {"confirmed", "concluded", "archived"}
INVITED = {"notified", "in_session", "ended", "minuted", *MINUTES_CONFIRMED}
SENT_OUT = {"dispatched", "instructed", "archived"}
SIGNED = {"signed", "issued", *SENT_OUT}
ON_INSTRUCTION = {"instructed", "assigned", "answered", "looked_back", "evaluated", "closed"}

Reading = Callable[["Who", Any], bool]


class Facts:
    """The rows on which sight depends, read once, by plain keys."""

    def __init__(self, today: Any) -> None:
        self.posts: Any = defaultdict(list)
        self.ever: Any = defaultdict(set)
        for post in Appointment.objects.all():
            self.ever[post.user_id].add(post.jurisdiction_id)
            if post.since <= today and (post.until is None or post.until >= today):
                self.posts[post.user_id].append(post)
        self.member = {one.user_id: one.pk for one in CommitteeMember.objects.exclude(user=None)}
        self.resident = {one.pk: one.user_id for one in Resident.objects.all()}
        self.seats = grouped(Panelist, "consultation_id")
        self.parts = grouped(Assignment, "task_id")
        self.voices = grouped(Voice, "look_back_id")
        self.replies = grouped(Reply, "task_id")
        self.backed = pairs(Endorsement, "recommendation_id", "member_id")
        self.sent = pairs(Recipient, "issue__briefing_id", "user_id")
        self.instructed = pairs(Instruction, "issue__briefing_id", "jurisdiction_id")
        self.voters = pairs(Voter, "appraisal_id", "user_id")
        self.named = pairs(DistrictBulletin.departments.through, "districtbulletin_id", "department_id")
        self.batches = pairs(Opinion, "batch_id", "jurisdiction_id")
        self.adopted = {one.plan_id for one in PlanVersion.objects.all()}
        self.granted = {(table.content_object.field.related_model._meta.label, one.user_id, one.content_object_id)
                        for table in (OpinionGrant, ConsultationGrant, BriefingGrant, TaskGrant)
                        for one in table.objects.select_related("permission")
                        if one.permission.codename.startswith("view_") and (one.until is None or one.until >= today)}


def grouped(model: Any, key: str) -> Any:
    found: Any = defaultdict(list)
    for row in model.objects.all():
        found[getattr(row, key)].append(row)
    return found


def pairs(model: Any, key: str, value: str) -> Any:
    found: Any = defaultdict(set)
    for one, other in model._default_manager.values_list(key, value):
        found[one].add(other)
    return found


class Who:
    """One person on this day; whoever is not signed in, or disabled, is nobody."""

    def __init__(self, user: Any, facts: Facts) -> None:
        self.facts = facts
        self.id = user.pk if user.pk and user.is_active else None
        self.posts = facts.posts[self.id] if self.id else []
        self.member = facts.member.get(self.id) if self.posts else None
        self.departments = {post.department_id for post in self.posts if post.role == CLERK}
        self.streets = {post.subdistrict_id for post in self.posts if post.role == CADRE}
        self.is_clerk = self.holds(CLERK)

    def holds(self, *roles: str) -> bool:
        return any(post.role in roles for post in self.posts)

    def at(self, row: Any, *roles: str) -> bool:
        """Holds one of the roles in the district of the row."""
        return any(post.role in roles and post.jurisdiction_id == row.jurisdiction_id for post in self.posts)

    def granted(self, row: Any) -> bool:
        return self.id is not None and (row._meta.label, self.id, row.pk) in self.facts.granted

    def seat(self, consultation: int) -> bool:
        return self.id is not None and any(seat.user_id == self.id for seat in self.facts.seats[consultation])

    def sat_as_member(self, consultation: int) -> bool:
        return bool(self.holds(MEMBER) and self.member and any(
            seat.member_id == self.member for seat in self.facts.seats[consultation]))

    def has_part(self, task: int) -> bool:
        return any(part.department_id in self.departments and part.ended_at is None for part in self.facts.parts[task])


# --- what is asked, talked over, advised ----------------------------------------------------------------------------


def project(who: Who, row: Any) -> bool:
    return row.public or who.at(row, *STAFF)


def opinion(who: Who, row: Any) -> bool:
    if who.id is None or row.state in ("quarantined", "spam"):
        return False
    if row.resident_id and who.facts.resident[row.resident_id] == who.id:
        return True
    if who.is_clerk:
        return False
    brought = bool(who.member and who.holds(MEMBER) and row.bearer_id == who.member)
    return who.at(row, OFFICE, CHAIR) or row.subdistrict_id in who.streets or brought or who.granted(row)


def set_aside(who: Who, row: Any) -> bool:
    return row.state in ("quarantined", "spam") and who.at(row, OFFICE)


def batch(who: Who, row: Any) -> bool:
    return any(post.role == OFFICE and post.jurisdiction_id in who.facts.batches[row.pk] for post in who.posts)


def of_office(who: Who, row: Any) -> bool:
    return who.at(row, OFFICE)


def of_office_and_chair(who: Who, row: Any) -> bool:
    return who.at(row, OFFICE, CHAIR)


def survey(who: Who, row: Any) -> bool:
    return of_office_and_chair(who, row) or (row.state != "drafted" and project(who, row.project))


def topic(who: Who, row: Any) -> bool:
    if row.state in ANNOUNCED_TOPIC and (row.kind != "conflict" or who.at(row, SUPERVISION, LEADER)):
        return True
    if who.at(row, OFFICE, CHAIR) or row.project.subdistrict_id in who.streets:
        return True
    return who.at(row, MEMBER) and (row.state == "planned" or row.state in ANNOUNCED_TOPIC)


def plan(who: Who, row: Any) -> bool:
    return row.pk in who.facts.adopted or who.at(row, OFFICE, CHAIR)


def record(who: Who, row: Any) -> bool:
    if who.id is None:
        return False
    if who.at(row, OFFICE, CHAIR) or who.seat(row.pk) or who.granted(row):
        return True
    if row.topic.kind == "conflict":
        return False
    ours = any(seat.department_id in who.departments for seat in who.facts.seats[row.pk] if seat.department_id)
    if row.state in INVITED and (ours or who.at(row, MEMBER)):
        return True
    return row.state in MINUTES_CONFIRMED and who.at(row, LEADER, SUPERVISION)


def consultation(who: Who, row: Any) -> bool:
    announced = row.is_open and row.state in INVITED and row.topic.kind != "conflict"
    return announced or record(who, row)


def recommendation(who: Who, row: Any) -> bool:
    if who.id is None or who.is_clerk:
        return False
    seats = [seat for seat in who.facts.seats[row.consultation_id] if seat.user_id == who.id]
    if who.at(row, OFFICE, CHAIR) or any(seat.group != "departments" for seat in seats):
        return True
    in_force = row.state in ("confirmed", "briefed") or row.state in ON_INSTRUCTION
    if in_force and who.at(row, MEMBER) and row.consultation.topic.kind != "conflict":
        return True
    return row.state in ON_INSTRUCTION and who.at(row, SUPERVISION)


def briefing(who: Who, row: Any) -> bool:
    if who.id is None or who.is_clerk:
        return False
    if who.at(row, OFFICE, CHAIR) or (row.state in SIGNED and who.granted(row)):
        return True
    if row.state not in SENT_OUT:
        return False
    if who.id in who.facts.sent[row.pk] and who.at(row, LEADER, SUPERVISION, CHAIR, OFFICE):
        return True
    return any(post.role == SUPERVISION and post.jurisdiction_id in who.facts.instructed[row.pk] for post in who.posts)


def instruction(who: Who, row: Any) -> bool:
    return who.at(row, OFFICE, CHAIR, SUPERVISION) or (who.at(row, LEADER) and row.leader_id == who.id)


def issue(who: Who, row: Any) -> bool:
    return briefing(who, row.briefing)


# --- what is owed and what came of it -------------------------------------------------------------------------------


def ordered(who: Who, row: Any, task: Any) -> bool:
    """The leader whose instruction it is, in the district of the row."""
    return who.at(row, LEADER) and task.instruction.leader_id == who.id


def task(who: Who, row: Any) -> bool:
    if who.at(row, SUPERVISION, OFFICE, CHAIR) or ordered(who, row, row) or who.granted(row):
        return True
    if row.state in ("proposed", "dropped"):
        return False
    backed = bool(who.holds(MEMBER) and who.member and who.member in who.facts.backed[row.recommendation_id])
    return who.has_part(row.pk) or backed or who.sat_as_member(row.recommendation.consultation_id)


def assignment(who: Who, row: Any) -> bool:
    return row.ended_at is None and task(who, row.task)


def reply_inside(who: Who, row: Any) -> bool:
    own = row.state == "approved" or row.department_id in who.departments or who.at(row.task, SUPERVISION, OFFICE)
    return own and task(who, row.task)


def reply(who: Who, row: Any) -> bool:
    return row.published_at is not None or reply_inside(who, row)


def result(who: Who, row: Any) -> bool:
    """Approved, and no approved one of a later handling stands for it."""
    later = any(one.state == "approved" and one.round > row.round for one in who.facts.replies[row.task_id])
    return row.state == "approved" and not later and reply_inside(who, row)


def of_the_file(who: Who, row: Any) -> bool:
    about = row.task
    works = who.at(about, SUPERVISION, OFFICE, CHAIR) or ordered(who, about, about) or who.has_part(about.pk)
    return works and task(who, about)


def block(who: Who, row: Any) -> bool:
    return row.department_id in who.departments


def look_back(who: Who, row: Any) -> bool:
    if who.at(row, OFFICE, CHAIR, SUPERVISION) or ordered(who, row, row.task):
        return True
    leads = bool(who.holds(MEMBER) and who.member and row.lead_id == who.member)
    if leads or who.sat_as_member(row.task.recommendation.consultation_id):
        return True
    return row.state == "confirmed" and who.has_part(row.task_id)


def of_look_back(who: Who, row: Any) -> bool:
    return look_back(who, row.look_back)


def voice(who: Who, row: Any) -> bool:
    about = row.look_back
    if about.state == "confirmed" and look_back(who, about):
        return True
    if (about.state == "visited" and who.at(about, OFFICE)) or (row.department_id and row.department_id in who.departments):
        return True
    spoke = any(one.kind == "member" and one.verdict != "not_had" for one in who.facts.voices[about.pk])
    return bool(who.holds(MEMBER) and who.member and about.lead_id == who.member and spoke)


def bulletin(who: Who, row: Any) -> bool:
    if who.at(row, OFFICE, CHAIR):
        return True
    told = who.at(row, SUPERVISION) or ordered(who, row, row.task) or who.has_part(row.task_id)
    return row.state == "issued" and (told or who.sat_as_member(row.task.recommendation.consultation_id))


def district_bulletin(who: Who, row: Any) -> bool:
    named = bool(who.facts.named[row.pk] & who.departments)
    return who.at(row, SUPERVISION) or (row.state == "issued" and (named or who.at(row, OFFICE, CHAIR, LEADER)))


def rating(who: Who, row: Any) -> bool:
    if who.at(row, OFFICE, CHAIR) or (who.member and row.member_id == who.member):
        return True
    resident = row.opinion.resident_id if row.opinion else None
    return bool(who.id and resident and who.facts.resident[resident] == who.id)


def appraisal(who: Who, row: Any) -> bool:
    if who.at(row, OFFICE, CHAIR, SUPERVISION) or (who.id and who.id in who.facts.voters[row.pk]):
        return True
    if row.task_id is None and who.at(row, LEADER):
        return True
    return row.state == "closed" and row.department_id is not None and row.department_id in who.departments


def case(who: Who, row: Any) -> bool:
    return row.state == "published" or who.at(row, OFFICE, CHAIR)


# --- people and the log ---------------------------------------------------------------------------------------------


def account(who: Who, row: Any) -> bool:
    if who.id is not None and row.pk == who.id:
        return True
    mine = {post.jurisdiction_id for post in who.posts if post.role in (SYS_ADMIN, SEC_ADMIN)}
    return bool(mine) and (row.pk not in who.facts.ever or bool(mine & who.facts.ever[row.pk]))


def appointment(who: Who, row: Any) -> bool:
    return (who.id is not None and row.user_id == who.id) or who.at(row, SYS_ADMIN, SEC_ADMIN)


def absence(who: Who, row: Any) -> bool:
    return who.id is not None and who.id in (row.user_id, row.deputy_id)


def log(who: Who, row: Any) -> bool:
    return who.holds(AUDIT_ADMIN)


def job(who: Who, row: Any) -> bool:
    return who.holds(SYS_ADMIN)


def everybody(who: Who, row: Any) -> bool:
    return True


#: By the question a room answers (``<room>.<function of its rules>``); ``TO_ALL``: lists that are everybody's at that desk.
READINGS: dict[str, Reading] = {
    "renewal.visible_to": project, "opinions.visible_to": opinion, "opinions.aside_for": set_aside,
    "opinions.batches_visible_to": batch, "opinions.templates_visible_to": of_office, "surveys.visible_to": survey,
    "topics.visible_to": topic, "topics.plans_visible_to": plan, "topics.weightings_visible_to": of_office_and_chair,
    "consultations.visible_to": consultation, "consultations.readers_of": record, "recommendations.visible_to": recommendation,
    "briefings.visible_to": briefing, "briefings.instructions_visible_to": instruction, "briefings.issues_visible_to": issue,
    "tasks.visible_to": task, "tasks.assignments_visible_to": assignment, "tasks.replies_readable_by": reply,
    "tasks.results_visible_to": result, "tasks.progress_visible_to": of_the_file, "tasks.milestones_visible_to": of_the_file,
    "tasks.blocks_visible_to": block, "followups.visible_to": look_back, "followups.findings_visible_to": of_look_back,
    "followups.voices_visible_to": voice, "followups.samples_visible_to": of_office_and_chair,
    "followups.difficulties_visible_to": of_look_back, "followups.bulletins_visible_to": bulletin,
    "followups.district_bulletins_visible_to": district_bulletin, "evaluations.visible_to": rating,
    "evaluations.appraisals_visible_to": appraisal, "showcases.visible_to": case, "people.visible_to": account,
    "people.appointments_visible_to": appointment, "people.audit_visible_to": log, "people.jobs_visible_to": job,
    "people.absences_visible_to": absence,
}
TO_ALL = {"kit.CalendarDay": everybody}
#: Questions that only lists ask, and the kind they are about.
OF_LISTS = {"tasks.results_visible_to": "tasks.reply", "tasks.assignments_visible_to": "tasks.assignment",
            "consultations.readers_of": "consultations.consultation"}


# --- lists about a part of what one sees ----------------------------------------------------------------------------


def handled(who: Who, row: Any) -> bool:
    return row.state not in ("proposed", "dropped") and who.has_part(row.pk)


def confirmed(who: Who, row: Any) -> bool:
    return row.state == "confirmed" and who.has_part(row.task_id)


def our_seat(who: Who, row: Any) -> bool:
    return any(seat.department_id in who.departments for seat in who.facts.seats[row.pk] if seat.department_id)


def handed_in(who: Who, row: Any) -> bool:
    return bool(row.resident_id and who.facts.resident[row.resident_id] == who.id)


#: Lists whose rows ask a narrower question by themselves: what one sees *and* what this says.
PARTS: dict[str, Reading] = {
    "departments:tasks": handled, "departments:followups": confirmed, "departments:consultations": our_seat,
    "members:consultations": lambda who, row: who.seat(row.pk), "residents:opinions": handed_in,
    "briefing.register": of_office_and_chair,
}
#: Keys that a reading follows, so that they are read with the row.
FOLLOWED = {
    "surveys.Survey": ("project",), "topics.Topic": ("project",), "consultations.Consultation": ("topic",),
    "recommendations.Recommendation": ("consultation__topic",), "briefings.Issue": ("briefing",),
    "tasks.Task": ("instruction", "recommendation"), "evaluations.Rating": ("opinion",),
    **{label: ("task__instruction", "task__recommendation") for label in (
        "tasks.Assignment", "tasks.Reply", "tasks.Progress", "tasks.Milestone", "followups.LookBack", "followups.Bulletin")},
    **{label: ("look_back__task__instruction", "look_back__task__recommendation") for label in (
        "followups.Finding", "followups.Voice", "followups.Difficulty")},
}
