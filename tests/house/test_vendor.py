"""What others wrote is kept as they wrote it, with its licence."""

import hashlib
import json

import pytest

from tests.house.law import ROOT

#: Served to browsers; used by tests alone.
VENDORS = [ROOT / "portal" / "static" / "vendor", ROOT / "tests" / "browser" / "vendor"]


def manifest(vendor):
    listed = json.loads((vendor / "manifest.json").read_text(encoding="utf-8"))
    return listed["packages"] if isinstance(listed, dict) else listed


@pytest.mark.parametrize("vendor", VENDORS, ids=("served", "tests"))
def test_every_vendored_file_is_the_published_one(vendor):
    for package in manifest(vendor):
        assert {"name", "version", "licence", "source", "files"} <= set(package), package
        for path, digest in package["files"].items():
            assert hashlib.sha256((vendor / path).read_bytes()).hexdigest() == digest, path


@pytest.mark.parametrize("vendor", VENDORS, ids=("served", "tests"))
def test_every_vendored_file_is_in_the_manifest(vendor):
    known = {path for package in manifest(vendor) for path in package["files"]}
    there = {str(file.relative_to(vendor)) for file in vendor.rglob("*") if file.is_file()} - {"manifest.json"}
    assert there == known
