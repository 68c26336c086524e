"""Which pages are measured: for each role somebody of the busiest district, and what stands on their desk."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Count
from django.test import Client
from django.urls import resolve, reverse

from consult.briefings import rules as briefings
from consult.opinions.models import Opinion
from consult.people.models import Appointment, User
from consult.people.roles import Role, scope_of
from consult.tasks import rules as tasks
from portal.kit import addresses, menus
from tests.load.bench_urls import PUBLIC, list_of, open_address

ROLES = (Role.MEMBER, Role.CLERK, Role.CADRE, Role.OFFICE, Role.CHAIR, Role.SUPERVISION, Role.LEADER, Role.RESIDENT)
#: The deepest page that is full; at most 10,000 rows down.
DEPTHS = (400, 200, 100, 40, 20, 10, 5, 3, 2)
COMMON, RARE = "过渡费", "圩子墙 碑记"
CSRF = "a" * 32


PLAIN = "django.contrib.auth.backends.ModelBackend"


def session_of(user: User, backend: str) -> str:
    """The key of a session that lasts for the run."""
    session = SessionStore()
    session.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: backend, HASH_SESSION_KEY: user.get_session_auth_hash()})
    session.set_expiry(24 * 3600)
    session.save()
    return str(session.session_key)


@dataclass
class Page:
    """One thing to ask for; ``of``: the first page of the list that this is deeper in, or without rights."""

    role: str
    kind: str
    name: str
    path: str
    of: str = ""
    data: dict[str, Any] | None = None
    fields: tuple[str, ...] = field(default=())

    @property
    def key(self) -> str:
        return f"{self.role} {self.kind} {self.name}"


class Reader:
    """Somebody with a session, in this process and, by the same cookie, at the servers."""

    def __init__(self, role: str, user: User) -> None:
        self.role, self.user = role, user
        here, there = session_of(user, settings.AUTHENTICATION_BACKENDS[0]), session_of(user, PLAIN)
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={here}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        self.floor_cookie = f"{settings.SESSION_COOKIE_NAME}={there}"
        self.client = Client(headers={"host": "127.0.0.1"})
        self.client.cookies[settings.SESSION_COOKIE_NAME] = here
        self.client.cookies[settings.CSRF_COOKIE_NAME] = CSRF

    def get(self, path: str) -> Any:
        return self.client.get(path)


def readers() -> list[Reader]:
    """The busiest of each role in the busiest district: who has the most opinions; else the first."""
    home = Opinion.objects.values("jurisdiction").annotate(n=Count("pk")).order_by("-n").first()["jurisdiction"]
    found = []
    for role in ROLES:
        here = User.objects.filter(pk__in=Appointment.objects.filter(role=role, jurisdiction=home).values("user")).order_by("pk")
        user = here.first()
        if role == Role.RESIDENT:
            most = Opinion.objects.filter(jurisdiction=home).exclude(resident=None).values("resident__user").annotate(
                n=Count("pk")).order_by("-n").first()
            user = User.objects.get(pk=most["resident__user"]) if most else user
        found.append(Reader(str(role.value), user))
    return found


def pages(reader: Reader) -> Iterator[Page]:
    """Desk, lists (first, deep, without rights), other pages of the desk, objects, search, and what one may begin."""
    scope, role = scope_of(reader.user), reader.role
    desk = menus.desks_of(scope)[0]
    yield Page(role, "desk", desk.home, reverse(desk.home))
    names = [name for name, _words in menus.allowed(desk, scope)] + (list(PUBLIC) if role == Role.RESIDENT else [])
    for name in names:
        if list_of(name) is None:
            yield Page(role, "page", name, reverse(name))
            continue
        yield from lists(reader, name)
        if name == "office:opinions":
            yield from lists(reader, name, "?state=all")
            yield Page(role, "search", f"{name}?q", f"{reverse(name)}?q={COMMON}")
    for words in (COMMON, RARE):
        yield Page(role, "search", words, f"/search/?q={words}")
    yield from creating(reader)


def lists(reader: Reader, name: str, query: str = "") -> Iterator[Page]:
    role, first = reader.role, reverse(name) + query
    page = Page(role, "list", name + query, first)
    shown = reader.get(first)
    if shown.status_code != 200:
        raise SystemExit(f"{first} for {role}: {shown.status_code}")
    yield page
    yield Page(role, "open", name + query, f"/{open_address(name)}{query}", page.key)
    rows = shown.context["page"]["rows"]
    deep = next((found for n in DEPTHS if len(rows) >= 25 and (found := _deep(reader, first, n))), "")
    if deep:
        yield Page(role, "deep", name + query, deep, page.key)
    # What is in quarantine has no page of its own.
    if rows and not query and name != "office:quarantine" and (address := addresses.of(chosen(rows))):
        yield Page(role, "object", name, address)


def chosen(rows: list[Any]) -> Any:
    """One whose page says much: the furthest on."""
    late = ("closed", "archived", "confirmed", "answered", "handling", "accepted")
    return min(rows, key=lambda row: late.index(row.state) if getattr(row, "state", "") in late else len(late))


def _deep(reader: Reader, first: str, number: int) -> str:
    """The address of a page so far down, as the page before links to it; "" when it is not full."""
    before = reader.get(f"{first}{'&' if '?' in first else '?'}page={number - 1}")
    address = before.context["page"]["next"] if before.status_code == 200 else ""
    return str(address) if address and len(reader.get(address).context["page"]["rows"]) >= 25 else ""


# --- beginning something ------------------------------------------------------------------------------------------


def creating(reader: Reader) -> Iterator[Page]:
    """The form, and sending it."""
    found = address_to_begin(reader)
    shown = reader.get(found) if found else None
    if shown is None or shown.status_code != 200:
        return
    name = resolve(found).view_name
    yield Page(reader.role, "form", name, found)
    yield Page(reader.role, "create", name, found, data=filled(shown.context["form"]))


def address_to_begin(reader: Reader) -> str:
    user, role = reader.user, reader.role
    if role == Role.RESIDENT:
        return addresses.to("opinion.submit")
    if role in (Role.OFFICE, Role.MEMBER, Role.CADRE):
        return addresses.to("opinion.enter")
    if role in (Role.CHAIR, Role.LEADER):
        rule, verb = (briefings.may_comment, "comment") if role == Role.CHAIR else (briefings.may_instruct, "instruct")
        states = ("drafted", "in_review") if role == Role.CHAIR else ("dispatched", "instructed")
        some: Any = briefings.visible_to(user).filter(state__in=states).order_by("-pk")[:40]
        return next((addresses.to(f"briefing.{verb}", one.pk) for one in some if rule(user, one)), "")
    rule, verb = (tasks.may_report_progress, "report_progress") if role == Role.CLERK else (tasks.may_urge, "urge")
    some = tasks.visible_to(user).filter(state="handling").order_by("-pk")[:40]
    return next((addresses.to(f"task.{verb}", one.pk) for one in some if rule(user, one)), "")


def filled(form: Any) -> dict[str, Any]:
    """What somebody in a hurry sends: only what is asked for."""
    told: dict[str, Any] = {"csrfmiddlewaretoken": CSRF}
    for name, one in form.fields.items():
        value, choices = form[name].value(), [key for key, _words in getattr(one, "choices", ()) if key]
        if value not in (None, "", [], False):
            told[name] = value
        elif one.required and choices:
            told[name] = str(choices[0])
        elif one.required or name in ("text", "words"):
            told[name] = date.today().isoformat() if "Date" in type(one).__name__ else "过渡费三个月没有到账，请说明哪一天发放。"
    return told
