"""Two papers side by side, corrections with their list of changes, and the register of numbers."""

import json
import random

import pytest
from django.core.exceptions import ValidationError

from consult.briefings import actions, compare, document, layout, press, register
from consult.briefings.states import BriefingState
from consult.consultations.models import Panelist
from consult.consultations.states import Group
from consult.kit import recall
from consult.kit.models import NumberSeries
from consult.recommendations import wording
from tests import make

S = BriefingState
SIGNS = [chr(0x4E00 + n) for n in range(600)]
ONE = {"number": "R1", "title": "按季发放", "text": ["每季度首月10日前发放。", "公示。"], "basis": "", "lead": "住建局",
       "co_departments": [], "wanted_by": ""}
TWO = {**ONE, "number": "R2", "title": "补发差额", "text": ["差额追溯补发。"]}
PAPER = {"title": "关于过渡费的建议", "main_to": "区委", "overview": ["开展协商。", "提问4个。"], "problems": ["标准不明。"],
         "recommendations": [ONE, TWO], "dissent": [], "annexes": [{"title": "表", "text": "第一行\n第二行"}], "cc": ""}


@pytest.fixture(autouse=True)
def _no_type():
    with make.no_type():
        yield


def changed(**values):
    return compare.changes(PAPER, PAPER | values)


def test_nothing_differs_from_itself():
    assert compare.changes(PAPER, PAPER) == []
    assert all(row.kind == compare.SAME for section in compare.compare(PAPER, PAPER) for row in section.rows)
    assert "意见建议的顺序" not in [section.part for section in compare.compare(PAPER, PAPER)]


@pytest.mark.parametrize(("values", "listed"), [
    ({"title": "关于过渡费发放的建议"}, [("标题", "关于过渡费的建议", "关于过渡费发放的建议")]),
    ({"overview": ["开展协商。", "提问5个。"]}, [("协商概况", "提问4个。", "提问5个。")]),
    ({"overview": ["开展协商。", "插入一段全新的话。", "提问4个。"]}, [("协商概况", "", "插入一段全新的话。")]),
    ({"overview": ["提问4个。"]}, [("协商概况", "开展协商。", "")]),
    ({"dissent": ["部分居民不同意。"]}, [("分歧意见", "", "部分居民不同意。")]),
    ({"cc": "区委办"}, [("抄送", "", "区委办")]),
    ({"recommendations": [TWO, ONE]}, [("意见建议的顺序", "R1；R2", "R2；R1")]),
    ({"recommendations": [{**ONE, "lead": "财政局"}, TWO]},
     [("意见建议“按季发放”", "建议单位：住建局。", "建议单位：财政局。")]),
    ({"recommendations": [ONE]}, [("意见建议“补发差额”", "补发差额", ""), ("意见建议“补发差额”", "差额追溯补发。", ""),
                                  ("意见建议“补发差额”", "建议单位：住建局。", "")]),
    ({"annexes": [{"title": "表", "text": "第一行\n第二行改"}]}, [("附件“表”", "第二行", "第二行改")])])
def test_each_change_is_listed_by_part_and_paragraph(values, listed):
    assert [(one["part"], one["before"], one["after"]) for one in changed(**values)] == listed


def test_within_a_paragraph_only_what_differs_is_marked():
    (section,) = [one for one in compare.compare(PAPER, PAPER | {"overview": ["开展协商。", "提问15个。"]}) if one.changed]
    (row,) = [one for one in section.rows if one.kind == compare.CHANGED]
    assert row.before == [("same", "提问"), ("removed", "4"), ("same", "个。")]
    assert row.after == [("same", "提问"), ("added", "15"), ("same", "个。")]


def test_paragraphs_that_are_not_alike_are_not_mixed():
    (row,) = [one for section in compare.compare(PAPER, PAPER | {"problems": ["完全另外的一件事情。"]}) for one in section.rows
              if one.kind != compare.SAME]
    assert (row.before, row.after) == ([("removed", "标准不明。")], [("added", "完全另外的一件事情。")])


def test_long_paragraphs_are_compared_at_once():
    old, new = {"problems": ["长" * 1999]}, {"problems": ["短" * 1999]}
    assert len(compare.changes(PAPER | old, PAPER | new)) == 1


