"""An installation is production unless it says otherwise, and it does not start half secured."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from portal import keys
from portal.settings import _wal_is_safe

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("version", "safe"), [
    ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
    ((3, 50, 7), True), ((3, 51, 0), False), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 52, 0), True)])
def test_wal_only_where_it_keeps_its_promise(version, safe):
    assert _wal_is_safe(version) is safe


def settings_of(tmp_path, *names, **environment):
    """Values of settings in a process of its own, with nothing inherited but the path."""
    script = f"from portal import settings as s; print(repr([getattr(s, n) for n in {names!r}]))"
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, env={
        "PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **environment}, check=False)


def test_refuses_to_start_without_a_key(tmp_path):
    refused = settings_of(tmp_path, "DEBUG")
    assert refused.returncode != 0
    assert "There is no secret key" in refused.stderr


def test_production_is_the_default(tmp_path):
    shown = settings_of(tmp_path, "DEMO", "DEBUG", "HTTPS", "ALLOWED_HOSTS", "SESSION_COOKIE_NAME", "SECURE_HSTS_SECONDS",
                        SECRET_KEY="x" * 60)
    assert shown.stdout.strip() == "[False, False, True, [], '__Host-session', 31536000]", shown.stderr


def test_demo_is_plain_http_for_this_machine_only(tmp_path):
    shown = settings_of(tmp_path, "HTTPS", "ALLOWED_HOSTS", "CSRF_COOKIE_NAME", SECRET_KEY="x" * 60, DEMO="1")
    assert shown.stdout.strip() == \
        "[False, ['localhost', '.localhost', '127.0.0.1', '[::1]'], 'csrf']", shown.stderr


S3 = {"S3_BUCKET": "consult", "S3_ENDPOINT_URL": "https://s3.example", "S3_ACCESS_KEY": "key", "S3_SECRET_KEY": "secret-of-s3"}


def test_files_lie_in_a_bucket_by_settings_alone(tmp_path):
    plain = settings_of(tmp_path, "STORAGES", SECRET_KEY="x" * 60)
    assert plain.stdout.count("consult.kit.store.Disk") == 2 and "s3.Bucket" not in plain.stdout, plain.stderr
    shown = settings_of(tmp_path, "STORAGES", SECRET_KEY="x" * 60, **S3)
    assert shown.stdout.count("consult.kit.s3.Bucket") == 2 and "'us-east-1'" in shown.stdout, shown.stderr
    assert "'location': 'files'" in shown.stdout and "'location': 'arrivals'" in shown.stdout


@pytest.mark.parametrize("missing", ["S3_ACCESS_KEY", "S3_SECRET_KEY"])
def test_a_bucket_without_its_keys_is_refused(tmp_path, missing):
    refused = settings_of(tmp_path, "STORAGES", SECRET_KEY="x" * 60, **{**S3, missing: ""})
    assert refused.returncode != 0 and "S3_SECRET_KEY must be" in refused.stderr and "secret-of-s3" not in refused.stderr


def test_a_database_that_is_gone_is_noticed_within_seconds_and_what_its_address_says_counts(tmp_path):
    shown = settings_of(tmp_path, "DATABASES", SECRET_KEY="x" * 60, DATABASE_URL="postgres://a@one/consult?sslmode=verify-full",
                        REPLICA_URL="postgres://a@two/consult?sslmode=require&connect_timeout=1")
    (found,) = eval(shown.stdout)
    primary, replica = found["default"]["OPTIONS"], found["replica"]["OPTIONS"]
    assert (primary["sslmode"], replica["sslmode"]) == ("verify-full", "require"), shown.stderr
    assert int(primary["connect_timeout"]) <= 5 and int(replica["connect_timeout"]) == 1
    assert "statement_timeout" in primary["options"] and "lock_timeout" in primary["options"]
    assert "statement_timeout" in replica["options"] and "lock_timeout" not in replica["options"]
    for one in (primary, replica):
        assert one["tcp_user_timeout"] <= 10_000
        assert one["keepalives_idle"] + one["keepalives_interval"] * one["keepalives_count"] <= 15


def test_key_is_made_once_and_only_the_service_reads_it(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("KEY_DIR", raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    keys.ensure_secret_key()
    first = keys.secret_key()
    keys.ensure_secret_key()
    assert keys.secret_key() == first
    assert len(first) > 60
    assert stat.S_IMODE(keys.secret_key_file().stat().st_mode) == 0o600
    assert [file.name for file in keys.key_dir().iterdir()] == ["secret_key"]


def test_nobody_signs_up(client, db):
    page = client.post("/accounts/signup/", {"username": "me", "password1": "forty-two green doors"})
    assert page.status_code == 200
    from consult.people.models import User
    assert not User.objects.exists()


def test_signing_in_is_limited(client, db):
    from tests import make
    make.user("me")
    for _attempt in range(5):
        client.post("/accounts/login/", {"login": "me", "password": "wrong"})
    right = client.post("/accounts/login/", {"login": "me", "password": make.PASSWORD})
    assert right.status_code == 200
    assert "_auth_user_id" not in client.session


def test_new_password_first(client, db):
    from tests import make
    user = make.user("me", must_change_password=True)
    client.force_login(user)
    assert client.get("/desk/").url == "/accounts/password/change/"
    new = "forty-two green doors"
    client.post("/accounts/password/change/", {"oldpassword": make.PASSWORD, "password1": new, "password2": new})
    user.refresh_from_db()
    assert user.check_password(new)
    assert not user.must_change_password
