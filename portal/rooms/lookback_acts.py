"""What may be done with a look-back, by whom and when."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.followups import actions, hearing, rules
from consult.followups.holding import LOOKABLE
from consult.followups.states import LookBackState, VoiceKind, VoiceVerdict
from consult.kit import calendar
from portal.forms import followups as forms
from portal.kit.moves import Act, Staged

S = LookBackState
VISIT = "rooms/followups/visit.html"


def silent(look_back: Any) -> bool:
    """The member has not judged yet."""
    return not look_back.voices.filter(kind=VoiceKind.MEMBER).exclude(verdict=VoiceVerdict.NOT_HAD).exists()


def stands(look_back: Any) -> bool:
    """The answer it looked at is the one that stands now."""
    task = look_back.task
    return task.state in LOOKABLE and task.answered_at is not None and look_back.planned_at >= task.answered_at


def lowerable(look_back: Any) -> bool:
    return stands(look_back) and any(one.result != "D" for one in look_back.task.replies_now)


def unsettled(look_back: Any) -> bool:
    return stands(look_back) and hearing.falls_short(look_back)


ACTS: tuple[Act, ...] = (
    Act("find", _("Record a finding"), rules.may_find, actions.find, form=forms.Find, moves=("visit",), quiet=True,
        template_name=VISIT, effect=_("It is kept with its photos; record as many as there are.")),
    Staged("hear", _("Write down a resident's voice"), rules.may_hear, actions.hear, form=forms.Hear, quiet=True,
           template_name=VISIT, states=(S.PLANNED, S.VISITED),
           effect=_("It stands beside the other voices; the department reads it once the look-back is confirmed.")),
    Staged("say", _("Give your own voice"), rules.may_say, actions.say, form=forms.Say, quiet=True, template_name=VISIT,
           states=(S.PLANNED, S.VISITED), ready=silent,
           effect=_("It stands. From then on you read what the others say; nobody reads yours before having spoken.")),
    Act("visit", _("Close the visit"), rules.may_visit, actions.visit, form=forms.Visit, template_name=VISIT,
        initial=lambda obj, user: {"on": calendar.today()},
        effect=_("The departments are asked for their voice, and the CPPCC office to confirm what was found.")),
    Act("confirm", _("Confirm the findings"), rules.may_confirm, actions.confirm, form=forms.Confirm,
        effect=_("The departments can read it; then residents and members are asked to rate.")),
    Staged("go_without", _("Note a voice that was not to be had"), rules.may_go_without, actions.go_without,
           form=forms.GoWithout, quiet=True, states=(S.VISITED,), ready=lambda obj: bool(hearing.missing(obj)),
           effect=_("The reason stands in its place. Whoever speaks later is still heard.")),
    Staged("reopen", _("Order a second handling"), rules.may_reopen, actions.reopen, form=forms.Again, quiet=True, danger=True,
           states=(S.CONFIRMED,), ready=unsettled,
           effect=_("The departments handle the matter again, with a new date; the first answer and its dates stay on record.")),
    Staged("lower", _("Lower the outcome"), rules.may_lower, actions.lower, form=forms.Lower, quiet=True, danger=True,
           template_name=VISIT, states=(S.VISITED, S.CONFIRMED), ready=lowerable,
           effect=_("The approved answer stays as it was, with its code beside the new one; the departments, the supervision "
                     "office and the leader are told.")),
    Act("send_back", _("Send back for more findings"), rules.may_send_back, actions.send_back, form=forms.Note, quiet=True,
        effect=_("The member who leads it adds what is missing.")),
    Act("meet_difficulty", _("Note a difficulty"), rules.may_meet_difficulty, actions.meet_difficulty,
        form=forms.Difficulty, moves=("visit", "confirm"), quiet=True,
        effect=_("The CPPCC office may pass it up.")),
    Act("cancel", _("Cancel the look-back"), rules.may_cancel, actions.cancel, form=forms.Note, danger=True, quiet=True),
)
