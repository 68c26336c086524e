"""The file store does not answer: everybody reads what to do, in their language; nothing typed is lost, nothing kept by half."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from consult.briefings import press
from consult.briefings.states import BriefingState
from consult.kit import attachments, jobs, store
from consult.kit.attachments import Clean
from consult.kit.models import Attachment, AuditEvent, Export
from consult.opinions.models import Opinion
from consult.tasks.states import TaskState
from portal.kit import exports
from portal.management.commands.worker import Command as Worker
from tests import make, make_sheets
from tests.make_store import Store
from tests.portal.test_kept import HERE, fields

WORDS = "写了很久的一段话，请不要丢。"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def sheet() -> SimpleUploadedFile:
    return SimpleUploadedFile("热线.xlsx", make_sheets.sheet(3).getvalue())


def at_a_browser(user: Any = None, language: str = "zh-hans") -> Client:
    client = Client(raise_request_exception=False, headers={"accept-language": language}, **HERE)
    if user:
        client.force_login(user)
    return client


def said(sentence: Any, language: str = "zh-hans") -> str:
    with override(language):
        return str(sentence)


def test_a_photo_comes_and_is_seen_through_the_page_alone(bucket: Store, place: Any, cast: Any) -> None:
    at_a_browser().post("/say/", make.said(text=WORDS, photos=[make.snapshot()]))
    photo = Attachment.objects.get()
    assert bucket.names() == [f"files/{photo.file.name}"]
    answer = at_a_browser(cast.office).get(reverse("attachment", args=[photo.pk]))
    assert answer.status_code == 200 and b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"
    assert bucket.url not in str(answer.headers)
    assert at_a_browser(cast.clerk).get(reverse("attachment", args=[photo.pk])).status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_resident_keeps_the_words_and_sends_them_without_the_photo(bucket: Store, place: Any, language: str) -> None:
    bucket.stop()
    typed = make.said(text=WORDS, place="石桥路口")
    page = at_a_browser(language=language).post("/say/", {**typed, "photos": [make.snapshot()]})
    shown = page.content.decode()
    assert page.status_code == 422 and said(store.AWAY, language) in shown and WORDS in shown and "石桥路口" in shown
    assert not Opinion.objects.exists() and not Attachment.objects.exists()
    assert at_a_browser().post("/say/", typed)["Location"] == "/say/receipt/"
    assert Opinion.objects.get().text == WORDS


def test_a_file_that_cannot_be_fetched_now(bucket: Store, cast: Any) -> None:
    kept = attachments.keep(cast.office, "说明.pdf", Clean(PDF, "pdf", "application/pdf"), by=None, at=make.AT)
    Attachment.objects.update(is_public=True)
    bucket.stop()
    page = at_a_browser().get(reverse("attachment", args=[kept.pk]))
    words = page.content.decode()
    assert page.status_code == 503 and page["Retry-After"] == "120"
    assert "文件暂时无法存取" in words and "out of reach" in words


def test_words_of_any_other_form_come_back(bucket: Store, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no form says it by itself, the page for errors does."""
    bucket.stop()
    monkeypatch.setattr("consult.opinions.actions.submit", lambda **said: default_storage.open("attachments/x.pdf"))
    page = at_a_browser().post("/say/", make.said(text=WORDS))
    assert page.status_code == 503 and fields(page)["text"] == WORDS


def test_a_list_says_that_it_could_not_be_written(bucket: Store, place: Any, cast: Any) -> None:
    make.task(place, cast, state=TaskState.ANSWERED)
    bucket.stop()
    page = at_a_browser(cast.supervision).post(
        "/exports/new/", {"list": "supervision:tasks", "query": "", "kind": "csv"}, follow=True)
    made = Export.objects.get()
    assert made.finished_at and not made.file and said(exports.AWAY) in page.content.decode()


def test_a_list_that_was_written_is_not_counted_as_fetched(bucket: Store, place: Any, cast: Any) -> None:
    make.task(place, cast, state=TaskState.ANSWERED)
    client = at_a_browser(cast.supervision)
    assert client.post("/exports/new/", {"list": "supervision:tasks", "query": "", "kind": "csv"}).status_code == 200
    fetched = AuditEvent.objects.filter(verb="kit.fetch_export")
    assert fetched.count() == 1
    bucket.stop()
    assert client.get(reverse("export.file", args=[Export.objects.get().pk])).status_code == 503
    assert fetched.count() == 1


