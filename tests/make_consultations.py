"""Consultations for tests, through the real verbs, up to any state."""

from datetime import datetime, timedelta
from typing import Any

from consult.consultations import actions
from consult.consultations.models import Consultation, Panelist, Statement
from consult.consultations.states import ConsultationState, Duty, Group
from consult.topics.models import Topic
from consult.topics.states import Kind, TopicState
from tests import make
from tests.make_topics import topic

S = ConsultationState
LADDER = (S.PREPARING, S.NOTIFIED, S.IN_SESSION, S.ENDED, S.MINUTED, S.CONFIRMED, S.CONCLUDED, S.ARCHIVED)
DAY = timedelta(days=1)
RESIDENT = "赵小满"


def session_at() -> datetime:
    """Fourteen days ahead: notice enough."""
    return make.AT + 14 * DAY


def consultation_facts(about: Topic, **values: Any) -> dict[str, Any]:
    return {"topic": about, "title": "过渡费现场商量会", "form": "on_site", "venue_kind": "yard", "venue": "石桥社区老槐树下",
            "starts_at": session_at(), "ends_at": session_at() + timedelta(hours=2), **values}


def consultation(place: make.Place, cast: make.Cast, *, state: str = S.PREPARING, kind: str = Kind.POLICY,
                 about: Topic | None = None, seated: bool = True, **values: Any) -> Consultation:
    """A consultation of a kind with a full table, walked to ``state``; the lawyer chairs, the member records."""
    about = about or topic(place, cast, state=TopicState.PUBLISHED, kind=kind)
    if about.kind == Kind.PLANNING:
        values.setdefault("plan_version", "规划方案第二稿")
    made = actions.prepare(**consultation_facts(about, **values), by=cast.office, at=make.AT)
    if seated:
        seat(made, place, cast)
    if state == S.CANCELLED:
        return actions.cancel(made, note="天气原因改期", by=cast.office, at=make.AT)
    for step in LADDER[1:LADDER.index(S(state)) + 1]:
        walk(made, step, cast)
    return made


def seat(made: Consultation, place: make.Place, cast: make.Cast) -> None:
    """All five groups; two parties from among the residents."""
    office: dict[str, Any] = {"by": cast.office, "at": make.AT}
    actions.invite(made, group=Group.MEMBERS, duty=Duty.CHAIR, member=cast.lawyer.membership, **office)
    actions.invite(made, group=Group.MEMBERS, duty=Duty.RECORDER, member=cast.member.membership, **office)
    actions.invite(made, group=Group.SUBDISTRICT, user=cast.cadre, **office)
    actions.invite(made, group=Group.DEPARTMENTS, duty=Duty.ANSWERER, name="局长甲", department=place.a, is_head=True,
                   **office)
    actions.invite(made, group=Group.EXPERTS, duty=Duty.ADVISER, user=cast.expert, **office)
    for name in (RESIDENT, "钱大山"):
        actions.invite(made, group=Group.PUBLIC, duty=Duty.PARTY, name=name, **office)


def walk(made: Consultation, step: str, cast: make.Cast) -> None:
    keeper: dict[str, Any] = {"by": cast.member, "at": session_at()}
    chair: dict[str, Any] = {"by": cast.lawyer, "at": session_at()}
    match step:
        case S.NOTIFIED:
            actions.notify(made, by=cast.office, at=make.AT)
        case S.IN_SESSION:
            actions.start(made, **keeper)
        case S.ENDED:
            talk(made, **keeper)
            actions.end(made, **keeper)
        case S.MINUTED:
            actions.submit_minutes(made, text="会议纪要正文。", **keeper)
        case S.CONFIRMED:
            actions.confirm(made, **chair)
        case S.CONCLUDED:
            actions.conclude(made, by=cast.office, at=session_at())
        case S.ARCHIVED:
            actions.archive(made, by=cast.office, at=session_at())


def at_table(made: Consultation, group: str) -> Panelist:
    found = made.panel.filter(group=group).first()
    assert found is not None
    return found


def question(made: Consultation, **keeper: Any) -> Statement:
    return actions.ask(made, asked_by=at_table(made, Group.PUBLIC), question="过渡费什么时候发？", **keeper)


def talk(made: Consultation, **keeper: Any) -> None:
    """Everybody came; one question taken back; and what the kind asks for."""
    for seat_ in made.panel.all():
        actions.sign_in(made, panelist=seat_, presence="attended", **keeper)
    asked = question(made, **keeper)
    actions.reply(made, statement=asked, answered_by=at_table(made, Group.DEPARTMENTS), on_the_spot=False,
                  answer_due_on=(session_at() + 10 * DAY).date(), **keeper)
    if made.topic.kind == Kind.POLICY:
        actions.clear(made, statement=asked, cleared="not_cleared", **keeper)
    elif made.topic.kind == Kind.PLANNING:
        wish = actions.demand(made, raised_by=at_table(made, Group.PUBLIC), text="小学与安置房同时交付", **keeper)
        actions.decide(made, demand=wish, verdict="partly", reason="先交付一期校舍", **keeper)
    else:
        for party in ("甲户", "乙户"):
            position = actions.take_position(made, party=party, position="老宅归自己", **keeper)
            actions.settle(made, position=position, agreed=True, agreement="按份共有，补偿款各半", **keeper)
    actions.summarise(made, consensus="每季度首月十日前发放。", dissent="部分居民要求按市场租金调整。", none=["open_points"],
                      **keeper)
