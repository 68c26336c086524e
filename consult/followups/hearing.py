"""Three voices on one promise, each given without having read the others: a resident's, the member's, the department's.

The member who goes writes down what a resident says, and their own judgement; a department speaks from its own account after
the visit, so that no visit is announced to those it looks at. A voice that could not be had is noted with the reason.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.followups import notices, rules
from consult.followups.holding import in_state, names_nobody
from consult.followups.models import LookBack, Voice
from consult.followups.states import FindingKind, LookBackState, VoiceKind, VoiceVerdict
from consult.kit import audit
from consult.kit.rules import Sentence
from consult.kit.states import WrongState
from consult.people.models import Department
from consult.tasks.holding import said
from consult.tasks.rules import my_part

#: Before the office has confirmed it, a voice may be added.
OPEN = (LookBackState.PLANNED, LookBackState.VISITED)
JUDGED = (VoiceVerdict.KEPT, VoiceVerdict.PARTLY, VoiceVerdict.NOT)

#: What is missing, in the words of whoever confirms.
MISSING: dict[str, Sentence] = {
    VoiceKind.RESIDENT: _("A resident's voice is missing: the member who leads it writes one down, or says why none was to be "
                          "had."),
    VoiceKind.MEMBER: _("The member's own voice is missing: the member who leads it gives it, or note why it was not to be had."),
    VoiceKind.DEPARTMENT: _("The department's voice is missing: it speaks from its own account, or note why it was not to be "
                            "had."),
}


def hear(look_back: LookBack, *, verdict: str, text: str, by: Any, at: datetime) -> Voice:
    """The member writes down what one resident says of it, without name or number; as many residents as are asked.

    ``not_had``: no resident's voice was to be had; the text says why.
    """
    return _keep(look_back, rules.may_hear, VoiceKind.RESIDENT, verdict, text, OPEN, VoiceVerdict.values, by, at)


def say(look_back: LookBack, *, verdict: str, text: str, by: Any, at: datetime) -> Voice:
    """The member's own judgement, once; from now on the member reads the other voices."""
    return _keep(look_back, rules.may_say, VoiceKind.MEMBER, verdict, text, OPEN, JUDGED, by, at)


def speak(look_back: LookBack, *, verdict: str, text: str, by: Any, at: datetime) -> Voice:
    """A department that has a part in the task says how its promise was kept: once, by its own clerk, after the visit."""
    return _keep(look_back, rules.may_speak, VoiceKind.DEPARTMENT, verdict, text, (LookBackState.VISITED,), JUDGED, by, at)


def go_without(look_back: LookBack, *, kind: str, reason: str, by: Any, at: datetime) -> Voice:
    """The office notes that a voice could not be had, and why; whoever speaks later is still heard."""
    if kind not in VoiceKind.values:
        raise ValidationError({"kind": _("Choose whose voice was not to be had.")})
    try:
        return _keep(look_back, rules.may_go_without, kind, VoiceVerdict.NOT_HAD, reason, (LookBackState.VISITED,),
                     VoiceVerdict.values, by, at)
    except ValidationError as wrong:
        if hasattr(wrong, "error_dict") and "text" in wrong.error_dict:
            raise ValidationError({"reason": wrong.error_dict["text"]}) from wrong
        raise


def _keep(look_back: LookBack, rule: Any, kind: str, verdict: str, text: str, states: Any, verdicts: Any, by: Any,
          at: datetime) -> Voice:
    with transaction.atomic():
        fresh = in_state(look_back, rule, by, *states)
        if verdict not in verdicts:
            raise ValidationError({"verdict": _("Say whether what was promised was kept.")})
        text = said("text", text, _("Say in a few words why: what was seen, heard or done."))
        department = _department(fresh, by) if kind == VoiceKind.DEPARTMENT and verdict != VoiceVerdict.NOT_HAD else None
        _not_twice(fresh, kind, verdict, department)
        names_nobody(fresh.task, text=text)
        made = Voice.objects.create(look_back=fresh, kind=kind, verdict=verdict, text=text, department=department, by=by, at=at)
        # Neither the verdict nor the words: the log is read by those who have not spoken yet.
        audit.write("followups.hear", fresh, by=by, at=at, data={"voice": made.pk, "kind": kind})
        if department is not None:
            notices.to_office("spoken", fresh, at=at, department=department.name)
    return made


def _department(look_back: LookBack, by: Any) -> Department:
    part = my_part(by, look_back.task)
    assert part is not None  # the rule asked for it
    return part.department


def _not_twice(look_back: LookBack, kind: str, verdict: str, department: Department | None) -> None:
    """The member and each department speak once; what was heard cannot be noted as not to be had."""
    there = look_back.voices.filter(kind=kind)
    if verdict == VoiceVerdict.NOT_HAD:
        if there.exists():
            raise WrongState(_("This voice is on record already."))
    elif kind == VoiceKind.MEMBER and there.exclude(verdict=VoiceVerdict.NOT_HAD).exists():
        raise WrongState(_("You have given your voice: it stands."))
    elif department is not None and there.filter(department=department).exists():
        raise WrongState(_("Your department has spoken: its word stands."))


def missing(look_back: LookBack) -> list[str]:
    """The kinds of which there is neither a voice nor a reason why there is none."""
    there = set(look_back.voices.values_list("kind", flat=True))
    return [kind for kind in VoiceKind.values if kind not in there]


def require_all(look_back: LookBack) -> None:
    """Raise ValidationError with one sentence for each voice that is missing."""
    if lacking := missing(look_back):
        raise ValidationError([MISSING[kind] for kind in lacking])


def falls_short(look_back: LookBack) -> bool:
    """Did anything that was found, or any voice, say that the promise is not wholly kept?"""
    return (look_back.findings.as_it_is().exclude(kind=FindingKind.CARRIED_OUT).exists()
            or look_back.voices.filter(verdict__in=[VoiceVerdict.PARTLY, VoiceVerdict.NOT]).exists())
