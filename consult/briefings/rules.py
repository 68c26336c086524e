"""Who sees a briefing and its instructions, who writes, reviews, signs, sends and answers it."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.briefings.models import Briefing, Instruction, Issue, Recipient
from consult.briefings.states import OUT, SIGNED, UNSIGNED
from consult.kit import audit, calendar, grants
from consult.kit.rules import Rule, Sentence, because, rule, sees
from consult.kit.search import finds
from consult.people.roles import Role, scope_of
from consult.people.rules import in_role, is_chair, is_leader, is_office, is_supervision

#: The desks a briefing may be sent to; anybody else is let in by name.
ADDRESSEES = (Role.LEADER, Role.SUPERVISION, Role.CHAIR, Role.OFFICE)
#: The acts that change what a draft says.
WRITING = [f"briefings.{verb}" for verb in (
    "edit", "choose", "drop_item", "arrange", "add_annex", "edit_annex", "drop_annex", "move_annex")]


def _sent_to(user: Any) -> Any:
    return Recipient.objects.filter(user=scope_of(user).user_id).values("briefing")


def _instructed(districts: Any) -> Any:
    return Instruction.objects.filter(jurisdiction__in=districts).values("issue__briefing")


def visible_to(user: Any) -> Any:
    """Office and chair: all of their district; recipients: what was dispatched to them; supervision: also whatever

    came back with an instruction; named readers: signed ones, by a grant. Nobody else, members and departments included.
    """
    scope = scope_of(user)
    if scope.user_id is None or scope.holds(Role.CLERK):
        return Briefing.objects.none()
    writing = scope.jurisdictions(Role.OFFICE, Role.CHAIR)
    return Briefing.objects.filter(
        Q(jurisdiction__in=writing)
        | (Q(state__in=OUT, jurisdiction__in=scope.jurisdictions(*ADDRESSEES) - writing) & Q(pk__in=_sent_to(user)))
        | Q(state__in=OUT, pk__in=_instructed(scope.jurisdictions(Role.SUPERVISION)))
        | Q(state__in=SIGNED, pk__in=grants.granted(user, "view", Briefing, calendar.today())))


def instructions_visible_to(user: Any) -> Any:
    """The leader's own; all of the district for the offices that carry them on."""
    scope = scope_of(user)
    return Instruction.objects.filter(Q(leader=scope.user_id, jurisdiction__in=scope.jurisdictions(Role.LEADER))
                                      | Q(jurisdiction__in=scope.jurisdictions(Role.OFFICE, Role.CHAIR, Role.SUPERVISION)))


def issues_visible_to(user: Any) -> Any:
    """The papers of the briefings one sees."""
    return Issue.objects.filter(briefing__in=visible_to(user))


def seen_by(briefing: Briefing) -> list[Sentence]:
    """Which roles may read it, and why."""
    told: list[Sentence] = [_("The CPPCC office and the chair of %(place)s.") % {"place": briefing.jurisdiction}]
    if briefing.state in OUT:
        told.append(_("The recipients it was dispatched to, by name."))
        told.append(_("The supervision office, once it is a recipient or a leader gave an instruction."))
    return [*told, _("Departments never see it: their task quotes the recommendation. Members and residents don't see it.")]


def instruction_seen_by(instruction: Instruction) -> list[Sentence]:
    return [
        _("%(name)s, who gave it.") % {"name": instruction.leader},
        _("The supervision office: it carries the instruction on."),
        _("The CPPCC office and the chair of %(place)s.") % {"place": instruction.jurisdiction},
        _("Departments read its words in their task.")
    ]


def unwritten_by(user_id: int | None, of: Any = None) -> Any:
    """Four eyes: the briefings (of some) this person neither compiled nor put up for review nor, as the log knows, changed."""
    some = Briefing.objects.all() if of is None else of
    return some.exclude(Q(compiled_by=user_id) | Q(submitted_by=user_id)).exclude(audit.touched(Briefing, WRITING, by=user_id))


@because(_("Whoever wrote a briefing, or a part of it, or put it up for review can't review it as well. Please ask somebody "
           "else of the office, or the chair."))
def _wrote_none_of_it(user: Any, obj: Any) -> bool:
    return obj is None or unwritten_by(getattr(user, "pk", None)).filter(pk=obj.pk).exists()


@because(_("A comment is still open. Settle it first: say beside it what was done about it."))
def _all_settled(user: Any, obj: Any) -> bool:
    return obj is None or not obj.comments.open().exists()


@because(_("Only the office may void it before it is signed off; then only the chair."))
def _before_signing(user: Any, obj: Any) -> bool:
    return obj is None or obj.state in UNSIGNED


@because(_("This briefing was not sent to you."))
def _is_recipient(user: Any, obj: Any) -> bool:
    return (
        obj is None or Recipient.objects.filter(briefing=_briefing_id(obj), user=scope_of(user).user_id).exists())


@because(_("Only the leader who gave the instruction may do this."))
def _gave_it(user: Any, obj: Any) -> bool:
    return obj is None or (user is not None and obj.leader_id == user.pk)


def _briefing_id(obj: Any) -> int:
    return obj.pk if isinstance(obj, Briefing) else obj.briefing_id


@because(_("This briefing was not sent to you."))
def _in_view(user: Any, obj: Any) -> bool:
    """Whoever sees the briefing may read its paper: one view for page, list and file."""
    return obj is None or visible_to(user).filter(pk=_briefing_id(obj)).exists()


def _by(verb: str, made_of: Rule) -> Rule:
    return rule(f"briefings.{verb}", made_of)


may_compile = _by("compile", is_office)
may_edit = _by("edit", is_office)
may_choose = _by("choose", is_office)
may_submit_review = _by("submit_review", is_office)
may_comment = _by("comment", in_role(Role.OFFICE, Role.CHAIR))
may_settle_comment = _by("settle_comment", in_role(Role.OFFICE, Role.CHAIR))
may_pass_review = _by("pass_review", in_role(Role.OFFICE, Role.CHAIR) & _wrote_none_of_it & _all_settled)
may_send_back = _by("send_back", in_role(Role.OFFICE, Role.CHAIR))
may_sign_off = _by("sign_off", is_chair & _all_settled)
may_retry = _by("retry", in_role(Role.OFFICE, Role.CHAIR))
may_dispatch = _by("dispatch", is_office)
may_let_read = _by("let_read", is_office)
may_archive = _by("archive", is_office)
may_void = _by("void", is_chair | (is_office & _before_signing))
may_preview = _by("preview", in_role(Role.OFFICE, Role.CHAIR))
may_read_register = _by("read_register", in_role(Role.OFFICE, Role.CHAIR))
may_open = _by("open", _in_view)
#: A leader writes in person; the offices write down what a leader wrote on paper.
may_instruct = _by("instruct", (is_leader & _is_recipient) | in_role(Role.SUPERVISION, Role.OFFICE))
may_register_for = _by("register_for", in_role(Role.SUPERVISION, Role.OFFICE))
may_report = _by("report", in_role(Role.SUPERVISION, Role.OFFICE))
may_close = _by("close", (is_leader & _gave_it) | is_supervision)

sees(Briefing, visible_to)
finds(Briefing, "title", "overview", "problems")
sees(Instruction, instructions_visible_to)
sees(Issue, issues_visible_to)
