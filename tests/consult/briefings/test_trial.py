"""Before a paper is put up for review and before it is signed it is set once on trial: what makes no paper gets no number."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from consult.briefings import actions, press
from consult.briefings.models import Briefing, Issue
from consult.briefings.states import BriefingState
from consult.kit import pdf
from consult.kit.models import NumberSeries
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from tests import make

S = BriefingState
ROW = "| 甲 | 乙 |\n| --- | --- |\n" + "\n".join(f"| {'永' * 600} | {'远' * 600} |" for _row in range(2))
UNSETTABLE = [
    ({"problems": "\n".join("永，" * 950 for _number in range(45))}, "120"),
    ({"problems": "\n".join("永远" for _number in range(3_000))}, "120"),
]


@pytest.mark.parametrize(("words", "said"), UNSETTABLE)
def test_what_would_not_become_a_paper_is_neither_put_up_nor_numbered(place, cast, at, words, said):
    made = make.briefing(place, cast, state=S.DRAFTED)
    Briefing.objects.filter(pk=made.pk).update(**words)
    with pytest.raises(ValidationError, match=said):
        actions.submit_review(made, by=cast.office, at=at)
    made = make.briefing(place, cast, state=S.REVIEWED)
    Briefing.objects.filter(pk=made.pk).update(**words)
    with pytest.raises(ValidationError, match=said):
        actions.sign_off(made, by=cast.chair, at=at)
    made.refresh_from_db()
    assert made.state == S.REVIEWED
    assert not Issue.objects.exists() and not NumberSeries.objects.filter(series__startswith="briefing.", last__gt=0).exists()


def test_a_paper_that_would_not_read_back_is_not_put_up(place, cast, at):
    """A row of a table that is longer than a page, come in before rows were measured."""
    made = make.briefing(place, cast, state=S.DRAFTED)
    made.annexes.create(order=1, title="一览表", text=ROW)
    with pytest.raises(ValidationError):
        actions.submit_review(made, by=cast.office, at=at)


def test_a_trial_says_where_the_paper_would_not_read_as_its_text(place, cast, monkeypatch):
    words = make.briefing(place, cast, state=S.SIGNED).paper.snapshot
    found = [{"code": "text", "measured": "甲", "wanted": "乙", "ok": False, "page": 3}, {"code": "missing_glyphs", "ok": True}]
    monkeypatch.setattr(pdf, "make", lambda *args, **kwargs: pdf.Paper(b"%PDF-", 1, {"checks": found}))
    with pytest.raises(ValidationError, match=r"P3.*…乙…"):
        press.try_out(words)


@pytest.mark.parametrize(("state", "verb", "name"), [
    (S.DRAFTED, actions.submit_review, "office"), (S.REVIEWED, actions.sign_off, "chair")])
def test_the_trial_holds_no_lock_and_what_changed_meanwhile_is_not_signed(place, cast, at, monkeypatch, state, verb, name):
    made = make.briefing(place, cast, state=state)
    held = []

    def meanwhile(words):
        held.append(list(connection.savepoint_ids))
        Briefing.objects.filter(pk=made.pk).update(problems="其间改过的话。")

    monkeypatch.setattr(press, "try_out", meanwhile)
    with pytest.raises(ValidationError):
        verb(made, by=cast.roles()[name], at=at)
    made.refresh_from_db()
    assert (made.state, held) == (state, [[]])


def test_nobody_makes_us_set_a_paper_who_may_not_sign_it(place, cast, at, monkeypatch):
    made = make.briefing(place, cast, state=S.REVIEWED)
    monkeypatch.setattr(press, "try_out", None)
    with pytest.raises(Denied):
        actions.sign_off(made, by=cast.office, at=at)
    with pytest.raises(WrongState):
        actions.submit_review(made, by=cast.office, at=at)
