"""What deploy/ promises: nginx takes its configuration and does what it says, systemd takes the units, no setting is invented."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from consult.kit import attachments, parameters, sheets

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
#: Read for the tests, or handed on to a library: nothing an operator sets.
NOT_FOR_OPERATORS = {"TEST_DATABASE_URL", "PYTEST_VERSION", "PROMETHEUS_MULTIPROC_DIR"}


# --- settings -----------------------------------------------------------------------------------------------------


def read_by_the_product() -> set[str]:
    code = "".join((ROOT / file).read_text() for file in ("portal/settings.py", "portal/keys.py"))
    names = re.findall(r"""(?:environ\.get\(|environ\[|_flag\(|_names\()"([A-Z][A-Z0-9_]+)\"""", code)
    names += re.findall(r"\$\{([A-Z][A-Z0-9_]+):-", (ROOT / "bin/serve").read_text())
    return set(names) - NOT_FOR_OPERATORS


def in_the_example() -> set[str]:
    return set(re.findall(r"(?m)^#?([A-Z][A-Z0-9_]+)=", (DEPLOY / "environment.example").read_text()))


def documented() -> set[str]:
    head = (ROOT / "portal/settings.py").read_text().split('"""')[1]
    starts = re.findall(r"(?m)^([A-Z][A-Z0-9_]+(?:, [A-Z][A-Z0-9_]+)*)[ =…]", head)
    return {name for start in starts for name in start.split(", ")}


def test_every_setting_named_is_read_and_every_setting_read_is_named() -> None:
    known = read_by_the_product()
    assert {"DATABASE_URL", "S3_SECRET_KEY", "WEB_THREADS", "EMAIL_USE_TLS", "KEY_DIR"} <= known
    assert in_the_example() == known
    assert {"DEMO", "S3_ACCESS_KEY", "TRUSTED_PROXIES"} <= documented() <= in_the_example()


def test_no_other_setting_is_named_in_what_is_deployed() -> None:
    known = read_by_the_product()
    for file in [*UNITS, DEPLOY / "nginx.conf", DEPLOY / "README.md", ROOT / "docs/growing.md", ROOT / "docs/growing.zh-Hans.md"]:
        named = set(re.findall(r"(?<![\w$/.])([A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9])=", file.read_text()))
        assert named <= known | {"MOST_BYTES"}, file.name


def test_the_example_holds_no_secret() -> None:
    for line in (DEPLOY / "environment.example").read_text().splitlines():
        name, _is, value = line.partition("=")
        if re.search("KEY$|SECRET|PASSWORD|TOKEN", name):
            assert not value.strip() or value.lstrip().startswith("("), line


# --- systemd ------------------------------------------------------------------------------------------------------


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units as they would be for this checkout."""
    made = []
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/shangliang", str(ROOT)))
        made.append(tmp_path / unit.name)
    return made


def test_systemd_takes_the_units(units: list[Path]) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd on this machine")
    names = [str(unit).replace("@.", "@1.") for unit in units]
    for unit in units:
        if "@" in unit.name:
            unit.with_name(unit.name.replace("@.", "@1.")).write_text(unit.read_text())
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False)
    ours = [line for line in said.stderr.splitlines() if "shangliang" in line and "postgresql.service" not in line]
    assert ours == [], said.stderr


def test_units_start_what_is_there_and_hold_it_tight() -> None:
    for unit in UNITS:
        lines = dict(re.findall(r"(?m)^(\w+)=(.*)$", unit.read_text()))
        if unit.suffix == ".timer":
            started = lines["Unit"].replace("@post", "@").replace("@remind", "@").replace("@sweep", "@")
            assert (DEPLOY / "systemd" / started).exists(), unit.name
            continue
        program = ROOT / Path(lines["ExecStart"].split()[0]).relative_to("/opt/shangliang")
        assert os.access(program, os.X_OK), unit.name
        assert lines["User"] == "shangliang" and lines["ProtectSystem"] == "strict" and lines["UMask"] == "0077"
        assert lines["EnvironmentFile"] == "/etc/shangliang/environment"


def test_serve_knows_its_parts() -> None:
    refused = subprocess.run([ROOT / "bin/serve", "everything"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2 and "web|worker" in refused.stderr


# --- backups ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("works", [True, False])
def test_old_backups_go_only_after_a_new_one_is_whole(tmp_path: Path, works: bool) -> None:
    home, shelf = tmp_path / "home", tmp_path / "shelf"
    (home / "deploy").mkdir(parents=True)
    (home / ".venv/bin").mkdir(parents=True)
    shutil.copy(DEPLOY / "backup", home / "deploy")
    python = home / ".venv/bin/python"
    python.write_text('#!/bin/sh\n[ "$3" = --check ] || mkdir "$3"\n' + ('' if works else '[ "$3" != --check ]\n'))
    python.chmod(0o755)
    for name, days in (("2026-01-01-021000", 40), ("2026-02-01-021000", 10), ("other", 400)):
        (shelf / name).mkdir(parents=True)
        os.utime(shelf / name, (time.time() - days * 86400,) * 2)
    done = subprocess.run([home / "deploy/backup", shelf, "30"], check=False)
    assert (done.returncode == 0) is works
    left = sorted(path.name for path in shelf.iterdir())
    assert ("2026-01-01-021000" in left) is not works
    assert {"2026-02-01-021000", "other"} < set(left) and len(left) == (3 if works else 4)


# --- nginx --------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(
        1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30)).sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


class Product(BaseHTTPRequestHandler):
    """Tells back what it was asked."""

    asked: list[dict[str, str]] = []

    def answer(self) -> None:
        if self.path.startswith("/gone"):
            self.connection.close()
            return
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append(dict(self.headers))
        self.send_response(200)
        for name, value in (("X-Request-ID", "named-by-the-product"), ("Cache-Control", "max-age=315360000, public, immutable"),
                            ("Content-Security-Policy", "default-src 'none'"), ("Content-Length", "2")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = answer

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[tuple[int, int, Path]]:
    """nginx with our configuration on ports of its own: http, https, and where its logs are."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
    if not program:
        pytest.skip("no nginx on this machine")
    product = ThreadingHTTPServer(("127.0.0.1", 0), Product)
    threading.Thread(target=product.serve_forever, daemon=True).start()
    plain, tls = free_port(), free_port()
    certificate(tmp_path)
    ours = (DEPLOY / "nginx.conf").read_text()
    for old, new in ((r"listen \[::\].*\n", "\n"), (r"listen 80;", f"listen 127.0.0.1:{plain};"),
                     (r"listen 443", f"listen 127.0.0.1:{tls}"),
                     (r"127\.0\.0\.1:8000 ", f"127.0.0.1:{product.server_port} "), ("/etc/shangliang/tls", str(tmp_path)),
                     ("/var/log/nginx", str(tmp_path)), ("/var/cache/nginx", str(tmp_path))):
        ours, found = re.subn(old, new, ours)
        assert found, old
    (tmp_path / "ours.conf").write_text(ours)
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (tmp_path / "main.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {tmp_path}/pid; error_log {tmp_path}/main.log;\n"
        f"events {{}}\nhttp {{ {temporary} include {tmp_path}/ours.conf; }}\n")
    words = [program, "-e", f"{tmp_path}/main.log", "-p", str(tmp_path), "-c", f"{tmp_path}/main.conf"]
    looked = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert looked.returncode == 0 and "warn" not in looked.stderr, looked.stderr
    server = subprocess.Popen(words)
    try:
        for _try in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", tls)) == 0:
                    break
            time.sleep(0.05)
        yield plain, tls, tmp_path
    finally:
        server.terminate()
        server.wait(10)
        product.shutdown()
        product.server_close()


def asked(port: int, path: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
    line = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=ssl._create_unverified_context())
    line.request("POST" if body is not None else "GET", path, body,
                 {name.replace("_", "-"): value for name, value in headers.items()})
    answer = line.getresponse()
    return answer.status, dict(answer.headers), answer.read().decode()


def test_nginx_says_who_is_in_front_and_adds_nothing_of_its_own(nginx: tuple[int, int, Path]) -> None:
    plain, tls, folder = nginx
    line = http.client.HTTPConnection("127.0.0.1", plain, timeout=20)
    line.request("GET", "/say/?q=1", headers={"Host": "shangliang.example.gov.cn"})
    moved = line.getresponse()
    assert (moved.status, moved.headers["Location"]) == (308, "https://shangliang.example.gov.cn/say/?q=1")
    status, headers, _words = asked(tls, "/search/?q=13800138000", X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="http",
                                    X_Forwarded_Host="evil.example", X_Request_ID="forged", Host="shangliang.example.gov.cn")
    told = Product.asked[-1]
    # limits.py and allauth count from the right: TRUSTED_PROXIES=1 takes the last.
    assert told["X-Forwarded-For"].split(", ")[-1] == "127.0.0.1"
    assert "\nTRUSTED_PROXIES=1\n" in (DEPLOY / "environment.example").read_text()
    assert (told["X-Forwarded-Proto"], told["Host"]) == ("https", "shangliang.example.gov.cn")
    assert not {"X-Forwarded-Host", "X-Request-ID"} & set(told)
    assert status == 200 and headers["X-Request-ID"] == "named-by-the-product"
    assert headers["Content-Security-Policy"] == "default-src 'none'" and "Strict-Transport-Security" not in headers
    time.sleep(0.2)
    log = (folder / "shangliang.log").read_text()
    assert "named-by-the-product" in log and not re.search(r"13800138000|127\.0\.0\.1|/search", log)


def test_nginx_takes_what_the_product_takes_and_says_what_is_too_large(nginx: tuple[int, int, Path]) -> None:
    _plain, tls, _folder = nginx
    photos = parameters.defaults["photos_at_once"].value * attachments.MOST_BYTES
    most = max(photos, sheets.MOST_BYTES, 6 * attachments.MOST_BYTES) + 200_000
    assert asked(tls, "/say/", bytes(most))[0] == 200
    status, _headers, words = asked(tls, "/say/", bytes(65 * 1024 * 1024))
    assert status == 413 and "文件太大" in words and "Too large" in words


def test_static_files_are_kept_and_a_dead_product_is_said(nginx: tuple[int, int, Path]) -> None:
    _plain, tls, _folder = nginx
    before = len(Product.asked)
    assert [asked(tls, "/static/css/tokens.0123.css")[0] for _time in range(3)] == [200] * 3
    assert len(Product.asked) == before + 1
    assert asked(tls, "/metrics")[0] == 200
    status, headers, words = asked(tls, "/gone")
    assert (status, headers["Cache-Control"]) == (503, "no-store") and "请过一分钟再试" in words
