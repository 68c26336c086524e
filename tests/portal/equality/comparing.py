"""Asks the product in every way it answers, and holds each answer against the second reading."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django.apps import apps
from django.http import Http404
from django.test import Client

from consult.journey import finding
from consult.kit import rules, search
from consult.kit.models import SearchText
from consult.people.roles import scope_of
from portal import urls as _every_room  # noqa: F401 - when it is read, every room has said who sees what
from portal.kit import addresses, exports, menus
from portal.kit.pages import Page
from tests import make
from tests.portal.equality.readings import FOLLOWED, PARTS, READINGS, TO_ALL, Facts, Reading, Who


def name_of(question: Callable[[Any], Any]) -> str:
    """``<room>.<function>`` of a question of the rules."""
    return f"{question.__module__.removeprefix('consult.').removesuffix('.rules')}.{question.__qualname__}"


def heirs(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from heirs(one)


#: What each kind is asked by, and the page that shows one; read before anybody changes them.
ASKED: dict[str, str] = {label: name_of(question) for label, question in rules._visibility.items()}
PAGES: dict[type, type[Page]] = {kind.model: kind for kind in heirs(Page)
                                 if hasattr(kind, "model") and kind.__module__.startswith("portal.")}

#: How lists that show a part of themselves at first are opened wide.
WHOLE: dict[str, tuple[str, ...]] = {"office:opinions": ("state=all",), "office:quarantine": ("state=spam",)}


@dataclass
class Ledger:
    """What was asked how often, and every answer that was wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def hold(self, how: str, user: Any, what: Any, said: Any, wanted: Any) -> None:
        self.counts[how] += 1
        if said != wanted:
            self.wrong.append(f"{how}: {user!s} (pk {user.pk}) and {what}: said {said!r}, but it should be {wanted!r}")

    def __str__(self) -> str:
        return ", ".join(f"{number:,} {how}" for how, number in sorted(self.counts.items()))


