"""The verbs of briefings: compiled, reviewed, signed off with a number, set, sent, archived or voided."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from consult.briefings import document, notices, press, rules
from consult.briefings.instructions import assign, close, register_instruction, report
from consult.briefings.models import Briefing, BriefingItem, Instruction, Issue
from consult.briefings.sending import closed, dispatch, download, let_read, open_issue, ready, said
from consult.briefings.states import UNSIGNED, BriefingState
from consult.consultations.states import NOTHING
from consult.kit import audit, numbering
from consult.kit.calendar import local_date
from consult.kit.rules import require
from consult.kit.states import follow, lock, move
from consult.people.models import User
from consult.recommendations import actions as recommendations_room
from consult.recommendations.models import Recommendation
from consult.recommendations.states import RecommendationState
from consult.recommendations.wording import check_words
from consult.topics.models import Topic

__all__ = [
    "archive", "arrange", "assign", "choose", "close", "compile_briefing", "dispatch", "download", "drop_item", "edit",
    "let_read", "open_issue", "pass_review", "register_instruction", "report", "retry", "send_back", "sign_off",
    "submit_review", "void"
]

R = RecommendationState


# --- writing ----------------------------------------------------------------------------------------------------


def compile_briefing(*, kind: str, title: str, topic: Topic, recommendations: Iterable[Recommendation], overview: str,
                     problems: str, dissent: str, by: Any, at: datetime, main_to: str = "区委、区政府", cc: str = "",
                     corrects: Issue | None = None) -> Briefing:
    """Draw up a briefing from confirmed recommendations of the topic's consultations.

    ``corrects``: the issue this one corrects; its recommendations may be used again as they stand.
    Raises ValidationError by field, also when dissent on record would be passed over in silence.
    """
    made = Briefing(kind=kind, title=title.strip(), topic=topic, jurisdiction=topic.jurisdiction, main_to=main_to.strip(),
                    cc=cc.strip(), overview=overview.strip(), problems=problems.strip(), dissent=dissent.strip(),
                    corrects=corrects, compiled_by=by, compiled_at=at)
    chosen = list(recommendations)
    require(rules.may_compile, by, made)
    if not chosen:
        raise ValidationError({"recommendations": _("Choose at least one recommendation.")})
    _check(made, chosen)
    with transaction.atomic():
        made.save()
        audit.write("briefings.compile", made, by=by, at=at, after=made.state,
                    data={"corrects": corrects.pk if corrects else None})
        for one in chosen:
            _take(made, one, by=by, at=at)
    return made


def edit(briefing: Briefing, *, title: str, overview: str, problems: str, dissent: str, main_to: str, cc: str = "",
         by: Any, at: datetime) -> Briefing:
    """Change the words of a draft."""
    with transaction.atomic():
        fresh = _drafted(briefing)
        require(rules.may_edit, by, fresh)
        fresh.title, fresh.overview, fresh.problems = title.strip(), overview.strip(), problems.strip()
        fresh.dissent, fresh.main_to, fresh.cc = dissent.strip(), main_to.strip(), cc.strip()
        _check(fresh, _chosen(fresh))
        fresh.save()
        audit.write("briefings.edit", fresh, by=by, at=at)
        follow(briefing, fresh)
    return briefing


def choose(briefing: Briefing, *, recommendations: Iterable[Recommendation], by: Any, at: datetime) -> Briefing:
    """Take further recommendations into a draft."""
    with transaction.atomic():
        fresh = _drafted(briefing)
        require(rules.may_choose, by, fresh)
        more = [one for one in recommendations if not fresh.items.filter(recommendation=one).exists()]
        if not more:
            raise ValidationError({"recommendations": _("Choose at least one recommendation.")})
        _check(fresh, more)
        for one in more:
            _take(fresh, one, by=by, at=at)
        audit.write("briefings.choose", fresh, by=by, at=at, data={"recommendations": [one.number for one in more]})
    return briefing


def drop_item(briefing: Briefing, *, item: BriefingItem, by: Any, at: datetime) -> Briefing:
    """Take a recommendation out of a draft again; it may go into another briefing."""
    with transaction.atomic():
        fresh = _drafted(briefing)
        require(rules.may_choose, by, fresh)
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
        fresh = _drafted(briefing)
        require(rules.may_choose, by, fresh)
        items = {item.pk: item for item in fresh.items.all()}
        if sorted(wanted) != sorted(items):
            raise ValidationError(_("The list has changed in the meantime. Please look at it again."))
        for number, key in enumerate(wanted, 1):
            items[key].order = number
        BriefingItem.objects.bulk_update(items.values(), ["order"])
        audit.write("briefings.arrange", fresh, by=by, at=at)
    return briefing


# --- review and sign-off ----------------------------------------------------------------------------------------


def submit_review(briefing: Briefing, *, by: Any, at: datetime, note: str = "") -> Briefing:
    """Put a draft up for review by somebody else."""
    with transaction.atomic():
        fresh = ready(briefing, "submit_review", rules.may_submit_review, by)
        _check(fresh, _chosen(fresh))
        move(briefing, "submit_review", by=by, at=at, rule=rules.may_submit_review, data=said(note), who=by)
        notices.submitted(briefing, at)
    return briefing


def pass_review(briefing: Briefing, *, by: Any, at: datetime, note: str = "") -> Briefing:
    """A second pair of eyes is content. Never the compiler's own."""
    with transaction.atomic():
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


