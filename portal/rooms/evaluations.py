"""Ratings and appraisals: their pages and acts; the acts of evaluation that stand on a task's page."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.evaluations import actions, rules, totals
from consult.evaluations.models import Appraisal, Rating, Voter
from consult.evaluations.states import AppraisalState, RatingState, Satisfaction, VoterGroup
from consult.followups import digest
from consult.followups.models import LookBack
from consult.followups.states import LookBackState
from consult.kit import calendar
from consult.kit.rules import Rule, Sentence, Verdict, visibility
from consult.tasks.models import Reply, Task
from consult.tasks.states import Publicity, ReplyState, TaskState
from portal.forms import appraisals
from portal.forms import evaluations as forms
from portal.kit import addresses
from portal.kit.lists import compact
from portal.kit.moves import Act, Staged, Start
from portal.kit.pages import Page, linked


class RatingPage(Page):
    model = Rating
    visible_to = rules.visible_to
    seen_by = rules.seen_by
    related = ("task", "opinion", "member")
    template_name = "rooms/evaluations/rating.html"
    acts = (
        Act("give", _("Rate"), rules.may_give, actions.give, form=forms.Give, done=_("Thank you. Your rating is recorded."),
            effect=_("Only you can give this rating. The handling department learns totals only, never your own answer."),
            quiet=True),
        Act("raise_opinion", _("Raise a new matter"), rules.may_raise, actions.raise_opinion, form=forms.Raise, moves=(),
            effect=_("It becomes a new opinion at the start of the loop."), quiet=True,
            then=lambda request, result: addresses.of(result[0]), done=_("Your new matter was handed in.")),
    )

    def title(self, obj: Any) -> Any:
        return obj.task.title

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        who = obj.member or (_("resident, opinion %(number)s") % {"number": obj.opinion.number})
        return [(_("Task"), linked(obj.task, self.request.user)), (_("Handling"), obj.round), (_("Rater"), who),
                (_("To be rated until"), obj.due_on),
                (_("The work done"), obj.get_work_display()), (_("The result"), obj.get_result_display()),
                (_("Comment"), rules.comment_for(self.request.user, obj))]

    def due(self, obj: Any) -> Any:
        return obj.due_on if obj.state == RatingState.INVITED else None

    def history(self, obj: Any) -> Any:
        """A resident who rated from an account is not named: that takes an opening of the identity, with a reason."""
        shown = super().history(obj)
        for event, _words in shown if obj.opinion_id else ():
            if event.actor_id is not None:
                event.actor_label = ""
        return shown

    def extra(self, obj: Any) -> dict[str, Any]:
        """The reply, for whoever reads the task; a resident reads one that is open to the public."""
        reply = _approved(obj.task)
        inside = visibility(Task, self.request.user).filter(pk=obj.task_id).exists()
        return {"reply": reply if reply and (inside or reply.publicity == Publicity.OPEN) else None}


def _approved(task: Task) -> Reply | None:
    approved = Reply.objects.filter(task=task, state=ReplyState.APPROVED).select_related("department")
    return approved.order_by("-round", "-pk").first()


class AppraisalPage(Page):
    model = Appraisal
    visible_to = rules.appraisals_visible_to
    seen_by = rules.appraisal_seen_by
    related = ("task", "department")
    template_name = "rooms/evaluations/appraisal.html"
    acts = (
        Act("cast", _("Cast your ballot"), rules.may_cast, actions.cast, form=forms.Cast, moves=("close",),
            effect=_("Your ballot is anonymous: it is kept without name and time."), done=_("Your ballot is in.")),
        Act("close", _("Close the ballot"), rules.may_close_appraisal, actions.close_appraisal, danger=True,
            effect=_("No more ballots are taken; the result is shown to all who were invited.")),
    )

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        voters = Voter.objects.filter(appraisal=obj)
        cast = voters.filter(has_cast=True).count()
        what = ([(_("Task"), linked(obj.task, self.request.user))] if obj.task else
                [(_("Department"), str(obj.department)), (_("Period"), period(obj))])
        return [*what, (_("Ballots"), f"{cast} / {voters.count()}")]

    def extra(self, obj: Any) -> dict[str, Any]:
        found = self.figures(obj)
        if obj.state != AppraisalState.CLOSED:
            return found
        score = totals.of_appraisal(obj)
        groups = [(VoterGroup(group).label, mark) for group, mark in score.groups.items()]
        return {**found, "score": score, "groups": groups}

    def figures(self, obj: Any) -> dict[str, Any]:
        """What a department did in the period, beside what is thought of it."""
        facts = totals.figures_of(obj, calendar.today())
        return {"figures": digest.figures(facts), "as_of": date.fromisoformat(facts["as_of"])} if facts else {}


def period(obj: Any) -> str:
    """From when to when, short enough for a table."""
    return f"{compact(obj.since)} – {compact(obj.until)}"


def subject(appraisal: Any) -> Sentence:
    """What is appraised, for lists: a task, or a department and its period."""
    return str(appraisal.task) if appraisal.task else f"{appraisal.department} · {period(appraisal)}"


def answered(act_rule: Rule) -> Rule:
    """Shown on a task only while its answer stands to be judged."""
    return Rule(lambda user, task: act_rule(user, task) if task is None or task.state == TaskState.ANSWERED
                else Verdict(False, _("This is open once the reply was approved.")))


def told(task: Any, user: Any) -> dict[str, Any]:
    """A first wording for the residents, from the approved reply."""
    reply = _approved(task)
    return {"message": reply.whole if reply else ""}


def asked(task: Task) -> bool:
    return Rating.objects.filter(task=task, round=task.round).exists()


def to_ask(task: Task) -> bool:
    """Looked at since it was answered, and nobody asked yet."""
    seen = LookBack.objects.filter(task=task, state=LookBackState.CONFIRMED)
    return bool(task.answered_at) and seen.filter(planned_at__gte=task.answered_at).exists() and not asked(task)


#: Acts of evaluation on the page of a task, before its own: once one is open, it is the next thing to do.
TASK_ACTS = (
    Staged("invite", _("Ask for ratings"), answered(rules.may_invite), actions.invite, form=forms.Invite, moves=("rehandle",),
        initial=told, quiet=True, ready=to_ask,
        effect=_("Residents and members are told the result and asked to rate it, work and result apart.")),
    Staged("conclude", _("Conclude"), answered(rules.may_conclude), actions.conclude, form=forms.Conclude,
        moves=("close",), quiet=True, ready=asked,
        effect=_("The task is closed; the recommendation is struck off; with its last recommendation the topic closes.")),
    Staged("rehandle", _("Start the second handling"), answered(rules.may_rehandle), actions.rehandle, form=forms.Rehandle,
        quiet=True, ready=asked,
        effect=_("The department handles the matter again, with a new date; its first answer stays on record.")),
)
BALLOT = (
    Act("open_appraisal", _("Open an appraisal by ballot"), answered(rules.may_open_appraisal), actions.open_appraisal,
        form=forms.OpenAppraisal, moves=("rehandle",), quiet=True,
        effect=_("Those named vote anonymously on five aspects.")),
)


def said(task: Task) -> dict[str, Any]:
    """Totals of the task's ratings for its page: visible to everybody who sees the task, once it is closed for departments."""
    found = totals.of_task(task)
    rows = [(label, found.work.get(code, 0), found.result.get(code, 0)) for code, label in Satisfaction.choices]
    return {"totals": found, "satisfaction": rows}


APPRAISE = Start(
    "open_department_appraisal", _("Appraise a department"), rules.may_open_department_appraisal,
    actions.open_department_appraisal, form=appraisals.OpenDepartmentAppraisal,
    effect=_("Those named vote anonymously on five aspects of what the department did in the period. The department reads the "
             "result once the ballot is closed."))

urlpatterns = [APPRAISE.url("appraisals/department/", "appraisal.open"), *RatingPage.urls("ratings"),
               *AppraisalPage.urls("appraisals")]
