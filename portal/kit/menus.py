"""Which desk a role works at, what stands on it, and where one lands after signing in."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence
from consult.people.roles import Role, Scope
from portal.kit.addresses import to


@dataclass(frozen=True)
class Desk:
    """A desk: its name, the roles that work at it, and its entries (url name, words)."""

    name: str
    label: Sentence
    roles: frozenset[str]
    entries: tuple[tuple[str, Sentence], ...] = ()

    @property
    def home(self) -> str:
        return f"{self.name}:home"


#: In the order of landing: somebody with two posts lands at the first.
DESKS = (
    Desk("office", _("Office desk"), frozenset({Role.OFFICE}), (
        ("office:opinions", _("Opinions")), ("office:groups", _("Groups")), ("office:trends", _("Trends")),
        ("office:quarantine", _("Quarantine")), ("office:letters", _("Usual words")), ("office:surveys", _("Surveys")),
        ("office:topics", _("Topics")), ("front:plans", _("Annual plans")),
        ("office:consultations", _("Consultations")), ("office:recommendations", _("Recommendations")),
        ("office:briefings", _("Briefings")), ("briefing.register", _("Number register")), ("office:tasks", _("Tasks")),
        ("office:responsibilities", _("List of responsibilities")), ("office:results", _("List of results")),
        ("office:followups", _("Look-backs")), ("office:samples", _("Samples")), ("office:evaluations", _("Evaluations")),
        ("office:appraisals", _("Appraisals")), ("office:district_bulletins", _("District bulletins")),
        ("office:cases", _("Cases")), ("office:projects", _("Projects")))),
    Desk("leadership", _("Leadership desk"), frozenset({Role.CHAIR, Role.LEADER}), (
        ("leadership:briefings", _("Briefings")), ("leadership:instructions", _("Instructions")),
        ("leadership:topics", _("Topics")), ("front:plans", _("Annual plans")), ("leadership:tasks", _("Tasks")),
        ("leadership:bulletins", _("District bulletins")), ("leadership:figures", _("Figures")),
        ("briefing.register", _("Number register")))),
    Desk("supervision", _("Supervision desk"), frozenset({Role.SUPERVISION}), (
        ("supervision:instructions", _("Instructions")), ("supervision:recommendations", _("Recommendations")),
        ("supervision:tasks", _("Tasks")), ("supervision:responsibilities", _("List of responsibilities")),
        ("supervision:results", _("List of results")), ("supervision:extensions", _("Extensions and returns")),
        ("supervision:time", _("Whose time it was")), ("supervision:difficulties", _("Difficulties")),
        ("supervision:bulletins", _("District bulletins")))),
    Desk("departments", _("Department desk"), frozenset({Role.CLERK}), (
        ("departments:tasks", _("Tasks")), ("departments:consultations", _("Consultations")),
        ("departments:followups", _("Look-backs")), ("departments:bulletins", _("District bulletins")),
        ("departments:blocks", _("Text blocks")))),
    Desk("members", _("Members' desk"), frozenset({Role.MEMBER, Role.EXPERT, Role.CADRE}), (
        ("members:opinions", _("Opinions")), ("members:surveys", _("Surveys")), ("members:topics", _("Topics")),
        ("members:consultations", _("Consultations")), ("members:recommendations", _("Recommendations")),
        ("members:followups", _("Look-backs")), ("members:evaluations", _("Evaluations")),
        ("members:appraisals", _("Appraisals")))),
    Desk("residents", _("My desk"), frozenset({Role.RESIDENT}), (
        ("residents:opinions", _("My opinions")), ("residents:surveys", _("Surveys")))),
    Desk("admins", _("Administration"), frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN, Role.AUDIT_ADMIN}), (
        ("admins:users", _("Accounts")), ("admins:appointments", _("Appointments")), ("admins:audit", _("Audit log")),
        ("admins:parameters", _("Parameters")), ("admins:calendar", _("Calendar")), ("admins:jobs", _("Jobs")))),
)

#: Entries that only some roles of a shared desk use, or that other desks use as well.
ONLY: dict[str, frozenset[str]] = {
    "leadership:figures": frozenset({Role.CHAIR, Role.LEADER, Role.OFFICE, Role.SUPERVISION}),
    "leadership:instructions": frozenset({Role.LEADER}),
    "briefing.register": frozenset({Role.OFFICE, Role.CHAIR}),
    "admins:users": frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN}),
    "admins:appointments": frozenset({Role.SEC_ADMIN}),
    "admins:audit": frozenset({Role.AUDIT_ADMIN}),
    "admins:parameters": frozenset({Role.SYS_ADMIN}),
    "admins:calendar": frozenset({Role.SYS_ADMIN}),
    "admins:load_calendar": frozenset({Role.SYS_ADMIN}),
    "admins:jobs": frozenset({Role.SYS_ADMIN}),
    "admins:run_again": frozenset({Role.SYS_ADMIN}),
}

#: What everybody finds, signed in or not.
PUBLIC = (("opinion.submit", _("Say something")), ("receipt", _("Look up my opinion")),
          ("renewalprojects", _("Renewal projects")),
          ("front:topics", _("Topics")), ("front:replies", _("Replies")), ("front:cases", _("Cases")))
#: What is left of it in elder mode, beside the telephone.
SIMPLE = (*PUBLIC[:2], ("front:topics", _("What is being talked over")))


def desks_of(scope: Scope) -> list[Desk]:
    """The desks of a user, in the order of landing."""
    return [desk for desk in DESKS if not desk.roles.isdisjoint(scope.roles)]


def workers(space: str, name: str) -> frozenset[str] | None:
    """The roles that may open the page ``name`` of the desk ``space``; None when it stands on no desk."""
    desk = next((desk for desk in DESKS if desk.name == space), None)
    return ONLY.get(name, desk.roles) if desk else None


def landing(scope: Scope) -> str:
    """The address of the first desk, or "" for somebody without an appointment."""
    return next((url for desk in desks_of(scope) if (url := to(desk.home))), "")


def menu(scope: Scope, path: str) -> list[dict[str, Any]]:
    """The user's desks with their entries; names that lead nowhere yet are left out."""
    return [{"label": desk.label, "name": desk.name, **link(desk.home, _("Needs me now"), path, exact=True),
             "entries": entries((desk.home, _("Needs me now")), *allowed(desk, scope), path=path)}
            for desk in desks_of(scope)]


