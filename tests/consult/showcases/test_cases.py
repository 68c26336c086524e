"""Public cases: of closed topics only, without anybody's number, for everybody once published."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from consult.kit import audit
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.showcases import actions, rules
from consult.showcases.models import Case
from tests import make
from tests.make_showcases import STORY


@pytest.fixture
def topic(place, cast):
    return make.topic(place, cast, state="closed")


def words(**values):
    return {**STORY, "told_on": make.TODAY, "at": make.AT, **values}


@pytest.mark.parametrize("state", ["drafted", "published", "in_consultation", "consulted", "tracked", "withdrawn"])
def test_only_a_closed_topic_is_told(place, cast, state):
    open_one = make.topic(place, cast, state=state)
    with pytest.raises(ValidationError) as wrong:
        actions.write(topic=open_one, **words(by=cast.office))
    assert set(wrong.value.message_dict) == {"topic"}


def test_a_topic_is_told_once_by_the_office(place, cast, topic):
    for name, user in cast.roles().items():
        if name != "office":
            with pytest.raises(Denied):
                actions.write(topic=topic, **words(by=user))
    case = actions.write(topic=topic, **words(by=cast.office))
    assert (case.state, case.subdistrict, case.jurisdiction) == ("drafted", place.subdistrict, place.jurisdiction)
    with pytest.raises(ValidationError, match="already"):
        actions.write(topic=topic, **words(by=cast.office))


@pytest.mark.parametrize("part", ["title", "asked", "talked", "outcome"])
def test_every_part_is_written_and_names_nobody_by_number(cast, topic, part):
    for text in ("", "  ", "请打 13900001234", "身份证 370102199001011234"):
        with pytest.raises(ValidationError) as wrong:
            actions.write(topic=topic, **words(**{part: text}, by=cast.office))
        assert set(wrong.value.message_dict) == {part}
    assert not Case.objects.exists()


def test_office_or_chair_publish_and_withdraw_and_nobody_else(cast, topic):
    case = actions.write(topic=topic, **words(by=cast.office))
    for name, user in cast.roles().items():
        if name not in ("office", "chair"):
            with pytest.raises(Denied):
                actions.publish(case, by=user, at=make.AT)
    actions.publish(case, by=cast.chair, at=make.AT)
    assert (case.state, case.published_at) == ("published", make.AT)
    with pytest.raises(WrongState):
        actions.publish(case, by=cast.office, at=make.AT)
    with pytest.raises(Denied):
        actions.withdraw(case, note="更正", by=cast.member, at=make.AT)
    actions.withdraw(case, note="更正数据", by=cast.office, at=make.AT)
    assert (case.state, case.state_note) == ("withdrawn", "更正数据")
    actions.publish(case, by=cast.office, at=make.AT)
    assert [event.verb for event in audit.trail_of(case)] == [
        "showcases.write", "showcases.publish", "showcases.withdraw", "showcases.publish"]


@pytest.mark.parametrize("note", ["", "   "])
def test_withdrawing_needs_a_reason(place, cast, note):
    case = make.case(place, cast, topic=make.topic(place, cast, state="closed"))
    with pytest.raises(ValidationError) as wrong:
        actions.withdraw(case, note=note, by=cast.office, at=make.AT)
    assert "note" in wrong.value.message_dict


def test_a_published_case_is_not_changed_under_the_readers_eyes(cast, topic):
    case = actions.write(topic=topic, **words(by=cast.office))
    actions.edit(case, **words(title="过渡费这样发", by=cast.office))
    assert Case.objects.get(pk=case.pk).title == "过渡费这样发"
    with pytest.raises(Denied):
        actions.edit(case, **words(by=cast.member))
    actions.publish(case, by=cast.office, at=make.AT)
    with pytest.raises((ValidationError, WrongState)):
        actions.edit(case, **words(title="另一个说法", by=cast.office))
    assert Case.objects.get(pk=case.pk).title == "过渡费这样发"
    actions.withdraw(case, note="更正", by=cast.office, at=make.AT)
    actions.edit(case, **words(title="更正后的标题", by=cast.office))
    assert audit.trail_of(case).filter(verb="showcases.edit").count() == 2


def test_the_chair_hears_of_a_published_case(place, cast, topic):
    make.case(place, cast, topic=topic)
    assert [n.user for n in Notice.objects.filter(kind="showcases.published")] == [cast.chair]


def test_everybody_reads_published_cases_and_only_the_office_and_chair_the_others(place, cast):
    for state in ("drafted", "published", "withdrawn"):
        make.case(place, cast, state=state, topic=make.topic(place, cast, state="closed"))
    seen = {name: {case.state for case in rules.visible_to(user)} for name, user in cast.roles().items()}
    inside = {"office", "chair"}
    assert all(found == {"drafted", "published", "withdrawn"} for name, found in seen.items() if name in inside)
    assert all(found == {"published"} for name, found in seen.items() if name not in inside)
    assert {case.state for case in rules.visible_to(AnonymousUser())} == {"published"}
    assert all(rules.seen_by(case) for case in Case.objects.all())
