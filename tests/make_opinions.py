"""Opinions for tests, made by the real verbs, in any state; projects' progress and surveys with answers."""

from itertools import count
from typing import Any
from uuid import uuid4

from consult.opinions import actions
from consult.opinions.models import Opinion
from consult.opinions.states import ASIDE, Doubt, IdentityMode, OpinionState, Outcome, Reason, Tag
from consult.people.models import Jurisdiction, Subdistrict
from consult.renewal.models import RenewalProject
from consult.surveys import actions as surveys
from consult.surveys import entering
from consult.surveys.models import Survey
from tests import make

#: Nobody but the office may ever read these.
NAME, PHONE = "赵无名", "13900001234"
TEXT = "过渡费按每月每平方米八元发，三个月没有到账，希望说明原因并补发。"

_said = count(1)


def handed_in(**values: Any) -> tuple[Opinion, str]:
    """An opinion and its receipt code; the jurisdiction is the first district unless given."""
    project = values.get("project")
    district = project.jurisdiction if project else Jurisdiction.objects.filter(level="district").first()
    opinion, code = actions.submit(**{
        "text": f"{TEXT}（{next(_said)}）", "jurisdiction": district, "tags": [Tag.TRANSITION_FEE], "at": make.AT,
        "subdistrict": None if project else Subdistrict.objects.filter(jurisdiction=district).first(), **values})
    assert code
    return opinion, code


def opinion(state: str = OpinionState.SUBMITTED, *, by: Any = None, **values: Any) -> Opinion:
    """An opinion in ``state``; ``by`` is the office, needed for every state but the first."""
    made, _code = handed_in(**{"doubts": [Doubt.FAST] if state in ASIDE else [], **values})
    for verb, more in WAYS[OpinionState(state)]:
        getattr(actions, verb)([made] if state in ASIDE else made, by=by, at=make.AT, **more)
    return made


WAYS: dict[OpinionState, list[tuple[str, dict[str, Any]]]] = {
    OpinionState.QUARANTINED: [],
    OpinionState.SPAM: [("set_aside", {"reason": "广告"})],
    OpinionState.SUBMITTED: [],
    OpinionState.ACCEPTED: [("accept", {})],
    OpinionState.ADOPTED: [("accept", {}), ("adopt", {"title": "过渡费如何按时发放"})],
    OpinionState.REFERRED: [("refer", {"outcome": Outcome.HOTLINE, "message": "已转 12345。"})],
    OpinionState.ANSWERED: [("accept", {}), ("answer", {"message": "过渡费每季度首月发放。"})],
    OpinionState.KEPT: [("keep", {"message": "已留存。"})],
    OpinionState.DECLINED: [("decline", {"reason": Reason.PERSONAL, "message": "属于个人事项。"})],
    OpinionState.RESPONDED: [("accept", {}), ("adopt", {"title": "过渡费如何按时发放"}), ("respond", {"text": "已补发。"})],
    OpinionState.ARCHIVED: [("keep", {"message": "已留存。"}), ("archive", {})],
}


def named_opinion(**values: Any) -> Opinion:
    """Somebody who left a name and a telephone number, and wrote a number into the text as well."""
    return opinion(**{"text": f"请打 {PHONE} 联系我，安置房漏水没有人管。", "identity_mode": IdentityMode.CPPCC_ONLY,
                      "contact": {"name": NAME, "phone": PHONE}, **values})


def survey(*, by: Any, project: RenewalProject, opened: bool = True, **values: Any) -> Survey:
    """A survey with one question of each kind."""
    made = surveys.draft(**{
        "project": project, "title": "过渡安置问卷", "purpose": "before", "invited": 40,
        "invited_source": "社区户册", "by": by, "at": make.AT,
        "questions": [
            {"text": "过渡费是否按时到账？", "kind": "one", "choices": ["是", "否", "不清楚"]},
            {"text": "最需要解决的事？", "kind": "many", "choices": ["上学", "看病", "买菜"]},
            {"text": "还想说什么？", "kind": "text"}], **values})
    return surveys.open(made, by=by, at=make.AT) if opened else made


def filled_in(survey: Survey, one: int | None = None, many: tuple[int, ...] = (), text: str = "") -> Any:
    """One questionnaire, by the places of the choices."""
    first, second, third = survey.questions.all()
    answers: dict[int, Any] = {third.pk: text, second.pk: [second.choices.all()[n] for n in many]}
    if one is not None:
        answers[first.pk] = first.choices.all()[one]
    return surveys.respond(survey, answers=answers, key=uuid4(), at=make.AT)


def on_paper(survey: Survey, *, by: Any, one: int | None = 0, number: str = "", text: str = "") -> Any:
    """One sheet copied by hand; without a number it gets the next one."""
    first, _second, third = survey.questions.all()
    answers: dict[int, Any] = {third.pk: text} | ({} if one is None else {first.pk: first.choices.all()[one]})
    return entering.enter(survey, serial=number, answers=answers, key=uuid4(), by=by, at=make.AT)


def asked_again(before: Survey, *, by: Any, **values: Any) -> Survey:
    """The survey after the consultation with the questions of the one before, open for answers."""
    questions: list[Any] = [{"text": one.text, "kind": one.kind, "choices": [choice.text for choice in one.choices.all()]}
                            for one in before.questions.all()]
    made = surveys.repeat(before, **{"title": "过渡安置问卷（协商后）", "questions": questions, "invited": 50,
                                     "invited_source": "社区户册", "by": by, "at": make.AT, **values})
    return surveys.open(made, by=by, at=make.AT)
