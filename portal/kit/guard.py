"""What makes an opinion from the public page doubtful. Nobody is turned away and nobody has to solve a puzzle: a doubtful
one is kept, and looked at by the office before it goes on."""

from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest

from consult.kit import calendar, parameters
from consult.opinions.states import Doubt
from portal.kit import altcha, limits

SALT = "portal.kit.guard"


def stamp(key: Any, at: datetime) -> str:
    """When the form with this key was opened, signed: good for one opinion, for that is what a key is."""
    return signing.Signer(salt=SALT).sign(f"{key}:{at.timestamp():.0f}")


def seconds(stamped: str, key: Any, at: datetime) -> float | None:
    """How long the form with this key was open; None when it was not opened here."""
    try:
        whose, _mark, since = signing.Signer(salt=SALT).unsign(stamped).partition(":")
    except signing.BadSignature:
        return None
    return at.timestamp() - float(since) if whose == str(key) else None


def weigh(request: HttpRequest, said: dict[str, Any], at: datetime) -> list[Doubt]:
    """Why it should be looked at first; none for most. Counts it, and spends its proof of work where that is asked for.

    ``said`` holds what ``portal.forms.guarded.Guarded`` asks: key, website, stamp, altcha.
    """
    day = calendar.local_date(at)
    doubts = [Doubt.TRAP] if said["website"] else []
    if least := parameters.value("intake_seconds", on=day):
        spent = seconds(said["stamp"], said["key"], at)
        doubts += [Doubt.UNOPENED] if spent is None else [Doubt.FAST] if spent < least else []
    taken = limits.count(request, at)
    busy = (taken.own or 0) > parameters.value("intake_calm", on=day) \
        or (taken.all or 0) > parameters.value("intake_calm_district", on=day)
    if taken.full:
        doubts.append(Doubt.CROWD)
    elif busy and not altcha.spend(said["altcha"], at):
        doubts.append(Doubt.UNPROVEN)
    return doubts
