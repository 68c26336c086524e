"""Everything that would make a wrong paper, told by field, before anybody reviews or signs it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.briefings import document, press
from consult.briefings.models import Annex, Briefing, BriefingItem
from consult.briefings.states import UNSIGNED, BriefingKind, BriefingState
from consult.briefings.suggestion import consultations_of
from consult.consultations.states import NOTHING
from consult.kit import pdf
from consult.kit.paper import markup
from consult.recommendations.models import Recommendation
from consult.recommendations.states import RecommendationState
from consult.recommendations.wording import check_words, names_of_residents

#: What is printed of a briefing itself, beside its recommendations and annexes.
WORDS = ("title", "main_to", "overview", "problems", "dissent", "cc")
PRINTED = (*WORDS, "contact", "correction_reason")


def check(briefing: Briefing, chosen: list[Recommendation]) -> None:
    """Raise ValidationError by field. ``chosen``: the recommendations that are, or shall be, in it."""
    _check_filled(briefing)
    _check_corrected(briefing)
    _check_chosen(briefing, chosen)
    sessions = consultations_of(chosen)
    if not briefing.dissent and any(session.dissent not in ("", NOTHING) for session in sessions):
        raise ValidationError({"dissent": _("The consultation left dissent on record. A briefing keeps it: "
                                            "please say here what remained in dispute.")})
    keys = [session.pk for session in sessions]
    texts = {name: getattr(briefing, name) for name in (*WORDS, "correction_reason")}
    annexes = list(briefing.annexes.all()) if briefing.pk else []
    check_words({**texts, "annexes": "\n".join(f"{one.title}\n{one.text}" for one in annexes)}, consultations=keys)
    _check_contact(briefing, keys)
    check_signs({name: getattr(briefing, name) for name in PRINTED}, _labels(briefing))
    check_signs({f"recommendation {one.number}": f"{one.title}{one.text}{one.basis}" for one in chosen},
                {f"recommendation {one.number}": one.title for one in chosen})
    briefing.clean_fields(exclude=["state"])


def _check_filled(briefing: Briefing) -> None:
    for name in ("title", "overview", "problems", "main_to"):
        if not getattr(briefing, name):
            raise ValidationError({name: _("Please fill this in: it is printed on the paper.")})
    if briefing.kind == BriefingKind.MOTION and not briefing.contact:
        raise ValidationError({"contact": _("A formal motion names whom to ask: please give name and telephone of the office.")})
    if briefing.corrects_id and not briefing.correction_reason:
        raise ValidationError({"correction_reason": _("A correction says why it was necessary. Please give the reason.")})


def _check_corrected(briefing: Briefing) -> None:
    """A correction takes the place of a paper that was issued, on the same question; a void one needs none."""
    wrong = briefing.corrects
    if wrong is None:
        return
    if wrong.briefing.topic_id != briefing.topic_id or not wrong.sha256 or wrong.briefing.state == BriefingState.VOIDED:
        raise ValidationError({"corrects": _("Only an issued paper on this topic that is not void can be corrected.")})


def _check_contact(briefing: Briefing, consultations: list[int]) -> None:
    """An office telephone belongs here; a resident does not."""
    if found := next((name for name in sorted(names_of_residents(consultations)) if name in briefing.contact), ""):
        raise ValidationError({"contact": _("“%(name)s” is a resident at the table. Please name somebody of the office.")
                               % {"name": found}})


def _check_chosen(briefing: Briefing, chosen: list[Recommendation]) -> None:
    if any(one.consultation.topic_id != briefing.topic_id for one in chosen):
        raise ValidationError({"recommendations": _("Choose recommendations of this topic only.")})
    mine = set(briefing.items.values_list("recommendation_id", flat=True)) if briefing.pk else set()
    if briefing.corrects_id:
        mine |= set(
            BriefingItem.objects.filter(briefing__paper=briefing.corrects_id).values_list("recommendation_id", flat=True))
    if briefing.state in UNSIGNED and any(
            one.state != RecommendationState.CONFIRMED and one.pk not in mine for one in chosen):
        raise ValidationError({"recommendations": _("Choose recommendations that are confirmed and in no other briefing.")})


def check_annex(annex: Annex) -> None:
    """The title and text of one annex, told by field."""
    for name in ("title", "text"):
        if not getattr(annex, name):
            raise ValidationError({name: _("Please fill this in: it is printed on the paper.")})
    briefing, texts = annex.briefing, {"title": annex.title, "text": annex.text}
    sessions = consultations_of([item.recommendation for item in briefing.items.select_related("recommendation")])
    check_words(texts, consultations=[session.pk for session in sessions])
    check_signs(texts, {"title": _("title"), "text": _("text")})
    try:
        markup.blocks(annex.text)
    except markup.Unreadable as wrong:
        raise ValidationError({"text": wrong.messages}) from wrong
    annex.clean_fields()


def check_paper(briefing: Briefing, chosen: list[Recommendation]) -> dict[str, Any]:
    """Before review and sign-off: everything, and the whole paper but for its setting (see press.try_out). Gives its words."""
    check(briefing, chosen)
    words = document.snapshot(briefing)
    if briefing.corrects_id and not words["changes"]:
        raise ValidationError(_("Nothing differs from the issue it corrects. Change what was wrong, or void this draft."))
    press.examine(words)
    return words


def check_seen(briefing: Briefing, seen: str) -> None:
    """A draft that went back, was changed and came again is another one: nobody signs it by the page of the first."""
    if seen and seen != document.digest(document.snapshot(briefing)):
        raise ValidationError(_("The words have changed since you opened this page. Please read them again."))


# --- what can be printed ------------------------------------------------------------------------------------------


def _labels(briefing: Briefing) -> dict[str, Any]:
    named = {field.name: field.verbose_name for field in briefing._meta.concrete_fields}
    return {name: named[name] for name in PRINTED}


def check_signs(texts: Mapping[str, str], labels: Mapping[str, Any]) -> None:
    """Refuse characters no font has and paragraphs that are too long, naming the field: the paper would show a blank."""
    wrong: dict[str, Any] = {}
    for name, text in texts.items():
        if missing := pdf.unprintable(text):
            wrong[name] = _("“%(field)s” holds characters that no font can print: %(characters)s. "
                            "Please write them in another way.") % {
                                "field": labels[name], "characters": " ".join(missing[:20])}
        elif long := next((line for line in text.splitlines() if len(line) > pdf.MAX_PARAGRAPH), ""):
            wrong[name] = _("“%(field)s”: the paragraph beginning “%(start)s” has %(size)s characters; %(limit)s are allowed. "
                            "Please divide it.") % {"field": labels[name], "start": long[:20], "size": len(long),
                                                    "limit": pdf.MAX_PARAGRAPH}
    if wrong:
        raise ValidationError(wrong)