def sign_off(briefing: Briefing, *, by: Any, at: datetime, note: str = "") -> Issue:
    """The chair signs: the number is given, the words are frozen, and the press is told."""
    with transaction.atomic():
        fresh = ready(briefing, "sign_off", rules.may_sign_off, by)
        _check(fresh, _chosen(fresh))
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


def _number(briefing: Briefing, *, by: User, at: datetime) -> Issue:
    """The issue with its two numbers: of the year, and running on."""
    year, series = local_date(at).year, series_of(briefing)
    issue_no, total_no = numbering.next_number(series, year), numbering.next_number(series, 0)
    words = document.snapshot(briefing, issue_no=issue_no, total_no=total_no, signer=str(by), at=at)
    return Issue.objects.create(briefing=briefing, kind=briefing.kind, jurisdiction=briefing.jurisdiction, year=year,
                                issue_no=issue_no, total_no=total_no, snapshot=words,
                                snapshot_sha256=document.digest(words), signed_by=by, signed_at=at,
                                corrects=briefing.corrects)


def series_of(briefing: Briefing) -> str:
    """Each kind runs its own numbers in each district."""
    return f"briefing.{briefing.kind}.{briefing.jurisdiction.code}"


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


def _drafted(briefing: Briefing) -> Briefing:
    """The locked row of a draft; for verbs that change no state."""
    fresh = lock(briefing)
    if fresh.state != BriefingState.DRAFTED:
        raise closed(fresh)
    return fresh


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


def _check(briefing: Briefing, chosen: list[Recommendation]) -> None:
    """Everything that would make a wrong paper, told by field."""
    for name in ("title", "overview", "problems", "main_to"):
        if not getattr(briefing, name):
            raise ValidationError({name: _("Please fill this in: it is printed on the paper.")})
    _check_chosen(briefing, chosen)
    sessions = document.consultations_of(chosen)
    if not briefing.dissent and any(session.dissent not in ("", NOTHING) for session in sessions):
        raise ValidationError(
            {
                "dissent": _("The consultation left dissent on record. A briefing keeps it: "
                             "please say here what remained in dispute.")
            }
        )
    check_words({name: getattr(briefing, name) for name in ("title", "overview", "problems", "dissent", "main_to", "cc")},
                consultations=[session.pk for session in sessions])
    briefing.clean_fields(exclude=["state"])


def _check_chosen(briefing: Briefing, chosen: list[Recommendation]) -> None:
    if any(one.consultation.topic_id != briefing.topic_id for one in chosen):
        raise ValidationError({"recommendations": _("Choose recommendations of this topic only.")})
    mine = set(briefing.items.values_list("recommendation_id", flat=True)) if briefing.pk else set()
    if briefing.corrects_id:
        mine |= set(
            BriefingItem.objects.filter(briefing__paper=briefing.corrects_id).values_list("recommendation_id", flat=True))
    if briefing.state in UNSIGNED and any(one.state != R.CONFIRMED and one.pk not in mine for one in chosen):
        raise ValidationError({"recommendations": _("Choose recommendations that are confirmed and in no other briefing.")})
