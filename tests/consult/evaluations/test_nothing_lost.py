"""What an office could do, by mistake or on purpose, to keep a resident from being heard; and what must not link people."""

from consult.evaluations import actions
from consult.evaluations.models import Rating
from consult.evaluations.states import RatingState, Satisfaction
from consult.kit import audit
from consult.opinions import actions as opinions
from tests import make

GOOD = {"work": Satisfaction.SATISFIED, "result": Satisfaction.SATISFIED}


def archived(opinion, cast):
    return opinions.archive(opinion, by=cast.office, at=make.AT)


def test_archiving_an_opinion_does_not_silence_its_rater(place, cast):
    voice = make.voice(place)
    task = make.invited(place, cast, opinions=[voice])
    voice.refresh_from_db()
    archived(voice, cast)
    rating = actions.give(make.rating_of(task, voice), **GOOD, holder=voice, at=make.AT)
    assert rating.state == RatingState.GIVEN


def test_archived_voices_are_asked_as_well(place, cast):
    voice = make.voice(place)
    task = make.looked_at(place, cast, opinions=[voice])
    voice.refresh_from_db()
    opinions.respond(voice, text="结果已反馈。", by=cast.office, at=make.AT)
    archived(voice, cast)
    make.invited(place, cast, task=task)
    assert Rating.objects.filter(task=task, opinion=voice).exists()


def test_a_new_matter_raised_by_receipt_is_not_tied_to_the_old_one(place, cast):
    voice = make.voice(place)
    task = make.invited(place, cast, opinions=[voice])
    rating = make.rating_of(task, voice)
    new, _code = actions.raise_opinion(rating, text="路灯又不亮了，请来看看。", holder=voice, at=make.AT)
    said = [str(event.data) for event in audit.trail_of(rating)]
    assert not any(new.number in words for words in said)
