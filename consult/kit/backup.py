"""The whole installation in a directory, and back again: every row, every file, each with its digest.

Rows are written as text that belongs to no database: a backup of SQLite can be restored into PostgreSQL and the other way
round. An older backup is restored into the tables of its day, and those are then brought up to date.

Keys are not in it: whoever steals a backup reads no sealed identity. Keep the keys elsewhere, and keep them.
Sessions, limits, caches and the index of words are left out: they begin anew.
"""

import gzip
import hashlib
import json
import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.apps import apps as installed
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.duration import duration_iso_string
from django.utils.translation import gettext as _

from consult.kit import search, store

FORMAT = 1
BATCH = 500
CHUNK = 1 << 20
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
#: Of one process or one moment, or made anew from the rest.
LEFT_OUT = {"sessions.Session", "usersessions.UserSession", "kit.Worker", "kit.Bucket", "kit.DayChance", "kit.SearchText"}
#: Rows every new installation has before anybody used it.
OWN = {"contenttypes.ContentType", "auth.Permission", "kit.CalendarDay"}


class Broken(Exception):
    """The backup is not what was written, or this database can't take it; the sentences say which and what to do."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = list(sentences)
        super().__init__("\n".join(self.sentences))


# --- rows as text -------------------------------------------------------------------------------------------------


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    raise TypeError(f"a value of {type(value)} can't be kept in a backup")


def _line(row: Iterable[Any]) -> bytes:
    return json.dumps(list(row), default=_text, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _rows(model: type[models.Model], names: Iterable[str]) -> Iterator[bytes]:
    """The rows of one table in the order of their keys; decimals and times say the same on every database."""
    for row in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=2000):
        yield _line(row)


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.local_concrete_fields]


def _kept(apps: Any) -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True)
            if model._meta.managed and not model._meta.proxy and model._meta.label not in LEFT_OUT]


def _digest(lines: Iterable[bytes]) -> tuple[int, str]:
    count, sha = 0, hashlib.sha256()
    for line in lines:
        count += 1
        sha.update(line)
    return count, sha.hexdigest()


# --- making a backup ----------------------------------------------------------------------------------------------


def make(target: Path, at: datetime, *, tell: Callable[[str], None] = lambda words: None) -> dict[str, Any]:
    """Write everything into the new directory ``target``; gives the manifest. People go on working meanwhile.

    The rows are those of one moment, the files those they name or more: a file is stored before its row is. What could not be
    finished is taken away again.
    """
    target.mkdir(mode=0o700, parents=True)
    try:
        return _write_all(target, at, tell)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _write_all(target: Path, at: datetime, tell: Callable[[str], None]) -> dict[str, Any]:
    (target / "tables").mkdir(mode=0o700)
    (target / "files").mkdir(mode=0o700)
    with _one_moment(target):
        tables = {model._meta.label: _write_table(target, model, tell) for model in _kept(installed)}
        done = sorted(MigrationExecutor(connection).loader.applied_migrations)
    files = {name: kept for number, name in enumerate(sorted(_stored())) if (kept := _write_file(target, name, number))}
    manifest = {"format": FORMAT, "made_at": at.isoformat(), "database": connection.vendor,
                "migrations": [list(one) for one in done], "tables": tables, "files": files}
    content = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    (target / MANIFEST).write_bytes(content)
    (target / SEAL).write_text(f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n")
    return manifest


@contextmanager
def _one_moment(beside: Path) -> Iterator[None]:
    """Inside, this thread reads the database as it stands at one moment, while others go on writing."""
    if connection.vendor != "sqlite":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    live, file = connections[DEFAULT_DB_ALIAS], beside / "copy.sqlite3"
    live.ensure_connection()
    with closing(sqlite3.connect(file)) as other:
        live.connection.backup(other)
    copy = live.copy()
    copy.settings_dict["NAME"] = str(file)
    connections[DEFAULT_DB_ALIAS] = copy
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = live
        copy.close()
        file.unlink()


def _write_table(target: Path, model: type[models.Model], tell: Callable[[str], None]) -> dict[str, Any]:
    name, columns = f"tables/{model._meta.label}.jsonl.gz", _columns(model)
    count, sha = 0, hashlib.sha256()
    with (target / name).open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=5, mtime=0, filename="") as file:
        for line in _rows(model, columns):
            count += 1
            sha.update(line)
            file.write(line)
    if count:
        tell(f"{model._meta.label}: {count}")
    return {"rows": count, "sha256": sha.hexdigest(), "fields": columns, "file": name, "file_sha256": _sha_of(target / name)}


def _stored() -> Iterator[str]:
    """The names of all stored files, whatever keeps them."""
    return (name for name, _changed in store.walk())


def _write_file(target: Path, name: str, number: int) -> dict[str, Any] | None:
    """A copy under a number: a stored name need not be one the disk of the backup can hold. None: it was erased meanwhile."""
    place, size, sha = f"files/{number:08d}", 0, hashlib.sha256()
    try:
        stored = default_storage.open(name, "rb")
    except FileNotFoundError:
        return None
    with stored as source, (target / place).open("wb") as file:
        while piece := source.read(CHUNK):
            file.write(piece)
            sha.update(piece)
            size += len(piece)
    return {"file": place, "size": size, "file_sha256": sha.hexdigest()}


def _sha_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- looking at a backup ------------------------------------------------------------------------------------------


def look(source: Path) -> dict[str, Any]:
    """The manifest of a whole backup. Raises Broken naming each file that is missing, added or not what was written."""
    try:
        content = (source / MANIFEST).read_bytes()
        seal = (source / SEAL).read_text()
    except (OSError, ValueError) as missing:
        raise Broken([_("This is no backup: %(why)s") % {"why": missing}]) from missing
    if seal != f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n":
        raise Broken([_("%(file)s is not what was written.") % {"file": MANIFEST}])
    manifest: dict[str, Any] = json.loads(content)
    if manifest["format"] > FORMAT:
        raise Broken([_("This backup was made by a newer release: restore it with that one.")])
    parts = {one["file"]: one["file_sha256"] for one in [*manifest["tables"].values(), *manifest["files"].values()]}
    there = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()} - {MANIFEST, SEAL}
    wrong = [_("%(file)s is missing.") % {"file": name} for name in sorted(set(parts) - there)]
    wrong += [_("%(file)s does not belong to this backup.") % {"file": name} for name in sorted(there - set(parts))]
    wrong += [_("%(file)s is not what was written.") % {"file": name} for name in sorted(there & set(parts))
              if _sha_of(source / name) != parts[name]]
    if wrong:
        raise Broken(wrong)
    return manifest


# --- restoring ----------------------------------------------------------------------------------------------------


def restore(source: Path, *, tell: Callable[[str], None] = lambda words: None) -> dict[str, Any]:
    """Put a whole backup into this installation, which must be empty, and compare every digest afterwards.

    Raises Broken before anything is changed, or with everything taken back.
    """
    manifest = look(source)
    then = [(app, name) for app, name in manifest["migrations"]]
    _must_be_empty()
    apps = _tables_of(then)
    with transaction.atomic():
        for model in _kept(apps):
            if model._meta.label in OWN:
                model._base_manager.all().delete()
        for model in _kept(apps):
            _read_table(source, model, manifest["tables"].get(model._meta.label), tell)
        _number_on(_kept(apps))
        _compare(_kept(apps), manifest)
        _put_all_back(source, manifest["files"])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    search.rebuild()
    return manifest


def _must_be_empty() -> None:
    there = set(connection.introspection.table_names())
    used = [model._meta.label for model in _kept(installed) if model._meta.db_table in there and model._meta.label not in OWN
            and model._base_manager.exists()]
    if used or any(_stored()):
        raise Broken([_("This installation is in use (%(what)s). Restore into an empty one: another DATABASE_URL and VAR_DIR or "
                        "S3_BUCKET.")
                      % {"what": ", ".join(used[:5]) or _("stored files")}])


def _tables_of(then: list[tuple[str, str]]) -> Any:
    """The tables as they were when the backup was made: the models of that day."""
    executor = MigrationExecutor(connection)
    known = set(executor.loader.graph.nodes)
    wanted = [one for one in then if one in known]
    if strange := [one for one in then if one not in known and one not in executor.loader.replacements]:
        raise Broken([_("This backup knows changes of tables this release does not (%(one)s): restore it with the release "
                        "that made it.") % {"one": ".".join(strange[0])}])
    if ahead := set(executor.loader.applied_migrations) - set(then):
        raise Broken([_("The tables here are newer than the backup (%(one)s): restore into a database without tables.")
                      % {"one": ".".join(sorted(ahead)[0])}])
    nodes = executor.loader.graph.node_map
    last = [one for one in wanted if not any(child.key in then for child in nodes[one].children)]
    executor.migrate(last)
    return executor.loader.project_state(last).apps


def _read_table(source: Path, model: type[models.Model], kept: dict[str, Any] | None, tell: Callable[[str], None]) -> None:
    if not kept or not kept["rows"]:
        return
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    if set(kept["fields"]) != set(fields):
        raise Broken([_("%(table)s has other columns here than in the backup.") % {"table": model._meta.label}])
    order = [fields[name] for name in kept["fields"]]
    with gzip.open(source / kept["file"], "rb") as file:
        found = _decoded(file)
        while lines := list(islice(found, BATCH)):
            rows = [model(**{field.attname: _value(field, one) for field, one in zip(order, line, strict=True)})
                    for line in lines]
            # As they are: no default, no date of today.
            model._base_manager._insert(rows, fields=order, using="default", raw=True)  # type: ignore[attr-defined]
    tell(f"{model._meta.label}: {kept['rows']}")


def _decoded(file: IO[bytes]) -> Iterator[list[Any]]:
    for line in file:
        yield json.loads(line)


def _value(field: models.Field[Any, Any], kept: Any) -> Any:
    return kept if isinstance(field, models.JSONField) or kept is None else field.to_python(kept)


def _number_on(kept: list[type[models.Model]]) -> None:
    """The next key of each table follows the last one restored."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kept):
            cursor.execute(statement)