def allowed(desk: Desk, scope: Scope) -> list[tuple[str, Sentence]]:
    return [entry for entry in desk.entries if entry[0] not in ONLY or not ONLY[entry[0]].isdisjoint(scope.roles)]


def public_menu(path: str, *, simple: bool = False) -> list[dict[str, Any]]:
    return entries(*(SIMPLE if simple else PUBLIC), path=path)


@cache
def _addresses(roles: frozenset[str], simple: bool) -> tuple[str, ...]:
    pairs = [pair for desk in DESKS if not desk.roles.isdisjoint(roles) for pair in ((desk.home, ""), *desk.entries)]
    return tuple(to(name) for name, _words in (*pairs, *(SIMPLE if simple else PUBLIC)))


def stands(scope: Scope, path: str, *, simple: bool = False) -> tuple[Any, ...]:
    """What a drawn menu depends on: whose it is, and which entries are the page's own."""
    urls = _addresses(scope.roles, simple)
    return scope.roles, simple, path in urls, tuple(url for url in urls if url and path.startswith(url))


def entries(*pairs: tuple[str, Sentence], path: str) -> list[dict[str, Any]]:
    made = [link(name, words, path, exact=name.endswith(":home")) for name, words in pairs]
    return [one for one in made if one["url"]]


def link(name: str, words: Sentence, path: str, *, exact: bool = False) -> dict[str, Any]:
    url = to(name)
    here = bool(url) and (path == url if exact else path.startswith(url))
    return {"url": url, "words": words, "here": here}
