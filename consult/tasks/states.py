"""Where a task stands, in which roles departments share it, and how a reply turned out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit


class TaskState(models.TextChoices):
    PROPOSED = "proposed", _("waiting to be assigned")
    ASSIGNED = "assigned", _("waiting to be signed for")
    HANDLING = "handling", _("being handled")
    COSIGNING = "cosigning", _("waiting for counter-signatures")
    IN_REVIEW = "in_review", _("under supervision review")
    ANSWERED = "answered", _("replied")
    CLOSED = "closed", _("closed")
    DROPPED = "dropped", _("not assigned")


#: Somebody must still act; nobody must.
OPEN = (TaskState.PROPOSED, TaskState.ASSIGNED, TaskState.HANDLING, TaskState.COSIGNING, TaskState.IN_REVIEW)
OVER = (TaskState.ANSWERED, TaskState.CLOSED, TaskState.DROPPED)
#: The department still owes something.
OWED = (TaskState.ASSIGNED, TaskState.HANDLING, TaskState.COSIGNING)


class Part(models.TextChoices):
    """主办 · 会办 · 分办 · 独办"""

    SOLE = "sole", _("sole")
    LEAD = "lead", _("lead")
    CO = "co", _("co-handling")
    SEPARATE = "separate", _("separate")


#: Parts that answer; co-handling departments give their opinion to the lead.
ANSWERING = (Part.SOLE, Part.LEAD, Part.SEPARATE)


class Outcome(models.TextChoices):
    """A 已经解决或基本解决 · B 正在解决或列入规划 · C 条件所限 · D 留作参考"""

    A = "A", _("A: settled or basically settled")
    B = "B", _("B: being settled, or in the plan")
    C = "C", _("C: held back by conditions, later")
    D = "D", _("D: kept for reference")


class AskState(models.TextChoices):
    ASKED = "asked", _("asked")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")


class ReplyState(models.TextChoices):
    DRAFTED = "drafted", _("drafted")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("sent back")


class Publicity(models.TextChoices):
    OPEN = "open", _("published on our own initiative")
    ON_REQUEST = "on_request", _("published on request")
    CLOSED = "closed", _("not published")


class Signing(models.TextChoices):
    """Has the department signed for its part?"""

    SIGNED = "signed", _("signed for")
    WAITS = "waits", _("to be signed for")
    LATE = "late", _("not signed for in time")


class Promise(models.TextChoices):
    """What became of the promise in a reply with outcome B."""

    OPEN = "open", _("promise runs")
    KEPT = "kept", _("promise kept")
    BROKEN = "broken", _("promise not kept in time")


class Light(models.TextChoices):
    GREEN = "green", _("in time")
    BLUE = "blue", _("due soon")
    YELLOW = "yellow", _("nearly due")
    RED = "red", _("overdue")
    STOPPED = "stopped", _("clock stopped")
    DONE = "done", _("done")


class Rung(models.TextChoices):
    """The ladder of reminders: each rung once in each handling."""

    BLUE = "blue", _("reminded: due soon")
    YELLOW = "yellow", _("reminded: nearly due, or to be written again")
    RED = "red", _("written notice: overdue")
    BULLETIN = "bulletin", _("on the bulletin list")
    LEADER = "leader", _("told to the leader")


class Ground(models.TextChoices):
    """On what ground a clock may stand still: nothing else stops it."""

    LAWSUIT = "lawsuit", _("a lawsuit, arbitration or administrative review decides first")
    EXPERTISE = "expertise", _("an expert appraisal, test or hearing is under way")
    HIGHER = "higher", _("a higher office has been asked and has not answered")
    MATERIAL = "material", _("those who advised must add something first")
    FORCE = "force", _("force majeure")


#: Where each ground comes from.
GROUND_BASIS: dict[str, str] = {
    Ground.LAWSUIT: "行政复议法第四十二条、行政诉讼法第五十六条（参照）", Ground.EXPERTISE: "行政许可法第四十五条（参照）",
    Ground.HIGHER: "督查督办通行做法", Ground.MATERIAL: "提案、意见建议办理通行做法",
    Ground.FORCE: "民法典第一百八十条（参照）",
}


audit.names("tasks", {
    "propose": _("proposed"), "assign": _("assigned"), "sign_for": _("signed for"), "ask_return": _("return asked"),
    "grant_return": _("return granted"), "refuse_return": _("return refused"), "reassign": _("reassigned"),
    "ask_extension": _("extension asked"), "grant_extension": _("extension granted"),
    "refuse_extension": _("extension refused"), "stop_clock": _("clock stopped"), "resume_clock": _("clock resumed"),
    "meet": _("talked face to face"), "report_progress": _("progress reported"), "give_opinion": _("co-handling opinion given"),
    "draft_reply": _("reply drafted"), "submit_reply": _("reply submitted"), "countersign": _("counter-signed"),
    "ready": _("counter-signatures complete"), "send_back": _("sent back for redo"), "approve": _("reply approved"),
    "remind": _("reminded"), "rehandle": _("second handling began"), "reopen": _("opened again"),
    "lower_outcome": _("outcome lowered"), "close": _("closed"), "drop": _("not assigned"),
    "begin": _("handling began"), "fulfil": _("promise kept"), "recompute": _("due date worked out again"),
    "discard_draft": _("kept words thrown away"), "set_milestone": _("milestone set"),
    "reach_milestone": _("milestone reached"), "name_handler": _("handler named"), "publish": _("reply published"),
    "withdraw": _("published reply taken back"), "close_to_public": _("reply closed to the public"),
    "lead_key": _("key supervision: leader in charge"), "take_key_step": _("step of key supervision"),
    "write_block": _("text block written"), "take_block_away": _("text block taken away"),
    "urge": _("urged"), "submit": _("submitted"), "grant": _("granted"), "refuse": _("refused"),
})
