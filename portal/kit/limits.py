"""How often one network may do something within an hour, without keeping who came from where.

Of a network address nothing is kept but 16 bits of a keyed hash, until the hour is over: some 65,000 addresses share them,
so that not even the keys tell whose it was. Half of the key is chance made anew each day and thrown away after it.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from consult.kit import buckets, calendar, parameters
from consult.kit.rules import Sentence

HOUR = timedelta(hours=1)
#: A bucket that only counts.
NO_END = 2 ** 31 - 1


@dataclass(frozen=True)
class Taken:
    """The places of this hour somebody got: ``own`` of their network, ``near`` of its neighbours too, ``all`` of everybody.

    None: no place was left.
    """

    own: int | None
    near: int | None
    all: int | None
    until: datetime

    @property
    def full(self) -> bool:
        return None in (self.own, self.near, self.all)


def take(request: HttpRequest, at: datetime, kind: str = "intake") -> datetime | None:
    """One more from this network: None, or the moment from which the next is welcome again."""
    taken = count(request, at, kind)
    return taken.until if taken.full else None


def count(request: HttpRequest, at: datetime, kind: str = "intake") -> Taken:
    """One more of ``kind``, by the settings ``<kind>_per_hour`` and ``<kind>_network_per_hour``; without the latter neighbours

    and everybody are not counted (0).
    """
    begin, until = hour(at)
    wide = f"{kind}_network_per_hour"
    own, near, every = (f"{kind}:{begin:%Y%m%d%H}:{who}" for who in (
        f"own:{_bucket(request, begin)}", f"near:{_bucket(request, begin, neighbours=True)}", "all"))
    places = {own: parameters.value(f"{kind}_per_hour", on=begin.date())}
    if wide in parameters.defaults:
        places |= {near: parameters.value(wide, on=begin.date()), every: NO_END}
    taken = buckets.take(places, at=at, until=until)
    return Taken(taken[own], taken.get(near, 0), taken.get(every, 0), until)


def keep(at: datetime, kind: str = "quarantine") -> datetime | None:
    """One more, wherever it came from: None, or the moment from which there is room again."""
    begin, until = hour(at)
    key = f"{kind}:{begin:%Y%m%d%H}"
    taken = buckets.take({key: parameters.value(f"{kind}_per_hour", on=begin.date())}, at=at, until=until)
    return None if taken[key] else until


def hour(at: datetime) -> tuple[datetime, datetime]:
    """The full hour a moment belongs to, from when to when."""
    begin = at.astimezone(calendar.ZONE).replace(minute=0, second=0, microsecond=0)
    return begin, begin + HOUR


def wait(until: datetime) -> Sentence:
    """What whoever was too many is told."""
    return _("Very many came from your network in this hour. Nothing is lost: please leave this page open and send it again "
             "after %(time)s.") % {"time": until.strftime("%H:%M")}


def told(response: HttpResponse, until: datetime, at: datetime) -> HttpResponse:
    """The answer says to machines, too, when to come again."""
    response.headers["Retry-After"] = str(max(1, int((until - at).total_seconds())))
    return response


def _bucket(request: HttpRequest, day: datetime, *, neighbours: bool = False) -> str:
    key = settings.SECRET_KEY + _chance_of(day.date())
    whose = _neighbours(request) if neighbours else _network(request)
    return hmac.new(key.encode(), whose.encode(), hashlib.sha256).hexdigest()[:4]


def _chance_of(day: date) -> str:
    return buckets.chance_of(day)


def _network(request: HttpRequest) -> str:
    """The address (of a household, for IPv6) from which the nearest proxy we trust was called; "" when there is none."""
    address = _address(request)
    return (int(address) >> 64).to_bytes(8, "big").hex() if isinstance(address, IPv6Address) else str(address or "")


def _neighbours(request: HttpRequest) -> str:
    """The 256 addresses (for IPv6: the 65,536 households) around it."""
    address = _address(request)
    if address is None:
        return ""
    beyond = 80 if isinstance(address, IPv6Address) else 8
    return f"{address.version}:{int(address) >> beyond:x}"


def _address(request: HttpRequest) -> Any:
    told = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        through = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        told = through[-settings.TRUSTED_PROXIES] if len(through) >= settings.TRUSTED_PROXIES else told
    try:
        address = ip_address(told)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
