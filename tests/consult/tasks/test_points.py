"""The points of a recommendation: found in the ways papers number them, and each answered."""

import pytest
from django.core.exceptions import ValidationError

from consult.evaluations import actions as evaluations
from consult.evaluations.models import Rating
from consult.followups import promise
from consult.tasks import actions, letter, points
from consult.tasks.states import TaskState as S
from tests import make
from tests.make_tasks import REPLY


@pytest.mark.parametrize(("text", "found"), [
    ("一、发放过渡费。\n二、公示明细。\n三、约谈施工方。", ["发放过渡费。", "公示明细。", "约谈施工方。"]),
    ("建议：\n（一）发放过渡费。\n（二）公示明细：\n1. 按月。\n2. 按户。", ["发放过渡费。", "公示明细：\n1. 按月。\n2. 按户。"]),
    ("1.发放过渡费；\n2.公示明细。", ["发放过渡费", "公示明细。"]), ("(1) 甲\n(2) 乙", ["甲", "乙"]),
    ("①加装路灯②修补路面", ["加装路灯", "修补路面"]),
    ("一是加快审批；二是公开进度；三是定期回访。", ["加快审批", "公开进度", "定期回访。"]),
    ("请尽快发放过渡费。", []), ("一、只有一条。", []), ("", []), ("今年3.5万平方米，明年4.2万平方米。", []),
    ("统一是原则，唯一是例外。", []),
])
def test_points_are_found_as_papers_number_them(text, found):
    assert points.of(text) == found


def pointed(place, cast, state=S.HANDLING):
    advice = make.recommendation(place, cast, text="一、发放过渡费。\n二、公示明细。")
    return make.task(place, cast, state=state, chosen=advice)


def test_no_point_is_passed_over(place, cast, at):
    task = pointed(place, cast)
    for answers, missing in ((["已发放。"], {"point_2"}), (["", "  "], {"point_1", "point_2"}), ([], {"point_1", "point_2"})):
        with pytest.raises(ValidationError) as wrong:
            actions.draft_reply(task, **{**REPLY, "text": "", "answers": answers}, by=cast.clerk, at=at)
        assert set(wrong.value.error_dict) == missing
    reply = actions.draft_reply(task, **{**REPLY, "text": "", "answers": ["已发放。", "已张榜。"]}, by=cast.clerk, at=at)
    assert [(one["asked"], one["answer"]) for one in reply.points] == [("发放过渡费。", "已发放。"), ("公示明细。", "已张榜。")]
    assert letter.body(reply) == ["一、关于“发放过渡费”。已发放。", "二、关于“公示明细”。已张榜。"]


def test_the_form_asks_for_each_point_and_keeps_what_was_typed(client, place, cast):
    task = pointed(place, cast)
    client.force_login(cast.clerk)
    url = f"/tasks/{task.pk}/draft-reply/"
    page = client.get(url).content.decode()
    assert "发放过渡费" in page and 'name="point_2"' in page and 'name="point_3"' not in page
    sent = {"point_1": "已于上月发放", "point_2": "", "outcome": "A", "contact": "王工", "publicity": "open"}
    answer = client.post(url, sent)
    assert answer.status_code == 422 and "已于上月发放" in answer.content.decode()
    assert client.post(url, {**sent, "point_2": "已张榜"}).status_code == 302
    assert [one["answer"] for one in task.replies.get().points] == ["已于上月发放", "已张榜"]
    assert "已张榜" in client.get(f"/tasks/{task.pk}/").content.decode()


def test_who_looks_back_and_who_rates_read_the_answers_to_the_points(client, place, cast):
    advice = make.recommendation(place, cast, text="一、发放过渡费。\n二、公示明细。")
    reply = {"text": "", "answers": ["已全部发放。", "已张榜公示。"]}
    task = make.task(place, cast, state=S.ANSWERED, chosen=advice, reply=reply)
    said, = promise.frozen(task)["answers"]
    assert "已全部发放。" in said["words"] and "已张榜公示。" in said["words"]
    made = make.look_back(place, cast, task=task, state="confirmed")
    client.force_login(cast.office)
    assert "已张榜公示。" in client.get(f"/tasks/{made.task_id}/invite/").content.decode()
    evaluations.invite(task, message="请评价。", by=cast.office, at=make.AT)
    rating = Rating.objects.filter(member__user=cast.member).get()
    client.force_login(cast.member)
    assert "已张榜公示。" in client.get(f"/ratings/{rating.pk}/").content.decode()


@pytest.mark.parametrize(("n", "said"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一")])
def test_points_are_counted_as_on_paper(n, said):
    assert letter.han(n) == said