@pytest.mark.timeout(60)
def test_long_tables_of_other_rows_are_compared_at_once():
    chance = random.Random(1)
    old, new = ("\n".join("".join(chance.choices(SIGNS, k=30)) for _row in range(500)) for _side in range(2))
    before, after = (PAPER | {"annexes": [{"title": "表", "text": text}]} for text in (old, new))
    assert len(compare.changes(before, after)) >= 500


# --- corrections --------------------------------------------------------------------------------------------------


def corrected(place, cast, **values):
    wrong = make.briefing(place, cast, state=S.DISPATCHED)
    chosen = [item.recommendation for item in wrong.items.all()]
    return wrong, make.briefing(place, cast, corrects=wrong.paper, recommendations=chosen, **values)


def test_a_correction_freezes_its_reason_and_its_list_of_changes(place, cast):
    wrong, right = corrected(place, cast, state=S.SIGNED)
    words = right.paper.snapshot
    assert words["correction_reason"] == right.correction_reason
    assert [(one["part"], one["before"]) for one in words["changes"]] == [("存在问题", wrong.problems)]
    assert document.digest(words) == right.paper.snapshot_sha256
    assert wrong.paper.snapshot["changes"] == []


@pytest.fixture
def careless(monkeypatch):
    """What the checks of the first paper did not know."""
    with monkeypatch.context() as patched:
        patched.setattr(wording, "mask", lambda text: text)
        yield patched


def printed(words):
    return "".join(run["text"] for block in layout.context(words)["paper"]["body"] for run in block.get("runs", ()))


def test_a_correction_that_takes_a_name_out_does_not_print_it_again(place, cast, careless):
    wrong = make.briefing(place, cast, state=S.DISPATCHED, problems="赵大满家没有拿到过渡费，电话13812345678。")
    careless.undo()
    Panelist.objects.create(consultation=wrong.items.get().recommendation.consultation, group=Group.PUBLIC, name="赵大满")
    right = corrected_of(place, cast, wrong)
    (one,) = right["changes"]
    assert one == {"part": "存在问题", "before": "赵**家没有拿到过渡费，电话138********。", "after": "一户居民没有拿到过渡费。"}
    assert "赵大满" not in json.dumps(right, ensure_ascii=False)


def test_a_correction_about_personal_data_leaves_out_what_stood_there(place, cast):
    """Also where nobody can know the name, in whatever part, and in the title of an annex that is gone."""
    wrong = make.briefing(place, cast, state=S.DRAFTED, problems="钱大满家没有拿到过渡费。", title="关于钱大满家的建议")
    actions.add_annex(wrong, title="钱大满的材料", text="一段。", by=cast.office, at=make.AT)
    for act, by in ((actions.submit_review, cast.office), (actions.pass_review, cast.chair), (actions.sign_off, cast.chair)):
        act(wrong, by=by, at=make.AT)
    press.set_paper(wrong.paper.pk, at=make.AT)
    wrong.refresh_from_db()
    chosen = [item.recommendation for item in wrong.items.all()]
    right = make.briefing(place, cast, state=S.DRAFTED, corrects=wrong.paper, personal=True, cc="区委办", recommendations=chosen,
                          problems="一户居民没有拿到过渡费。")
    actions.drop_annex(right, annex=right.annexes.get(), by=cast.office, at=make.AT)
    words = document.snapshot(right)
    assert "钱大满" not in json.dumps(words, ensure_ascii=False)
    said = printed(words)
    assert "存在问题：（原文涉及个人信息，已隐去），更正为“一户居民没有拿到过渡费”。" in said
    assert "附件：（原文涉及个人信息，已隐去），已删去。" in said
    actions.edit(right, **{name: getattr(right, name) for name in document.OWN if name != "personal"}, by=cast.office, at=make.AT)
    assert "钱大满" in json.dumps(document.snapshot(right), ensure_ascii=False), "it is the flag that hides it"


def test_the_telephone_of_the_office_may_be_corrected_in_plain_words(place, cast):
    wrong = make.briefing(place, cast, state=S.DISPATCHED, contact="林主任，13912345678")
    right = corrected_of(place, cast, wrong, contact="林主任，13912345679", problems=wrong.problems)
    assert [(one["before"], one["after"]) for one in right["changes"]] == [("林主任，13912345678", "林主任，13912345679")]


def corrected_of(place, cast, wrong, **values):
    chosen = [item.recommendation for item in wrong.items.all()]
    return make.briefing(place, cast, corrects=wrong.paper, recommendations=chosen, state=S.SIGNED,
                         **{"problems": "一户居民没有拿到过渡费。", **values}).paper.snapshot


