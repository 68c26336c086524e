"""A cache in Redis that several web machines share, and that nobody misses while it is gone.

What Redis can't answer is asked of the database for a while. When Redis is back it is emptied first: what changed
meanwhile (a session that was ended) is not in it.
"""

import logging
import time
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
#: Seconds for which a Redis that did not answer is not asked again.
PAUSE = 15.0
SPARE = "spare"
METHODS = ("add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear")


class Shared(RedisCache):
    """Redis as long as it answers, else the cache named SPARE."""

    #: Of the whole process: each thread has an object of its own.
    asked_again_at = 0.0
    missed = False

    def ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        kind = type(self)
        if time.monotonic() >= kind.asked_again_at:
            try:
                if kind.missed:
                    super().clear()
                    kind.missed = False
                return getattr(super(), method)(*args, **kwargs)
            except RedisError:
                log.warning("Redis does not answer: the database takes its place for %d s", PAUSE)
                kind.asked_again_at, kind.missed = time.monotonic() + PAUSE, True
        return getattr(caches[SPARE], method)(*args, **kwargs)


def _asked(method: str) -> Any:
    def call(self: Shared, *args: Any, **kwargs: Any) -> Any:
        return self.ask(method, *args, **kwargs)

    return call


for _method in METHODS:
    setattr(Shared, _method, _asked(_method))
