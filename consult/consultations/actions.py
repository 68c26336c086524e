"""The verbs of consultations around the session: prepared, invited, begun, ended, minuted, confirmed, concluded."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.consultations import minutes, notices, panel, rules
from consult.consultations.models import AgendaItem, Attendance, Consultation, Minutes, Panelist
from consult.consultations.record import (
    ask,
    clear,
    decide,
    demand,
    rejoin,
    reply,
    reply_later,
    settle,
    summarise,
    take_position,
)
from consult.consultations.states import ConsultationState, Duty, Form, Group, ItemKind, Presence, Venue
from consult.kit import attachments, audit, calendar, numbering, search
from consult.kit.rules import require
from consult.kit.states import can, move
from consult.people.models import CommitteeMember, Department, LiaisonOffice, SpecialCommittee
from consult.people.roles import Role, scope_of
from consult.topics import actions as topics_actions
from consult.topics.models import Topic
from consult.topics.rules import visible_to as visible_topics
from consult.topics.states import Kind

__all__ = ["add_item", "amend", "archive", "ask", "attach", "cancel", "clear", "conclude", "confirm", "decide", "demand",
           "end", "invite", "notify", "prepare", "rejoin", "remove_item", "reply", "reply_later", "return_minutes",
           "settle", "sign_in", "start", "submit_minutes", "summarise", "take_position", "uninvite"]

#: 通报 → 提问 → 解答 → 发言, in minutes.
AGENDA = ((ItemKind.REPORT, 10), (ItemKind.QUESTION, 20), (ItemKind.ANSWER, 20), (ItemKind.SPEECH, 20))


def prepare(*, topic: Topic, title: str, form: str, venue_kind: str, venue: str, starts_at: datetime, ends_at: datetime,
            committee: SpecialCommittee | None = None, liaison_office: LiaisonOffice | None = None, materials: str = "",
            visits: int = 0, plan_version: str = "", is_open: bool = False, by: Any, at: datetime) -> Consultation:
    """Prepare a consultation on an announced topic, with the usual agenda. A member who prepares one is its convenor."""
    facts: dict[str, Any] = {
        "title": title.strip(), "form": form, "venue_kind": venue_kind, "venue": venue.strip(), "starts_at": starts_at,
        "ends_at": ends_at, "committee": committee, "liaison_office": liaison_office, "materials": materials.strip(),
        "visits": visits, "plan_version": plan_version.strip(), "is_open": is_open}
    consultation = Consultation(topic=topic, jurisdiction_id=topic.jurisdiction_id, prepared_by=by, prepared_at=at, **facts)
    require(rules.may_prepare, by, consultation)
    if not can(topic, "begin") or not visible_topics(by).filter(pk=topic.pk).exists():
        raise ValidationError({"topic": _("Choose a topic that has been announced and is not closed.")})
    _check(topic, facts, at)
    year = calendar.local_date(at).year
    with transaction.atomic():
        consultation.number = f"XS{year}-{numbering.next_number('consultation', year):04d}"
        consultation.save(force_insert=True)
        search.put(consultation)
        AgendaItem.objects.bulk_create(AgendaItem(consultation=consultation, order=n, kind=kind, minutes=length)
                                       for n, (kind, length) in enumerate(AGENDA, 1))
        audit.write("consultations.prepare", consultation, by=by, at=at, after=consultation.state)
        _seat_the_convenor(consultation, by)
        topics_actions.begin(topic, by=by, at=at)
    return consultation


def _check(topic: Topic, facts: dict[str, Any], at: datetime) -> None:
    wrong: dict[str, Any] = {}
    if not facts["title"]:
        wrong["title"] = _("Give the consultation a title.")
    if not facts["venue"]:
        wrong["venue"] = _("Say where it takes place.")
    if facts["form"] not in Form.values:
        wrong["form"] = _("Choose a form.")
    if facts["venue_kind"] not in Venue.values:
        wrong["venue_kind"] = _("Choose the kind of venue.")
    if calendar.local_date(facts["starts_at"]) < calendar.local_date(at):
        wrong["starts_at"] = _("This day has passed: choose today or a later day.")
    if facts["ends_at"] <= facts["starts_at"]:
        wrong["ends_at"] = _("It must end after it starts.")
    if facts["is_open"] and topic.kind == Kind.CONFLICT:
        wrong["is_open"] = _("A conflict is talked over behind closed doors: it can't be announced to the public.")
    if wrong:
        raise ValidationError(wrong)


def _seat_the_convenor(consultation: Consultation, by: Any) -> None:
    scope = scope_of(by)
    if scope.holds(Role.OFFICE) or not scope.member_id:
        return
    member = CommitteeMember.objects.get(pk=scope.member_id)
    Panelist.objects.create(consultation=consultation, group=Group.MEMBERS, duty=Duty.CONVENOR, name=member.name,
                            post=member.post, user=by, member=member)


def amend(consultation: Consultation, *, title: str, form: str, venue_kind: str, venue: str, starts_at: datetime,
          ends_at: datetime, materials: str = "", visits: int = 0, plan_version: str = "", is_open: bool = False,
          by: Any, at: datetime) -> Consultation:
    """Change time, place and preparation before it begins."""
    facts: dict[str, Any] = {
        "title": title.strip(), "form": form, "venue_kind": venue_kind, "venue": venue.strip(), "starts_at": starts_at,
        "ends_at": ends_at, "materials": materials.strip(), "visits": visits, "plan_version": plan_version.strip(),
        "is_open": is_open}
    require(rules.may_amend, by, consultation)
    _check(consultation.topic, facts, at)
    changed = {name: [str(getattr(consultation, name)), str(value)] for name, value in facts.items()
               if getattr(consultation, name) != value}
    with transaction.atomic():
        move(consultation, "amend", by=by, at=at, rule=rules.may_amend, data=changed, **facts)
        search.put(consultation)
    return consultation


# --- panel and agenda ---------------------------------------------------------------------------------------------


def invite(consultation: Consultation, *, group: str, duty: str = Duty.SPEAKER, name: str = "", user: Any = None,
           member: CommitteeMember | None = None, department: Department | None = None, is_head: bool = False,
           post: str = "", must_attend: bool = True, by: Any, at: datetime) -> Panelist:
    """Seat somebody. A member's name, post and account come from the member; residents may be named by hand."""
    if member is not None:
        name, post, user = name or member.name, post or member.post, user or member.user
    if user is not None:
        name = name or str(user)
    if department is not None:
        post = post or department.name
    seat = Panelist(consultation=consultation, group=group, duty=duty, name=name.strip(), post=post.strip(), user=user,
                    member=member if group == Group.MEMBERS else None, department=department,
                    is_head=is_head and group == Group.DEPARTMENTS, must_attend=must_attend)
    with transaction.atomic():
        move(consultation, "invite", by=by, at=at, rule=rules.may_invite,
             data={"name": seat.minuted_name, "group": group, "duty": duty})
        _check_seat(consultation, seat)
        seat.save(force_insert=True)
        if consultation.state != ConsultationState.PREPARING:
            notices.to_panel("notify", consultation, at)
    return seat


