"""Which waiting opinions are proposed to be handled as one, and what becomes of a proposal."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consult.kit.rules import Denied
from consult.opinions import actions, groups, joining
from consult.opinions.models import Opinion, OpinionMessage
from tests import make

FEE = ["过渡费三个月没有到账，房租都是借的。", "三个月没领到过渡费了，请问什么时候到账？",
       "过渡费拖了三个月不到账，租房的钱没着落。"]
LAMP = ["楼道里的灯坏了大半年，老人晚上摔了一跤。", "楼道灯一直不亮，有老人晚上摔倒过，请修好。"]


def proposed(place: Any, at: Any = make.AT) -> set[frozenset[int]]:
    return {frozenset(keys) for keys in groups.proposal(place.jurisdiction.pk, at).keys}


def said(texts: Any, **values: Any) -> list[Opinion]:
    return [make.opinion(text=text, **values) for text in texts]


def keys(*opinions: Opinion) -> frozenset[int]:
    return frozenset(one.pk for one in opinions)


def test_those_of_one_place_that_say_the_same_belong_together(place: Any) -> None:
    fee, lamp = said(FEE, project=place.project), said(LAMP, project=place.project)
    make.opinion(text="小学名额不够，孩子上学太远", project=place.project)
    assert proposed(place) == {keys(*fee), keys(*lamp)}


def test_not_those_of_another_place_or_of_none(place: Any) -> None:
    elsewhere = make.project(place.jurisdiction, place.subdistrict)
    said(FEE[:1], project=place.project)
    said(FEE[1:2], project=elsewhere)
    said(FEE[2:], subdistrict=None)
    assert proposed(place) == set()
    street = said(FEE[:2])
    assert proposed(place) == {keys(*street)}


def test_not_those_handed_in_more_than_a_month_apart(place: Any) -> None:
    said(FEE[:1], project=place.project)
    late = said(FEE[1:2], project=place.project, at=make.AT + timedelta(days=32))
    assert proposed(place) == set()
    last = said(FEE[2:], project=place.project, at=make.AT + timedelta(days=40))
    assert proposed(place) == {keys(*late, *last)}


def test_not_those_decided_meanwhile_nor_those_of_another_district(place: Any, cast: Any) -> None:
    first, second, third = said(FEE, project=place.project)
    actions.keep(third, message="已留存。", by=cast.office, at=make.AT)
    said(FEE, jurisdiction=place.other, subdistrict=place.other_subdistrict)
    assert proposed(place) == {keys(first, second)}


def test_a_group_says_why_where_and_since_when(place: Any) -> None:
    old = make.opinion(text=FEE[0], project=place.project, place="一号楼", at=make.AT - timedelta(days=3))
    new = make.opinion(text=f"{place.project.name}：{FEE[1]}", project=place.project, place="二号楼")
    found, = proposed(place)
    rows = Opinion.objects.select_related("project", "subdistrict", "community").filter(pk__in=found).order_by("submitted_at")
    group = groups.described(list(rows))
    assert group.members == (old, new)
    assert "过渡费" in "".join(group.words)
    assert place.project.name not in "".join(group.words)
    assert group.where == place.project
    assert group.spots == ["一号楼", "二号楼"]
    assert group.since == old.submitted_at
    assert [n for _label, n in group.tags] == [2]


def test_what_was_found_is_kept_until_others_wait(place: Any, cast: Any) -> None:
    fee = said(FEE, project=place.project)
    with CaptureQueriesContext(connection) as first:
        found = groups.proposal(place.jurisdiction.pk, make.AT)
    with CaptureQueriesContext(connection) as second:
        assert groups.proposal(place.jurisdiction.pk, make.AT) == found
    assert len(second) == 1 < len(first)
    actions.merge(fee[0], into=fee[1], by=cast.office, at=make.AT)
    assert proposed(place) == {keys(*fee[1:])}


def test_many_are_left_to_a_worker(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    home = place.jurisdiction.pk
    monkeypatch.setattr(groups, "AT_ONCE", 2)
    fee = said(FEE, project=place.project)
    assert groups.proposal(home, make.AT) == groups.Proposal(stale=True)
    groups.ask(home)  # in tests the job is done at once
    told = groups.proposal(home, make.AT)
    assert not told.stale and not told.asked
    assert {frozenset(one) for one in told.keys} == {keys(*fee)}
    make.opinion(text="小学名额不够", project=place.project)
    late = groups.proposal(home, make.AT)
    assert late.stale
    assert late.keys == told.keys  # the last one still stands


def test_asked_twice_it_is_done_once(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[int] = []
    monkeypatch.setattr(groups, "AT_ONCE", 0)
    monkeypatch.setattr(groups, "find_groups", type("Job", (), {"enqueue": staticmethod(queued.append)}))
    home = place.jurisdiction.pk
    make.opinion(project=place.project)
    groups.ask(home)
    groups.ask(home)
    assert queued == [home]
    assert groups.proposal(home, make.AT).asked
    groups._given_up(home, reason="", at=make.AT)
    assert not groups.proposal(home, make.AT).asked


def test_as_many_queries_with_forty_as_with_two(place: Any) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as seen:
            proposed(place)
        return len(seen)

    said(FEE[:2], project=place.project)
    proposed(place)  # what is rare is counted once in ten minutes
    said(FEE[2:], project=place.project)
    few = counted()
    for n in range(12):
        said(FEE, project=place.project, place=f"{n}号楼")
    assert counted() == few


def test_very_many_of_one_place_are_cut_by_time(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "BLOCK", 2)
    said(FEE + LAMP, project=place.project)
    rows = groups.read(groups.waiting(place.jurisdiction.pk))
    assert [len(block) for block in groups.blocks(rows)] == [2, 2, 1]


# --- many become one ----------------------------------------------------------------------------------------------


def test_a_group_is_merged_by_the_ordinary_verb(place: Any, cast: Any) -> None:
    first, second, third = said(FEE, project=place.project)
    main = joining.join(opinions=[first, second, third], into=second, by=cast.office, at=make.AT)
    assert main == second
    states = dict(Opinion.objects.values_list("pk", "state"))
    assert states == {first.pk: "merged", second.pk: "submitted", third.pk: "merged"}
    assert OpinionMessage.objects.filter(opinion__in=[first, third], text__contains=second.number).count() == 2


def test_all_or_none_and_by_the_office_alone(place: Any, cast: Any) -> None:
    first, second, third = said(FEE, project=place.project)
    actions.decline(third, reason="empty", message="请说具体些。", by=cast.office, at=make.AT)
    with pytest.raises(Exception, match=r".") as wrong:
        joining.join(opinions=[first, third], into=second, by=cast.office, at=make.AT)
    assert not isinstance(wrong.value, AssertionError)
    first.refresh_from_db()
    assert first.state == "submitted"
    with pytest.raises(ValidationError):
        joining.join(opinions=[second], into=second, by=cast.office, at=make.AT)
    with pytest.raises(Denied):
        joining.join(opinions=[first], into=second, by=cast.chair, at=make.AT)