class Comparison:
    """One state of the database, and everything about it that a person may be told."""

    def __init__(self, rng: random.Random, ledger: Ledger) -> None:
        self.rng, self.ledger = rng, ledger
        self.facts = Facts(make.TODAY)
        self.rows: dict[type, list[Any]] = {}
        self.marks = {label: model for label in ASKED if (model := apps.get_model(label))}

    def all(self, model: type) -> list[Any]:
        if model not in self.rows:
            rows = model._base_manager.order_by("pk").select_related(*FOLLOWED.get(model._meta.label, ()))
            self.rows[model] = list(rows)
        return self.rows[model]

    def meant(self, who: Who, model: type, reading: Reading) -> set[Any]:
        return {row.pk for row in self.all(model) if reading(who, row)}

    # the ways to ask

    def ask(self, user: Any, *, each: int) -> dict[type, set[Any]]:
        """Lists and counts of every kind in full, and ``each`` visible and hidden objects of a kind one by one."""
        who, sight = Who(user, self.facts), {}
        for label, model in self.marks.items():
            meant = sight[model] = self.meant(who, model, READINGS[ASKED[label]])
            found = rules.visibility(model, user)
            listed = list(found.values_list("pk", flat=True))
            self.ledger.hold("lists", user, label, self.only(set(listed) ^ meant), "")
            self.ledger.hold("counts", user, f"{label} counted and listed", (found.count(), len(listed)), (len(meant),) * 2)
            hidden = [row.pk for row in self.all(model) if row.pk not in meant]
            for pk in (*self.rng.sample(sorted(meant), min(each, len(meant))), *self.rng.sample(hidden, min(each, len(hidden)))):
                self.ledger.hold("objects", user, f"{label} {pk}", self.single(user, model, pk, pk in listed), (pk in meant,) * 3)
        return sight

    def only(self, keys: set[Any]) -> str:
        return ", ".join(map(str, sorted(keys)[:5])) + (" …" if len(keys) > 5 else "")

    def single(self, user: Any, model: type, pk: Any, listed: bool) -> tuple[bool, bool, bool]:
        """In the list; by the single check; by the way the page finds its object."""
        checked = rules.visibility(model, user).filter(pk=pk).exists()
        if model not in PAGES:
            return listed, checked, checked
        try:
            found = PAGES[model].find(user, pk).pk == pk
        except Http404:
            found = False
        return listed, checked, found

    def open_pages(self, user: Any, sight: dict[type, set[Any]], number: int) -> None:
        """The pages themselves: 200 for whoever may see the object, 404 for all others, the sign-in for a stranger."""
        if user.pk and not user.is_active:
            return
        client, kinds = Client(), [model for model in PAGES if self.all(model) and addresses.of(self.all(model)[0])]
        if user.pk:
            client.force_login(user)
        for n in range(number):
            model = self.rng.choice(kinds)
            rows = [row for row in self.all(model) if (row.pk in sight[model]) == bool(n % 2)] or self.all(model)
            row = self.rng.choice(rows)
            wanted = 200 if row.pk in sight[model] else 404
            if not user.pk and not PAGES[model].public:
                wanted = 302
            self.ledger.hold("pages", user, addresses.of(row), client.get(addresses.of(row)).status_code, wanted)

    def search(self, user: Any, sight: dict[type, set[Any]], number: int) -> None:
        """By words of one object: everything that holds them and may be seen is found, and nothing else."""
        for _n in range(number):
            kind, model = self.rng.choice([pair for pair in finding.KINDS.items() if pair[1] in sight])
            text = self.words(model)
            hits = finding.find(user, text, kind=kind, limit=10**6) if text else []
            found = {hit.object.pk for group in hits for hit in group.hits}
            holds = set(search.narrow(model._default_manager.all(), text).values_list("pk", flat=True)) if text else set()
            self.ledger.hold("searches", user, f"{kind} “{text}”", self.only(found ^ (holds & sight[model])), "")
            self.ledger.counts["objects found"] += len(found)

    def words(self, model: type) -> str:
        """A number, or a piece of the text, of some object."""
        kept = SearchText.objects.filter(kind=model._meta.label_lower).order_by("pk").values_list("text", flat=True)
        total = kept.count()
        lines = [line for line in kept[self.rng.randrange(total)].split("\n") if line.strip()] if total else []
        line = self.rng.choice(lines).split()[0] if lines else ""
        return line if line.isascii() else line[:self.rng.randint(2, 6)]

    def take_away(self, user: Any, only: frozenset[str] = frozenset()) -> None:
        """Every list of the person's desks, or some: what it holds, what its page counts, and what stands in the file."""
        scope, client = scope_of(user), Client()
        client.force_login(user)
        for name in sorted({name for desk in menus.desks_of(scope) for name, _words in menus.allowed(desk, scope)}):
            if exports.exportable(name) and (name in only or not only):
                for query in ("", *WHOLE.get(name, ())):
                    self.one_list(user, name, query, client)

    def one_list(self, user: Any, name: str, query: str, client: Client) -> None:
        view = exports.opened(name, query, user)
        model = view.model
        asked = name_of(type(view).visible_to)
        reading = TO_ALL.get(model._meta.label) or READINGS[asked]
        who, part = Who(user, self.facts), PARTS.get(name)
        meant = {row.pk for row in self.all(model) if reading(who, row) and (part is None or part(who, row))}
        wide = exports.opened(name, query, user)
        with everything_seen(wide, rows=part is not None):
            keys = wide.narrowed()[1].order_by().values_list("pk", flat=True)
            about = {row.pk: row for row in wide.shown([pk for pk in keys if pk in meant], whole=True)}
        listed = list(view.keys())
        self.ledger.hold("desk lists", user, name, self.only(set(listed) ^ set(about)), "")
        self.ledger.hold("desk counts", user, name, client.get(f"{addresses.to(name)}?{query}").context["count"],
                         min(len(about), view.cap + 1))
        file = Counter(map(str, list(exports.table(view))[1:]))
        wanted = Counter(str(exports.cells(view, row)) for row in about.values())
        odd = ((file - wanted).total(), (wanted - file).total())
        self.ledger.hold("exports", user, f"{name}: too many, too few", odd, (0, 0))
        self.ledger.counts["exported rows"] += file.total()


@contextmanager
def everything_seen(view: Any, *, rows: bool) -> Iterator[None]:
    """While this lasts the list asks nobody who looks: what is left is how it narrows by itself; not with its ``rows``."""
    def all_of_it(user: Any) -> Any:
        return view.model._default_manager.all()

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(type(view), "visible_to", staticmethod(all_of_it)))
        stack.enter_context(mock.patch("consult.opinions.rules.visible_to", all_of_it))
        if rows:
            stack.enter_context(mock.patch.object(type(view), "rows", lambda self, user: all_of_it(user)))
        yield
