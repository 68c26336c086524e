"""Recommendations for tests, through the real verbs."""

from typing import Any

from consult.consultations.models import Consultation
from consult.consultations.states import ConsultationState
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
    """A consultation whose minutes are confirmed, with dissent on record and a resident named at the table."""
    made: Consultation = make.consultation(place, cast, **{"state": ConsultationState.CONFIRMED, **values})
    return made