def _check_seat(consultation: Consultation, seat: Panelist) -> None:
    home, wrong = consultation.jurisdiction_id, {}
    if seat.group not in Group.values:
        wrong["group"] = _("Choose one of the five groups.")
    if seat.duty not in Duty.values:
        wrong["duty"] = _("Choose what they do at the table.")
    if seat.group == Group.MEMBERS and (seat.member is None or seat.member.jurisdiction_id != home):
        wrong["member"] = _("Choose a committee member of this district.")
    elif not seat.name:
        wrong["name"] = _("Write the name.")
    if seat.group == Group.DEPARTMENTS and (seat.department is None or seat.department.jurisdiction_id != home):
        wrong["department"] = _("Choose a department of this district.")
    if seat.duty == Duty.CHAIR and consultation.panel.filter(duty=Duty.CHAIR).exists():
        wrong["duty"] = _("There is a chair already: take them off first.")
    judged = seat.group == Group.DEPARTMENTS or scope_of(seat.user).holds(Role.CLERK)
    if judged and seat.duty in rules.KEEPERS:
        wrong["duty"] = _("Departments answer; somebody else chairs, convenes and keeps the record.")
    if seat.user is not None and consultation.panel.filter(user=seat.user).exists():
        wrong["user" if seat.member is None else "member"] = _("This person is at the table already.")
    if wrong:
        raise ValidationError(wrong)
    seat.clean_fields(exclude=["consultation"])


