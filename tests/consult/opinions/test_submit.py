"""Handing in: what is asked, what is kept, what a repeated sending does."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from consult.kit import audit, notices, sealing
from consult.kit.rules import Denied
from consult.opinions import actions, receipts
from consult.opinions.models import ImportBatch, Opinion, SealedIdentity
from consult.opinions.states import TEXT_MAX, Channel, IdentityMode, OpinionState
from tests import make


def test_a_number_a_code_and_a_notice_to_the_office(cast: Any, place: Any) -> None:
    opinion, code = make.handed_in()
    assert opinion.number == "YJ2026-00001"
    assert len(code) == 12
    assert code.isdigit()
    assert code not in opinion.receipt_hash
    assert opinion.state == OpinionState.SUBMITTED
    assert [event.verb for event in audit.trail_of(opinion)] == ["opinions.submit"]
    assert notices.unread(cast.office).filter(app_label="opinions").count() == 1
    assert not notices.unread(cast.other_office).filter(app_label="opinions").exists()


def test_the_same_key_is_the_same_opinion_and_the_same_code(place: Any) -> None:
    key = uuid.uuid4()
    first, code = make.handed_in(key=key)
    again, same = make.handed_in(key=key, text="另一段话")
    assert (first.pk, code) == (again.pk, same)
    assert Opinion.objects.count() == 1


def test_the_project_says_where(place: Any) -> None:
    opinion, _code = make.handed_in(project=place.project)
    assert opinion.subdistrict == place.subdistrict


def test_contact_is_sealed_and_never_in_the_log(place: Any) -> None:
    opinion = make.named_opinion()
    sealed = SealedIdentity.objects.get(opinion=opinion)
    assert make.PHONE.encode() not in bytes(sealed.sealed)
    assert sealed.blind_phone == sealing.blind(make.PHONE)
    assert make.PHONE not in str([event.data for event in audit.trail_of(opinion)])
    assert make.PHONE not in opinion.title


def test_anonymous_drops_the_contact_and_the_account(cast: Any) -> None:
    opinion = make.named_opinion(identity_mode=IdentityMode.ANONYMOUS, resident=cast.resident.residency)
    assert opinion.resident is None
    assert not SealedIdentity.objects.exists()


def test_no_contact_no_seal(place: Any) -> None:
    make.opinion(contact={"name": " ", "phone": ""})
    assert not SealedIdentity.objects.exists()


def test_the_department_is_told_only_with_separate_consent(place: Any) -> None:
    with pytest.raises(ValidationError) as wrong:
        make.named_opinion(identity_mode=IdentityMode.DEPARTMENT)
    assert "share_with_department" in wrong.value.message_dict
    opinion = make.named_opinion(identity_mode=IdentityMode.DEPARTMENT, share_with_department=True)
    assert opinion.identity.share_with_department
    assert not make.named_opinion(share_with_department=True).identity.share_with_department


@pytest.mark.parametrize(("values", "field"), [
    ({"text": "  "}, "text"), ({"text": "长" * (TEXT_MAX + 1)}, "text"), ({"tags": ["weather"]}, "tags"),
    ({"channel": "pigeon"}, "channel"), ({"place": "远" * 121}, "place"),
])
def test_wrong_data_names_its_field(place: Any, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        make.handed_in(**values)
    assert field in wrong.value.message_dict
    assert not Opinion.objects.exists()


def test_places_of_another_district_are_refused(place: Any) -> None:
    with pytest.raises(ValidationError) as wrong:
        make.handed_in(subdistrict=place.other_subdistrict)
    assert "subdistrict" in wrong.value.message_dict
    elsewhere = make.project(place.other, place.other_subdistrict)
    with pytest.raises(ValidationError) as wrong:
        make.handed_in(project=elsewhere, jurisdiction=place.jurisdiction)
    assert "project" in wrong.value.message_dict


def test_a_member_who_enters_brought_it(cast: Any) -> None:
    opinion, _code = make.handed_in(entered_by=cast.member, channel=Channel.MEMBER)
    assert opinion.bearer == cast.member.membership
    assert opinion.entered_by == cast.member


def test_a_cadre_enters_for_the_own_subdistrict_only(cast: Any, place: Any) -> None:
    make.handed_in(entered_by=cast.cadre, channel=Channel.WALK_IN)
    with pytest.raises(Denied):
        make.handed_in(entered_by=cast.cadre, subdistrict=None)


@pytest.mark.parametrize("who", ["clerk", "supervision", "leader", "chair", "expert", "stranger", "resident",
                                 "sysadmin", "other_office"])
def test_others_do_not_enter_for_somebody(cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        make.handed_in(entered_by=getattr(cast, who))


def test_a_row_of_a_sheet_has_no_receipt(cast: Any, place: Any) -> None:
    batch = ImportBatch.objects.create(name="热线清单.xlsx", sha256="0" * 64, rows=1, imported_at=make.AT)
    opinion, code = actions.submit(text="路灯坏了", jurisdiction=place.jurisdiction, batch=batch, at=make.AT,
                                   channel=Channel.HOTLINE, entered_by=cast.office)
    assert code is None
    assert opinion.receipt_hash == ""
    assert not notices.unread(cast.office).filter(app_label="opinions").exists()
    assert actions.find_by_receipt(opinion.number, "", make.AT) is None


def test_numbers_as_people_write_them() -> None:
    for typed in ("YJ2026-00012", "yj2026-12", " 2026-00012 ", "ＹＪ２０２６－００１２", "2026 12"):
        assert receipts.tidy_number(typed) == "YJ2026-00012", typed
