"""A list as a file: exactly what its filters show, in the same order and the same words, as far as its reader may see it.

A short one is written at once, a long one by a job that shows how far it is. Rights are asked again when it is written, row
by row, and when it is fetched; the file is gone after KEPT.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.http import Http404
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django_tasks import task
from django_tasks_db import DatabaseBackend

from consult.kit import audit, calendar, jobs, sheets, store
from consult.kit.models import Export
from consult.kit.rules import Denied
from consult.kit.states import state_label
from consult.people.models import User
from consult.people.roles import scope_of
from portal.kit import access, lists, marks, menus
from portal.kit.lists import EXPORTED, List

#: Up to so many rows somebody waits for the file; so many are read at once.
AT_ONCE, BATCH = 2000, 500
KEPT = timedelta(days=7)
WRITERS: dict[str, Callable[..., None]] = {Export.Kind.XLSX: sheets.stream_xlsx, Export.Kind.CSV: sheets.stream_csv}


# --- which list ---------------------------------------------------------------------------------------------------


def exportable(name: str) -> bool:
    """Is this the name of a desk's list that shows objects?"""
    return name.partition(":")[0] in EXPORTED and _kind(name) is not None


def _kind(name: str) -> type[List] | None:
    try:
        found = getattr(resolve(reverse(name)).func, "view_class", None)
    except NoReverseMatch:
        return None
    return found if isinstance(found, type) and issubclass(found, List) and hasattr(found, "model") and found.columns else None


def opened(name: str, query: str, user: Any) -> List:
    """The list as this person would open it. Http404 for what is no list, Denied for the list of another's desk."""
    kind = _kind(name) if exportable(name) else None
    if kind is None:
        raise Http404
    roles = menus.workers(name.partition(":")[0], name)
    if not user.is_active or roles is None or roles.isdisjoint(scope_of(user).roles):
        raise Denied(access.OTHER_DESK)
    return lists.opened(kind, reverse(name), query, user)


def title_of(made: Export) -> Any:
    """The list's own title, in the language of whoever reads."""
    kind = _kind(made.list)
    return kind.title if kind else made.list


# --- cells --------------------------------------------------------------------------------------------------------


def headings(view: List) -> list[str]:
    return [str(column.label) for column in view.taken or view.columns]


def cells(view: List, obj: Any) -> list[Any]:
    """One row in the words of the page."""
    return [_plain(column.cell(obj)) for column in view.taken or view.columns]


def _plain(cell: dict[str, Any]) -> Any:
    value = cell["value"]
    if cell["kind"] == "state":
        return str(state_label(cell["object"]))
    if cell["kind"] == "due":
        mark = marks.light(value, calendar.today())
        return " ".join(str(part) for part in (mark.note, mark.words) if part) if mark else ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = "" if value is None else str(value)
    if hasattr(value, "__html__") and not isinstance(value, Promise):
        text = strip_tags(re.sub(r"</(span|div)>\s*<\1", r"</\1>；<\1", text))
    return re.sub(r"\s+", " ", text).strip()


def table(view: List, progress: Callable[[int], None] = lambda done: None) -> Iterator[list[Any]]:
    """Headings and rows. The keys are read first: nobody's writing waits for a file, and no row comes twice.

    What was taken out of sight meanwhile is left out: the list's own queryset is asked for each batch.
    """
    yield headings(view)
    rows, keys = view.narrowed()[1].order_by(), list(view.keys())
    for start in range(0, len(keys), BATCH):
        some = keys[start:start + BATCH]
        seen = set(rows.filter(pk__in=some).values_list("pk", flat=True))
        yield from (cells(view, row) for row in view.shown([pk for pk in some if pk in seen], whole=True))
        progress(min(start + BATCH, len(keys)))


# --- making one ---------------------------------------------------------------------------------------------------


def ask(name: str, query: str, kind: str, *, user: Any, at: datetime) -> Export:
    """Begin an export: a short one is done when this returns, a long one is a job's."""
    if kind not in Export.Kind.values:
        raise Http404
    view = opened(name, query, user)
    total = view.narrowed()[1].order_by().count()
    with transaction.atomic():
        made = Export.objects.create(user=user, list=name, query=query, kind=kind, total=total, asked_at=at,
                                     language=translation.get_language() or "")
        filters = sorted(key for key in view.request.GET if view.request.GET[key])
        audit.write("kit.export", made, by=user, at=at, data={"list": name, "filters": filters, "rows": total, "kind": kind})
        if total > AT_ONCE and isinstance(write_export.get_backend(), DatabaseBackend):
            write_export.enqueue(str(made.pk))
            return made
    try:
        return write(made, at=at)
    except store.Unreachable:
        _given_up(str(made.pk), reason=AWAY, at=at)
        made.refresh_from_db()
        return made


AWAY = _("The file could not be stored: the file store does not answer. Please ask for the list again in a few minutes.")


@task()
def write_export(key: str) -> str:
    """The queued job."""
    made = Export.objects.filter(pk=key).first()
    return write(made, at=calendar.now()).failure if made else "gone"


def _given_up(key: str, *, reason: Any, at: datetime) -> None:
    Export.objects.filter(pk=key, finished_at=None).update(failure=str(reason)[:200], finished_at=at)


jobs.declare(write_export, _("Write an export"), _given_up)
audit.names("kit", {"export": _("list taken away as a file"), "fetch_export": _("export fetched")})


def write(made: Export, *, at: datetime) -> Export:
    """Write the file of an export; done twice, the second time changes nothing."""
    if made.finished_at:
        return made
    try:
        with translation.override(made.language):
            view = opened(made.list, made.query, User.objects.get(pk=made.user_id))
            with tempfile.TemporaryFile() as file:
                WRITERS[made.kind](file, str(view.title), table(view, lambda done: _show(made, done)))
                file.seek(0)
                made.file.save(f"{made.pk}.{made.kind}", File(file), save=False)
    except Denied as no:
        made.failure = str(no.reason)[:200]
    made.finished_at = at
    made.save(update_fields=["file", "failure", "finished_at"])
    return made


def _show(made: Export, done: int) -> None:
    made.done = done
    Export.objects.filter(pk=made.pk).update(done=done)


def sweep(before: datetime) -> int:
    """Delete the files, and the record of them, of exports asked for before; gives how many."""
    count = 0
    for made in Export.objects.filter(asked_at__lt=before):
        made.file.delete(save=False)
        made.delete()
        count += 1
    return count
