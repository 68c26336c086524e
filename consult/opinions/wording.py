"""The usual words to the submitter, per outcome and reason: a start for whoever writes; kept is what was typed."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence
from consult.opinions.states import Outcome, Reason

#: Residents are written to in the language of the district, whatever language the writer's screens have.
LETTERS_IN = "zh-hans"

ACCEPTED = _("We have received your opinion and registered it. We will tell you within a few working days what "
             "becomes of it.")
RELEASED = _("Your opinion was taken out of a topic. It is with the CPPCC office again, and we will tell you what "
             "becomes of it.")

TAKEN_BACK = _("We have to correct ourselves: what we told you last about your opinion no longer holds. It is with the "
               "CPPCC office again, and we will tell you what becomes of it.")
SPLIT = _("Your opinion speaks of two matters. So that each gets an answer of its own, the second one has a number of its "
          "own: {number}. You find both with the receipt you have.")

OUTCOMES: dict[str, Sentence] = {
    Outcome.ADOPT: _("Your opinion is now part of the topic “%(title)s”. It will be talked over by members, "
                     "departments, "
                     "experts and residents, and we will tell you the result."),
    Outcome.MERGE: _("Others have told us the same. Your opinion is now handled together with theirs (%(number)s). "
                     "You will get an answer of your own."),
    Outcome.HOTLINE: _("This matter is best handled by the 12345 hotline, so we have passed it on to them, without "
                       "your name. "
                       "You can also call 12345 yourself to ask how it stands."),
    Outcome.PETITION: _("This matter belongs to the petition office, so we have passed it on to them, without your "
                        "name. "
                        "You can also go to their reception yourself."),
    Outcome.DISCIPLINE: _("What you report belongs to discipline inspection, so we have passed it on to them, "
                          "without your name. "
                          "You can also call 12388."),
    Outcome.JUDICIAL: _("This matter has to be settled by the judicial bodies. We have passed it on, without your "
                        "name. "
                        "Free legal advice is available by calling 12348."),
    Outcome.DEPARTMENT: _("We have passed your words, without your name, to the department in charge and asked for "
                          "a direct answer. "
                          "You will read the answer here."),
    Outcome.ANSWER: _("Thank you for asking. Our answer: "),
    Outcome.KEEP: _("Thank you. We keep your opinion on record: when the matter is taken up, it will be read again, "
                    "and we will tell you."),
    Outcome.DECLINE: _("Thank you for writing. We can't handle this matter here, for this reason: %(reason)s. "
                       "If something about it changes, please write again."),
}

#: Where somebody is better helped when we decline.
ADVICE: dict[str, Sentence] = {
    Reason.LITIGATION: _("While a court or an arbitration body is dealing with it, please follow their procedure. "
                         "Free legal advice: 12348."),
    Reason.PERSONAL: _("The 12345 hotline and your community's office can help with a matter of your own."),
    Reason.ACCUSATION: _("A report about a named person can be made to discipline inspection by calling 12388."),
    Reason.OUTSIDE: _("Please turn to the district in which the place lies, or call 12345."),
    Reason.EMPTY: _("Please write again and say what happened, where, and what you would like to be done."),
    Reason.SETTLED: _("The answer given earlier still holds; you can ask us for it."),
    Reason.SECRET: _("Please never write about secrets on this site: it is not made for them."),
}


def letter(outcome: str, reason: str = "", **names: Any) -> str:
    """The usual words for an outcome, ready to be changed; ``names`` fill title and number."""
    with translation.override(LETTERS_IN):
        said = {"reason": Reason(reason).label if reason else "……", "title": "……", "number": "……", **names}
        words = str(OUTCOMES[Outcome(outcome)]) % said
        return f"{words}{ADVICE[Reason(reason)]}" if outcome == Outcome.DECLINE and reason in ADVICE else words


def plain(sentence: Sentence) -> str:
    """One of the sentences above in the language of the district."""
    with translation.override(LETTERS_IN):
        return str(sentence)
