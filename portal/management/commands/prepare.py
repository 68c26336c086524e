"""Everything between a checkout and a served page: database, cache table, static files, and once the demo district."""

import socket
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from consult.kit import keys, store
from consult.people.models import Jurisdiction
from portal import promise
from portal.watch import forget_counts_of_the_dead


class Command(BaseCommand):
    help = "Make the installation ready to serve. Running it again does nothing that was done already."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="Refuse when this port of --host is already in use.")
        parser.add_argument("--host", default="127.0.0.1")

    def handle(self, *, port: int | None, host: str, **options: Any) -> None:
        if port:
            _refuse_taken(host, port)
        _refuse_demo_data()
        self._refuse_open_bucket()
        _refuse_forgetful()
        forget_counts_of_the_dead()
        if _behind():
            self.stdout.write("Bringing the database up to date.")
            call_command("migrate", interactive=False, verbosity=0)
            # Another release may cut the words another way.
            call_command("reindex", verbosity=0)
        call_command("createcachetable", verbosity=0)
        keys.create()
        if _static_is_stale():
            self.stdout.write("Collecting the static files.")
            call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DEMO:
            self._demo()

    def _refuse_open_bucket(self) -> None:
        """Files of residents for whoever knows the address: no service before that is mended."""
        shown = getattr(storages[store.FILES], "open_to_all", None)
        try:
            if shown and shown():
                raise CommandError("The bucket shows its files to everybody. Take public access away from it (S3_BUCKET).")
        except store.Unreachable as away:
            self.stderr.write(f"Whether the bucket is private could not be looked at: {away.strerror}.")

    def _demo(self) -> None:
        if Jurisdiction.objects.exists():
            call_command("demo", card=True, stdout=self.stdout)
            return
        self.stdout.write("Loading the demo district. This happens once.")
        # All or nothing: a start that was interrupted leaves no half district behind.
        with transaction.atomic():
            call_command("demo", stdout=self.stdout)
            # Inside: should the commit fail, a mark too many does no harm.
            _demo_mark().touch()


def _demo_mark() -> Path:
    return Path(settings.VAR_DIR) / "demo-district-loaded"


def _refuse_demo_data() -> None:
    """Demo accounts have published passwords: no service for real without demo mode on their database."""
    if not settings.DEMO and _demo_mark().exists():
        raise CommandError(
            f"{settings.VAR_DIR} holds the demo district, whose passwords are known to all. "
            "Start with DEMO=1, or choose an empty VAR_DIR (and DATABASE_URL) for a real installation.")


def _refuse_forgetful() -> None:
    """A receipt says that something is kept: no start where a power cut could take it back."""
    if wrong := promise.broken(connection):
        raise CommandError(" ".join(wrong))


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise CommandError(f"Port {port} on {host} can't be used ({taken.strerror}). "
                               f"Choose another one: PORT={port + 1} make run") from taken


def _behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _static_is_stale() -> bool:
    """Is any source newer than what was collected last?"""
    collected = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not collected.exists():
        return True
    since = collected.stat().st_mtime
    return any(Path(storage.path(name)).stat().st_mtime > since
               for finder in get_finders() for name, storage in finder.list(_left_out()))


def _left_out() -> list[str]:
    return list(getattr(apps.get_app_config("staticfiles"), "ignore_patterns", []))
