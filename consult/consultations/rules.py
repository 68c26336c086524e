"""Who sees a consultation, who reads its record, who keeps it, and who alone confirms its minutes."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation, Panelist
from consult.consultations.states import CONFIRMED_ON, NOTICED, Duty, Group
from consult.kit import attachments, calendar, grants
from consult.kit.rules import Rule, Sentence, because, rule, sees
from consult.kit.sealing import mask
from consult.kit.search import finds
from consult.opinions.models import Opinion
from consult.opinions.rules import visible_to as visible_opinions
from consult.people.models import CommitteeMember, Expertise
from consult.people.roles import Role, Scope, scope_of
from consult.people.rules import in_role, is_office
from consult.topics.models import Topic
from consult.topics.states import Kind

#: The three at the table who keep the record.
KEEPERS = (Duty.CHAIR, Duty.CONVENOR, Duty.RECORDER)
#: A subquery: conflicts are few, and a list need not be joined to its topics for them.
_OPEN_KIND = ~Q(topic__in=Topic.objects.conflicts())


def _sits(scope: Scope) -> Q:
    return Q(pk__in=Panelist.objects.filter(user=scope.user_id).exclude(user=None).values("consultation_id"))


def sat_by(user: Any) -> Any:
    """The consultations at which one has a seat."""
    return Consultation.objects.filter(_sits(scope_of(user)))


def _answers(scope: Scope) -> Q:
    return Q(pk__in=Panelist.objects.filter(department__in=scope.departments()).values("consultation_id"))


def answered_by(user: Any) -> Any:
    """Those at which one's department has a seat, and whose record one may read."""
    scope = scope_of(user)
    return Consultation.objects.filter(_answers(scope)).filter((_OPEN_KIND & Q(state__in=NOTICED)) | _sits(scope))


def readers_of(user: Any) -> Any:
    """The consultations whose record the user may read: by office, by seat, by the seat of their department, by grant.

    A conflict is closed to everybody but the office, the chair, those at the table, and named persons.
    """
    scope = scope_of(user)
    if scope.user_id is None:
        return Consultation.objects.none()
    who = Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE, Role.CHAIR))
    who |= _sits(scope)
    who |= Q(pk__in=grants.granted(user, "view", Consultation, calendar.today()))
    if scope.departments():
        who |= _OPEN_KIND & Q(state__in=NOTICED) & _answers(scope)
    if members := scope.jurisdictions(Role.MEMBER):
        who |= _OPEN_KIND & Q(state__in=NOTICED, jurisdiction__in=members)
    if above := scope.jurisdictions(Role.LEADER, Role.SUPERVISION):
        who |= _OPEN_KIND & Q(state__in=CONFIRMED_ON, jurisdiction__in=above)
    return Consultation.objects.filter(who)


def visible_to(user: Any) -> Any:
    """Those whose record one may read, and for everybody title, time and place of what was announced to the public."""
    announced = Consultation.objects.filter(_OPEN_KIND, is_open=True, state__in=NOTICED)
    return readers_of(user) | announced


def seen_by(consultation: Consultation) -> list[Sentence]:
    place = {"place": consultation.jurisdiction}
    told: list[Sentence] = [_("The CPPCC office and the CPPCC chair of %(place)s.") % place,
                            _("Everybody at the table who has an account.")]
    if consultation.topic.kind == Kind.CONFLICT:
        return [*told, _("Nobody else: it is a conflict between people. Departments only by the person at the table.")]
    if consultation.state in NOTICED:
        told.append(_("The departments at the table, without the names of residents."))
        told.append(_("The committee members of %(place)s, now that the invitations are sent.") % place)
    if consultation.state in CONFIRMED_ON:
        told.append(_("The leaders and the supervision office of %(place)s, now that the minutes are confirmed.") % place)
    if consultation.is_open and consultation.state in NOTICED:
        told.append(_("Everybody sees title, time and place: it was announced."))
        if consultation.state in CONFIRMED_ON:
            told.append(_("Everybody reads its result on the sheet for the notice board: figures, no names."))
    return told


def reads_record(user: Any, consultation: Consultation) -> bool:
    """More than title, time and place?"""
    return bool(readers_of(user).filter(pk=consultation.pk).exists())


def reads_names(user: Any, consultation: Consultation) -> bool:
    """The full names of residents at the table: not for clerks, unless they sit there themselves."""
    scope = scope_of(user)
    return not scope.holds(Role.CLERK) or any(seat.user_id == scope.user_id for seat in consultation.panel.all())


def files_visible_to(user: Any) -> Any:
    """Consultations whose files one may fetch: a signed attendance list tells what ``reads_names`` asks about."""
    scope = scope_of(user)
    found = readers_of(user)
    if not scope.holds(Role.CLERK):
        return found
    return found.filter(pk__in=Panelist.objects.filter(user=scope.user_id).values("consultation_id"))


