"""Questionnaires before and after the talks: drafted, open, closed, with their answers."""

from typing import Any
from uuid import UUID

from consult.surveys import actions, entering, serials
from consult.surveys.models import Survey
from consult.surveys.states import Purpose, QuestionKind
from portal.demo.world import CONSULTATIONS, EVALUATIONS, TOPICS, Story, World

FEE: list[actions.Asked] = [
    {"text": "您对过渡费的发放是否满意？", "kind": QuestionKind.ONE, "choices": ("满意", "基本满意", "不满意")},
    {"text": "您最希望解决什么？（可多选）", "kind": QuestionKind.MANY, "choices": ("按时发放", "逾期加倍", "提高标准", "变更手续简化")},
    {"text": "您还想说什么？", "kind": QuestionKind.TEXT}]
SCHOOL: list[actions.Asked] = [
    {"text": "您家有几名学龄前或小学阶段的孩子？", "kind": QuestionKind.ONE, "choices": ("没有", "一名", "两名及以上")},
    {"text": "您认为最需要优先保障的配套是？", "kind": QuestionKind.MANY, "choices": ("小学", "幼儿园", "卫生服务站", "日间照料")},
    {"text": "对规划方案的其他建议", "kind": QuestionKind.TEXT}]
WALL: list[actions.Asked] = [
    {"text": "圩墙残段应当怎样处理？", "kind": QuestionKind.ONE, "choices": ("保留并建口袋公园", "只保留碑记", "不保留")},
    {"text": "活动场地最需要什么？（可多选）", "kind": QuestionKind.MANY, "choices": ("健身广场", "儿童场地", "球场", "休息座椅")},
    {"text": "您还想说什么？", "kind": QuestionKind.TEXT}]
SAID = ("希望说到做到。", "请多听听老人的意见。", "进度请及时公开。", "", "", "", "谢谢委员们来现场。")


def stories(w: World) -> list[Story]:
    return [
        _held(w, "dongshe", "东舍坊过渡费问卷（协商前）", Purpose.BEFORE, FEE, TOPICS, 178, 164, 64, (4, 6, 9), "cadre2"),
        _held(w, "dongshe", "东舍坊过渡费问卷（协商后）", Purpose.AFTER, FEE, EVALUATIONS, 62, 48, 60, (9, 6, 4), "cadre2"),
        _held(w, "nanwei", "南圩学校和卫生配套问卷", Purpose.BEFORE, SCHOOL, TOPICS, 100, 86, 30, (3, 6, 3)),
        _held(w, "nanwei", "南圩圩墙和活动空间问卷", Purpose.BEFORE, WALL, CONSULTATIONS, 9, None, 18, (8, 3, 1)),
        _drafted(w)]


def _held(w: World, project: str, title: str, purpose: str, asked: list[actions.Asked], stage: str, back: int, end: int | None,
          number: int, weights: tuple[int, ...], by_hand: str = "") -> Story:
    """``by_hand``: the cadre who gives out sheets of paper and copies every third answer from one."""
    yield stage, back
    told: dict[str, Any] = {
        "title": title, "intro": "问卷不记名，只公布汇总结果。约需两分钟。", "questions": asked, "invited": number * 2,
        "invited_source": "社区户册", "closes_on": w.day(-6 if end is None else end)}
    at: dict[str, Any] = {"by": w.who("office"), "at": w.at}
    before = Survey.objects.filter(project=w.district.projects[project], questions__text=asked[0]["text"]).first()
    if purpose == Purpose.AFTER and before:
        survey = actions.repeat(before, **told, **at)
    else:
        survey = actions.draft(project=w.district.projects[project], purpose=purpose, **told, **at)
    actions.open(survey, by=w.who("office"), at=w.tick())
    if by_hand:
        entering.number_sheets(survey, number=number, by=w.who(by_hand), at=w.tick())
    stop = 1 if end is None else end + 1
    for part in range(4):
        yield stage, back - 1 - (back - 1 - stop) * part // 4
        for n in range(number // 4 + (1 if part < number % 4 else 0)):
            _answer(w, survey, weights, by_hand if n % 3 == 2 else "")
    if end is not None:
        yield stage, end
        actions.close(survey, by=w.who("office"), at=w.at)


def _answer(w: World, survey: Survey, weights: tuple[int, ...], by_hand: str) -> None:
    one, many, words = survey.questions.prefetch_related("choices").order_by("order")
    several = list(many.choices.all())
    given: dict[int, actions.Given] = {
        one.pk: w.rng.choices(list(one.choices.all()), weights)[0],
        many.pk: w.rng.sample(several, w.rng.randint(1, min(2, len(several)))), words.pk: w.rng.choice(SAID)}
    key = UUID(int=w.rng.getrandbits(128), version=4)
    if by_hand:
        sheet = serials.written(survey.pk, survey.responses.on_paper().count() + 1)
        entering.enter(survey, serial=sheet, answers=given, key=key, by=w.who(by_hand), at=w.at)
    else:
        actions.respond(survey, answers=given, key=key, at=w.at)


def _drafted(w: World) -> Story:
    yield CONSULTATIONS, 1
    actions.draft(project=w.district.projects["nanwei"], title="南圩规划方案公示方式问卷", purpose=Purpose.BEFORE, by=w.who("office2"), at=w.at,
                  questions=[{"text": "您希望从哪里看到公示？", "kind": QuestionKind.MANY, "choices": ("公示栏", "微信群", "平台网页", "村广播")}])
