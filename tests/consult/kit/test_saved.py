"""Filters kept under a name: one's own, each name once a list, and not without end."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from consult.kit import saved
from consult.kit.models import SavedFilter
from tests import make

PAGE = "/supervision/tasks/"


def keep(user, name="逾期件", page=PAGE, query="waits=overdue"):
    return saved.keep(user, page=page, query=query, name=name, at=make.AT)


def test_kept_and_found_by_name_for_one_list_and_one_person(cast):
    late, first = keep(cast.supervision), keep(cast.supervision, " 待  交办 ", query="waits=assign")
    keep(cast.supervision, page="/supervision/results/")
    keep(cast.office)
    assert first.name == "待 交办" and set(saved.of(cast.supervision, PAGE)) == {late, first}
    assert [one.name for one in saved.of(cast.supervision, PAGE)] == sorted(one.name for one in (late, first))
    assert (late.query, late.at, str(late)) == ("waits=overdue", make.AT, "逾期件")


@pytest.mark.parametrize(("values", "field", "wrong"), [
    ({"name": "  "}, "name", "name"), ({"name": "长" * 41}, "name", "40"), ({"query": ""}, None, "filtered"),
    ({"query": "words=" + "长" * 1000}, None, "too long"), ({"page": "/" * 201}, None, "too long"),
    ({"name": "【秘密】"}, "name", "secrecy"), ({"query": "words=%E3%80%90%E7%A7%98%E5%AF%86%E3%80%91"}, "query", "secrecy")])
def test_what_is_not_kept(cast, values, field, wrong):
    with pytest.raises(ValidationError) as refused:
        keep(cast.supervision, **values)
    assert wrong in str(refused.value) and not SavedFilter.objects.exists()
    assert (list(refused.value.error_dict) == [field]) if field else not hasattr(refused.value, "error_dict")


def test_each_name_once_a_list(cast):
    kept = keep(cast.supervision)
    with pytest.raises(ValidationError) as refused:
        keep(cast.supervision, query="state=handling")
    assert list(refused.value.error_dict) == ["name"]
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedFilter.objects.create(user=kept.user, page=PAGE, query="x=1", name=kept.name, at=make.AT)


def test_twenty_and_no_more(cast):
    for n in range(saved.MOST):
        keep(cast.supervision, f"第{n}个")
    with pytest.raises(ValidationError, match="20"):
        keep(cast.supervision, "第二十一个")
    keep(cast.supervision, page="/supervision/results/")
    assert saved.forget(cast.supervision, saved.of(cast.supervision, PAGE)[0].pk)
    keep(cast.supervision, "第二十一个")
    assert saved.of(cast.supervision, PAGE).count() == saved.MOST


def test_nobody_removes_anothers(cast):
    kept = keep(cast.supervision)
    assert not saved.forget(cast.office, kept.pk) and SavedFilter.objects.exists()
    assert saved.forget(cast.supervision, kept.pk) and not saved.forget(cast.supervision, kept.pk)


def test_they_go_with_the_account(cast):
    keep(cast.stranger)
    cast.stranger.delete()
    assert not SavedFilter.objects.exists()
