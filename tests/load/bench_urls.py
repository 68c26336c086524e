"""The addresses of the product, and each of its lists once more without anybody's rights: /bench/open/<desk>/<list>/."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.db.models.sql.where import WhereNode
from django.urls import URLPattern, path, resolve, reverse

from consult.tasks.models import Reply
from portal.kit import access, menus
from portal.kit.lists import List
from portal.rooms.task_lists import ResultList
from portal.urls import handler403, handler404, handler500
from portal.urls import urlpatterns as product

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
PUBLIC = ("front:topics", "front:cases", "front:consultations")


#: What a list is about, where its rule says that as well: it is no right.
ABOUT: dict[type[List], Callable[[], QuerySet[Any]]] = {ResultList: Reply.objects.results}


def bare(rows: QuerySet[Any], kind: type[List]) -> QuerySet[Any]:
    """The same rows with what was annotated, and without any condition."""
    about = next((ask for one, ask in ABOUT.items() if issubclass(kind, one)), None)
    if about is not None:
        return about()
    found = rows.all()
    found.query.where = WhereNode()
    if not found.query.group_by:
        for alias in [*found.query.alias_map][1:]:
            found.query.alias_refcount[alias] = 0
    return found


def opened(kind: type[List]) -> type[List]:
    def rows(self: Any, user: Any) -> QuerySet[Any]:
        return bare(kind.rows(self, user), kind)
    return type(f"Open{kind.__name__}", (kind,), {"rows": rows})


def list_of(name: str) -> type[List] | None:
    """The list behind the name of a page, if it is one that shows objects."""
    found = getattr(resolve(reverse(name, "portal.urls"), "portal.urls").func, "view_class", None)
    return found if isinstance(found, type) and issubclass(found, List) and hasattr(found, "model") else None


def open_address(name: str) -> str:
    return f"bench/open/{name.replace(':', '/')}/"


def open_lists() -> list[URLPattern]:
    names = {name for desk in menus.DESKS for name, _words in desk.entries} | set(PUBLIC)
    return [path(open_address(name), access.door(opened(kind))) for name in sorted(names) if (kind := list_of(name))]


urlpatterns = [*product, *open_lists()]