def uninvite(consultation: Consultation, *, panelist: Panelist, by: Any, at: datetime) -> Consultation:
    seat_of(consultation, panelist)
    with transaction.atomic():
        move(consultation, "uninvite", by=by, at=at, rule=rules.may_uninvite, data={"name": panelist.minuted_name})
        panelist.delete()
    return consultation


def seat_of(consultation: Consultation, panelist: Panelist) -> None:
    if panelist.consultation_id != consultation.pk:
        raise ValidationError({"panelist": _("Choose somebody at this table.")})


def add_item(consultation: Consultation, *, kind: str, title: str = "", minutes: int = 10, by: Any,
             at: datetime) -> AgendaItem:
    if kind not in ItemKind.values:
        raise ValidationError({"kind": _("Choose the kind of item.")})
    with transaction.atomic():
        move(consultation, "add_item", by=by, at=at, rule=rules.may_add_item, data={"kind": kind, "title": title.strip()})
        last = consultation.agenda.order_by("order").last()
        return AgendaItem.objects.create(consultation=consultation, order=last.order + 1 if last else 1, kind=kind,
                                         title=title.strip(), minutes=minutes)


def remove_item(consultation: Consultation, *, item: AgendaItem, by: Any, at: datetime) -> Consultation:
    if item.consultation_id != consultation.pk:
        raise ValidationError({"item": _("Choose an item of this agenda.")})
    with transaction.atomic():
        move(consultation, "remove_item", by=by, at=at, rule=rules.may_remove_item, data={"title": str(item)})
        item.delete()
    return consultation


def attach(consultation: Consultation, *, upload: Any, caption: str = "", by: Any, at: datetime) -> Consultation:
    """A photo, the signed attendance list, a plan."""
    with transaction.atomic():
        move(consultation, "attach", by=by, at=at, rule=rules.may_attach)
        attachments.attach(consultation, upload, by=by, at=at, caption=caption)
    return consultation


def notify(consultation: Consultation, *, reason: str = "", by: Any, at: datetime) -> Consultation:
    """Send the invitations, once the table is fit for the kind of topic. Short notice needs a reason."""
    require(rules.may_notify, by, consultation)
    if gaps := panel.blocking(panel.check(consultation)):
        raise ValidationError([ValidationError(str(gap.sentence)) for gap in gaps])
    notice = panel.notice_on(consultation, calendar.local_date(at))
    if notice.is_short and not reason.strip():
        raise ValidationError({"reason": _(
            "Only %(left)s working days are left, %(usual)s are usual. Write why it is called at short notice.") % {
                "left": max(notice.left, 0), "usual": notice.usual}})
    with transaction.atomic():
        move(consultation, "notify", by=by, at=at, rule=rules.may_notify, notified_at=at, note=reason.strip()[:300],
             data={"reason": reason.strip(), "working_days": notice.left})
        notices.to_panel("notify", consultation, at)
    return consultation


def cancel(consultation: Consultation, *, note: str, by: Any, at: datetime) -> Consultation:
    _say_why(note)
    told = consultation.notified_at is not None
    with transaction.atomic():
        move(consultation, "cancel", by=by, at=at, rule=rules.may_cancel, note=note.strip(), data={"note": note.strip()})
        if told:
            notices.to_panel("cancel", consultation, at)
    return consultation


def _say_why(note: str) -> None:
    if not note.strip():
        raise ValidationError({"note": _("Write why, so that everybody concerned understands it.")})
    if len(note.strip()) > 300:
        raise ValidationError({"note": _("Please keep it to %(max)s characters.") % {"max": 300}})


