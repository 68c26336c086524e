"""The verbs of showcases: write, edit, publish, withdraw."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.consultations.models import Consultation
from consult.kit import audit, search
from consult.kit.rules import require
from consult.kit.sealing import mask
from consult.kit.states import lock, move
from consult.recommendations.wording import check_words
from consult.showcases import notices, rules
from consult.showcases.models import Case
from consult.showcases.states import CaseState
from consult.topics.models import Topic
from consult.topics.states import TopicState

TEXTS = ("title", "asked", "talked", "outcome")


def write(*, topic: Topic, title: str, asked: str, talked: str, outcome: str, told_on: date, by: Any, at: datetime) -> Case:
    """Write the public story of a closed topic. Conflict topics are told without parties: the office sees to that."""
    require(rules.may_write, by, topic)
    if topic.state != TopicState.CLOSED:
        raise ValidationError({"topic": _("A case is told when its topic is closed.")})
    if Case.objects.filter(topic=topic).exists():
        raise ValidationError({"topic": _("The case of this topic has been written already.")})
    texts = _clean(topic, title=title, asked=asked, talked=talked, outcome=outcome)
    with transaction.atomic():
        case = Case.objects.create(topic=topic, jurisdiction=topic.jurisdiction, subdistrict=topic.project.subdistrict,
                                   told_on=told_on, written_by=by, written_at=at, **texts)
        search.put(case)
        audit.write("showcases.write", case, by=by, at=at, after=case.state)
    return case


def edit(case: Case, *, title: str, asked: str, talked: str, outcome: str, told_on: date, by: Any, at: datetime) -> Case:
    """Change the words of a case that is not published."""
    require(rules.may_edit, by, case)
    texts = _clean(case.topic, title=title, asked=asked, talked=talked, outcome=outcome)
    with transaction.atomic():
        if lock(case).state == CaseState.PUBLISHED:
            raise ValidationError(_("A published case is not changed: withdraw it first."))
        before = {name: getattr(case, name) for name in TEXTS}
        for name, text in texts.items():
            setattr(case, name, text)
        case.told_on = told_on
        case.save(update_fields=[*TEXTS, "told_on"])
        search.put(case)
        audit.write("showcases.edit", case, by=by, at=at, data={"before": before})
    return case


def _clean(topic: Topic, **texts: str) -> dict[str, str]:
    """No empty part, and nothing that names a person, by number or by name: the page is for everybody."""
    wrong: dict[str, Any] = {name: _("Please fill this in.") for name, text in texts.items() if not text.strip()}
    wrong.update({name: _("Take out telephone, identity, card and plate numbers and the numbers of flats: this page is public.")
                  for name, text in texts.items() if mask(text) != text})
    if wrong:
        raise ValidationError(wrong)
    check_words(texts, consultations=Consultation.objects.filter(topic=topic).values_list("pk", flat=True))
    return {name: text.strip() for name, text in texts.items()}


def publish(case: Case, *, by: Any, at: datetime) -> Case:
    with transaction.atomic():
        move(case, "publish", by=by, at=at, rule=rules.may_publish, when=at)
        notices.published(case, at)
    return case


def withdraw(case: Case, *, note: str, by: Any, at: datetime) -> Case:
    if not note.strip():
        raise ValidationError({"note": _("Write why, so that everybody concerned understands it.")})
    note = note.strip()[:300]
    return move(case, "withdraw", by=by, at=at, rule=rules.may_withdraw, note=note, data={"note": note})
