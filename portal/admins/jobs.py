"""The jobs of the workers: what waits, what runs, what failed and why; a failed one is run again."""

from dataclasses import dataclass
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from django_tasks.base import TaskResultStatus as Status

from consult.kit import jobs
from consult.kit.models import Job
from consult.people import actions, rules
from portal.health import worker_state
from portal.kit import access, addresses
from portal.kit.lists import Column, List
from portal.kit.moves import Act, ActView
from portal.kit.narrowing import Filters
from portal.kit.pages import Page

STATUS = {Status.FAILED: _("failed"), Status.READY: _("waiting"), Status.RUNNING: _("running"), Status.SUCCESSFUL: _("done")}
WORKERS = {
    "never seen": _("No worker was ever started here: papers wait until one is."),
    "silent": _("No worker answers: papers wait until one is started."),
    "stuck": _("A worker is at one job for longer than any job takes. It starts again by itself after ten minutes."),
    "stranded": _("A worker was ended in the middle of its job. Another one takes the job up within a minute and a half."),
    "working": _("The worker is at work."),
    "waiting": _("The worker is there and has nothing to do."),
}


class JobFilter(Filters):
    status = django_filters.ChoiceFilter(label=_("State"), choices=list(STATUS.items()))

    class Meta:
        model = Job
        fields = ("status",)


def what(job: Job) -> str:
    """The kind of job, and the numbers of what it is about; other arguments could be somebody's words."""
    about = ", ".join(str(one) for one in job.args_kwargs["args"] if isinstance(one, int))
    return f"{jobs.kind_of(job).words} ({about})" if about else str(jobs.kind_of(job).words)


def since(job: Job) -> Any:
    return {Status.FAILED: job.finished_at, Status.SUCCESSFUL: job.finished_at,
            Status.RUNNING: job.started_at}.get(Status(job.status)) or job.enqueued_at


def wrong(job: Job) -> str:
    return jobs.why(job) if job.status == Status.FAILED else ""


@dataclass(frozen=True)
class Again(Column):
    """The way to the button of a failed job."""

    def cell(self, obj: Any) -> dict[str, Any]:
        failed = obj.status == Status.FAILED
        return {**super().cell(obj), "value": _("Run again") if failed else "",
                "url": addresses.to("admins:run_again", obj.pk) if failed else ""}


class Jobs(List):
    model = Job
    visible_to = rules.jobs_visible_to
    filterset = JobFilter
    title = _("Jobs")
    template_name = "admins/jobs.html"
    empty = _("No job waits, runs or has failed.")
    order = ("status", "-enqueued_at")
    columns = (Column("what", _("What"), value=what), Column("status", _("State"), value=lambda job: STATUS[job.status]),
               Column("since", _("In this state since"), value=since), Column("attempts", _("Attempts")),
               Column("text", _("Last error"), value=wrong), Again("again", _("What you can do now"), value=lambda job: ""))

    def rows(self, user: Any) -> Any:
        """What is done is shown only to whoever asks for it."""
        asked = self.request.GET.get("status") == Status.SUCCESSFUL
        return super().rows(user) if asked else super().rows(user).exclude(status=Status.SUCCESSFUL)

    def extra(self) -> dict[str, Any]:
        return {"worker": WORKERS[worker_state()["state"]]}


class JobPage(Page):
    """Only for its act: a job has no page of its own."""

    model = Job
    visible_to = rules.jobs_visible_to

    def title(self, obj: Any) -> Any:
        return what(obj)


class RunAgain(ActView):
    """One way back: to the list."""

    def back(self) -> str:
        return addresses.to("admins:jobs")

    def landing(self, result: Any) -> str:
        return self.back()


again = access.door(RunAgain, page=JobPage, act=Act(
    "run_again", _("Run again"), rules.may_run_again, actions.run_again, done=_("The job is queued again."),
    effect=_("The job is queued once more. What it made already stays: nothing is done twice.")))
