"""A ground of its own: a database, a folder for files, and signed briefings whose paper is still to be set."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

PARAGRAPH = "11月20日，在石桥社区会议室协商，委员、部门、群众代表参加，就过渡费的标准、周期与发放方式逐条交换意见。"


@contextmanager
def ground(settings: str = "tests.kills.settings") -> Iterator[None]:
    """A new database (SQLite, or beside the one TEST_DATABASE_URL names) and VAR_DIR; Django is set up on them.

    With "portal.settings" it is the installation that bin/serve would make, which takes half a minute.
    """
    server = os.environ.get("TEST_DATABASE_URL", "")
    for name in ("PYTEST_VERSION", "TEST_DATABASE_URL", "DEMO", "DEBUG"):
        os.environ.pop(name, None)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="consult-kills-")))
        url = stack.enter_context(_database(server)) if server.startswith("postgres") else f"sqlite:///{folder}/db.sqlite3"
        os.environ.update(VAR_DIR=str(folder), KEY_DIR=str(folder / "keys"), DATABASE_URL=url, HTTPS="0",
                          SECRET_KEY="only-for-tests-" * 4, DJANGO_SETTINGS_MODULE=settings, ALLOWED_HOSTS="127.0.0.1")
        _set_up(whole=settings == "portal.settings")
        yield


@contextmanager
def _database(server: str) -> Iterator[str]:
    import psycopg
    address, name = urlsplit(server), f"consult_kills_{os.getpid()}"
    def say(words: str) -> None:  # each time anew: the server may have been restarted meanwhile
        with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as door:
            door.execute(words)  # type: ignore[call-overload]

    say(f'CREATE DATABASE "{name}"')
    try:
        yield address._replace(path=f"/{name}").geturl()
    finally:
        say(f'DROP DATABASE "{name}" WITH (FORCE)')


def _set_up(whole: bool) -> None:
    import django
    django.setup()
    from django.core.management import call_command

    from consult.kit import calendar, keys
    if whole:
        call_command("prepare")
        return
    call_command("migrate", run_syncdb=True, verbosity=0)
    keys.create()
    calendar.seed()


def signed(number: int, paragraphs: int) -> list[int]:
    """The keys of so many issues, signed and not set: the first through the verbs, the others like it."""
    from django.db import transaction

    from consult.briefings.models import Briefing, Issue
    from consult.kit.models import Job
    from consult.kit.paper.codes import new_code
    from tests import make
    with transaction.atomic():
        place = make.place()
        first = make.briefing(place, make.cast(place), state="signed", overview="\n".join([PARAGRAPH] * paragraphs)).paper
        made = [first.pk]
        for extra in range(1, number):
            briefing, issue = Briefing.objects.get(pk=first.briefing_id), Issue.objects.get(pk=first.pk)
            briefing.pk = None
            briefing.save(force_insert=True)
            issue.pk, issue.briefing, issue.code, issue.issue_no = None, briefing, new_code(), first.issue_no + extra
            issue.save(force_insert=True)
            made.append(issue.pk)
    Job.objects.all().delete()  # the harness says when each is set
    return made
