"""The verbs of opinions: handed in, triaged with words to the submitter, answered, found again by receipt."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar, numbering, parameters, search, secrecy
from consult.kit.rules import require
from consult.kit.states import can, lock, move
from consult.opinions import consent, identity, notices, receipts, rules, wording
from consult.opinions import photos as photo_files
from consult.opinions.identity import erase_contact, identity_of, reissue, restrict, reveal, times_revealed
from consult.opinions.importing import bring_in
from consult.opinions.models import Consent, ImportBatch, Opinion, OpinionMessage, ReceiptTry, TriageDecision
from consult.opinions.rekeying import rotate_keys
from consult.opinions.retention import erased_after, expire
from consult.opinions.states import (
    HANDLED,
    REFERRALS,
    TEXT_MAX,
    Channel,
    IdentityMode,
    OpinionState,
    Outcome,
    Reason,
    Tag,
)
from consult.people.models import CommitteeMember, Community, Jurisdiction, Resident, Subdistrict
from consult.people.roles import scope_of
from consult.renewal.models import RenewalProject

Way = OpinionMessage.Way
TRIES_AN_HOUR = 10
HOUR = timedelta(hours=1)

# --- handing in ------------------------------------------------------------------------------------------------


def submit(*, text: str, jurisdiction: Jurisdiction, at: datetime, project: RenewalProject | None = None,
           subdistrict: Subdistrict | None = None, community: Community | None = None, place: str = "",
           tags: Sequence[str] = (), channel: str = Channel.WEB, identity_mode: str = IdentityMode.CPPCC_ONLY,
           contact: dict[str, str] | None = None, share_with_department: bool = False, key: UUID | None = None,
           bearer: CommitteeMember | None = None, entered_by: Any = None, resident: Resident | None = None,
           batch: ImportBatch | None = None, photos: Sequence[Any] = (), joins: str = "",
           wordings: Mapping[str, str] | None = None) -> tuple[Opinion, str | None]:
    """Hand in one matter; gives the opinion and its receipt code (None for a row of a sheet).

    The same ``key`` is the same opinion and the same code, however often it is sent (None when the office gave out a new
    code since), and its photos are kept once. ``contact`` may hold name, phone and address; it is sealed, and dropped with
    the account behind it when the submitter stays anonymous. ``wordings``: what was agreed to, as it stood on the page;
    ``joins``: the number of the public topic that whoever speaks is concerned by too.
    """
    key = key or uuid4()
    code = None if batch else receipts.code_for(key)
    if known := Opinion.objects.filter(key=key).first():
        return known, None if identity.was_reissued(known) else code
    anonymous = identity_mode == IdentityMode.ANONYMOUS
    community_of = community.subdistrict if community else None
    opinion = Opinion(
        key=key, text=text.strip(), jurisdiction=jurisdiction, project=project, community=community, joins=joins,
        place=place.strip(), subdistrict=subdistrict or community_of or (project.subdistrict if project else None),
        tags=list(dict.fromkeys(tags)), channel=channel, identity_mode=identity_mode, batch=batch,
        entered_by=entered_by, bearer=bearer or _bearer(entered_by, jurisdiction),
        resident=None if anonymous else resident, submitted_at=at, receipt_hash=receipts.hashed(code) if code else "")
    if entered_by is not None and channel != Channel.EVALUATION:
        require(rules.may_enter, entered_by, opinion)
    _check(opinion, share_with_department)
    told = {} if anonymous else identity.tidy(contact)
    pictures = photo_files.checked(photos, at)
    try:
        with transaction.atomic():
            _file(opinion, told, share_with_department, at, wordings)
            photo_files.keep(opinion, pictures, at=at)
    except IntegrityError:
        # The same key was sent twice at one moment: the other one was first.
        return Opinion.objects.get(key=key), code
    return opinion, code


def _bearer(entered_by: Any, jurisdiction: Jurisdiction) -> CommitteeMember | None:
    """A member who enters an opinion brought it."""
    member = scope_of(entered_by).member_id
    return CommitteeMember.objects.filter(pk=member, jurisdiction=jurisdiction).first() if member else None


def _check(opinion: Opinion, share: bool) -> None:
    wrong: dict[str, Any] = {}
    if not opinion.text:
        wrong["text"] = _("Write what you want to say.")
    elif len(opinion.text) > TEXT_MAX:
        wrong["text"] = _("Please keep it to %(max)s characters, one matter at a time; now it has %(n)s.") % {
            "max": TEXT_MAX, "n": len(opinion.text)}
    if not set(opinion.tags) <= set(Tag.values):
        wrong["tags"] = _("Choose from the list.")
    if opinion.identity_mode == IdentityMode.DEPARTMENT and not share:
        wrong["share_with_department"] = _("Tick this to let the department know who you are, or choose another "
                                           "answer above.")
    wrong.update(_misplaced(opinion))
    wrong.update({name: secrecy.REFUSED for name in ("text", "place") if secrecy.marked(getattr(opinion, name))})
    if wrong:
        raise ValidationError(wrong)
    opinion.clean_fields(exclude=["number", "state"])


def _misplaced(opinion: Opinion) -> dict[str, Any]:
    """A project, subdistrict, community or member of somewhere else."""
    home, wrong = opinion.jurisdiction_id, {}
    if opinion.project and opinion.project.jurisdiction_id != home:
        wrong["project"] = _("Choose a project of this district.")
    if opinion.subdistrict and opinion.subdistrict.jurisdiction_id != home:
        wrong["subdistrict"] = _("Choose a subdistrict of this district.")
    if opinion.community and opinion.community.subdistrict_id != opinion.subdistrict_id:
        wrong["community"] = _("Choose a community of this subdistrict.")
    if opinion.bearer and opinion.bearer.jurisdiction_id != home:
        wrong["bearer"] = _("Choose a member of this district.")
    return wrong


def _file(opinion: Opinion, contact: dict[str, str], share: bool, at: datetime,
          wordings: Mapping[str, str] | None) -> None:
    year = calendar.local_date(at).year
    with transaction.atomic():
        opinion.number = f"YJ{year}-{numbering.next_number('opinions', year):05d}"
        opinion.save(force_insert=True)
        search.put(opinion)
        if contact:
            identity.keep(opinion, contact, share, at)
            consent.record(opinion, [Consent.Kind.OFFICE], at, wordings)
        if share and opinion.identity_mode == IdentityMode.DEPARTMENT:
            consent.record(opinion, [Consent.Kind.DEPARTMENT], at, wordings)
        by = opinion.entered_by or (opinion.resident.user if opinion.resident else None)
        audit.write("opinions.submit", opinion, by=by, at=at, after=opinion.state, data={"channel": opinion.channel})
        notices.submitted(opinion, at)


def enter(*, by: Any, at: datetime, **said: Any) -> tuple[Opinion, str | None]:
    """Assisted entry by the office, a member or a cadre, for somebody on the telephone or at the table."""
    return submit(entered_by=by, at=at, **said)


# --- triage: each outcome is decided, told, and kept --------------------------------------------------------------


def _decide(opinion: Opinion, outcome: str, message: str, by: Any, at: datetime, reason: str = "",
            passed_to: str = "") -> TriageDecision:
    """Keep the decision and tell the submitter in the words typed; never silently."""
    _tell(opinion, message, by, at)
    return TriageDecision.objects.create(opinion=opinion, outcome=outcome, reason=reason, passed_to=passed_to,
                                         message=message.strip(), by=by, at=at)


def _tell(opinion: Opinion, text: str, by: Any, at: datetime, way: str = Way.TO_SUBMITTER,
          field: str = "message", key: UUID | None = None) -> None:
    if not text.strip():
        raise ValidationError({field: _("Write the words the submitter will read.")})
    secrecy.refuse(**{field: text})
    OpinionMessage.objects.create(opinion=opinion, way=way, text=text.strip(), by=by, at=at, key=key)


def accept(opinion: Opinion, *, by: Any, at: datetime, message: str = "") -> Opinion:
    """Taken on: the submitter is told that it arrived (in the usual words when none are given)."""
    with transaction.atomic():
        move(opinion, "accept", by=by, at=at, rule=rules.may_accept, accepted_at=at)
        _tell(opinion, message or wording.plain(wording.ACCEPTED), by, at)
        notices.told("accept", opinion, at)
    return opinion


def adopt(opinion: Opinion, *, by: Any, at: datetime, title: str) -> Opinion:
    """Taken into a topic (called by topics); ``title`` is the topic's, for the words to the submitter."""
    with transaction.atomic():
        move(opinion, "adopt", by=by, at=at, rule=rules.may_adopt, data={"title": title})
        _decide(opinion, Outcome.ADOPT, wording.letter(Outcome.ADOPT, title=title), by, at)
        notices.told("adopt", opinion, at)
    return opinion


