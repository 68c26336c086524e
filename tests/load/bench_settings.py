"""The installation as it is, with the lists without rights beside it."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.load.bench_urls"
