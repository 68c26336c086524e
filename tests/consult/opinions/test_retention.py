"""How long it is known who spoke: erased when the time is over, stricter when wished, a lost code given anew."""

from datetime import date, timedelta
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import TestCase

from consult.kit import audit, parameters
from consult.kit.models import Attachment
from consult.kit.rules import Denied
from consult.opinions import actions, own, photos, receipts
from consult.opinions.models import Opinion, SealedIdentity
from consult.opinions.states import IdentityMode, OpinionState
from tests import make

capture = partial(TestCase.captureOnCommitCallbacks, execute=True)
LATER = make.TODAY + timedelta(days=181)


def forget(today: date, **more: Any) -> Any:
    return actions.expire(today=today, at=make.AT + (today - make.TODAY), **more)


def closed(cast: Any, state: str = OpinionState.ANSWERED) -> Opinion:
    """Somebody with a telephone number, in the words and in a message too."""
    made = make.named_opinion(state=state, by=cast.office)
    actions.add_fact(made, text=f"也可以打 {make.PHONE}", at=make.AT)
    actions.message(made, text=f"已按 {make.PHONE} 联系您", by=cast.office, at=make.AT)
    return made


def kept(opinion: Opinion) -> str:
    """Every word kept about one opinion."""
    return " ".join([Opinion.objects.get(pk=opinion.pk).text, *opinion.messages.values_list("text", flat=True),
                     *opinion.decisions.values_list("message", flat=True)])


def test_erased_180_days_after_closing(cast: Any) -> None:
    opinion = closed(cast)
    assert actions.erased_after(opinion, make.TODAY) == make.TODAY + timedelta(days=180)
    assert forget(make.TODAY + timedelta(days=180)).contacts == 0
    done = forget(LATER)
    assert (done.contacts, done.texts, done.numbers) == (1, 3, [opinion.number])
    sealed = SealedIdentity.objects.get()
    assert (bytes(sealed.sealed), sealed.blind_phone, bool(sealed.erased_at)) == (b"", "", True)
    assert make.PHONE not in kept(opinion)
    assert "安置房漏水没有人管" in kept(opinion)
    event = audit.trail_of(opinion).last()
    assert (event.verb, event.actor, event.data) == ("opinions.expire_contact", None, {"contact": True, "texts": 3, "photos": 0})
    assert forget(LATER).contacts == 0
    assert actions.erased_after(opinion, LATER) is None


def test_photos_go_with_it_and_those_of_an_open_matter_stay(cast: Any) -> None:
    answered = make.opinion(OpinionState.ANSWERED, by=cast.office, photos=[make.snapshot(), make.snapshot()])
    waiting = make.opinion(photos=[make.snapshot()])
    stored = [photo.file.name for photo in photos.of(answered)]
    with capture():
        assert forget(LATER, dry_run=True).photos == 2
    assert photos.of(answered).count() == 2
    with capture():
        assert forget(LATER).photos == 2
    assert (photos.of(answered).count(), photos.of(waiting).count()) == (0, 1)
    assert len(stored) == 2 and not any(default_storage.exists(name) for name in stored)


def test_the_holder_of_the_receipt_takes_a_photo_back(cast: Any) -> None:
    opinion, other = make.opinion(photos=[make.snapshot(), make.snapshot()]), make.opinion(photos=[make.snapshot()])
    first, second = photos.of(opinion)
    with capture():
        own.take_away(opinion, first, at=make.AT)
    assert list(photos.of(opinion)) == [second] and not default_storage.exists(first.file.name)
    assert audit.trail_of(opinion).last().verb == "opinions.take_photo_away"
    with pytest.raises(Attachment.DoesNotExist):
        own.take_away(opinion, photos.of(other).get(), at=make.AT)


@pytest.mark.parametrize("state", [OpinionState.SUBMITTED, OpinionState.ACCEPTED, OpinionState.ADOPTED])
def test_an_open_matter_keeps_it(cast: Any, state: str) -> None:
    opinion = closed(cast, state)
    assert forget(make.TODAY + timedelta(days=2000)).contacts == 0
    assert actions.erased_after(opinion, make.TODAY) is None
    assert make.PHONE in kept(opinion)


def test_a_merged_one_goes_with_the_other(cast: Any) -> None:
    first, second = make.opinion(), make.named_opinion()
    actions.merge(second, into=first, by=cast.office, at=make.AT)
    assert actions.erased_after(second, make.TODAY) is None
    actions.keep(first, message="留存。", by=cast.office, at=make.AT + timedelta(days=10))
    assert actions.erased_after(second, make.TODAY) == make.TODAY + timedelta(days=190)
    assert forget(make.TODAY + timedelta(days=191)).contacts == 1


def test_numbers_go_from_the_words_of_the_anonymous_too(cast: Any) -> None:
    opinion = make.named_opinion(identity_mode=IdentityMode.ANONYMOUS, state=OpinionState.KEPT, by=cast.office)
    assert forget(LATER).texts == 1
    assert make.PHONE not in kept(opinion)
    actions.adopt(opinion, by=cast.office, at=make.AT + timedelta(days=200), title="再谈")
    actions.add_fact(opinion, text=f"请打 {make.PHONE}", at=make.AT + timedelta(days=201))
    assert forget(make.TODAY + timedelta(days=900)).texts == 0
    actions.respond(opinion, text="已办。", by=cast.office, at=make.AT + timedelta(days=901))
    assert forget(make.TODAY + timedelta(days=1082)).texts == 1
    assert make.PHONE not in kept(opinion)


