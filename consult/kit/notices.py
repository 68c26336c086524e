"""The outbox: queued in the transaction of the move, posted after it, grouped by person, in office hours."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import send_mail
from django.db import models, transaction
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext

from consult.kit import calendar, reach, rules, sms
from consult.kit.audit import key_of, plain
from consult.kit.models import Notice, Reach
from consult.kit.rules import Sentence

logger = logging.getLogger(__name__)
_kinds: dict[str, Sentence] = {}


def kinds(room: str, sentences: dict[str, Sentence]) -> None:
    """A room tells its notices: ``kinds("opinions", {"submitted": _("A new opinion %(number)s waits.")})``."""
    _kinds.update({f"{room}.{kind}": sentence for kind, sentence in sentences.items()})


def queue(kind: str, users: Iterable[Any], obj: models.Model, *, at: datetime, **params: Any) -> None:
    """Tell ``users`` about ``obj``, in the caller's transaction; the same news is not repeated while unread."""
    if kind not in _kinds:
        raise LookupError(f"notice kind {kind!r} is not registered; see notices.kinds()")
    people = {user.pk: user for user in users if user is not None and user.is_active}
    Notice.objects.bulk_create(
        [Notice(user=user, kind=kind, **key_of(obj), params=plain(params), created_at=at,
                post_after=calendar.office_time(at)) for user in people.values()],
        ignore_conflicts=True)


class _Known(dict[str, Any]):
    """Parameters of a sentence; a forgotten one shows as an ellipsis instead of an error."""

    def __missing__(self, key: str) -> str:
        return "…"


def _say(kind: str, params: dict[str, Any]) -> str:
    return str(_kinds.get(kind, kind)) % _Known(params)


_lazily = lazy(_say, str)


def text(notice: Notice) -> Sentence:
    """The notice as a sentence in the reader's language."""
    return _lazily(notice.kind, notice.params)


def inbox(user: Any) -> models.QuerySet[Notice]:
    """The notices of one person, newest first."""
    return Notice.objects.filter(user_id=user.pk).order_by("-created_at", "-id")


def unread(user: Any) -> models.QuerySet[Notice]:
    return inbox(user).filter(read_at=None)


def waiting(user: Any) -> int:
    """How many a person has not read: as their account was read, unless some were read since."""
    known = getattr(user, "unread_notices", None)
    return unread(user).count() if known is None else known


def read(user: Any, notices: Iterable[Notice] | None = None, *, at: datetime) -> int:
    """Mark notices of this person as read (all of them, when none are named); gives how many were unread."""
    mine, user.unread_notices = unread(user), None
    if notices is not None:
        mine = mine.filter(pk__in=[notice.pk for notice in notices])
    return mine.update(read_at=at)


def read_about(user: Any, obj: models.Model, *, at: datetime) -> int:
    """Somebody who opened the object has read what was said about it."""
    user.unread_notices = None
    return unread(user).filter(**key_of(obj)).update(read_at=at)


def objects(notices: Iterable[Notice], user: Any) -> dict[int, models.Model]:
    """Notice id -> its object, for those the user may see now; one query per model."""
    found: dict[int, models.Model] = {}
    for (app, name), group in groupby(sorted(notices, key=_kind_of_object), key=_kind_of_object):
        some = list(group)
        try:
            model = apps.get_model(app, name)
        except LookupError:
            continue
        rows = {str(row.pk): row for row in rules.visibility(model, user).filter(pk__in={n.object_id for n in some})}
        found.update({n.pk: rows[n.object_id] for n in some if n.object_id in rows})
    return found


def _kind_of_object(notice: Notice) -> tuple[str, str]:
    return notice.app_label, notice.model


# --- posting ----------------------------------------------------------------------------------------------------

#: Who takes notices to send them has this long; afterwards they are taken for unsent.
LEASE = timedelta(minutes=30)
#: What could not be sent for so long (longer than any holiday) stays in the inbox only.
STALE = timedelta(days=14)


def post(at: datetime) -> int:
    """Send what is due, one e-mail a person; outside office hours nothing. Gives the number of e-mails."""
    if not calendar.in_office_hours(at):
        return 0
    people = list(_waiting(at).order_by("user_id").values_list("user_id", flat=True).distinct())
    return sum(_post_to(person, at) for person in people)


def _waiting(at: datetime) -> models.QuerySet[Notice]:
    return Notice.objects.filter(posted_at=None, post_after__lte=at, created_at__gt=at - STALE)


def _post_to(user_id: int, at: datetime) -> int:
    """One person's e-mail and text message, outside any transaction: a slow server must not hold up the others.

    What neither way could take is tried again when the lease is over; what went by e-mail is not sent twice.
    """
    taken = _take(user_id, at)
    news = [notice for notice in taken if notice.read_at is None]
    if not news or not news[0].user.is_active:
        return _posted(taken, 0, at)
    wanted, seen = reach.of(news[0].user), objects(news, news[0].user)
    news = [notice for notice in news if notice.pk in seen]
    mailed = [notice for notice in news if room_of(notice) not in wanted.quiet]
    texted = [notice for notice in news if room_of(notice) in wanted.texted]
    try:
        sent = _send(taken[0].user, mailed)
    except OSError:  # also what SMTP says no with
        logger.exception("an e-mail with notices could not be sent")
        return 0
    try:
        _text(wanted, texted, at)
    except OSError:
        logger.exception("a text message could not be sent")
        untold = {notice.pk for notice in texted} - {notice.pk for notice in mailed}
        taken = [notice for notice in taken if notice.pk not in untold]
    return _posted(taken, sent, at)


def _posted(notices: list[Notice], sent: int, at: datetime) -> int:
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(posted_at=at)
    return sent


def _take(user_id: int, at: datetime) -> list[Notice]:
    """Lease what waits for one person, so that two posters never send the same."""
    with transaction.atomic():
        taken = list(_waiting(at).select_for_update(skip_locked=True, of=("self",)).select_related("user")
                     .filter(user_id=user_id).order_by("created_at", "id"))
        Notice.objects.filter(pk__in=[notice.pk for notice in taken]).update(post_after=at + LEASE)
        return taken


def room_of(notice: Notice) -> str:
    """The kind of news somebody chooses by."""
    return notice.kind.partition(".")[0]


def rooms() -> list[str]:
    """The rooms that tell anything."""
    return sorted({kind.partition(".")[0] for kind in _kinds})


def _text(wanted: Reach, news: list[Notice], at: datetime) -> None:
    """One text message, whatever there is: how many things wait, and nothing of them."""
    if news and wanted.mobile:
        with translation.override(settings.LANGUAGE_CODE):
            words = ngettext("%(n)d notice waits for you in the consultation portal. Please sign in to read it.",
                             "%(n)d notices wait for you in the consultation portal. Please sign in to read them.",
                             len(news)) % {"n": len(news)}
        sms.backend().send(wanted.mobile, words, at)


def _send(user: Any, news: list[Notice]) -> int:
    if not news or not user.email:
        return 0
    with translation.override(settings.LANGUAGE_CODE):
        subject = ngettext("%(n)d notice from the consultation portal", "%(n)d notices from the consultation portal",
                           len(news)) % {"n": len(news)}
        lines = [f"{number}. {text(notice)}" for number, notice in enumerate(news, 1)]
        body = "\n".join([*lines, "", gettext("Please sign in to the portal to read and handle them.")])
    return send_mail(subject, body, None, [user.email])
