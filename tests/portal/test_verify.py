"""The public check of a paper: for anybody, without an account, without a word of what is in the paper."""

import hashlib

import pytest
from cryptography import x509
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from consult.briefings import press
from consult.briefings.models import Issue
from consult.briefings.states import BriefingState
from consult.kit import keys
from consult.kit.paper import certificate, exhibit
from portal.forms import proof as forms
from portal.front.verify import ANSWERS
from tests import make

S = BriefingState
URL = "/verify/"


@pytest.fixture
def issue(place, cast) -> Issue:
    return make.briefing(place, cast, state=S.DISPATCHED).paper


def hand_in(client, content: bytes, **more):
    return client.post(URL, {"file": SimpleUploadedFile("a.pdf", content, "application/pdf"), **more})


def heading(answer) -> str:
    return answer.context["answer"][0]


def test_the_code_opens_its_page_and_the_qr_code_leads_there(client, issue):
    answer = client.post(URL, {"code": f" {issue.code.lower().replace('-', ' ')}"}, follow=True)
    assert answer.redirect_chain == [(reverse("front.verify.code", args=[issue.code]), 302)]
    said = answer.content.decode()
    for words in ("第1期（总第1期）", "政协湖山区委员会办公室", issue.sha256, issue.code):
        assert words in said
    assert issue.snapshot["verify_url"].endswith(answer.redirect_chain[0][0])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("what", ["issue", "copy", "altered", "unknown"])
def test_the_file_is_answered_in_plain_words(client, issue, language, what):
    content = {"issue": press.read(issue), "copy": press.copy_for(issue.recipients.first(), at=make.AT),
               "altered": press.read(issue)[:-1], "unknown": b"rubbish"}[what]
    client.cookies["language"] = language
    answer = hand_in(client, content)
    assert answer.status_code == 200
    state = {"issue": "genuine"}.get(what, what)
    with translation.override(language):
        said = answer.content.decode()
        assert str(ANSWERS[state][0]) in said and str(ANSWERS[state][1]) in said
    assert hashlib.sha256(content).hexdigest() in said
    for hidden in (issue.briefing.title, "过渡费", str(issue.recipients.first().user)):
        assert hidden not in said


def test_one_byte_altered_is_said_with_the_issue_it_claims_to_be(client, issue):
    content = bytearray(press.read(issue))
    content[5000] ^= 1
    answer = hand_in(client, bytes(content))
    assert heading(answer) == ANSWERS["altered"][0]
    assert "第1期" in answer.content.decode()


@pytest.mark.parametrize("typed", ["7Q2M-K0ZD-94VX-1CWB", "7q2m", "商量", "<b>"])
def test_a_code_that_opens_nothing_gets_one_answer_and_stays_in_the_field(client, db, typed):
    answer = client.post(URL, {"code": typed})
    assert answer.status_code == 422
    assert answer.context["form"]["code"].value() == typed
    (said,) = answer.context["form"].errors["code"]
    direct = client.get(reverse("front.verify.code", args=[typed]))
    assert direct.status_code == 404
    assert direct.context["form"].errors["code"] == [said]


def test_nothing_typed_an_empty_file_and_one_too_large(client, issue, monkeypatch):
    assert client.post(URL, {}).status_code == 422
    assert hand_in(client, b"").status_code == 422
    monkeypatch.setattr(forms, "MOST_MB", 0)
    answer = hand_in(client, b"x", code=issue.code)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["file"]
    assert answer.context["form"]["code"].value() == issue.code


def test_19_mb_of_rubbish_are_looked_at_and_kept_nowhere(client, db, settings, tmp_path):
    settings.MEDIA_ROOT, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "files", tmp_path
    answer = hand_in(client, b"%PDF-1.7\n" + b"\x00\xffrubbish" * 2_200_000)
    assert heading(answer) == ANSWERS["unknown"][0]
    answer.close()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_when_many_files_are_looked_at_one_is_asked_to_come_again(client, db, monkeypatch):
    def busy(content):
        raise exhibit.Busy

    monkeypatch.setattr(exhibit, "look", busy)
    assert hand_in(client, b"%PDF-1.7").status_code == 503


def test_no_search_engine_and_no_cache_keeps_it(client, issue):
    for url in (URL, reverse("front.verify.code", args=[issue.code])):
        answer = client.get(url)
        assert answer["X-Robots-Tag"] == "noindex" and answer["Cache-Control"] == "no-store"
        assert 'name="robots" content="noindex"' in answer.content.decode()


def test_it_is_linked_from_every_page(client, db):
    assert f'href="{URL}"' in client.get("/").content.decode()


def test_the_certificate_is_there_to_be_taken(client, db):
    answer = client.get(reverse("front.verify.certificate"))
    taken = x509.load_der_x509_certificate(answer.content)
    assert taken == x509.load_pem_x509_certificate(keys.paper_certificates()[0])
    assert certificate.fingerprint(keys.paper_certificates()[0]) in client.get(URL).content.decode()


def test_the_answer_costs_the_same_few_queries(client, issue, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get(reverse("front.verify.code", args=[issue.code]))


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "不超过 20 MB"), ("en", "At most 20 MB")])
def test_the_form_speaks_the_language_of_its_reader(client, db, language, words):
    assert words in client.get(URL, headers={"accept-language": language}).content.decode()