def test_a_sheet_waits_where_every_machine_finds_it(bucket: Store, place: Any, cast: Any, settings: Any) -> None:
    client = at_a_browser(cast.office)
    page = client.post(reverse("office:import"), {"upload": sheet()}, follow=True)
    arrival = page.context["arrival"]
    assert sorted(bucket.names()) == [f"arrivals/{arrival.token}.json", f"arrivals/{arrival.token}.sheet"]
    assert not list((Path(settings.VAR_DIR) / "arrivals").glob(f"{arrival.token}*"))
    client.post(reverse("office:import_sheet", args=[arrival.token]), {"do": "all"})
    assert Opinion.objects.count() == 3 and bucket.names() == [f"arrivals/{arrival.token}.json"]
    bucket.stop()
    refused = client.post(reverse("office:import"), {"upload": sheet()})
    assert refused.status_code == 422 and said(store.AWAY) in refused.content.decode()
    assert client.get(reverse("office:import_sheet", args=[arrival.token])).status_code == 503


def test_a_paper_waits_for_the_store_and_is_then_set(place: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job is put back: nothing is wrong with the paper, and nobody is told so."""
    issue = make.briefing(place, cast, state=BriefingState.SIGNED).paper

    def away(*args: Any, **kwargs: Any) -> None:
        raise store.Unreachable("test")

    with monkeypatch.context() as broken, pytest.raises(jobs.PASSING):
        broken.setattr(store, "put", away)
        press.set_paper(issue.pk, at=make.AT)
    issue.refresh_from_db()
    assert (issue.sha256, issue.failure) == ("", "")
    assert press.set_paper(issue.pk, at=make.AT).sha256


def test_a_paper_out_of_reach_is_not_called_damaged(bucket: Store, place: Any, cast: Any) -> None:
    issue = make.briefing(place, cast, state=BriefingState.DISPATCHED).paper
    client = at_a_browser(cast.office)
    address = reverse("briefing.pdf", args=[issue.briefing_id])
    before = client.get(address)
    assert before.status_code == 200
    bucket.stop()
    downloads = AuditEvent.objects.filter(verb="briefings.download").count()
    page = client.get(address)
    assert page.status_code == 503 and "文件暂时无法存取" in page.content.decode()
    assert AuditEvent.objects.filter(verb="briefings.download").count() == downloads


def test_a_file_that_is_gone_is_not_found(bucket: Store, cast: Any) -> None:
    kept = attachments.keep(cast.office, "说明.pdf", Clean(PDF, "pdf", "application/pdf"), by=None, at=make.AT)
    Attachment.objects.update(is_public=True)
    bucket.client.delete_object(Bucket="consult", Key=f"files/{kept.file.name}")
    assert at_a_browser().get(reverse("attachment", args=[kept.pk])).status_code == 404


def test_monitors_are_told_and_pages_are_served(bucket: Store, client: Client, db: None, settings: Any) -> None:
    settings.METRICS_TOKEN = "only-for-this-test"
    asking = {"Authorization": "Bearer only-for-this-test"}
    assert b"consult_files_up 1.0" in client.get("/metrics", headers=asking).content
    assert client.get("/healthz").json()["files"] == "ok"
    bucket.stop()
    storages["default"]._asked_again_at = 0.0  # some seconds later
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["files"], answer.json()["database"]) == (200, "unreachable", "ok")
    assert b"consult_files_up 0.0" in client.get("/metrics", headers=asking).content


def test_a_directory_nobody_may_write_to_is_told_too(client: Client, db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files" / "new"
    assert client.get("/healthz").json()["files"] == "ok"
    (tmp_path / "files").write_text("a file is in the way")
    assert client.get("/healthz").json()["files"] == "unreachable"


def test_the_worker_goes_on(bucket: Store, db: None) -> None:
    bucket.stop()
    Worker().sweep(make.AT - timedelta(days=1))
