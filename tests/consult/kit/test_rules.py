from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser

from consult.kit import rules
from consult.kit.rules import Denied, Rule, Verdict, because, check, require, rule
from consult.people.models import Jurisdiction, User


@because("not tall")
def tall(user: Any, obj: Any) -> bool:
    return "t" in user


@because("not old")
def old(user: Any, obj: Any) -> bool:
    return "o" in user


@because("not the owner")
def owner(user: Any, obj: Any) -> bool:
    return bool(user == obj)


@pytest.mark.parametrize(("made_of", "user", "verdict"), [
    (tall & old, "to", (True, "not old")),
    (tall & old, "o", (False, "not tall")),
    (tall & old, "t", (False, "not old")),
    (tall & old, "", (False, "not tall")),
    (tall | old, "t", (True, "not tall")),
    (tall | old, "o", (True, "not old")),
    (tall | old, "", (False, "not old")),
    ((tall | old).but("neither"), "", (False, "neither")),
    (tall & old | owner, "t", (False, "not the owner")),
    (tall & (old | owner), "x", (False, "not tall")),
])
def test_rules_join_like_a_sentence(made_of: Rule, user: str, verdict: tuple[bool, str]) -> None:
    given = made_of(user, None)
    assert bool(given) == verdict[0]
    if not given:
        assert given.reason == verdict[1]


def test_the_second_rule_is_not_asked_when_the_first_decides() -> None:
    asked = []
    spy = Rule(lambda user, obj: asked.append(user) or Verdict(True))
    assert not (tall & spy)("x")
    assert (tall | spy)("t")
    assert asked == []


def test_require_raises_with_the_reason() -> None:
    require(tall, "t")
    with pytest.raises(Denied) as denied:
        require(tall & old, "t")
    assert denied.value.reason == "not old"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_rules", {})
    monkeypatch.setattr(rules, "_visibility", {})


@pytest.mark.usefixtures("registry")
def test_what_nobody_declared_is_refused() -> None:
    rule("tests.climb", tall)
    assert check("tests.climb", "t")
    assert not check("tests.fly", "t")
    assert str(check("tests.fly", "t").reason)


@pytest.mark.usefixtures("registry")
def test_has_perm_asks_the_rules(ann: User) -> None:
    rule("tests.own", Rule(lambda user, obj: Verdict(user == obj)))
    assert ann.has_perm("tests.own", ann)
    assert not ann.has_perm("tests.own", None)
    assert not ann.has_perm("tests.other", ann)
    assert not AnonymousUser().has_perm("tests.own", ann)
    ann.is_active = False
    assert not ann.has_perm("tests.own", ann)
    assert authenticate(username="ann", password="x") is None


@pytest.mark.usefixtures("registry")
def test_a_model_nobody_spoke_for_is_invisible(ann: User, district: Jurisdiction) -> None:
    assert rules.visibility(Jurisdiction, ann).count() == 0
    rules.sees(Jurisdiction, lambda user: Jurisdiction.objects.all())
    assert rules.visibility(Jurisdiction, ann).count() == 1