def release(opinion: Opinion, *, by: Any, at: datetime) -> Opinion:
    """Given back from a topic: the office decides again."""
    with transaction.atomic():
        move(opinion, "release", by=by, at=at, rule=rules.may_release)
        _tell(opinion, wording.plain(wording.RELEASED), by, at)
        notices.told("release", opinion, at)
    return opinion


def merge(opinion: Opinion, *, into: Opinion, by: Any, at: datetime, message: str = "") -> Opinion:
    """Handled together with an opinion that says the same; whoever handed it in gets an answer of their own."""
    into = into.merged_into or into
    if into.pk == opinion.pk or into.jurisdiction_id != opinion.jurisdiction_id:
        raise ValidationError({"into": _("Choose another opinion of the same district.")})
    words = message or wording.letter(Outcome.MERGE, number=into.number)
    with transaction.atomic():
        if lock(into).state not in HANDLED:
            raise ValidationError({"into": _("That opinion is no longer being handled: choose one that is.")})
        move(opinion, "merge", by=by, at=at, rule=rules.may_merge, data={"into": into.number}, into=into)
        _decide(opinion, Outcome.MERGE, words, by, at, passed_to=into.number)
        # Those merged into this one before follow it, so that an answer still reaches them in one step.
        Opinion.objects.filter(merged_into=opinion).update(merged_into=into)
        notices.told("merge", opinion, at)
    return opinion


