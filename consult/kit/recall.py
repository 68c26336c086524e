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
    kept = _known.get(key)
    if kept is None or kept[0] <= now:
        kept = _known[key] = (now + SECONDS, make())
        _known.move_to_end(key)
        while len(_known) > MOST:
            _known.popitem(last=False)
    return kept[1]


def forget() -> None:
    _known.clear()
