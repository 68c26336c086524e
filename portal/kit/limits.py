"""How often one network may hand in within an hour, without keeping who came from where.

Of a network address nothing is kept but 16 bits of a keyed hash, in the cache, until the hour is over: some 65,000
addresses share them, so that not even the keys tell whose it was. Half of the key is chance made anew each day.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from consult.kit import calendar, parameters

HOUR = timedelta(hours=1)
DAY = 24 * 60 * 60


def take(request: HttpRequest, at: datetime) -> datetime | None:
    """One more is handed in from this network: None, or the moment from which the next is welcome again.

    Places are taken with ``add``, which only one process can win: the limit holds across all of them.
    """
    begin = at.astimezone(calendar.ZONE).replace(minute=0, second=0, microsecond=0)
    most = parameters.value("intake_per_hour", on=begin.date())
    bucket = f"intake:{begin:%Y%m%d%H}:{_bucket(request, begin)}"
    places = [f"{bucket}:{n}" for n in range(most)]
    taken = cache.get_many(places)
    left = int((begin + HOUR - at).total_seconds()) + 60
    if any(cache.add(place, 1, left) for place in places if place not in taken):
        return None
    return begin + HOUR


def _bucket(request: HttpRequest, day: datetime) -> str:
    key = settings.SECRET_KEY + _chance_of(f"{day:%Y%m%d}")
    return hmac.new(key.encode(), _network(request).encode(), hashlib.sha256).hexdigest()[:4]


def _chance_of(day: str) -> str:
    name = f"intake:key:{day}"
    cache.add(name, secrets.token_hex(32), DAY)
    return str(cache.get(name, ""))


def _network(request: HttpRequest) -> str:
    """The address (of a household, for IPv6) from which the nearest proxy we trust was called; "" when there is none."""
    told = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        through = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        told = through[-settings.TRUSTED_PROXIES] if len(through) >= settings.TRUSTED_PROXIES else told
    try:
        address = ip_address(told)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return (int(address) >> 64).to_bytes(8, "big").hex()
    return str(getattr(address, "ipv4_mapped", None) or address)
