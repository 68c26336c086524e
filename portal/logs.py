"""Each line of the log names its request. Read by the settings, before there are models."""

import logging
from contextvars import ContextVar

#: The name of the present request; "" between requests.
name_of: ContextVar[str] = ContextVar("request", default="")


class Named(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = name_of.get()
        return True
