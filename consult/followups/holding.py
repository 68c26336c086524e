"""What every verb of a look-back is made of: the locked row, the rule, the state, words that are not blank and name nobody."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.followups.models import LookBack
from consult.kit.rules import Rule, require
from consult.kit.states import WrongState, lock, state_label
from consult.recommendations.wording import check_words
from consult.tasks.models import Task
from consult.tasks.states import TaskState

#: A look-back is made on what was answered; a closed task may be looked at again.
LOOKABLE = (TaskState.ANSWERED, TaskState.CLOSED)
#: The longest paragraph that is set on paper.
LONGEST = 1500


def set_on_paper(text: str) -> None:
    """Raise ValidationError on ``text`` where a paragraph is longer than is set on paper."""
    if max(len(paragraph) for paragraph in text.splitlines()) > LONGEST:
        raise ValidationError({"text": _("A paragraph is longer than %(n)s characters: please divide it.") % {"n": LONGEST}})


def names_nobody(task: Task, **texts: str) -> None:
    """Departments read it once it is confirmed, the people who spoke on their receipt: no resident by name or number."""
    check_words(texts, consultations=[task.recommendation.consultation_id])


def in_state(look_back: LookBack, rule: Rule, by: Any, *states: str) -> LookBack:
    """The locked row, if the rule and the state allow; for verbs that change no state."""
    fresh = lock(look_back)
    require(rule, by, fresh)
    if fresh.state not in states:
        raise WrongState(_("This step is no longer open: the state is now “%(state)s”.") % {"state": state_label(fresh)})
    return fresh


def of_this_answer(look_back: LookBack, task: Task) -> None:
    """A look-back judges the answer it was planned for: not the one a later handling gave."""
    if task.answered_at is None or look_back.planned_at < task.answered_at:
        raise WrongState(_("This look-back is not about the answer that stands now: plan a new one."))
