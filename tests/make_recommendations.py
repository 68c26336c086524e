"""Recommendations for tests, through the real verbs."""

from typing import Any

from consult.consultations.models import Consultation
from consult.recommendations import actions
from consult.recommendations.models import Recommendation
from consult.recommendations.states import RecommendationState
from tests import make

S = RecommendationState
WORDS = {"title": "按季足额发放过渡费", "problem": "过渡费发放标准与周期不明，居民租房支出压力大。",
         "text": "明确发放时间和标准，每季度首月10日前足额发放，并在社区公示栏公示。", "basis": "片区征收补偿方案第八条"}


def recommendation(place: make.Place, cast: make.Cast, *, state: str = S.CONFIRMED,
                   consultation: Consultation | None = None, **values: Any) -> Recommendation:
    """A recommendation of a consultation with confirmed minutes, walked to ``state``.

    Up to "confirmed" (or "withdrawn", "superseded"); later states are made by the rooms that bring them about.
    """
    made = actions.draft(**{
        **WORDS, "consultation": consultation or make.minuted_consultation(place, cast), "lead": place.a,
        "co_departments": [place.b], "by": cast.office, "at": make.AT, **values})
    if state in (S.CONFIRMED, S.SUPERSEDED):
        actions.confirm(made, by=cast.office, at=make.AT)
    if state == S.WITHDRAWN:
        actions.withdraw(made, reason="与另一条重复", by=cast.office, at=make.AT)
    if state == S.SUPERSEDED:
        actions.revise(made, **{**WORDS, "lead": place.a, "text": "修订后的建议。"}, by=cast.office, at=make.AT)
    return made


def minuted_consultation(place: make.Place, cast: make.Cast, **values: Any) -> Consultation:
    """A consultation whose minutes are confirmed, with dissent on record and a resident at the table."""
    from datetime import timedelta

    from consult.consultations.models import Panelist
    from consult.topics.models import Topic
    topic = values.pop("topic", None) or Topic.objects.create(
        number=f"YT2026-{Topic.objects.count() + 1:03d}", title="过渡费发放标准与周期", kind=values.pop("kind", "policy"),
        jurisdiction=place.jurisdiction, project=place.project, stage="signing", focus="过渡费何时发、发多少", priority=2,
        priority_reason="群众反映集中", planned_on=make.TODAY, finish_on=make.TODAY + timedelta(days=60), state="consulted",
        opened_by=cast.office, opened_at=make.AT)
    made = Consultation.objects.create(**{
        "number": f"XS2026-{Consultation.objects.count() + 1:03d}", "title": "过渡费专题协商会", "topic": topic,
        "jurisdiction": place.jurisdiction, "venue_kind": "community_room", "venue": "石桥社区会议室",
        "starts_at": make.AT - timedelta(days=4), "ends_at": make.AT - timedelta(days=4) + timedelta(hours=2),
        "consensus": "按季发放。", "dissent": "部分居民要求按市场租金调整标准，未达成一致。", "state": "confirmed",
        "prepared_by": cast.office, "prepared_at": make.AT, **values})
    for group, who in (("members", cast.member), ("departments", cast.clerk), ("subdistrict", cast.cadre),
                       ("experts", cast.expert)):
        Panelist.objects.create(consultation=made, group=group, name=who.name, user=who,
                                member=who.membership if group == "members" else None,
                                department=place.a if group == "departments" else None)
    Panelist.objects.create(consultation=made, group="public", name="赵小满")
    return made
