"""A task: its page, and a reply as a letter."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.kit import calendar, steps
from consult.kit.models import Attachment
from consult.kit.rules import Sentence
from consult.kit.states import WrongState
from consult.tasks import actions, clock, keying, letter, points, replying, rules, shares
from consult.tasks.models import Countersign, Reply, Task
from consult.tasks.states import OWED, Outcome, ReplyState, TaskState
from consult.topics.models import TopicOpinion
from portal.forms import tasks as forms
from portal.kit import access, addresses, papers
from portal.kit.pages import Page, linked
from portal.rooms import evaluations
from portal.rooms.task_acts import ACTS, WORK, extension_waits, return_waits
from portal.rooms.task_rows import mark

S = TaskState


#: What somebody outside the working file may read of its history.
FACE = {"propose", "assign", "begin", "approve", "lower_outcome", "rehandle", "reopen", "close", "drop"}
#: A department doesn't read what another one asked back.
ASKS = {"ask_return", "grant_return", "refuse_return", "reassign"}


class TaskPage(Page):
    model = Task
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("jurisdiction", "instruction__leader", "recommendation__lead", "recommendation__consultation__topic",
               "assigned_by", "key_lead")
    prefetch = ("assignments__department", "assignments__handler", "assignments__opinions", "replies__department",
                "replies__lowerings__by", "stops", "milestones")
    template_name = "rooms/tasks/task.html"
    acts = (*evaluations.TASK_ACTS, *ACTS, *evaluations.BALLOT)

    def due(self, obj: Any) -> Any:
        return mark(obj)

    def must_act(self, obj: Any) -> Sentence:
        return must_act(obj)

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        topic = obj.recommendation.consultation.topic
        inside = self.inside(obj)
        return [
            (_("Topic"), self.linked(topic)), (_("Voices behind the topic"), TopicOpinion.objects.filter(topic=topic).count()),
            (_("Recommendation"), self.linked(obj.recommendation)),
            (_("Instruction"), self.linked(obj.instruction) if inside else None),
            (_("Kind"), " · ".join(str(word) for word in kinds(obj))), (_("Assigned at"), obj.assigned_at),
            (_("Due on"), None if inside else obj.due_on),
            (_("Handling"), obj.round if obj.round > 1 else None),
            (_("Leader in charge of the key supervision"), str(obj.key_lead or "") if obj.key else None),
            (_("Look back on"), obj.look_back_on),
        ]

    def inside(self, obj: Any) -> bool:
        return bool(rules.may_read_file(self.request.user, obj))

    def linked(self, other: Any) -> Any:
        return linked(other, self.request.user)

    def history(self, obj: Any) -> Any:
        events = super().history(obj)
        if rules.may_read_returns(self.request.user, obj):
            return events
        hidden = ASKS if self.inside(obj) else None
        return [(event, words) for event, words in events
                if (event.verb.partition(".")[2] not in hidden if hidden else event.verb.partition(".")[2] in FACE)]

    def extra(self, obj: Any) -> dict[str, Any]:
        user = self.request.user
        replies = rules.replies_visible_to(user, obj)
        shown = {"inside": self.inside(obj), "replies": with_files(replies, "reply"), "parts": obj.parts,
                 **(evaluations.said(obj) if self.may_read_ratings(obj) else {})}
        return {**shown, **self.file(obj)} if shown["inside"] else shown

    def may_read_ratings(self, obj: Any) -> bool:
        """A department reads them once the task is closed, so that nobody's word can be worked on before."""
        judged = (S.CLOSED,) if rules.my_part(self.request.user, obj) else (S.ANSWERED, S.CLOSED)
        return obj.state in judged

    def file(self, obj: Any) -> dict[str, Any]:
        """The working file."""
        worked = clock.due(obj) if obj.began_on else None
        limits = [(what, whose, due, steps.in_words(due)) for what, whose, due in clock.limits_of(obj)] if worked else []
        again = super().history(obj) if obj.round > 1 else []
        return {
            "again": next((event.data["note"] for event, _words in reversed(again)
                           if event.verb in ("tasks.rehandle", "tasks.reopen")), ""),
            "worked": worked, "limits": limits, "ladder": clock.ladder(obj, calendar.today()) if obj.state in OWED else [],
            "milestones": with_files(obj.milestones.select_related("department"), "milestone"),
            "key_steps": keying.steps_of(obj) if obj.key else [], "shares": shared(obj),
            "meetings": obj.meetings.select_related("by"),
            "progress": with_files(obj.progress.select_related("department", "by")), "stops": obj.stops.all(),
            "opinions": [(part, opinion) for part in obj.parts for opinion in part.opinions.all()],
            "returns": rules.returns_visible_to(self.request.user, obj).select_related("assignment__department", "suggested",
                                                                                      "decided_by"),
            "extensions": obj.extensions.select_related("asked_by", "decided_by"),
            "reminders": obj.reminders.select_related("by"),
            "signed": Countersign.objects.filter(reply__task=obj).select_related("assignment__department", "by", "reply"),
        }


