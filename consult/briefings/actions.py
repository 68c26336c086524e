"""The verbs of briefings: compiled, reviewed, signed off with a number, set, sent, archived or voided."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from consult.briefings import checks, document, notices, press, register, rules
from consult.briefings.annexes import add_annex, drop_annex, edit_annex, move_annex
from consult.briefings.comments import comment, settle_comment
from consult.briefings.instructions import assign, close, register_instruction, report
from consult.briefings.models import Briefing, BriefingItem, Instruction, Issue
from consult.briefings.sending import closed, dispatch, download, drafted, let_read, open_issue, ready, said
from consult.briefings.states import BriefingState
from consult.kit import audit, numbering, search
from consult.kit.calendar import local_date
from consult.kit.paper.codes import new_code
from consult.kit.rules import Rule, require
from consult.kit.states import follow, lock, move
from consult.people.models import User
from consult.recommendations import actions as recommendations_room
from consult.recommendations.models import Recommendation
from consult.recommendations.states import RecommendationState
from consult.topics.models import Topic

__all__ = [
    "add_annex", "archive", "arrange", "assign", "choose", "close", "comment", "compile_briefing", "dispatch", "download",
    "drop_annex", "drop_item", "edit", "edit_annex", "let_read", "move_annex", "open_issue", "pass_review",
    "register_instruction", "report", "retry", "send_back", "settle_comment", "sign_off", "submit_review", "void"
]

R = RecommendationState


# --- writing ----------------------------------------------------------------------------------------------------


def compile_briefing(*, kind: str, title: str, topic: Topic, recommendations: Iterable[Recommendation], overview: str,
                     problems: str, dissent: str, by: Any, at: datetime, main_to: str = "区委、区政府", cc: str = "",
                     contact: str = "", copies: int | None = None, corrects: Issue | None = None,
                     correction_reason: str = "", personal: bool = False) -> Briefing:
    """Draw up a briefing from confirmed recommendations of the topic's consultations.

    ``corrects``: the issue this one corrects, with the reason; its recommendations may be used again as they stand, and
    its annexes are taken over. ``personal``: what it takes out is not printed again. Raises ValidationError by field, also
    when dissent on record would be passed over in silence.
    """
    made = Briefing(kind=kind, title=title.strip(), topic=topic, jurisdiction=topic.jurisdiction, main_to=main_to.strip(),
                    cc=cc.strip(), overview=overview.strip(), problems=problems.strip(), dissent=dissent.strip(),
                    contact=contact.strip(), copies=copies, corrects=corrects, correction_reason=correction_reason.strip(),
                    personal=personal, compiled_by=by, compiled_at=at)
    chosen = list(recommendations)
    require(rules.may_compile, by, made)
    if not chosen:
        raise ValidationError({"recommendations": _("Choose at least one recommendation.")})
    checks.check(made, chosen)
    with transaction.atomic():
        made.save()
        search.put(made)
        audit.write("briefings.compile", made, by=by, at=at, after=made.state,
                    data={"corrects": corrects.pk if corrects else None})
        for one in chosen:
            _take(made, one, by=by, at=at)
        for annex in corrects.briefing.annexes.all() if corrects else ():
            made.annexes.create(order=annex.order, title=annex.title, text=annex.text)
    return made


def edit(briefing: Briefing, *, title: str, overview: str, problems: str, dissent: str, main_to: str, cc: str = "",
         contact: str = "", copies: int | None = None, correction_reason: str = "", personal: bool = False, by: Any,
         at: datetime, seen: str = "") -> Briefing:
    """Change the words of a draft. ``seen``: the mark of the words that are replaced; others are not overwritten."""
    with transaction.atomic():
        fresh = drafted(briefing, rules.may_edit, by)
        if seen and seen != document.mark(fresh):
            raise ValidationError(_("Somebody changed this draft while you wrote. Keep your words, open the page again and "
                                    "bring them in."))
        fresh.title, fresh.overview, fresh.problems = title.strip(), overview.strip(), problems.strip()
        fresh.dissent, fresh.main_to, fresh.cc = dissent.strip(), main_to.strip(), cc.strip()
        fresh.contact, fresh.copies, fresh.correction_reason = contact.strip(), copies, correction_reason.strip()
        fresh.personal = personal
        checks.check(fresh, _chosen(fresh))
        fresh.save()
        search.put(fresh)
        audit.write("briefings.edit", fresh, by=by, at=at)
        follow(briefing, fresh)
    return briefing


def choose(briefing: Briefing, *, recommendations: Iterable[Recommendation], by: Any, at: datetime) -> Briefing:
    """Take further recommendations into a draft."""
    with transaction.atomic():
        fresh = drafted(briefing, rules.may_choose, by)
        more = [one for one in recommendations if not fresh.items.filter(recommendation=one).exists()]
        if not more:
            raise ValidationError({"recommendations": _("Choose at least one recommendation.")})
        checks.check(fresh, more)
        for one in more:
            _take(fresh, one, by=by, at=at)
        audit.write("briefings.choose", fresh, by=by, at=at, data={"recommendations": [one.number for one in more]})
    return briefing


def drop_item(briefing: Briefing, *, item: BriefingItem, by: Any, at: datetime) -> Briefing:
    """Take a recommendation out of a draft again; it may go into another briefing."""
    with transaction.atomic():
        fresh = drafted(briefing, rules.may_choose, by)
        if item.briefing_id != fresh.pk or fresh.items.count() < 2:
            raise ValidationError({"item": _("A briefing keeps at least one recommendation.")})
        audit.write("briefings.drop_item", fresh, by=by, at=at, data={"recommendation": item.recommendation.number})
        _release(item, by=by, at=at)
        item.delete()
    return briefing


def arrange(briefing: Briefing, *, order: Iterable[int], by: Any, at: datetime) -> Briefing:
    """Put the recommendations of a draft in this order (keys of the items)."""
    wanted = list(order)
    with transaction.atomic():
        fresh = drafted(briefing, rules.may_choose, by)
        items = {item.pk: item for item in fresh.items.all()}
        if sorted(wanted) != sorted(items):
            raise ValidationError(_("The list has changed in the meantime. Please look at it again."))
        for number, key in enumerate(wanted, 1):
            items[key].order = number
        BriefingItem.objects.bulk_update(items.values(), ["order"])
        audit.write("briefings.arrange", fresh, by=by, at=at)
    return briefing


# --- review and sign-off ----------------------------------------------------------------------------------------


def submit_review(briefing: Briefing, *, by: Any, at: datetime, note: str = "", seen: str = "") -> Briefing:
    """Put a draft up for review by somebody else. ``seen`` here and below: the digest of the words this person has read."""
    tried = _tried(briefing, "submit_review", rules.may_submit_review, by=by, at=at, seen=seen)
    with transaction.atomic():
        fresh = ready(briefing, "submit_review", rules.may_submit_review, by)
        checks.check_seen(fresh, tried)
        checks.check_paper(fresh, _chosen(fresh))
        move(briefing, "submit_review", by=by, at=at, rule=rules.may_submit_review, data=said(note), who=by)
        notices.submitted(briefing, at)
    return briefing


def pass_review(briefing: Briefing, *, by: Any, at: datetime, note: str = "", seen: str = "") -> Briefing:
    """A second pair of eyes is content. Never the compiler's own."""
    with transaction.atomic():
        checks.check_seen(ready(briefing, "pass_review", rules.may_pass_review, by), seen)
        move(briefing, "pass_review", by=by, at=at, rule=rules.may_pass_review, data=said(note), reviewer=by,
             note=note.strip())
        notices.reviewed(briefing, at)
    return briefing


