"""A job that never ends, for the worker that must not wait for it."""

import time

from django_tasks import task


@task()
def hang() -> None:
    while True:
        time.sleep(1)
