"""The press: one file for one issue, its hash is that of its bytes, and a failure is seen and tried again."""

import hashlib
import io

import pypdfium2
import pytest
from django.core.files.storage import default_storage

from consult.briefings import actions, press
from consult.briefings.states import BriefingState
from consult.kit import audit, notices, pdf
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from tests import make

S = BriefingState


def read(issue) -> bytes:
    with default_storage.open(issue.file.name, "rb") as file:
        return file.read()


def text_of(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(io.BytesIO(content))
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r", "").replace("\n", "")


def test_the_paper_says_everything_that_was_signed(place, cast):
    one = make.recommendation(place, cast)
    two = make.recommendation(place, cast, consultation=one.consultation, title="公示发放台账", text="每季度公示发放台账。")
    made = make.briefing(place, cast, state=S.ISSUED, recommendations=[one, two])
    said = text_of(read(made.paper))
    for words in (made.title, one.title, two.title, "每季度公示发放台账", made.dissent, "区住房城乡建设局", "第1期"):
        assert words in said
    assert "赵小满" not in said


def test_the_hash_is_that_of_the_file(place, cast):
    issue = make.briefing(place, cast, state=S.ISSUED).paper
    assert hashlib.sha256(read(issue)).hexdigest() == issue.sha256


def test_set_twice_it_is_one_file(place, cast, at):
    issue = make.briefing(place, cast, state=S.ISSUED).paper
    before = (issue.file.name, issue.sha256)
    issue = press.set_paper(issue.pk, at=at)
    assert (issue.file.name, issue.sha256) == before
    folder = issue.file.name.rpartition("/")[0]
    assert sum(issue.snapshot_sha256[:16] in name for name in default_storage.listdir(folder)[1]) == 1


def test_later_changes_do_not_reach_the_paper(place, cast, at):
    made = make.briefing(place, cast, state=S.SIGNED)
    type(made).objects.filter(pk=made.pk).update(title="改过的标题")
    issue = press.set_paper(made.paper.pk, at=at)
    assert "改过的标题" not in text_of(read(issue))


def test_a_failure_is_kept_told_and_tried_again(place, cast, at, monkeypatch):
    made = make.briefing(place, cast, state=S.SIGNED)
    with monkeypatch.context() as broken:
        broken.setattr(pdf, "render", lambda *args, **kwargs: 1 / 0)
        issue = press.set_paper(made.paper.pk, at=at)
    assert "division" in issue.failure
    assert not issue.sha256
    assert notices.inbox(cast.office).filter(kind="briefings.fail").exists()
    made.refresh_from_db()
    assert made.state == S.SIGNED
    with pytest.raises(Denied):
        actions.retry(made, by=cast.leader, at=at)
    actions.retry(made, by=cast.office, at=at)
    press.set_paper(issue.pk, at=at)
    made.refresh_from_db()
    assert made.state == S.ISSUED
    assert made.paper.failure == ""
    with pytest.raises(WrongState):
        actions.retry(made, by=cast.office, at=at)


def test_the_worker_is_told_when_the_signature_is_through(place, cast, at, django_capture_on_commit_callbacks):
    made = make.briefing(place, cast, state=S.REVIEWED)
    with django_capture_on_commit_callbacks(execute=True):
        actions.sign_off(made, by=cast.chair, at=at)
    made.refresh_from_db()
    assert made.state == S.ISSUED
    event = audit.trail_of(made).get(verb="briefings.issue")
    assert event.actor is None


def test_a_voided_one_is_not_set(place, cast, at):
    made = make.briefing(place, cast, state=S.SIGNED)
    actions.void(made, note="数据有误", by=cast.chair, at=at)
    assert not press.set_paper(made.paper.pk, at=at).sha256
