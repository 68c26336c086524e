"""What others wrote is kept as they wrote it, with its licence."""

import hashlib
import json

from tests.house.law import ROOT

VENDOR = ROOT / "portal" / "static" / "vendor"


def manifest():
    listed = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    return listed["packages"] if isinstance(listed, dict) else listed


def test_every_vendored_file_is_the_published_one():
    for package in manifest():
        assert {"name", "version", "licence", "source", "files"} <= set(package), package
        for path, digest in package["files"].items():
            assert hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() == digest, path


def test_every_vendored_file_is_in_the_manifest():
    known = {path for package in manifest() for path in package["files"]}
    there = {str(file.relative_to(VENDOR)) for file in VENDOR.rglob("*") if file.is_file()} - {"manifest.json"}
    assert there == known
