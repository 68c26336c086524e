"""What was agreed to: version, time and fingerprint of the exact words; the department's consent apart; withdrawn, kept."""

import hashlib
from typing import Any

from django.utils import translation

from consult.kit import parameters
from consult.opinions import actions, consent
from consult.opinions.models import Consent
from consult.opinions.states import CONSENT_VERSION, IdentityMode
from tests import make

Kind = Consent.Kind


def test_the_words_their_fingerprint_their_version_and_the_time(place: Any) -> None:
    opinion = make.named_opinion()
    kept = consent.of(opinion).get()
    assert (kept.kind, kept.version, kept.given_at, kept.withdrawn_at) == (Kind.OFFICE, CONSENT_VERSION, make.AT, None)
    assert kept.sha256 == hashlib.sha256(kept.wording.encode()).hexdigest()
    with translation.override("zh-hans"):
        assert kept.wording == consent.wording(Kind.OFFICE, make.TODAY)
    assert "180" in kept.wording


def test_the_department_has_a_record_of_its_own(place: Any) -> None:
    opinion = make.named_opinion(identity_mode=IdentityMode.DEPARTMENT, share_with_department=True)
    assert sorted(consent.of(opinion).values_list("kind", flat=True)) == ["department", "office"]
    assert len(set(consent.of(opinion).values_list("sha256", flat=True))) == 2


def test_no_contact_no_consent(place: Any) -> None:
    assert not consent.of(make.opinion()).exists()
    assert not consent.of(make.named_opinion(identity_mode=IdentityMode.ANONYMOUS)).exists()


def test_read_out_and_read_alone_are_other_words(cast: Any, place: Any) -> None:
    mine = consent.of(make.named_opinion()).get()
    read = consent.of(make.named_opinion(entered_by=cast.office, channel="phone")).get()
    assert mine.sha256 != read.sha256


def test_another_period_is_another_wording(cast: Any, place: Any) -> None:
    before = consent.of(make.named_opinion()).get()
    parameters.put("contact_retention", 30, since=make.TODAY, basis="测试", by=cast.sysadmin, at=make.AT)
    after = consent.of(make.named_opinion()).get()
    assert "30" in after.wording and before.sha256 != after.sha256


def test_withdrawn_bit_by_bit_and_kept_as_proof(place: Any) -> None:
    opinion = make.named_opinion(identity_mode=IdentityMode.DEPARTMENT, share_with_department=True)
    actions.restrict(opinion, mode=IdentityMode.CPPCC_ONLY, at=make.AT)
    assert dict(consent.of(opinion).values_list("kind", "withdrawn_at")) == {"office": None, "department": make.AT}
    actions.erase_contact(opinion, at=make.AT)
    assert set(consent.of(opinion).values_list("withdrawn_at", flat=True)) == {make.AT}
    assert make.PHONE not in str(list(Consent.objects.values()))
