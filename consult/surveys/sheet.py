"""The questionnaire on paper (纸质问卷): large type, boxes to tick, lines to write on, and the number of each sheet."""

from typing import Any

from consult.kit import calendar
from consult.surveys import serials
from consult.surveys.models import Question, Survey
from consult.surveys.states import QuestionKind

HINTS = {QuestionKind.ONE: "只选一项", QuestionKind.MANY: "可选多项", QuestionKind.TEXT: "请写在横线上，请勿写姓名和电话"}
#: Lines to write on under a question for words.
LINES = 4
#: Choices of so many characters stand two on a line.
NARROW = 9


def paper(survey: Survey, url: str, first: int = 0, last: int = 0) -> dict[str, Any]:
    """The words of sheets ``first`` to ``last``, or of a specimen without a number. ``url``: where it is answered on the web."""
    numbers = [serials.written(survey.pk, sheet) for sheet in range(first, last + 1)] if first else [""]
    day = calendar.local_date(survey.created_at)
    return {
        "organ": survey.jurisdiction.cppcc_office, "title": survey.title, "intro": survey.intro, "project": survey.project.name,
        "until": calendar.in_words(survey.closes_on) if survey.closes_on else "", "numbers": numbers,
        "questions": [_question(n, question) for n, question in enumerate(survey.questions.prefetch_related("choices"), 1)],
        "date": day.isoformat(), "verify_url": url}


def _question(number: int, question: Question) -> dict[str, Any]:
    choices = [{"number": n, "text": choice.text} for n, choice in enumerate(question.choices.all(), 1)]
    return {"number": number, "text": question.text, "hint": HINTS[QuestionKind(question.kind)], "choices": choices,
            "narrow": all(len(choice.text) <= NARROW for choice in question.choices.all()),
            "lines": [] if choices else [1] * LINES}
