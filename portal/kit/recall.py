"""What hardly changes, or is a sum over everything, is remembered for a minute by each process."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
#: Seconds for which something is remembered, and how much is.
SECONDS, MOST = 60, 500

_known: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()


def recall(key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gave for ``key`` not longer than SECONDS ago."""
    now = time.monotonic()
    until, found = _known.get(key, (0.0, None))
    if until <= now:
        found = make()
        _known[key] = (now + SECONDS, found)
        _known.move_to_end(key)
        while len(_known) > MOST:
            _known.popitem(last=False)
    return found  # type: ignore[return-value]


def forget() -> None:
    _known.clear()
