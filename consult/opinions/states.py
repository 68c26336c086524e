"""Where an opinion stands, what triage may decide, and why an opinion may be declined."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit


class OpinionState(models.TextChoices):
    QUARANTINED = "quarantined", _("being checked")
    SPAM = "spam", _("set aside as spam")
    SUBMITTED = "submitted", _("handed in")
    ACCEPTED = "accepted", _("accepted")
    ADOPTED = "adopted", _("taken into a topic")
    MERGED = "merged", _("merged")
    REFERRED = "referred", _("passed on")
    ANSWERED = "answered", _("answered directly")
    KEPT = "kept", _("kept on record")
    DECLINED = "declined", _("not accepted")
    RESPONDED = "responded", _("result told")
    RATED = "rated", _("rated")
    ARCHIVED = "archived", _("archived")


#: Perhaps not said by anybody: kept, but out of sight of all but the office's own list, until it lets them through.
ASIDE = (OpinionState.QUARANTINED, OpinionState.SPAM)


#: Waiting for the office.
OPEN = (OpinionState.SUBMITTED, OpinionState.ACCEPTED)


#: Their answer is still to come: others that say the same may be merged into these.
HANDLED = (*OPEN, OpinionState.ADOPTED, OpinionState.KEPT)


#: The matter is closed: from the last step into one of these the time runs for which contact data is kept.
SETTLED = (OpinionState.REFERRED, OpinionState.ANSWERED, OpinionState.KEPT, OpinionState.DECLINED, OpinionState.RESPONDED,
           OpinionState.RATED, OpinionState.ARCHIVED, OpinionState.SPAM)


#: What can be taken back for a while: the moves, by the states they lead to.
TAKEN_BACK = {OpinionState.ACCEPTED: "accept", OpinionState.MERGED: "merge", OpinionState.REFERRED: "refer",
              OpinionState.KEPT: "keep", OpinionState.DECLINED: "decline"}


class Outcome(models.TextChoices):
    """What triage decides (采纳 / 并入 / 转办 / 答复 / 留存 / 不予受理); each is told to the submitter."""

    ADOPT = "adopt", _("take into a topic")
    MERGE = "merge", _("merge with the same matter")
    HOTLINE = "hotline", _("pass to the 12345 hotline")
    PETITION = "petition", _("pass to the petition office")
    DISCIPLINE = "discipline", _("pass to discipline inspection")
    JUDICIAL = "judicial", _("pass to the judicial bodies")
    DEPARTMENT = "department", _("pass to a department for a direct answer")
    ANSWER = "answer", _("answer directly")
    KEEP = "keep", _("keep on record")
    DECLINE = "decline", _("do not accept")


#: One matter in at most so many characters, as opinion information is limited to.
TEXT_MAX = 1500

#: The wording of the consent to keep contact data; a new wording gets a new version.
CONSENT_VERSION = "2026-11"

#: Outcomes that pass the matter to a body outside the platform.
REFERRALS = (Outcome.HOTLINE, Outcome.PETITION, Outcome.DISCIPLINE, Outcome.JUDICIAL, Outcome.DEPARTMENT)


class Reason(models.TextChoices):
    """Why an opinion is not accepted: the ten national cases, and two of the district."""

    SECRET = "secret", _("concerns state or Party secrets")
    FORBIDDEN = "forbidden", _("asks for what the state forbids")
    PARTY = "party", _("concerns Party organisation or personnel")
    PARTIES = "parties", _("internal matter of a democratic party")
    LITIGATION = "litigation", _("already in litigation, arbitration or review")
    ACADEMIC = "academic", _("academic discussion")
    PERSONAL = "personal", _("personal matter of oneself or relatives only")
    ADVERTISING = "advertising", _("promotes a work or product")
    ACCUSATION = "accusation", _("accuses a named person")
    EMPTY = "empty", _("no concrete matter")
    OUTSIDE = "outside", _("outside this district")
    SETTLED = "settled", _("already settled and answered")


class Doubt(models.TextChoices):
    """Why an opinion from the public page is looked at by the office before it goes on."""

    TRAP = "trap", _("filled in a field that people don't see")
    UNOPENED = "unopened", _("sent without opening the form")
    FAST = "fast", _("sent faster than anybody can write")
    CROWD = "crowd", _("one of very many from one network")
    UNPROVEN = "unproven", _("no proof of work while very many came in")


class Letter(models.TextChoices):
    """What the office keeps its own usual words for."""

    ACCEPT = "accept", _("accept")
    MERGE = Outcome.MERGE.value, Outcome.MERGE.label
    HOTLINE = Outcome.HOTLINE.value, Outcome.HOTLINE.label
    PETITION = Outcome.PETITION.value, Outcome.PETITION.label
    DISCIPLINE = Outcome.DISCIPLINE.value, Outcome.DISCIPLINE.label
    JUDICIAL = Outcome.JUDICIAL.value, Outcome.JUDICIAL.label
    DEPARTMENT = Outcome.DEPARTMENT.value, Outcome.DEPARTMENT.label
    ADOPT = Outcome.ADOPT.value, Outcome.ADOPT.label
    ANSWER = Outcome.ANSWER.value, Outcome.ANSWER.label
    KEEP = Outcome.KEEP.value, Outcome.KEEP.label
    DECLINE = Outcome.DECLINE.value, Outcome.DECLINE.label


class Channel(models.TextChoices):
    WEB = "web", _("web page")
    PHONE = "phone", _("telephone")
    WALK_IN = "walk_in", _("came in person")
    LETTER = "letter", _("letter or slip")
    ON_SITE = "on_site", _("on site")
    MEMBER = "member", _("through a member")
    HOTLINE = "hotline", _("hotline list")
    EVALUATION = "evaluation", _("raised by an evaluation")


class IdentityMode(models.TextChoices):
    """Who may learn the submitter's identity; it can be made stricter later, never looser without the person."""

    ANONYMOUS = "anonymous", _("nobody: fully anonymous")
    CPPCC_ONLY = "cppcc_only", _("only the CPPCC office")
    DEPARTMENT = "department", _("the CPPCC office, and the handling department")


