"""What holds on every page: the headers, the tokens, the methods, the words of strangers, and what lists give away."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.test import Client
from django.urls import resolve, reverse

from consult.opinions import actions as opinions
from consult.opinions.models import SealedIdentity
from consult.people import actions as people
from portal.kit.lists import List
from tests import make
from tests.portal.browse import Reader
from tests.portal.doors import doors, patterns, watched
from tests.portal.scene import ROLES, Scene, raised

pytestmark = pytest.mark.django_db

HOSTILE = ("//evil.example/", "https://evil.example/", "http:evil.example", "/\\evil.example", "\\\\evil.example",
           "javascript:alert(1)", "data:text/html,x", "///evil.example", "https:///evil.example", "//evil.example\\@testserver/",
           "https://testserver@evil.example/", "\x00//evil.example", " //evil.example")
INJECTED = "\"'><svg onload=alert(1)>鸟<script>x</script>{{7*7}}"
DOORS = doors()
LISTS = sorted({door.name for door in DOORS if door.key == "-" and isinstance(
    getattr(resolve(reverse(door.name)).func, "view_class", None), type) and issubclass(
    resolve(reverse(door.name)).func.view_class, List)})


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock(), time_machine.travel(make.AT), raised() as made:
        made.build(*{door.key.rpartition("/")[2] for door in DOORS if ":" in door.key})
        for role in ROLES:
            made.client(role)
        yield made


# --- headers ------------------------------------------------------------------------------------------------------


def statuses(scene: Scene) -> Iterator[tuple[int, Any]]:
    """One answer of each kind."""
    yield 200, scene.client("nobody").get("/")
    yield 302, scene.client("nobody").get("/desk/")
    yield 403, scene.client("clerk").get(reverse("office:home"))
    yield 404, scene.client("nobody").get("/nothing-here/")
    yield 405, scene.client("nobody").get(reverse("size"))
    yield 409, scene.client("office").get(reverse("opinion.accept", args=[scene["opinion:archived"].pk]))
    yield 422, scene.client("nobody").post(reverse("opinion.submit"))


def guarded(answer: Any) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy and "http:" not in policy
    for part in ("default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")


def test_every_status_carries_the_policy(scene: Scene) -> None:
    with scene.visit():
        for status, answer in statuses(scene):
            assert answer.status_code == status
            guarded(answer)


def test_a_refusal_gives_its_reason_in_a_page(scene: Scene) -> None:
    with scene.visit():
        answer = scene.client("member").get(reverse("task.approve", args=[scene["task:in_review"].pk]))
    assert answer.status_code == 403
    assert answer.context["reason"] and str(answer.context["reason"]) in answer.content.decode()
    assert "<main" in answer.content.decode()


def test_an_error_of_ours_carries_the_policy_and_says_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a secret in a trace")

    monkeypatch.setattr("portal.front.views.figures.public", broken)
    with scene.visit():
        answer = scene.client("nobody").get("/")
    assert answer.status_code == 500
    guarded(answer)
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize("name", ["opinion.submit", "opinion.receipt", "receipt", "receipt.status", "receipt.rate",
                                  "receipt.erase"])
def test_pages_of_a_receipt_are_kept_nowhere_and_told_to_nobody(scene: Scene, name: str) -> None:
    lines = [door for door in DOORS if door.name == name]
    with scene.visit():
        answer, seen = lines[-1].ask(scene, "nobody", "get")
    assert seen == "o"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")


def test_personal_pages_are_kept_by_no_cache(scene: Scene) -> None:
    for role in ("resident", "clerk", "office", "leader"):
        with scene.visit():
            home = scene.client(role).get("/desk/", follow=True)
        assert home.status_code == 200
        assert "no-store" in home.headers["Cache-Control"]


# --- tokens, methods, writing -------------------------------------------------------------------------------------


def test_every_unsafe_url_wants_a_token(scene: Scene) -> None:
    """Without one: 403, whoever asks; nothing is written."""
    open_ones = []
    for role in ("nobody", "office", "clerk", "supervision"):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        if user := scene.user(role):
            client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        for door in DOORS:
            if door.post == "-":
                continue
            with scene.visit(), watched() as writes:
                answer = client.post(door.url(scene), {"text": "x"})
            if answer.status_code != 403 or writes.kept:
                open_ones.append((role, door.name, answer.status_code, writes.kept))
    assert open_ones == []


def test_undeclared_methods_are_refused(scene: Scene) -> None:
    """405 from our own pages for what they do not do, also for those who may open them."""
    wrong = []
    for door in DOORS:
        role = next((role for role, seen in zip(ROLES, door.get, strict=True) if seen == "o"), None)
        if role is None or door.name.startswith(("account", "mfa", "usersessions")):
            continue
        for method in ("put", "patch", "delete", "trace", *(("post",) if door.post == "-" else ())):
            with scene.visit():
                door.prepare(scene, role)
                answer = getattr(scene.client(role), method)(door.url(scene))
            if answer.status_code != 405:
                wrong.append((door.name, method, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("target", HOSTILE)
def test_next_stays_at_home(scene: Scene, target: str) -> None:
    with scene.visit():
        client = scene.client("nobody")
        answers = [client.post(reverse("size"), {"size": "large", "next": target}),
                   client.post(reverse("set_language"), {"language": "en", "next": target}),
                   client.post(reverse("account_login"), {"login": "office", "password": make.PASSWORD, "next": target})]
        answers.append(client.get(reverse("account_login"), {"next": target}))  # signed in by now
    for answer in answers:
        assert answer.status_code == 302
        assert re.match(r"^/(?![/\\])", answer.headers["Location"]), answer.headers["Location"]


# --- who gets in --------------------------------------------------------------------------------------------------


def test_a_disabled_account_is_out_at_the_next_request(scene: Scene) -> None:
    with scene.visit():
        client = scene.client("clerk")
        assert client.get(reverse("departments:home")).status_code == 200
        people.disable_account(scene.cast.clerk, by=scene.cast.sysadmin, at=make.AT, reason="调离")
        answer = client.get(reverse("departments:home"))
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/")
        assert authenticate(username="clerk", password=make.PASSWORD) is None


def test_an_ended_appointment_is_out_at_the_next_request(scene: Scene) -> None:
    """The task of the department is not even known to be there any more."""
    url = reverse("task", args=[scene["task:handling"].pk])
    with scene.visit():
        client = scene.client("clerk")
        assert client.get(url).status_code == 200
        people.end_appointment(scene.cast.clerk.appointments.get(), by=scene.cast.secadmin, at=make.AT)
        assert client.get(url).status_code == 404
        assert client.post(reverse("task.draft_reply", args=[scene["task:handling"].pk])).status_code == 404
        assert client.get(reverse("departments:home")).status_code == 403


# --- the words of strangers ---------------------------------------------------------------------------------------


def columns_of_words() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every text column of the rooms that people write into; codes, numbers and names of places are left as they are."""
    for model in apps.get_models():
        if model.__module__.startswith("consult.") and model.__module__ != "consult.kit.models":
            constrained = {name for rule in model._meta.constraints for name in getattr(rule, "fields", ())}
            names = [one.attname for one in model._meta.concrete_fields
                     if isinstance(one, models.TextField | models.CharField) and not one.choices and not one.unique
                     and not hasattr(one, "protected") and one.name not in CODES | constrained and (one.max_length or 999) >= 60]
            if names:
                yield model, names


