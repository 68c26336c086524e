"""A sheet on the office's desk: uploaded, looked at, confirmed, brought in by the page or by a worker; then it is gone."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from consult.opinions import arrivals
from consult.opinions.models import ImportBatch, Opinion
from tests import make, make_sheets

pytestmark = pytest.mark.django_db
BIRDS = (make_sheets.SHEET_NAME, make_sheets.SHEET_PHONE)


@pytest.fixture
def office(client: Client, cast: make.Cast) -> Client:
    client.force_login(cast.office)
    return client


def upload(client: Client, file: io.BytesIO, name: str = "热线.xlsx") -> Any:
    return client.post(reverse("office:import"), {"upload": SimpleUploadedFile(name, file.getvalue())}, follow=True)


def arrived(answer: Any) -> arrivals.Arrival:
    found: arrivals.Arrival = answer.context["arrival"]
    return found


def files() -> list[Path]:
    return sorted((Path(settings.VAR_DIR) / "arrivals").iterdir())


@pytest.fixture(autouse=True)
def _empty_shelf() -> None:
    for path in (Path(settings.VAR_DIR) / "arrivals").glob("*"):
        path.unlink()


def test_looked_at_then_brought_in(office: Client) -> None:
    page = upload(office, make_sheets.sheet(3))
    assert arrived(page).stage == "checked"
    assert not Opinion.objects.exists()
    kept = b"".join(path.read_bytes() for path in files())
    assert not any(bird.encode() in kept or bird in page.content.decode() for bird in BIRDS)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files())
    url = reverse("office:import_sheet", args=[arrived(page).token])
    done = office.post(url, {"do": "all"}, follow=True)
    assert arrived(done).stage == "done"
    assert Opinion.objects.count() == 3
    assert [path.suffix for path in files()] == [".json"], "the sheet itself is gone"
    office.post(url, {"do": "all"})
    assert (Opinion.objects.count(), ImportBatch.objects.count()) == (3, 1)


def test_the_report_says_what_to_mend(office: Client, place: make.Place) -> None:
    page = upload(office, make_sheets.messy())
    words = page.content.decode()
    assert all(bird not in words for bird in (*BIRDS, "张三", "1391234"))
    assert all(f'<th scope="row">{row}</th><td>{column}</td>' in words for row, column, _code in make_sheets.FAULTS)
    token = arrived(page).token
    book = load_workbook(io.BytesIO(office.get(reverse("office:import_report", args=[token])).content)).active
    rows = list(book.iter_rows(values_only=True))
    assert [row[:2] for row in rows[1:9]] == [(row, column) for row, column, _code in make_sheets.FAULTS]
    assert any("白石街道" in row[3] for row in rows), "how to mend it names what is known"
    url = reverse("office:import_sheet", args=[token])
    assert office.post(url, {"do": "all"}).status_code == 422
    assert not Opinion.objects.exists()
    office.post(url, {"do": "good"})
    assert Opinion.objects.count() == 5


def test_a_bomb_or_nothing_is_sent_back(office: Client) -> None:
    answer = upload(office, make_sheets.bomb())
    assert answer.status_code == 422
    assert answer.context["form"].errors["upload"]
    assert office.post(reverse("office:import"), {}).status_code == 422
    assert files() == []


def test_deleted_when_unwanted_or_left(office: Client) -> None:
    page = upload(office, make_sheets.sheet(1))
    office.post(reverse("office:import_sheet", args=[arrived(page).token]), {"do": "drop"})
    assert files() == []
    upload(office, make_sheets.sheet(1))
    assert arrivals.sweep(make.AT + timedelta(days=400)) == 2
    assert files() == []


def test_only_who_uploaded_it(office: Client, cast: make.Cast, place: make.Place) -> None:
    token = arrived(upload(office, make_sheets.sheet(1))).token
    colleague = make.appointed("colleague", "同事", "cppcc_office", place.jurisdiction)
    for person, status in ((colleague, 404), (cast.other_office, 404), (cast.member, 403), (cast.clerk, 403), (cast.chair, 403)):
        office.force_login(person)
        for name in ("office:import_sheet", "office:import_report"):
            assert office.get(reverse(name, args=[token])).status_code == status, person
    assert arrivals.of(colleague, token) is None
    assert arrivals.of(cast.office, uuid4()) is None


@pytest.mark.parametrize("killed_at", ["confirmed", "done"])
def test_a_large_one_is_left_to_a_worker(office: Client, cast: make.Cast, settings: Any, killed_at: str) -> None:
    """The job is told the token alone; taken up again after its worker was killed, it brings nothing in twice."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    with mock.patch.object(arrivals, "SMALL_BYTES", 10), mock.patch.object(arrivals, "SMALL_ROWS", 1):
        page = upload(office, make_sheets.sheet(3))
        assert (arrived(page).stage, page.context["busy"]) == ("waiting", True)
        arrival = arrived(page)
        work(arrival, cast)
        url = reverse("office:import_sheet", args=[arrival.token])
        assert arrived(office.get(url)).stage == "checked"
        assert arrived(office.post(url, {"do": "all"}, follow=True)).stage == "confirmed"
    told = json.dumps([job.args_kwargs for job in DBTaskResult.objects.all()], ensure_ascii=False)
    assert arrival.token in told
    assert not any(bird in told for bird in BIRDS)
    keep = arrivals.Arrival.keep

    def killed(self: arrivals.Arrival) -> None:
        if self.stage == killed_at:
            raise KeyboardInterrupt
        keep(self)

    with mock.patch.object(arrivals.Arrival, "keep", killed), pytest.raises(KeyboardInterrupt):
        work(arrival, cast)
    assert Opinion.objects.count() == (3 if killed_at == "done" else 0)
    work(arrival, cast)
    assert (arrived(office.get(url)).came, Opinion.objects.count(), ImportBatch.objects.count()) == (3, 3, 1)


def work(arrival: arrivals.Arrival, cast: make.Cast) -> None:
    arrivals.handle_sheet.call(cast.office.pk, arrival.token)


def test_what_goes_wrong_is_told(office: Client, cast: make.Cast) -> None:
    page = upload(office, make_sheets.sheet(1))
    url = reverse("office:import_sheet", args=[arrived(page).token])
    with mock.patch.object(arrivals.importing, "bring_in", side_effect=RuntimeError), pytest.raises(RuntimeError):
        office.post(url, {"do": "all"})
    failed = office.get(url)
    assert arrived(failed).stage == "failed"
    assert arrived(failed).why in failed.content.decode()
    assert [path.suffix for path in files()] == [".json"]
