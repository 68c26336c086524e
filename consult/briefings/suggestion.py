"""A first wording for a new briefing: when, where, who by number, and what was kept on record."""

from collections.abc import Iterable

from consult.briefings import sources
from consult.consultations.models import Consultation
from consult.consultations.states import NOTHING
from consult.kit.calendar import in_words, local_date
from consult.recommendations.models import Recommendation
from consult.topics.models import Topic, TopicOpinion


def consultations_of(recommendations: Iterable[Recommendation]) -> list[Consultation]:
    """The sessions these recommendations were born in, in the order they were held."""
    return list(
        Consultation.objects.filter(pk__in={one.consultation_id for one in recommendations}).order_by("starts_at", "id"))


def suggestion(topic: Topic, recommendations: Iterable[Recommendation]) -> dict[str, str]:
    """A first wording for overview, problems and dissent."""
    chosen = list(recommendations)
    sessions = consultations_of(chosen)
    return {
        "overview": "\n".join([*(_session(one, topic) for one in sessions), _voices(topic)]),
        "problems": "\n".join(f"{number}．{one.problem}" for number, one in enumerate(chosen, 1)),
        "dissent": "\n".join(one.dissent for one in sessions if one.dissent not in ("", NOTHING))
    }


def _session(session: Consultation, topic: Topic) -> str:
    began = session.started_at or session.starts_at
    return (f"{in_words(local_date(began))}，区政协在{session.venue}围绕“{topic.title}”开展协商。"
            f"{_seats(session)}共同参加，会上提问{session.statements.count()}个。")


def _seats(session: Consultation) -> str:
    groups = sources.who_came(session)
    return "、".join(f"{name}{groups.count(group)}名" for group, name in sources.SEATS.items() if group in groups) or "有关方面"


def _voices(topic: Topic) -> str:
    return f"会前围绕本议题梳理群众意见{TopicOpinion.objects.filter(topic=topic).count()}条，均已去除个人信息。"
