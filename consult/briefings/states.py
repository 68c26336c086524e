"""The life of a briefing, of its instruction, and their kinds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit


class BriefingKind(models.TextChoices):
    """Each kind has its own numbering run."""

    BRIEFING = "briefing", _("consultation briefing (专报)")
    MOTION = "motion", _("formal motion (建议案)")
    REPORT = "report", _("consultation report (协商报告)")
    INFORMATION = "information", _("public-opinion information (社情民意信息)")


class BriefingState(models.TextChoices):
    DRAFTED = "drafted", _("drafted")
    IN_REVIEW = "in_review", _("under review")
    REVIEWED = "reviewed", _("reviewed")
    SIGNED = "signed", _("signed off")
    ISSUED = "issued", _("issued")
    DISPATCHED = "dispatched", _("dispatched")
    INSTRUCTED = "instructed", _("instructed")
    ARCHIVED = "archived", _("archived")
    VOIDED = "voided", _("voided")


S = BriefingState
#: The text may still change.
UNSIGNED = (S.DRAFTED, S.IN_REVIEW, S.REVIEWED)
#: Signed: the words are frozen.
SIGNED = (S.SIGNED, S.ISSUED, S.DISPATCHED, S.INSTRUCTED, S.ARCHIVED)
#: In the hands of its recipients.
OUT = (S.DISPATCHED, S.INSTRUCTED, S.ARCHIVED)


class Part(models.TextChoices):
    """The parts of a paper that a comment can be about."""

    WHOLE = "whole", _("the whole paper")
    TITLE = "title", _("title")
    OVERVIEW = "overview", _("overview of the consultation")
    PROBLEMS = "problems", _("problems")
    ADVICE = "advice", _("recommendations")
    DISSENT = "dissent", _("dissent")
    ANNEXES = "annexes", _("annexes")


class InstructionKind(models.TextChoices):
    """阅示 · 圈阅 · 批示要求办理 · 请某单位研究"""

    READ = "read", _("read")
    CIRCLED = "circled", _("read-mark")
    ACT = "act", _("to be carried out")
    STUDY = "study", _("to be studied by a department")


#: Instructions that ask for work: they create tasks.
WORKING = (InstructionKind.ACT, InstructionKind.STUDY)


class InstructionState(models.TextChoices):
    REGISTERED = "registered", _("registered")
    ASSIGNED = "assigned", _("assigned")
    REPORTED = "reported", _("result reported")
    CLOSED = "closed", _("closed")


audit.names(
    "briefings",
    {
        "compile": _("compiled"), "edit": _("edited"), "choose": _("recommendations added"),
        "drop_item": _("recommendation taken out"), "arrange": _("put in another order"),
        "add_annex": _("annex added"), "edit_annex": _("annex edited"), "drop_annex": _("annex removed"),
        "move_annex": _("annex moved"), "comment": _("comment written"), "settle_comment": _("comment settled"),
        "submit_review": _("put up for review"), "send_back": _("sent back"), "pass_review": _("reviewed"),
        "sign_off": _("signed off"), "number": _("numbered"), "issue": _("set and frozen"), "fail": _("setting failed"),
        "retry": _("setting tried again"), "dispatch": _("dispatched"), "let_read": _("opened to a named reader"),
        "read": _("read"), "download": _("downloaded"), "instruct": _("instructed"), "archive": _("archived"),
        "void": _("voided"), "register": _("registered"), "assign": _("assigned"), "report": _("result reported"),
        "close": _("closed")
    },
)
