"""The verbs of surveys: draft, open, answer, close. Those of sheets of paper are in ``entering``."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, calendar, search
from consult.kit.rules import require
from consult.kit.states import WrongState, lock, move
from consult.renewal.models import RenewalProject
from consult.surveys import rules
from consult.surveys.models import Answer, Choice, Question, Response, Survey
from consult.surveys.states import Purpose, QuestionKind, SurveyState

WORDS_MAX = 500


class Asked(TypedDict, total=False):
    """One question as drafted; ``choices`` for the kinds that have any; ``same_as``: the question of the survey before

    with which it is compared. Left out, it is the one with the same words; None: none.
    """

    text: str
    kind: str
    choices: Sequence[str]
    same_as: Question | None


#: What somebody answers to one question: a choice, several choices, or words.
Given = Choice | Sequence[Choice] | str


def draft(*, project: RenewalProject, title: str, purpose: str, questions: Sequence[Asked], by: Any, at: datetime,
          intro: str = "", invited: int = 0, invited_source: str = "", closes_on: date | None = None,
          follows: Survey | None = None) -> Survey:
    """Draft a survey with its questions and choices. ``follows``: the survey before the consultation it is compared with."""
    survey = Survey(project=project, jurisdiction=project.jurisdiction, title=title.strip(), intro=intro.strip(),
                    purpose=purpose, invited=invited, invited_source=invited_source.strip() if invited else "", follows=follows,
                    closes_on=closes_on, created_by=by, created_at=at)
    require(rules.may_draft, by, survey)
    _check_questions(questions)
    if closes_on and closes_on < calendar.local_date(at):
        raise ValidationError({"closes_on": _("This day is over: choose today or a later day.")})
    _check_source(survey)
    _check_pair(survey, questions)
    survey.clean_fields(exclude=["state"])
    before = list(follows.questions.all()) if follows else []
    with transaction.atomic():
        survey.save()
        for order, asked in enumerate(questions, 1):
            _write(survey, order, asked, before)
        search.put(survey)
        audit.write("surveys.draft", survey, by=by, at=at, after=survey.state, data={"follows": follows and follows.pk})
    return survey


def repeat(survey: Survey, *, title: str, questions: Sequence[Asked], by: Any, at: datetime, **values: Any) -> Survey:
    """Draft the survey after the consultation that is compared with this one."""
    return draft(project=survey.project, title=title, purpose=Purpose.AFTER, questions=questions, follows=survey, by=by, at=at,
                 **values)


def _write(survey: Survey, order: int, asked: Asked, before: Sequence[Question]) -> None:
    text = asked["text"].strip()
    alike = next((one for one in before if one.kind == asked["kind"] and one.text == text), None)
    question = Question.objects.create(survey=survey, order=order, text=text, kind=asked["kind"],
                                       same_as=asked.get("same_as", alike))
    Choice.objects.bulk_create(Choice(question=question, order=n, text=text.strip())
                               for n, text in enumerate(asked.get("choices", ()), 1))


def _check_source(survey: Survey) -> None:
    """A rate without the source of its denominator is no figure."""
    if survey.invited and not survey.invited_source.strip():
        raise ValidationError({"invited_source": _("Say where the number of people asked comes from, for instance the list of "
                                                   "households of a day.")})


def _check_pair(survey: Survey, questions: Sequence[Asked]) -> None:
    before, said = survey.follows, [one for asked in questions if (one := asked.get("same_as"))]
    if before is None and not said:
        return
    if survey.purpose != Purpose.AFTER or before is None:
        raise ValidationError({"follows": _("Only a survey after a consultation is compared with one before it.")})
    if before.purpose != Purpose.BEFORE or before.project_id != survey.project_id or before.state == SurveyState.DRAFTED:
        raise ValidationError({"follows": _("Choose a survey before the consultation, about the same project, that was opened.")})
    for asked in questions:
        if (one := asked.get("same_as")) and (one.survey_id != before.pk or one.kind != asked["kind"]):
            raise ValidationError({"questions": _("“%(question)s” can only be compared with a question of the same kind.") % {
                "question": asked["text"]}})
    if len(set(said)) < len(said):
        raise ValidationError({"questions": _("Two questions are compared with the same question of the survey before.")})


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


def tell_invited(survey: Survey, *, invited: int, invited_source: str, by: Any, at: datetime) -> Survey:
    """How many were asked, known when the sheets have been given out; until the survey is closed."""
    with transaction.atomic():
        fresh = lock(survey)
        require(rules.may_tell_invited, by, fresh)
        if fresh.state == SurveyState.CLOSED:
            raise WrongState(_("This survey is closed: its figures stay as they are."))
        before = fresh.invited
        fresh.invited, fresh.invited_source = invited, invited_source.strip() if invited else ""
        _check_source(fresh)
        fresh.clean_fields(exclude=["state"])
        fresh.save(update_fields=["invited", "invited_source"])
        audit.write("surveys.tell_invited", fresh, by=by, at=at,
                    data={"before": before, "invited": invited, "source": fresh.invited_source})
    survey.invited, survey.invited_source = fresh.invited, fresh.invited_source
    return survey


def respond(survey: Survey, *, answers: Mapping[int, Given], key: UUID, at: datetime, by: Any = None) -> Response:
    """One filled questionnaire, by question id. The same ``key`` counts once. Who answered is never kept."""
    if known := Response.objects.filter(survey=survey, key=key).first():
        return known
    require(rules.may_respond, by, survey)
    today = calendar.local_date(at)
    if survey.state != SurveyState.OPENED or (survey.closes_on and survey.closes_on < today):
        raise WrongState(_("This survey is not open for answers."))
    rows = rows_of(survey, answers)
    try:
        return keep(Response(survey=survey, key=key, answered_on=today), rows)
    except IntegrityError:
        return Response.objects.get(survey=survey, key=key)


def rows_of(survey: Survey, answers: Mapping[int, Given]) -> list[Answer]:
    """All answers as rows, not yet kept; ValidationError when there are none, or wrong ones."""
    rows = [row for question in survey.questions.prefetch_related("choices")
            for row in _answers(question, answers.get(question.pk, ""))]
    if not rows:
        raise ValidationError(_("Please answer at least one question."))
    return rows


def keep(response: Response, rows: list[Answer]) -> Response:
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