def test_a_shorter_period_holds_at_once_a_longer_one_for_later(cast: Any) -> None:
    opinion = closed(cast)
    for days, after in ((365, 180), (90, 90)):
        parameters.put("contact_retention", days, since=make.TODAY + timedelta(days=1), basis="测试", by=cast.office, at=make.AT)
        assert actions.erased_after(opinion, make.TODAY + timedelta(days=2)) == make.TODAY + timedelta(days=after)


def test_a_dry_run_tells_and_leaves(cast: Any, time_machine: Any) -> None:
    opinion = closed(cast)
    time_machine.move_to(make.AT + timedelta(days=181))
    said = StringIO()
    call_command("forget", "--dry-run", stdout=said)
    assert said.getvalue() == f"{opinion.number}\n1 contacts would be erased, numbers starred in 3 texts, 0 photos\n"
    assert make.PHONE in kept(opinion)
    assert actions.identity_of(opinion)
    call_command("remind", stdout=said)
    assert said.getvalue().endswith("1 contacts erased\n")
    assert actions.identity_of(opinion) is None


# --- stricter, never looser ---------------------------------------------------------------------------------------


def test_fewer_may_know_never_more(cast: Any) -> None:
    opinion = make.named_opinion(identity_mode=IdentityMode.DEPARTMENT, share_with_department=True)
    actions.restrict(opinion, mode=IdentityMode.CPPCC_ONLY, at=make.AT)
    assert not SealedIdentity.objects.get().share_with_department
    for looser in (IdentityMode.DEPARTMENT, IdentityMode.CPPCC_ONLY, "everybody"):
        with pytest.raises(ValidationError):
            actions.restrict(opinion, mode=looser, at=make.AT)
    with pytest.raises(Denied):
        actions.restrict(opinion, mode=IdentityMode.ANONYMOUS, by=cast.office, at=make.AT)
    actions.restrict(opinion, mode=IdentityMode.ANONYMOUS, at=make.AT)
    opinion.refresh_from_db()
    assert opinion.identity_mode == IdentityMode.ANONYMOUS
    assert actions.identity_of(opinion) is None
    assert [event.verb for event in audit.trail_of(opinion)][1:] == ["opinions.restrict", "opinions.erase_contact"]


def test_anonymous_means_the_account_is_taken_off_too(cast: Any) -> None:
    opinion = make.named_opinion(resident=cast.resident.residency)
    actions.erase_contact(opinion, by=cast.resident, at=make.AT)
    opinion.refresh_from_db()
    assert opinion.resident is None
    assert audit.trail_of(opinion).last().actor is None


# --- a lost code --------------------------------------------------------------------------------------------------


def test_a_lost_code_is_given_anew_to_whoever_knows_the_telephone(cast: Any) -> None:
    opinion, old = make.handed_in(identity_mode=IdentityMode.CPPCC_ONLY, contact={"name": make.NAME, "phone": make.PHONE})
    _same, salt = actions.reissue(opinion, phone="139 0000 1234", by=cast.office, at=make.AT)
    new = receipts.code_for(opinion.key, salt)
    assert new != old
    assert actions.find_by_receipt(opinion.number, old, make.AT) is None
    assert actions.find_by_receipt(opinion.number, new, make.AT) == opinion
    assert actions.submit(text="又", jurisdiction=opinion.jurisdiction, key=opinion.key, at=make.AT) == (opinion, None)
    event = audit.trail_of(opinion).last()
    assert (event.verb, event.actor, event.data) == ("opinions.reissue", cast.office, {})
    assert actions.times_revealed(opinion) == 0


def test_wrong_numbers_are_on_record_and_stop(cast: Any) -> None:
    opinion = make.named_opinion()
    for n in range(6):
        with pytest.raises(ValidationError) as wrong:
            actions.reissue(opinion, phone=f"1380000000{n}", by=cast.office, at=make.AT)
        assert "phone" in wrong.value.message_dict
    assert audit.trail_of(opinion).filter(verb="opinions.refuse_reissue").count() == 5
    with pytest.raises(ValidationError):
        actions.reissue(opinion, phone=make.PHONE, by=cast.office, at=make.AT)
    actions.reissue(opinion, phone=make.PHONE, by=cast.office, at=make.AT + timedelta(hours=1))


def test_without_a_telephone_nobody_can_be_checked(cast: Any) -> None:
    nameless, named = make.opinion(), make.named_opinion(contact={"name": make.NAME})
    with pytest.raises(Denied):
        actions.reissue(nameless, phone=make.PHONE, by=cast.office, at=make.AT)
    with pytest.raises(ValidationError):
        actions.reissue(named, phone="", by=cast.office, at=make.AT)


@pytest.mark.parametrize("who", ["chair", "cadre", "member", "clerk", "resident", "other_office"])
def test_only_the_office_gives_codes(cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        actions.reissue(make.named_opinion(), phone=make.PHONE, by=getattr(cast, who), at=make.AT)
