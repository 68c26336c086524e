"""The verbs of surveys: draft, open, answer, close."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar
from consult.kit.rules import require
from consult.kit.states import WrongState, move
from consult.renewal.models import RenewalProject
from consult.surveys import rules
from consult.surveys.models import Answer, Choice, Question, Response, Survey
from consult.surveys.states import QuestionKind, SurveyState

WORDS_MAX = 500


class Asked(TypedDict, total=False):
    """One question as drafted; ``choices`` for the kinds that have any."""

    text: str
    kind: str
    choices: Sequence[str]


#: What somebody answers to one question: a choice, several choices, or words.
Given = Choice | Sequence[Choice] | str


def draft(*, project: RenewalProject, title: str, purpose: str, questions: Sequence[Asked], by: Any, at: datetime,
          intro: str = "", invited: int = 0, closes_on: date | None = None) -> Survey:
    """Draft a survey with its questions and choices."""
    survey = Survey(project=project, jurisdiction=project.jurisdiction, title=title.strip(), intro=intro.strip(),
                    purpose=purpose, invited=invited, closes_on=closes_on, created_by=by, created_at=at)
    require(rules.may_draft, by, survey)
    _check_questions(questions)
    if closes_on and closes_on < calendar.local_date(at):
        raise ValidationError({"closes_on": _("This day is over: choose today or a later day.")})
    survey.clean_fields(exclude=["state"])
    with transaction.atomic():
        survey.save()
        for order, asked in enumerate(questions, 1):
            _write(survey, order, asked)
        audit.write("surveys.draft", survey, by=by, at=at, after=survey.state)
    return survey


def _write(survey: Survey, order: int, asked: Asked) -> None:
    question = Question.objects.create(survey=survey, order=order, text=asked["text"].strip(), kind=asked["kind"])
    Choice.objects.bulk_create(Choice(question=question, order=n, text=text.strip())
                               for n, text in enumerate(asked.get("choices", ()), 1))


def _check_questions(questions: Sequence[Asked]) -> None:
    if not questions:
        raise ValidationError({"questions": _("Write at least one question.")})
    for asked in questions:
        words = [text.strip() for text in asked.get("choices", ())]
        said = {"question": asked["text"]}
        if not asked["text"].strip() or asked["kind"] not in QuestionKind.values:
            raise ValidationError({"questions": _("Every question needs its words and its kind.")})
        if asked["kind"] == QuestionKind.TEXT and words:
            raise ValidationError({"questions": _("“%(question)s” asks for words: take its choices out.") % said})
        if asked["kind"] != QuestionKind.TEXT and (len(words) < 2 or len(set(words)) < len(words) or not all(words)):
            raise ValidationError({"questions": _("“%(question)s” needs at least two different choices.") % said})


def open(survey: Survey, *, by: Any, at: datetime) -> Survey:
    """Open for answers."""
    return move(survey, "open", by=by, at=at, rule=rules.may_open)


def close(survey: Survey, *, by: Any, at: datetime) -> Survey:
    """No more answers; the counts can be shown."""
    return move(survey, "close", by=by, at=at, rule=rules.may_close)


def respond(survey: Survey, *, answers: Mapping[int, Given], key: UUID, at: datetime, by: Any = None) -> Response:
    """One filled questionnaire, by question id. The same ``key`` counts once. Who answered is never kept."""
    if known := Response.objects.filter(survey=survey, key=key).first():
        return known
    require(rules.may_respond, by, survey)
    today = calendar.local_date(at)
    if survey.state != SurveyState.OPENED or (survey.closes_on and survey.closes_on < today):
        raise WrongState(_("This survey is not open for answers."))
    rows = [row for question in survey.questions.prefetch_related("choices")
            for row in _answers(question, answers.get(question.pk, ""))]
    if not rows:
        raise ValidationError(_("Please answer at least one question."))
    try:
        return _keep(Response(survey=survey, key=key, answered_on=today), rows)
    except IntegrityError:
        return Response.objects.get(survey=survey, key=key)


def _keep(response: Response, rows: list[Answer]) -> Response:
    with transaction.atomic():
        response.save()
        for row in rows:
            row.response = response
        Answer.objects.bulk_create(rows)
    return response


def _answers(question: Question, given: Given) -> list[Answer]:
    """The answers to one question as rows; empty where it was left out."""
    if question.kind == QuestionKind.TEXT:
        words = given.strip() if isinstance(given, str) else ""
        if len(words) > WORDS_MAX:
            raise ValidationError({f"q{question.pk}": _("Please keep it to %(max)s characters.") % {"max": WORDS_MAX}})
        return [Answer(question=question, text=words)] if words else []
    chosen = [given] if isinstance(given, Choice) else [] if isinstance(given, str) else list(given)
    mine = {choice.pk for choice in question.choices.all()}
    if not {choice.pk for choice in chosen} <= mine or (question.kind == QuestionKind.ONE and len(chosen) > 1):
        raise ValidationError({f"q{question.pk}": _("Choose from the list.")})
    return [Answer(question=question, choice=choice) for choice in dict.fromkeys(chosen)]
