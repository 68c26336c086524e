"""Who sees an opinion, in which words, and who decides about it. Departments never see opinions."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar, grants, parameters
from consult.kit.models import AuditEvent
from consult.kit.rules import NOTHING, Rule, Sentence, because, rule, sees
from consult.kit.sealing import mask
from consult.kit.search import finds
from consult.opinions.models import ImportBatch, Opinion, SealedIdentity, TriageTemplate
from consult.opinions.states import ASIDE, TAKEN_BACK, OpinionState
from consult.people.roles import Role, scope_of
from consult.people.rules import in_role, is_chair, is_office


def visible_to(user: Any) -> Any:
    """The office and the chair: their district's; members: those they brought; cadres: their subdistrict's;

    residents: their own; and what was granted by name. A clerk sees none of others, not even by a grant.
    """
    scope = scope_of(user)
    if scope.user_id is None:
        return Opinion.objects.none()
    who = NOTHING
    if scope.resident_id:
        who |= Q(resident=scope.resident_id)
    if not scope.holds(Role.CLERK):
        who |= Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE, Role.CHAIR))
        who |= Q(subdistrict__in=scope.subdistricts())
        who |= Q(pk__in=grants.granted(user, "view", Opinion, calendar.today()))
        if scope.holds(Role.MEMBER) and scope.member_id:
            who |= Q(bearer=scope.member_id)
    return Opinion.objects.heard().filter(who)


def own(user: Any) -> Any:
    """What somebody handed in from their account as a resident."""
    mine = scope_of(user).resident_id
    return Opinion.objects.heard().filter(resident=mine) if mine else Opinion.objects.none()


def triaged_by(user: Any) -> Any:
    """What one sees of the districts whose office one works in: its queue, and its counts."""
    return visible_to(user).filter(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE))


def aside_for(user: Any) -> Any:
    """Those in quarantine and those set aside: the office of their district sees them in one list, nobody else anywhere."""
    return Opinion.objects.filter(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE), state__in=ASIDE)


def batches_visible_to(user: Any) -> Any:
    """The sheets that brought in opinions of a district: its office sees that they came."""
    here = Opinion.objects.filter(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE), batch=OuterRef("pk"))
    return ImportBatch.objects.filter(Exists(here))


def templates_visible_to(user: Any) -> Any:
    """The usual words of one's own office."""
    return TriageTemplate.objects.filter(jurisdiction__in=scope_of(user).jurisdictions(Role.OFFICE))


def seen_by(opinion: Opinion) -> list[Sentence]:
    told: list[Sentence] = [
        _("The CPPCC office of %(place)s: it decides what becomes of it.") % {"place": opinion.jurisdiction},
        _("The CPPCC chair, without telephone and identity numbers."),
    ]
    if opinion.bearer_id:
        told.append(_("%(name)s, the member who brought it in.") % {"name": opinion.bearer})
    if opinion.subdistrict_id:
        told.append(_("Cadres of %(place)s, without telephone and identity numbers.") % {"place": opinion.subdistrict})
    told.append(_("Whoever handed it in, by receipt code or from their own account."))
    return [*told, _("Departments never see it: they get the recommendation made of it.")]


@because(_("Only the person who handed it in may do this."))
def is_submitter(user: Any, opinion: Any) -> bool:
    """The resident from their own account. By receipt code there is no user: the receipt was checked before."""
    if user is None:
        return True
    return bool(opinion.resident_id) and opinion.resident.user_id == scope_of(user).user_id


@because(_("You may only enter opinions from your own subdistrict."))
def is_of_own_subdistrict(user: Any, opinion: Any) -> bool:
    return opinion is None or opinion.subdistrict_id in scope_of(user).subdistricts()


def last_decided(opinion: Opinion) -> AuditEvent | None:
    """The move that brought the opinion where it stands, if it is one that can be taken back."""
    last = audit.trail_of(opinion).exclude(after="").exclude(verb="opinions.split").last()
    verb = TAKEN_BACK.get(OpinionState(opinion.state)) if opinion.state in TAKEN_BACK else None
    return last if last and last.before and last.after == opinion.state and last.verb == f"opinions.{verb}" else None


def back_until(opinion: Opinion) -> date | None:
    """Until which day the last decision can be taken back; None when it is none of those."""
    last = last_decided(opinion)
    return parameters.due("opinion_undo_days", last.at).on if last else None


@because(_("It can be taken back for a few working days only, and only the last decision: that time is over."))
def is_fresh(user: Any, opinion: Any) -> bool:
    until = back_until(opinion)
    return until is not None and calendar.today() <= until


@because(_("Nothing is known about who handed it in."))
def is_known(user: Any, opinion: Any) -> bool:
    return SealedIdentity.objects.filter(opinion=opinion, erased_at=None).exists()


def reads_everything(user: Any, opinion: Opinion) -> bool:
    """May the user read the words as they were written? The office that decides, and whoever wrote them."""
    return bool(is_office(user, opinion)) or (user is not None and bool(is_submitter(user, opinion)))


def text_for(user: Any, opinion: Opinion) -> str:
    """The words of the opinion as this user may read them."""
    return opinion.text if reads_everything(user, opinion) else mask(opinion.text)


def _by_office(verb: str) -> Rule:
    return rule(f"opinions.{verb}", is_office)


may_enter = rule("opinions.enter", in_role(Role.OFFICE, Role.MEMBER) | (in_role(Role.CADRE) & is_of_own_subdistrict))
may_import = _by_office("import_sheet")
may_admit = _by_office("admit")
may_set_aside = _by_office("set_aside")
may_accept = _by_office("accept")
may_adopt = _by_office("adopt")
may_release = _by_office("release")
may_merge = _by_office("merge")
may_refer = _by_office("refer")
may_answer = _by_office("answer")
may_keep = _by_office("keep")
may_decline = _by_office("decline")
may_respond = _by_office("respond")
may_archive = _by_office("archive")
may_note = _by_office("note")
may_message = _by_office("message")
may_split = _by_office("split")
may_take_up = _by_office("take_up")
may_take_back = rule("opinions.take_back", is_office & is_fresh)
may_decide_many = _by_office("decide_many")
may_word = _by_office("word")
may_reveal = rule("opinions.reveal", is_office & is_known)
may_reissue = rule("opinions.reissue", is_office & is_known)
may_restrict = rule("opinions.restrict", is_submitter)
may_show_contact = rule("opinions.show_contact", is_submitter & is_known)
may_correct_contact = rule("opinions.correct_contact", is_submitter)
may_read_notes = rule("opinions.read_notes", is_office | is_chair)
may_add_fact = rule("opinions.add_fact", is_submitter)
may_erase_contact = rule("opinions.erase_contact", is_submitter | is_office)

sees(Opinion, visible_to)
sees(ImportBatch, batches_visible_to)
sees(TriageTemplate, templates_visible_to)
finds(Opinion, "number", "place", "text", area="jurisdiction_id", day="submitted_at", among=Opinion.objects.heard)