def refer(opinion: Opinion, *, outcome: str, passed_to: str = "", message: str, by: Any, at: datetime) -> Opinion:
    """Passed on, without the name, to a body outside the platform (the outcomes in REFERRALS)."""
    if outcome not in REFERRALS:
        raise ValidationError({"outcome": _("Choose whom it is passed on to.")})
    if outcome == Outcome.DEPARTMENT and not passed_to.strip():
        raise ValidationError({"passed_to": _("Name the department.")})
    with transaction.atomic():
        move(opinion, "refer", by=by, at=at, rule=rules.may_refer, data={"outcome": outcome, "to": passed_to.strip()})
        _decide(opinion, outcome, message, by, at, passed_to=passed_to.strip())
        _tell_merged(opinion, message, by, at)
        notices.told("refer", opinion, at)
    return opinion


def answer(opinion: Opinion, *, message: str, by: Any, at: datetime) -> Opinion:
    """Answered directly."""
    return _settle(opinion, "answer", Outcome.ANSWER, message, by, at)


def keep(opinion: Opinion, *, message: str, by: Any, at: datetime) -> Opinion:
    """Kept on record, to be read again when the matter is taken up."""
    return _settle(opinion, "keep", Outcome.KEEP, message, by, at)


def decline(opinion: Opinion, *, reason: str, message: str, by: Any, at: datetime) -> Opinion:
    """Not accepted, for one of twelve reasons, which is told."""
    if reason not in Reason.values:
        raise ValidationError({"reason": _("Choose the reason; the submitter will read it.")})
    return _settle(opinion, "decline", Outcome.DECLINE, message, by, at, reason)


def _settle(opinion: Opinion, verb: str, outcome: str, message: str, by: Any, at: datetime,
            reason: str = "") -> Opinion:
    with transaction.atomic():
        move(opinion, verb, by=by, at=at, rule=getattr(rules, f"may_{verb}"), data={"reason": reason} if reason else {})
        _decide(opinion, outcome, message, by, at, reason)
        _tell_merged(opinion, message, by, at, closing=verb == "answer")
        notices.told(verb, opinion, at)
    return opinion


def _tell_merged(opinion: Opinion, text: str, by: Any, at: datetime, closing: bool = False) -> None:
    """Whoever was merged into it is told separately; a result also moves their own opinion on."""
    for other in Opinion.objects.filter(merged_into=opinion).order_by("id"):
        if closing and can(other, "respond"):
            move(other, "respond", by=by, at=at, data={"with": opinion.number})
        _tell(other, text, by, at)
        notices.told("respond" if closing else "message", other, at)


def respond(opinion: Opinion, *, text: str, by: Any, at: datetime) -> Opinion:
    """The result is told: to whoever handed it in, and to each whose opinion was merged into it.

    After a second handling it is told again. Whoever was told these words at this moment already is not told twice.
    """
    require(rules.may_respond, by, opinion)
    if opinion.messages.filter(way=Way.TO_SUBMITTER, text=text.strip(), at=at).exists():
        opinion.refresh_from_db()
        return opinion
    with transaction.atomic():
        move(opinion, "respond", by=by, at=at, rule=rules.may_respond)
        _tell(opinion, text, by, at, field="text")
        _tell_merged(opinion, text, by, at, closing=True)
        notices.told("respond", opinion, at)
    return opinion


