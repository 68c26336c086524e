"""Photos: a few at once, without where they were taken, kept once, seen by those who may see the opinion."""

import io
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from consult.kit import attachments
from consult.kit.models import Attachment
from consult.opinions import actions, photos
from consult.opinions.models import Opinion, OpinionMessage
from tests import make


def test_nothing_of_the_photo_tells_where_or_whose(place: Any) -> None:
    opinion, _code = make.handed_in(photos=[make.snapshot()])
    kept = photos.of(opinion).get()
    assert (kept.name, kept.uploaded_by, kept.is_public) == ("照片01.jpg", None, False)
    content = kept.file.open("rb").read()
    assert make.WHERE.encode() not in content
    assert not Image.open(io.BytesIO(content)).getexif()


def test_the_same_key_again_adds_no_second_photo(place: Any) -> None:
    key = uuid.uuid4()
    for _again in range(3):
        make.handed_in(key=key, photos=[make.snapshot(), make.snapshot()])
    opinion = Opinion.objects.get()
    assert [photo.name for photo in photos.of(opinion)] == ["照片01.jpg", "照片02.jpg"]
    fact = uuid.uuid4()
    for _again in range(3):
        actions.add_fact(opinion, text="又漏了。", photos=[make.snapshot()], key=fact, at=make.AT)
    assert OpinionMessage.objects.filter(opinion=opinion).count() == 1
    assert photos.of(opinion).count() == 3


def test_what_fails_leaves_neither_opinion_nor_file(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions.notices, "submitted", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make.handed_in(photos=[make.snapshot()])
    assert not Opinion.objects.exists() and not Attachment.objects.exists()


@pytest.mark.parametrize(("chosen", "told"), [
    ([make.snapshot] * 4, "3"), ([lambda: SimpleUploadedFile("a.pdf", b"%PDF-1.7")], "1"),
    ([make.snapshot, lambda: SimpleUploadedFile("b.jpg", b"GIF89a...")], "2"),
    ([lambda: SimpleUploadedFile("c.jpg", make.snapshot().read()[:300])], "1"),
    ([lambda: SimpleUploadedFile("d.heic", b"....ftypheic")], "1"),
])
def test_what_is_no_photo_is_refused_by_its_place(place: Any, chosen: Any, told: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        make.handed_in(photos=[one() for one in chosen])
    assert told in " ".join(wrong.value.message_dict["photos"])
    assert not Opinion.objects.exists()


def test_an_opinion_has_a_dozen_at_most(place: Any) -> None:
    opinion, _code = make.handed_in(photos=[make.snapshot()] * 3)
    for n in range(3):
        actions.add_fact(opinion, text=f"第{n}次", photos=[make.snapshot()] * 3, at=make.AT)
    with pytest.raises(ValidationError) as wrong:
        actions.add_fact(opinion, text="再来", photos=[make.snapshot()], at=make.AT)
    assert "12" in str(wrong.value)


def test_seen_by_those_who_see_the_opinion_never_by_departments(place: Any, cast: Any) -> None:
    opinion, _code = make.handed_in(photos=[make.snapshot()])
    kept = photos.of(opinion).get()
    told = {who: attachments.may_fetch(user, kept) for who, user in cast.roles().items()}
    assert {who for who, seen in told.items() if seen} == {"office", "chair", "cadre"}
    from django.contrib.auth.models import AnonymousUser
    assert not attachments.may_fetch(AnonymousUser(), kept)


def test_an_account_that_was_taken_off_is_on_no_photo(place: Any, cast: Any) -> None:
    opinion, _code = make.handed_in(photos=[make.snapshot()], resident=cast.resident.residency, identity_mode="cppcc_only")
    actions.add_fact(opinion, text="再补一张", photos=[make.snapshot()], by=cast.resident, at=make.AT)
    assert {photo.uploaded_by_id for photo in photos.of(opinion)} == {None}
    assert default_storage.exists(photos.of(opinion)[0].file.name)