def send_back(briefing: Briefing, *, note: str, by: Any, at: datetime) -> Briefing:
    """Back to the compiler, with a comment."""
    if not note.strip():
        raise ValidationError({"note": _("Please say what should be changed.")})
    with transaction.atomic():
        move(briefing, "send_back", by=by, at=at, rule=rules.may_send_back, data=said(note), note=note.strip())
        notices.sent_back(briefing, at)
    return briefing


def sign_off(briefing: Briefing, *, by: Any, at: datetime, note: str = "", seen: str = "") -> Issue:
    """The chair signs: the number is given, the words are frozen, and the press is told."""
    tried = _tried(briefing, "sign_off", rules.may_sign_off, by=by, at=at, seen=seen)
    with transaction.atomic():
        fresh = ready(briefing, "sign_off", rules.may_sign_off, by)
        checks.check_seen(fresh, tried)
        checks.check_paper(fresh, _chosen(fresh))
        move(briefing, "sign_off", by=by, at=at, rule=rules.may_sign_off, data=said(note))
        issue = _number(briefing, by=by, at=at)
        audit.write(
            "briefings.number",
            briefing,
            by=by,
            at=at,
            data={
                "year": issue.year, "issue_no": issue.issue_no, "total_no": issue.total_no,
                "sha256": issue.snapshot_sha256
            },
        )
        notices.signed(issue, at)
        press.enqueue(issue)
    return issue


