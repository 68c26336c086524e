"""A department owes something: the task, its parts, its clock and its reply."""

from consult.tasks.models.answer import CoOpinion, Countersign, Lowering, Meeting, Progress, Reply
from consult.tasks.models.clock import Ask, ClockStop, Extension, Reminder, ReturnRequest
from consult.tasks.models.desk import Draft, KeyStep, Milestone, TextBlock
from consult.tasks.models.task import Assignment, Task, TaskGrant, TaskQuerySet

__all__ = [
    "Ask", "Assignment", "ClockStop", "CoOpinion", "Countersign", "Draft", "Extension", "KeyStep", "Lowering", "Meeting",
    "Milestone", "Progress", "Reminder", "Reply", "ReturnRequest", "Task", "TaskGrant", "TaskQuerySet", "TextBlock",
]