FILES = (".pdf", ".preview", ".minutes", "attachment")
CODES = {"password", "receipt_hash", "blind_phone", "sha256", "snapshot_sha256", "consent_version", "file", "series", "code",
         "contact_hash", "fingerprint", "username", "email"}


@pytest.mark.parametrize("role", ["nobody", "resident", "member", "clerk", "office", "supervision", "leader"])
def test_words_never_become_elements(scene: Scene, role: str) -> None:
    """Markup in every text column, on every page: shown as words, never an element, an attribute or a template."""
    with scene.visit():
        for model, names in columns_of_words():
            quiet = models.QuerySet(model)
            quiet.update(**{name: INJECTED[:model._meta.get_field(name).max_length or 99] for name in names})
        broken, met = [], 0
        for door in DOORS:
            if door.get[ROLES.index(role)] != "o" or door.name.endswith(FILES):
                continue
            with scene.visit():
                door.prepare(scene, role)
                answer = scene.client(role).get(door.url(scene))
            if answer.status_code >= 500:
                broken.append((door.name, door.key, answer.status_code))
            if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
                continue
            text = answer.content.decode()
            met += "鸟" in text
            elements = Reader(text).elements
            broken += [(door.name, tag, attrs) for tag, attrs in elements
                       if any(name.startswith("on") for name in attrs) or (tag == "script" and "src" not in attrs
                                                                         and attrs.get("type") != "application/json")]
            broken += [(door.name, "template", "49")] if "鸟49" in text or "</script>49" in text else []
        assert broken == []
        assert met > 3, "the markup was met on no page"