def test_a_correction_says_why_and_changes_something(place, cast, at):
    with pytest.raises(ValidationError) as untold:
        corrected(place, cast, state=S.DRAFTED, correction_reason=" ")
    assert list(untold.value.message_dict) == ["correction_reason"]
    wrong, same = corrected(place, cast, state=S.DRAFTED, problems="过渡费发放标准与周期不明。")
    assert same.problems == wrong.problems
    with pytest.raises(ValidationError):
        actions.submit_review(same, by=cast.office, at=at)


def test_only_an_issued_paper_of_the_topic_is_corrected(place, cast, at):
    void, early, elsewhere = (make.briefing(place, cast, state=state) for state in (S.ISSUED, S.SIGNED, S.DISPATCHED))
    actions.void(void, note="数据有误", by=cast.chair, at=at)
    early.paper.sha256 = ""
    early.paper.save()
    for wrong in (void, early):
        with pytest.raises(ValidationError) as refused:
            make.briefing(place, cast, state=S.DRAFTED, corrects=wrong.paper,
                          recommendations=[item.recommendation for item in wrong.items.all()])
        assert list(refused.value.message_dict) == ["corrects"]
    with pytest.raises(ValidationError) as refused:
        make.briefing(place, cast, state=S.DRAFTED, corrects=elsewhere.paper)  # of another topic
    assert list(refused.value.message_dict) == ["corrects"]


def test_motions_and_reports_have_document_numbers_that_never_meet(place, cast):
    symbols = [make.briefing(place, cast, state=S.SIGNED, kind=kind).paper.symbol
               for kind in ("motion", "report", "motion", "briefing", "information")]
    assert symbols == ["湖山政协发〔2026〕1号", "湖山政协报〔2026〕1号", "湖山政协发〔2026〕2号", "", ""]


def test_a_motion_needs_a_contact_and_may_name_a_telephone_but_no_resident(place, cast):
    for contact, fine in (("", False), ("赵小满，0531-00000000", False), ("林主任，0531-00000000", True)):
        if fine:
            assert make.briefing(place, cast, state=S.DRAFTED, kind="motion", contact=contact).contact == contact
            continue
        with pytest.raises(ValidationError) as wrong:
            make.briefing(place, cast, state=S.DRAFTED, kind="motion", contact=contact)
        assert list(wrong.value.message_dict) == ["contact"]


@pytest.mark.parametrize(("field", "value"), [
    ("title", "关于\U000e0fff的建议"), ("problems", "长" * 2001), ("contact", "\U000e0fff")])
def test_what_cannot_be_printed_is_told_by_field(place, cast, field, value):
    with pytest.raises(ValidationError) as wrong:
        make.briefing(place, cast, state=S.DRAFTED, **{field: value})
    assert list(wrong.value.message_dict) == [field]


# --- the register -------------------------------------------------------------------------------------------------


def test_the_register_counts_every_number_and_keeps_the_void_ones(place, cast, at):
    papers = [make.briefing(place, cast, state=S.SIGNED) for _n in range(3)]
    make.briefing(place, cast, state=S.SIGNED, kind="motion")
    actions.void(papers[1], note="数据有误", by=cast.chair, at=at)
    briefings, motions = register.runs([place.jurisdiction])
    assert (briefings.kind, briefings.year, briefings.last, briefings.missing) == ("briefing", 2026, 3, [])
    assert briefings.void == [{"number": 2, "by": str(cast.chair), "reason": "数据有误"}]
    assert (motions.kind, motions.last) == ("motion", 1)
    assert register.runs([place.other]) == []


def test_the_register_knows_a_number_at_once(place, cast, at, monkeypatch):
    monkeypatch.setattr(recall, "SECONDS", 60)
    for last in (1, 2):
        made = make.briefing(place, cast, state=S.SIGNED)
        assert [(run.last, run.missing) for run in register.runs([place.jurisdiction])] == [(last, [])]
    actions.void(made, note="数据有误", by=cast.chair, at=at)
    assert [one["number"] for one in register.runs([place.jurisdiction])[0].void] == [2]


def test_a_number_without_a_paper_is_told(place, cast):
    make.briefing(place, cast, state=S.SIGNED)
    NumberSeries.objects.filter(series__startswith="briefing.", year=2026).update(last=3)
    assert register.runs([place.jurisdiction])[0].missing == [2, 3]
