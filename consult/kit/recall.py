"""What hardly changes, or is a sum over everything, is remembered for a minute by each process."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
#: Seconds for which something is remembered, and how much is.
SECONDS, MOST = 60, 1000

#: Threads answer side by side; two may make the same, but neither may find the other half-way.
_writing = threading.Lock()
_known: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()


def recall(key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gave for ``key`` not longer than SECONDS ago."""
    now = time.monotonic()
    kept = _known.get(key)
    if kept is None or kept[0] <= now:
        kept = (now + SECONDS, make())
        with _writing:
            _known.pop(key, None)
            _known[key] = kept
            while len(_known) > MOST:
                _known.popitem(last=False)
    return kept[1]


def forget() -> None:
    _known.clear()