def name_for(user: Any, panelist: Panelist) -> str:
    return panelist.name if reads_names(user, panelist.consultation) else panelist.minuted_name


def veil(user: Any, consultation: Consultation) -> Callable[[str], str]:
    """What covers free text for this reader: names of residents at the table, for those who must not learn them;

    telephone, identity and plate numbers and e-mail addresses for everybody but the office.
    """
    hide = str if reads_names(user, consultation) else cover(consultation)
    return hide if is_office(user, consultation) else lambda text: mask(hide(text))


def cover(consultation: Consultation) -> Callable[[str], str]:
    """What leaves the first character of a resident at the table: for papers, which travel, whoever prints them."""
    names = {seat.name: seat.minuted_name for seat in consultation.panel.all() if seat.group == Group.PUBLIC}

    def covered(text: str) -> str:
        for name, short in names.items():
            text = text.replace(name, short)
        return text
    return covered


def readable_opinions(user: Any, consultation: Consultation) -> set[int]:
    """Which of the opinions behind statements and demands this user may follow. A department: none."""
    linked = {*consultation.statements.exclude(opinion=None).values_list("opinion_id", flat=True),
              *consultation.demands.exclude(opinion=None).values_list("opinion_id", flat=True)}
    if not linked or scope_of(user).holds(Role.CLERK):
        return set()
    found = visible_opinions(user).filter(pk__in=linked)
    return {opinion.pk for opinion in found if isinstance(opinion, Opinion)}


# --- who may ------------------------------------------------------------------------------------------------------


def _sits_as(*duties: str) -> Rule:
    @because(_("Only the chair, convenor or recorder of this consultation may do this.")
             if len(duties) > 1 else _("Only the chair of this consultation may do this."))
    def asked(user: Any, consultation: Any) -> bool:
        mine = scope_of(user).user_id
        return bool(mine and consultation is not None and any(
            seat.user_id == mine and seat.duty in duties for seat in consultation.panel.all()))
    return asked


@because(_("Only the department that took the question back may answer it later."))
def is_department_at_table(user: Any, consultation: Any) -> bool:
    mine = scope_of(user).departments()
    return bool(mine) and consultation.topic.kind != Kind.CONFLICT and any(
        seat.group == Group.DEPARTMENTS and seat.department_id in mine for seat in consultation.panel.all())


keeps_record = is_office | _sits_as(*KEEPERS)
is_its_chair = _sits_as(Duty.CHAIR)


def _by_keepers(verb: str) -> Rule:
    return rule(f"consultations.{verb}", keeps_record)


@because(_("A session on a conflict is called by the office, or by a member with expertise in law or mediation."))
def is_no_conflict_or_mediates(user: Any, about: Any) -> bool:
    """Asked about a consultation, or about the topic it would be on."""
    if about is None or getattr(about, "topic", about).kind != Kind.CONFLICT:
        return True
    member = CommitteeMember.objects.filter(pk=scope_of(user).member_id or 0).first()
    return member is not None and member.knows(Expertise.LAW, Expertise.MEDIATION)


may_prepare = rule("consultations.prepare", is_office | (in_role(Role.MEMBER) & is_no_conflict_or_mediates).but(
    _("A session is called by the office or a member; on a conflict, a member with expertise in law or mediation.")))
may_amend = _by_keepers("amend")
may_invite = _by_keepers("invite")
may_uninvite = _by_keepers("uninvite")
may_add_item = _by_keepers("add_item")
may_remove_item = _by_keepers("remove_item")
may_notify = _by_keepers("notify")
may_cancel = _by_keepers("cancel")
may_start = _by_keepers("start")
may_end = _by_keepers("end")
may_sign_in = _by_keepers("sign_in")
may_ask = _by_keepers("ask")
may_reply = _by_keepers("reply")
may_rejoin = _by_keepers("rejoin")
may_clear = _by_keepers("clear")
may_demand = _by_keepers("demand")
may_decide = _by_keepers("decide")
may_take_position = _by_keepers("take_position")
may_settle = _by_keepers("settle")
may_summarise = _by_keepers("summarise")
may_attach = _by_keepers("attach")
may_submit_minutes = _by_keepers("submit_minutes")
may_return_minutes = rule("consultations.return_minutes", is_its_chair)
may_confirm = rule("consultations.confirm", is_its_chair)
may_conclude = rule("consultations.conclude", is_office)
may_archive = rule("consultations.archive", is_office)
may_reply_later = rule("consultations.reply_later", keeps_record | is_department_at_table)

sees(Consultation, visible_to)
finds(Consultation, "number", "title", "venue")
attachments.read_by(Consultation, files_visible_to)