def shared(task: Task) -> list[tuple[str, str, int]]:
    """Whose time it was: (party, working days in words, per cent)."""
    days = shares.of(task, task.closed_at or calendar.now())
    whole = sum(days.values())
    return [(str(party.label), calendar.length("workdays", days[party]), round(100 * days[party] / whole))
            for party in shares.Party if days[party]]


def with_files(rows: Any, model: str = "progress") -> list[tuple[Any, list[Any]]]:
    """Each report, milestone or reply with its files, in one query for all."""
    found = list(rows)
    files: dict[str, list[Any]] = {}
    theirs = Attachment.objects.filter(app_label="tasks", model=model, object_id__in=[str(one.pk) for one in found])
    for file in theirs.order_by("uploaded_at", "id") if found else ():
        files.setdefault(file.object_id, []).append(file)
    return [(one, files.get(str(one.pk), [])) for one in found]


def kinds(task: Task) -> list[Sentence]:
    words: list[tuple[bool, Sentence]] = [(task.urgent, _("urgent")), (task.key, _("key supervision"))]
    return [word for holds, word in words if holds]


def must_act(task: Task) -> Sentence:
    """Who must act next, by name."""
    if task.state in (S.PROPOSED, S.IN_REVIEW):
        return _("the supervision office")
    if task.state == S.ANSWERED:
        return _("the CPPCC office: look-back and ratings")
    if task.state not in OWED:
        return ""
    if task.state in WORK and (return_waits(task) or extension_waits(task)):
        return _("the supervision office: something is asked")
    final = {reply.department_id for reply in task.replies_now if reply.state in (ReplyState.SUBMITTED, ReplyState.APPROVED)}
    waiting = replying.unsigned(task) if task.state == S.COSIGNING else [
        part for part in task.parts if part.answers and part.department_id not in final]
    return "、".join(str(part.department) for part in waiting)


class ReplyPage(Page):
    """A published reply, as everybody reads it."""

    model = Reply
    visible_to = rules.replies_readable_by
    related = ("department", "task")
    public = True
    template_name = "rooms/tasks/reply.html"

    def title(self, obj: Any) -> Sentence:
        return _("Reply of %(name)s: %(title)s") % {"name": obj.department, "title": obj.task.title}

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [(_("Task"), linked(obj.task, self.request.user)), (_("Department"), str(obj.department)),
                (_("Outcome"), str(Outcome(obj.result).label)), (_("Promised by"), obj.promise_on),
                (_("Promise kept on"), obj.fulfilled_on), (_("Published at"), obj.published_at)]

    def history(self, obj: Any) -> Any:
        return None


class KeepDraft(View):
    """The words on the screen, kept while they are written; answers with the version, or with why they were not kept."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = TaskPage.find(request.user, pk)
        names = {*forms.DraftReply.base_fields, *(f"point_{n}" for n in range(1, points.MOST + 1))} - {"files"}
        version = request.POST.get("version", "0")
        try:
            kept = actions.keep_draft(task, fields={name: request.POST[name] for name in names if name in request.POST},
                                      version=int(version) if version.isdecimal() and len(version) < 9 else 0,
                                      by=access.person(request), at=calendar.now())
        except (ValidationError, WrongState) as wrong:
            said = wrong.messages[0] if isinstance(wrong, ValidationError) else str(wrong.reason)
            return JsonResponse({"said": said}, status=409)
        return JsonResponse({"version": kept.version, "said": gettext("Kept at %(time)s.") % {
            "time": timezone.localtime(kept.at).strftime("%H:%M:%S")}})


class ReplyLetter(View):
    """A department's reply as a letter, for whoever reads the reply; until it is approved it says that it is a draft."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Reply.objects.filter(task__in=rules.visible_to(request.user)).select_related("department", "task__jurisdiction")
        reply = access.visible_or_404(rows.prefetch_related("task__assignments__department"), pk=pk)
        if reply not in rules.replies_visible_to(request.user, reply.task):
            raise Http404
        return papers.pdf_response(request, lambda: letter_of(reply), back=addresses.of(reply.task))


def letter_of(reply: Reply) -> papers.Paper:
    return papers.Paper("letter", letter.paper(reply), f"{reply.task.number}-{reply.department}-答复.pdf",
                        draft=letter.is_draft(reply), data=letter.facts(reply))


urlpatterns = [path("tasks/<int:pk>/keep-draft/", access.door(KeepDraft), name="task.keep_draft"), *ReplyPage.urls("replies"),
               path("replies/<int:pk>/letter.pdf", access.door(ReplyLetter), name="reply.letter"),
               *TaskPage.urls("tasks")]