# --- what lists give away -----------------------------------------------------------------------------------------


def rows_of(answer: Any) -> set[Any]:
    """The keys of the rows; a column may speak of another object (``Column.of``), which is no row."""
    return {cell["object"].pk for row in answer.context["rows"] for cell in row if not cell["column"].of}


def opened(name: str) -> list[str]:
    """Who works with a list; of a public one, a few who see least and most."""
    door = next(door for door in DOORS if door.name == name)
    readers = [role for role, seen in zip(ROLES, door.get, strict=True) if seen == "o"]
    return [role for role in readers if role in ("nobody", "clerk", "office")] if "nobody" in readers else readers


def questions(answer: Any) -> list[str]:
    """What a curious reader would put into the address: each filter with odd values, and columns that are no filters."""
    filters = answer.context.get("filters")
    asked = [f"{field}={value}" for field in (filters.form.fields if filters else ()) for value in ("1", make.NAME, "%")]
    return ["", *asked, f"contact={make.PHONE}", "sort=resident__user__name", "page=2", "page=-1", "page=99999", "resident=1",
            "jurisdiction=1", "identity__blind_phone=x", "_connector=OR"]


@pytest.mark.parametrize("name", [name for name in LISTS if hasattr(resolve(reverse(name)).func.view_class, "model")])
def test_a_list_shows_what_its_reader_sees(scene: Scene, name: str) -> None:
    """No row beyond the rule, and no error, whatever is asked."""
    view = resolve(reverse(name)).func.view_class
    wrong = []
    for role in opened(name):
        with scene.visit():
            client = scene.client(role)
            seen = set(view.visible_to(scene.user(role) or AnonymousUser()).values_list("pk", flat=True))
            for query in questions(client.get(reverse(name))):
                narrowed = client.get(f"{reverse(name)}?{query}")
                if narrowed.status_code != 200 or not rows_of(narrowed) <= seen:
                    wrong.append((role, query, narrowed.status_code))
    assert wrong == []


@pytest.mark.parametrize("name", ["office:opinions", "members:opinions", "residents:opinions"])
def test_no_filter_knows_the_hidden(scene: Scene, name: str) -> None:
    """The count of a list is the same whoever spoke: name, number, identity mode, account behind it."""
    for role in opened(name):
        with scene.visit():
            answer = scene.client(role).get(reverse(name))
            fields = list(answer.context["filters"].form.fields) if answer.context.get("filters") else []
            queries = [f"{field}={value}" for field in [*fields, "contact", "identity", "resident", "name", "phone"]
                       for value in (make.NAME, make.PHONE, make.NAME[:1])]
            before = [len(rows_of(scene.client(role).get(f"{reverse(name)}?{query}"))) for query in queries]
            for opinion in list(opinions.Opinion.objects.all()):
                SealedIdentity.objects.filter(opinion=opinion).delete()
            after = [len(rows_of(scene.client(role).get(f"{reverse(name)}?{query}"))) for query in queries]
        assert before == after


#: Public projects and cases of all districts are everybody's, and so are the names of their subdistricts.
EVERYWHERE = ("front:cases", "office:cases", "office:projects", "renewalprojects")


@pytest.mark.parametrize("name", LISTS)
def test_drop_downs_offer_only_what_is_near(scene: Scene, name: str) -> None:
    """Choices of objects: none of another district, for anybody of ours."""
    place = scene.place
    foreign = {place.other.name, place.other_department.name}
    if name not in EVERYWHERE:
        foreign.add(place.other_subdistrict.name)
    for role in opened(name):
        if role.startswith("other"):
            continue
        with scene.visit():
            answer = scene.client(role).get(reverse(name))
            filters = (answer.context or {}).get("filters")
            for label, field in (filters.form.fields.items() if filters else ()):
                offered = {str(words) for _key, words in getattr(field, "choices", ())}
                assert not offered & foreign, (role, label)


def test_the_table_knows_every_list() -> None:
    """The lists above are all lists there are."""
    known = {name for name, _route in patterns() if ":" in name or name in ("renewalprojects", "briefing.register")}
    assert set(LISTS) <= known
    assert len(LISTS) > 25
