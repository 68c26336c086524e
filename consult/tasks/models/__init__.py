"""A department owes something: the task, its parts, its clock and its reply."""

from consult.tasks.models.answer import CoOpinion, Countersign, Lowering, Meeting, Progress, Reply
from consult.tasks.models.clock import Ask, ClockStop, Extension, Reminder, ReturnRequest
from consult.tasks.models.task import Assignment, Task, TaskGrant, TaskQuerySet

__all__ = [
    "Ask", "Assignment", "ClockStop", "CoOpinion", "Countersign", "Extension", "Lowering", "Meeting", "Progress", "Reminder",
    "Reply", "ReturnRequest", "Task", "TaskGrant", "TaskQuerySet",
]