def _compare(kept: list[type[models.Model]], manifest: dict[str, Any]) -> None:
    wrong = []
    for model in kept:
        was = manifest["tables"].get(model._meta.label, {"rows": 0, "sha256": _digest(())[1], "fields": ["pk"]})
        if _digest(_rows(model, was["fields"])) != (was["rows"], was["sha256"]):
            wrong.append(_("%(table)s does not hold what the backup holds.") % {"table": model._meta.label})
    if wrong:
        raise Broken(wrong)


def _put_all_back(source: Path, files: dict[str, Any]) -> None:
    """All files into the store, which was empty; or none."""
    try:
        for name, kept in files.items():
            _put_back(source, name, kept)
    except BaseException:
        with suppress(OSError):
            for name in list(_stored()):
                store.drop(name)
        raise


def _put_back(source: Path, name: str, kept: dict[str, Any]) -> None:
    with (source / kept["file"]).open("rb") as file:
        stored = default_storage.save(name, File(file))
    sha = hashlib.sha256()
    with default_storage.open(stored, "rb") as file:
        while piece := file.read(CHUNK):
            sha.update(piece)
    if stored != name or sha.hexdigest() != kept["file_sha256"]:
        raise Broken([_("The file %(name)s could not be stored as it was.") % {"name": name}])