def _tried(briefing: Briefing, verb: str, rule: Rule, *, by: Any, at: datetime, seen: str) -> str:
    """Set the paper once on trial, as if this person signed it now: no number is given to words that cannot be set.

    Gives the digest of the words tried, for the transaction that follows. Setting takes up to some seconds, and no lock is
    held meanwhile.
    """
    with transaction.atomic():
        fresh = ready(briefing, verb, rule, by)
        checks.check_seen(fresh, seen)
        words = checks.check_paper(fresh, _chosen(fresh))
        signed = document.snapshot(fresh, issue_no=999, total_no=9999, signer=str(by), at=at, code=new_code())
    press.try_out(signed)
    return document.digest(words)


def _number(briefing: Briefing, *, by: User, at: datetime) -> Issue:
    """The issue with its two numbers, of the year and running on, and the code it can be verified by."""
    year, series, code = local_date(at).year, series_of(briefing), new_code()
    issue_no, total_no = numbering.next_number(series, year), numbering.next_number(series, 0)
    words = document.snapshot(briefing, issue_no=issue_no, total_no=total_no, signer=str(by), at=at, code=code)
    return Issue.objects.create(briefing=briefing, kind=briefing.kind, jurisdiction=briefing.jurisdiction, year=year,
                                issue_no=issue_no, total_no=total_no, symbol=words["symbol"], code=code, snapshot=words,
                                snapshot_sha256=document.digest(words), signed_by=by, signed_at=at,
                                corrects=briefing.corrects)


def series_of(briefing: Briefing) -> str:
    """Each kind runs its own numbers in each district."""
    return register.series(briefing.kind, briefing.jurisdiction.code)


def retry(briefing: Briefing, *, by: Any, at: datetime) -> Issue:
    """Tell the press again after a failure."""
    with transaction.atomic():
        fresh = lock(briefing)
        require(rules.may_retry, by, fresh)
        if fresh.state != BriefingState.SIGNED:
            raise closed(fresh)
        issue = fresh.paper
        issue.failure = ""
        issue.save(update_fields=["failure"])
        audit.write("briefings.retry", fresh, by=by, at=at)
        press.enqueue(issue)
    return issue


# --- the end ----------------------------------------------------------------------------------------------------


def archive(briefing: Briefing, *, by: Any, at: datetime, note: str = "") -> Briefing:
    """Put a dispatched briefing away, once no instruction on it is open."""
    with transaction.atomic():
        fresh = ready(briefing, "archive", rules.may_archive, by)
        if Instruction.objects.filter(issue__briefing=fresh).open().exists():
            raise ValidationError(_("An instruction on it is still open. Archive it after the read-back."))
        move(briefing, "archive", by=by, at=at, rule=rules.may_archive, data=said(note))
    return briefing


def void(briefing: Briefing, *, note: str, by: Any, at: datetime) -> Briefing:
    """Give it up. A number once given stays on record as void; its recommendations may be used again."""
    if not note.strip():
        raise ValidationError({"note": _("Please say why it is voided.")})
    with transaction.atomic():
        move(briefing, "void", by=by, at=at, rule=rules.may_void, data=said(note), note=note.strip())
        issue = briefing.issue_or_none
        if issue is not None:
            for year, number in ((issue.year, issue.issue_no), (0, issue.total_no)):
                numbering.void(series_of(briefing), year, number, by=by, at=at, reason=note.strip())
        for item in briefing.items.select_related("recommendation"):
            _release(item, by=by, at=at)
        notices.voided(briefing, by, at)
    return briefing


# --- what they are made of --------------------------------------------------------------------------------------


def _chosen(briefing: Briefing) -> list[Recommendation]:
    return [item.recommendation for item in briefing.items.select_related("recommendation__consultation")]


def _take(briefing: Briefing, one: Recommendation, *, by: Any, at: datetime) -> None:
    """One more item; a correction takes over recommendations that have gone further as they stand."""
    last = briefing.items.aggregate(last=Max("order"))["last"] or 0
    BriefingItem.objects.create(briefing=briefing, recommendation=one, order=last + 1)
    if one.state == R.CONFIRMED:
        recommendations_room.brief(one, by=by, at=at, briefing=briefing.pk)


def _release(item: BriefingItem, *, by: Any, at: datetime) -> None:
    """Its recommendation is free again, unless another briefing holds it or it has gone further."""
    one = item.recommendation
    elsewhere = (BriefingItem.objects.filter(recommendation=one) .exclude(pk=item.pk)
                 .exclude(briefing__state=BriefingState.VOIDED))
    if one.state == R.BRIEFED and not elsewhere.exists():
        recommendations_room.unbrief(one, by=by, at=at, briefing=item.briefing_id)