def rate(opinion: Opinion, *, by: Any = None, at: datetime) -> Opinion:
    """A rating was given (called by evaluations, which checks who may rate)."""
    return move(opinion, "rate", by=by, at=at)


def archive(opinion: Opinion, *, by: Any, at: datetime) -> Opinion:
    return move(opinion, "archive", by=by, at=at, rule=rules.may_archive)


# --- messages and facts -------------------------------------------------------------------------------------------


def message(opinion: Opinion, *, text: str, by: Any, at: datetime) -> Opinion:
    """Write to the submitter, for example to ask for a fact that is missing."""
    require(rules.may_message, by, opinion)
    with transaction.atomic():
        _tell(opinion, text, by, at, field="text")
        audit.write("opinions.message", opinion, by=by, at=at)
        notices.told("message", opinion, at)
    return opinion


def note(opinion: Opinion, *, text: str, by: Any, at: datetime) -> Opinion:
    """An inner note of the office; the submitter does not read it."""
    require(rules.may_note, by, opinion)
    with transaction.atomic():
        _tell(opinion, text, by, at, Way.INTERNAL, field="text")
        audit.write("opinions.note", opinion, by=by, at=at)
    return opinion


def add_fact(opinion: Opinion, *, text: str, at: datetime, by: Any = None, photos: Sequence[Any] = (),
             key: UUID | None = None) -> Opinion:
    """The submitter adds something: by receipt code (``by`` None, the code was checked) or from their account.

    The same ``key`` again adds nothing a second time.
    """
    require(rules.may_add_fact, by, opinion)
    if key and opinion.messages.filter(key=key).exists():
        return opinion
    if opinion.state == OpinionState.ARCHIVED:
        raise ValidationError({"text": _("This opinion is closed. Please hand in a new one.")})
    if len(text.strip()) > TEXT_MAX:
        raise ValidationError({"text": _("Please keep it to %(max)s characters.") % {"max": TEXT_MAX}})
    pictures = photo_files.checked(photos, at, opinion)
    try:
        with transaction.atomic():
            _tell(opinion, text, by, at, Way.FROM_SUBMITTER, field="text", key=key)
            photo_files.keep(opinion, pictures, at=at)
            audit.write("opinions.add_fact", opinion, by=by, at=at, data={"photos": len(pictures)} if pictures else {})
            notices.fact_added(opinion, at)
    except IntegrityError:
        # The same key was sent twice at one moment: the other one was first.
        if not (key and opinion.messages.filter(key=key).exists()):
            raise
    return opinion


# --- found again --------------------------------------------------------------------------------------------------


class TooManyTries(ValidationError):
    """Somebody is guessing the code of one number."""


def find_by_receipt(number: str, code: str, at: datetime) -> Opinion | None:
    """The opinion of a receipt, or None; just as slow and as silent for a number that does not exist.

    Raises TooManyTries after ten wrong tries at one number within an hour, even if the code is right; and for everybody
    after a thousand (a parameter) at whatever numbers: guessing at many of them at once gains nothing.
    """
    number = receipts.tidy_number(number)
    tried = ReceiptTry.objects.create(number=number, at=at)
    ReceiptTry.objects.filter(at__lt=at - HOUR).delete()
    # Counted after writing, so that tries made at one moment cannot pass together.
    if ReceiptTry.objects.filter(number=number, at__gte=at - HOUR).count() > TRIES_AN_HOUR:
        tried.delete()
        raise TooManyTries(_("There were too many wrong tries for this number. Please wait an hour, or call the "
                             "CPPCC office."))
    if ReceiptTry.objects.filter(at__gte=at - HOUR).count() > parameters.value(
            "receipt_wrong_per_hour", on=calendar.local_date(at)):
        tried.delete()
        raise TooManyTries(_("Somebody is trying out codes, so nothing can be looked up for a while. Please try again in "
                             "an hour, or call the CPPCC office."))
    opinion = Opinion.objects.select_related("project", "subdistrict").filter(number=number).first()
    if not receipts.matches(code, opinion.receipt_hash if opinion else ""):
        return None
    tried.delete()
    return opinion


__all__ = [
    "TooManyTries", "accept", "add_fact", "adopt", "answer", "archive", "bring_in", "decline", "enter",
    "erase_contact", "erased_after", "expire", "find_by_receipt", "identity_of", "keep", "merge", "message", "note",
    "rate", "refer", "reissue", "release", "respond", "restrict", "reveal", "rotate_keys", "submit", "times_revealed",
]
