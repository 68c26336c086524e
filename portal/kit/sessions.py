"""A session lasts half an hour from the last page, and is written once a minute for that, not with every page."""

import time

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase

#: Seconds between two writings that only prolong. By so much a session may end earlier than it might, never later.
PAUSE = 60
SEEN = "seen"


class Sessions(SessionMiddleware):
    """Django's, which would either write a row for each page that somebody reads, or never prolong."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        session = getattr(request, "session", None)
        # What was not read, or could not be, is left alone: this must not be the first to ask the database.
        if session is not None and session.accessed and response.status_code < 500 and not session.is_empty():
            now = int(time.time())
            if session.modified or not 0 <= now - session.get(SEEN, 0) < PAUSE:
                session[SEEN] = now
        try:
            return super().process_response(request, response)
        except SessionInterrupted as interrupted:
            # Django says "signed out elsewhere" (400) for every error of the database, also when it is only away.
            update = interrupted.__context__
            if update is not None and isinstance(update.__context__, (OperationalError, InterfaceError)):
                raise update.__context__ from None
            raise
