"""Monitors read counts by route and what waits; logs say which request, never who or what was written."""

import json
import logging
import re
import subprocess

import pytest
from django.core.management import call_command
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "only-for-this-test"


@pytest.fixture
def scrape(client, settings, db):
    settings.METRICS_TOKEN = TOKEN

    def read():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
        return {(sample.name, *sorted(sample.labels.values())): sample.value
                for family in text_string_to_metric_families(answer.content.decode()) for sample in family.samples}

    return read


@pytest.mark.parametrize("said", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}])
def test_without_the_token_nothing_is_here(client, settings, db, said):
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers=said).status_code == 404
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers=said).status_code == 404


def test_requests_are_counted_by_route(client, scrape):
    before = scrape()
    key = ("consult_answers_total", "200", "GET", "healthz")
    client.get("/healthz")
    client.get("/healthz")
    assert scrape()[key] - before.get(key, 0) == 2


def test_preparing_again_beside_a_running_server_loses_no_count(client, scrape, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    ended = subprocess.Popen(["true"])
    ended.wait()
    left = settings.METRICS_DIR / f"counter_{ended.pid}.db"
    client.get("/healthz")
    before = scrape()
    left.touch()
    call_command("prepare")
    client.get("/healthz")
    key = ("consult_answers_total", "200", "GET", "healthz")
    assert scrape()[key] - before[key] == 1
    assert not left.exists()


def test_an_address_and_an_invented_method_make_no_series(client, scrape):
    client.get("/nowhere/13800138000/")
    client.generic("BREW", "/healthz")
    said = scrape()
    assert not any("13800138000" in str(part) or part == "BREW" for key in said for part in key)
    assert any(key[0] == "consult_answers_total" and "none" in key and "404" in key for key in said)


def test_what_waits_is_told(scrape):
    said = scrape()
    assert said[("consult_worker_up",)] == 0
    assert said[("consult_jobs_failed",)] == said[("consult_jobs_queued",)] == said[("consult_notices_unposted",)] == 0


def test_each_answer_names_its_request_and_the_log_names_it_too(client, db, caplog):
    with caplog.at_level(logging.INFO, logger="portal.requests"):
        answer = client.get("/search/?words=13800138000", headers={"X-Request-ID": "false"})
    name = answer.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", name)
    line = next(record for record in caplog.records if record.name == "portal.requests")
    said = {key: line.__dict__[key] for key in ("method", "route", "status")}
    assert said["method"] == "GET" and said["status"] == answer.status_code
    assert "13800138000" not in json.dumps(line.__dict__, default=str)
