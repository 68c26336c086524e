"""A resident's name is found in any text that travels, whatever the name looks like, and wherever the text is written."""

import pytest
from django.core.exceptions import ValidationError

from consult.consultations import actions as consultations
from consult.consultations.states import Group
from consult.followups import actions as followups
from consult.recommendations.wording import names_of_residents
from consult.showcases import actions as showcases
from tests import make
from tests.make_consultations import RESIDENT
from tests.make_showcases import STORY


@pytest.mark.parametrize(("name", "is_one"), [
    ("丁小明", True), ("买买提·艾力江", True), ("阿依古丽·吐尔逊", True), ("欧阳娜娜", True),
    ("居民甲", False), ("甲户", False), ("某居民", False), ("业主代表", False)])
def test_which_seats_are_names(cast, place, name, is_one):
    made = make.consultation(place, cast, seated=False)
    consultations.invite(made, group=Group.PUBLIC, name=name, by=cast.office, at=make.AT)
    assert (names_of_residents([made.pk]) == {name}) is is_one


def test_look_backs_and_bulletins_do_not_name_residents(cast, place, at):
    look_back = make.look_back(place, cast)
    office, member = {"by": cast.office, "at": at}, {"by": cast.member, "at": at}
    named = f"{RESIDENT}家已收到过渡费。"
    with pytest.raises(ValidationError, match=RESIDENT):
        followups.find(look_back, kind="carried_out", text=named, **member)
    followups.find(look_back, kind="carried_out", text="已张榜。", **member)
    with pytest.raises(ValidationError, match=RESIDENT):
        followups.visit(look_back, on=make.TODAY, summary=named, **member)
    with pytest.raises(ValidationError, match=RESIDENT):
        followups.meet_difficulty(look_back, text=named, **member)
    with pytest.raises(ValidationError, match=RESIDENT):
        followups.draft_bulletin(task=look_back.task, title="通报", text=named, **office)
    with pytest.raises(ValidationError, match=RESIDENT):
        followups.plan(task=look_back.task, kind="site_visit", planned_on=make.TODAY, place="公示栏", with_whom=RESIDENT,
                       lead=cast.member.membership, **office)


def test_a_public_case_does_not_name_residents(cast, place, at):
    topic = make.closed_topic(place, cast)
    with pytest.raises(ValidationError, match=RESIDENT):
        showcases.write(**{**STORY, "outcome": f"{RESIDENT}家已足额领取。"}, topic=topic, told_on=make.TODAY, by=cast.office,
                        at=at)
    case = showcases.write(**STORY, topic=topic, told_on=make.TODAY, by=cast.office, at=at)
    with pytest.raises(ValidationError, match=RESIDENT):
        showcases.edit(case, **{**STORY, "talked": f"{RESIDENT}发言。"}, told_on=make.TODAY, by=cast.office, at=at)
