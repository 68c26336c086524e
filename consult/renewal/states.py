"""The stages of a renewal project, and the words used about it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.kit import audit


class Stage(models.TextChoices):
    SURVEY = "survey", _("baseline survey")
    WILLINGNESS = "willingness", _("asking for consent")
    RISK = "risk", _("stability risk assessment")
    PLAN = "plan", _("planning and plan notice")
    DECISION = "decision", _("expropriation decision")
    VALUATION = "valuation", _("valuation")
    SIGNING = "signing", _("signing")
    MOVING = "moving", _("moving and vacating")
    DEMOLITION = "demolition", _("demolition")
    LAND = "land", _("cleared land handed over")
    BUILDING = "building", _("resettlement housing under construction")
    ALLOTMENT = "allotment", _("choosing homes")
    RETURN = "return", _("moving back")
    DEEDS = "deeds", _("title deeds")
    REVIEW = "review", _("post-evaluation")


class LandKind(models.TextChoices):
    COLLECTIVE = "collective", _("collective land")
    STATE = "state", _("state-owned land")
    MIXED = "mixed", _("mixed")


class Mode(models.TextChoices):
    REBUILD = "rebuild", _("demolish and rebuild")
    IMPROVE = "improve", _("improve in place")
    COMBINED = "combined", _("combined")


class Measure(models.TextChoices):
    """What a progress snapshot counts: always totals of the project, never a household."""

    CONSENTED = "consented", _("households that consented")
    SIGNED = "signed", _("households signed")
    VACATED = "vacated", _("households vacated")
    DEMOLISHED = "demolished", _("area demolished (㎡)")
    FEE_PAID = "fee_paid", _("households paid the temporary-housing fee")
    BUILT = "built", _("resettlement homes completed")
    RETURNED = "returned", _("households moved back")


#: Rates a threshold is set for, by measure: the field of the project that holds it.
THRESHOLDS = {Measure.CONSENTED: "consent_threshold", Measure.SIGNED: "signing_threshold"}

audit.names("renewal", {"found": _("recorded"), "enter_stage": _("stage entered"), "record_progress": _("progress recorded"),
                        "set_outline": _("outline set")})