#: What each answer may be changed to: fewer people know, never more.
STRICTER: dict[str, tuple[IdentityMode, ...]] = {
    IdentityMode.DEPARTMENT: (IdentityMode.CPPCC_ONLY, IdentityMode.ANONYMOUS),
    IdentityMode.CPPCC_ONLY: (IdentityMode.ANONYMOUS,),
    IdentityMode.ANONYMOUS: (),
}


class Tag(models.TextChoices):
    COMPENSATION = "compensation", _("compensation")
    OWNERSHIP = "ownership", _("property disputes")
    HOUSING = "housing", _("resettlement housing")
    TRANSITION_FEE = "transition_fee", _("temporary-housing fee")
    SIGNING = "signing", _("signing and moving")
    TENANTS = "tenants", _("tenants and shops")
    SCHOOL = "school", _("schools")
    LIVING = "living", _("daily life: clinic, market, bus, heating")
    SITE = "site", _("building noise and safety")
    COLLECTIVE = "collective", _("collective assets, jobs and insurance")
    HERITAGE = "heritage", _("history and customs")
    INFORMATION = "information", _("open information")


audit.names("opinions", {
    "submit": _("handed in"), "import_sheet": _("sheet brought in"), "accept": _("accepted"),
    "adopt": _("taken into a topic"), "merge": _("merged"), "refer": _("passed on"),
    "answer": _("answered directly"), "keep": _("kept on record"),
    "decline": _("not accepted"), "respond": _("result told"), "rate": _("rated"), "archive": _("archived"),
    "message": _("message sent"), "note": _("inner note written"), "add_fact": _("fact added"),
    "reveal": _("identity opened"), "show_contact": _("contact shown to whoever holds the receipt"),
    "correct_contact": _("contact corrected with the receipt"),
    "release": _("given back from a topic"), "erase_contact": _("contact erased"),
    "restrict": _("fewer may know who it was"), "reissue": _("new receipt code given"),
    "refuse_reissue": _("new receipt code refused: wrong telephone number"),
    "expire_contact": _("contact erased when its time was over"), "take_photo_away": _("a photo taken back"),
    "begin_keys": _("keys changed"),
    "admit": _("let through to triage"), "set_aside": _("set aside as spam"),
    "take_back": _("decision taken back"), "split": _("a second matter split off"),
    "split_off": _("split off as a second matter"),
    "take_over": _("taken over from a colleague"), "word": _("usual words written"), "reword": _("usual words changed"),
    "pause_keys": _("sealing anew interrupted"), "end_keys": _("all identities sealed anew"),
})