# --- the session --------------------------------------------------------------------------------------------------


def start(consultation: Consultation, *, by: Any, at: datetime) -> Consultation:
    """Begin, at a table still fit for the kind of topic: it may have changed since the invitations."""
    require(rules.may_start, by, consultation)
    if can(consultation, "start") and (gaps := panel.blocking(panel.check(consultation))):
        raise ValidationError([ValidationError(str(gap.sentence)) for gap in gaps])
    return move(consultation, "start", by=by, at=at, rule=rules.may_start, started_at=at)


def end(consultation: Consultation, *, by: Any, at: datetime) -> Consultation:
    return move(consultation, "end", by=by, at=at, rule=rules.may_end, ended_at=at)


def sign_in(consultation: Consultation, *, panelist: Panelist, presence: str, by: Any, at: datetime) -> Attendance:
    """Record whether somebody came; leave may be recorded before it begins."""
    seat_of(consultation, panelist)
    if presence not in Presence.values:
        raise ValidationError({"presence": _("Choose one of the four.")})
    with transaction.atomic():
        move(consultation, "sign_in", by=by, at=at, rule=rules.may_sign_in,
             data={"name": panelist.minuted_name, "presence": presence})
        return Attendance.objects.update_or_create(panelist=panelist, defaults={
            "presence": presence, "at": at, "by": by})[0]


# --- minutes ------------------------------------------------------------------------------------------------------


def submit_minutes(consultation: Consultation, *, text: str, by: Any, at: datetime) -> Consultation:
    """Put the minutes before the chair."""
    if not text.strip():
        raise ValidationError({"text": _("Write the minutes.")})
    with transaction.atomic():
        move(consultation, "submit_minutes", by=by, at=at, rule=rules.may_submit_minutes)
        Minutes.objects.update_or_create(consultation=consultation, defaults={
            "text": text.strip(), "written_by": by, "written_at": at})
        notices.to_chair("submit_minutes", consultation, at)
    return consultation


def return_minutes(consultation: Consultation, *, note: str, by: Any, at: datetime) -> Consultation:
    _say_why(note)
    with transaction.atomic():
        move(consultation, "return_minutes", by=by, at=at, rule=rules.may_return_minutes, note=note.strip(),
             data={"note": note.strip()})
        notices.to_writers("return_minutes", consultation, at)
    return consultation


def confirm(consultation: Consultation, *, by: Any, at: datetime) -> Consultation:
    """The chair of the consultation confirms: the record is whole, and from now on it is frozen with its hash."""
    require(rules.may_confirm, by, consultation)
    if gaps := panel.missing(consultation):
        raise ValidationError([ValidationError(str(gap.sentence)) for gap in gaps])
    with transaction.atomic():
        move(consultation, "confirm", by=by, at=at, rule=rules.may_confirm)
        kept = consultation.minutes
        kept.refresh_from_db()
        _freeze(consultation, kept, by, at)
        audit.write("consultations.freeze", consultation, by=by, at=at, data={"sha256": kept.sha256})
        notices.to_panel("confirm", consultation, at)
        notices.to_office("confirm", consultation, at)
    return consultation


def _freeze(consultation: Consultation, kept: Minutes, by: Any, at: datetime) -> None:
    kept.snapshot = minutes.snapshot(consultation, kept.text)
    kept.sha256 = minutes.digest(kept.snapshot)
    kept.confirmed_by, kept.confirmed_at = by, at
    kept.save()


def conclude(consultation: Consultation, *, by: Any, at: datetime) -> Consultation:
    """The results are formed; the topic counts as consulted."""
    with transaction.atomic():
        move(consultation, "conclude", by=by, at=at, rule=rules.may_conclude)
        if can(consultation.topic, "conclude"):
            topics_actions.conclude(consultation.topic, by=by, at=at)
    return consultation


def archive(consultation: Consultation, *, by: Any, at: datetime) -> Consultation:
    return move(consultation, "archive", by=by, at=at, rule=rules.may_archive)
