"""The audit log: append only, sealed by signed Merkle roots (hashing of RFC 6962), verified from outside.

The digest of an event shows a careless change; a root signed with a key the database does not hold, and kept
where its administrators cannot reach, shows a careful one.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from consult.kit import keys
from consult.kit.models import AuditCheckpoint, AuditEvent
from consult.kit.rules import Sentence

_names: dict[str, Sentence] = {}


def names(room: str, words: dict[str, Sentence]) -> None:
    """A room tells how its verbs read in a trail: ``names("opinions", {"accept": _("accepted")})``."""
    _names.update({f"{room}.{verb}": word for verb, word in words.items()})


def label(verb: str) -> Sentence:
    """The registered words of a verb, or the bare verb."""
    return _names.get(verb, verb.rpartition(".")[2].replace("_", " "))


# --- writing ----------------------------------------------------------------------------------------------------

def write(verb: str, obj: models.Model, *, by: Any, at: datetime, before: str = "", after: str = "",
          data: dict[str, Any] | None = None) -> AuditEvent:
    """Add one event about ``obj``, in the caller's transaction. ``by`` None: a person without account, or the clock."""
    event = _event(verb, obj, by, at, before, after, data)
    event.save()
    return event


def write_all(verb: str, objects: Iterable[models.Model], *, by: Any, at: datetime, after: str = "",
              data: dict[str, Any] | None = None) -> None:
    """One event about each of ``objects``, as write() makes them, in few statements: for what came in by the thousand."""
    AuditEvent.objects.bulk_create([_event(verb, obj, by, at, "", after, data) for obj in objects])


def _event(verb: str, obj: models.Model, by: Any, at: datetime, before: str, after: str,
           data: dict[str, Any] | None) -> AuditEvent:
    event = AuditEvent(at=at, verb=verb, **key_of(obj), actor=by, actor_label=str(by or "")[:150],
                       before=before, after=after, data=plain(data or {}))
    event.digest = digest(event)
    return event


def trail_of(obj: models.Model) -> models.QuerySet[AuditEvent]:
    """The events of one object, oldest first."""
    return AuditEvent.objects.filter(**key_of(obj)).order_by("id")


def touched(model: type[models.Model], verbs: Iterable[str], *, by: int | None) -> models.Exists:
    """Of an object of a model, for a query: did this person (a key) do one of these acts on it?"""
    return models.Exists(AuditEvent.objects.filter(
        app_label=model._meta.app_label, model=model._meta.model_name, verb__in=verbs, actor=by,
        object_id=Cast(models.OuterRef("pk"), AuditEvent._meta.get_field("object_id"))))


def key_of(obj: models.Model) -> dict[str, str]:
    """How records without a foreign key name an object."""
    return {"app_label": obj._meta.app_label, "model": str(obj._meta.model_name), "object_id": str(obj.pk)}


def plain(value: Any) -> Any:
    """JSON that reads back the same from every database: no floats, no NUL, no half characters."""
    if isinstance(value, dict):
        return {_text(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _text(value)
    return _text(str(value) if isinstance(value, float) else json.loads(json.dumps(value, cls=DjangoJSONEncoder)))


def _text(value: str) -> str:
    return str(value).replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(event: AuditEvent) -> str:
    """SHA-256 over everything the event says, in canonical JSON."""
    said = {name: getattr(event, name) for name in (
        "verb", "app_label", "model", "object_id", "actor_id", "actor_label", "before", "after", "data")}
    said["at"] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(_canonical(said)).hexdigest()


# --- sealing ----------------------------------------------------------------------------------------------------

class _Reader:
    """Reads events into leaves, counting them and noting those whose own digest is wrong."""

    def __init__(self) -> None:
        self.count = 0
        self.changed: list[int] = []

    def leaves(self, events: models.QuerySet[AuditEvent]) -> Iterator[bytes]:
        for event in events.order_by("pk").iterator(2000):
            said = digest(event)
            self.count += 1
            if said != event.digest:
                self.changed.append(event.pk)
            # The number is in the leaf, so that two events cannot change places.
            yield hashlib.sha256(b"\x00" + _canonical([event.pk, said])).digest()


def merkle(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 over leaf hashes, in constant memory."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        node, height = leaf, 0
        while stack and stack[-1][0] == height:
            node, height = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest(), height + 1
        stack.append((height, node))
    if not stack:
        return hashlib.sha256().digest()
    _height, root = stack.pop()
    while stack:
        root = hashlib.sha256(b"\x01" + stack.pop()[1] + root).digest()
    return root


def _wait_for_writers() -> None:
    # An event gets its number before its transaction commits: without this, one could appear behind the seal.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE kit_auditevent, kit_auditcheckpoint IN SHARE ROW EXCLUSIVE MODE")


def _statement(point: AuditCheckpoint) -> bytes:
    return _canonical([point.first_event, point.last_event, point.count, point.root, point.previous,
                       point.at.astimezone(UTC).isoformat(timespec="microseconds")])


def seal(at: datetime) -> AuditCheckpoint | None:
    """Sign a root over the events since the last one; None when there are none."""
    with transaction.atomic():
        _wait_for_writers()
        last = AuditCheckpoint.objects.order_by("last_event").last()
        first = last.last_event + 1 if last else 1
        newest = AuditEvent.objects.filter(pk__gte=first).order_by("pk").last()
        if newest is None:
            return None
        reader = _Reader()
        root = merkle(reader.leaves(AuditEvent.objects.filter(pk__range=(first, newest.pk))))
        point = AuditCheckpoint(first_event=first, last_event=newest.pk, count=reader.count, root=root.hex(),
                                previous=last.root if last else "", at=at)
        point.signature = keys.signing_key().sign(_statement(point)).hex()
        point.save()
        return point


def receipt(point: AuditCheckpoint) -> str:
    """One line for the witness outside: what was signed, and the signature."""
    return f"{_statement(point).decode()} {point.signature}"


# --- verifying --------------------------------------------------------------------------------------------------

def verify(witness: Iterable[str] = ()) -> list[Sentence]:
    """The problems found, as sentences; empty when the log is whole. ``witness``: receipts kept outside.

    Raises ImproperlyConfigured when the public key is missing.
    """
    points = list(AuditCheckpoint.objects.order_by("last_event"))
    problems: list[Sentence] = []
    expected, previous = 1, ""
    for point in points:
        problems += _check(point, expected, previous)
        expected, previous = point.last_event + 1, point.root
    problems += _read(AuditEvent.objects.filter(pk__gte=expected))[1]
    kept = {receipt(point) for point in points}
    problems += [_("A checkpoint known to the witness is missing: %(line)s") % {"line": line.strip()}
                 for line in witness if line.strip() and line.strip() not in kept]
    return problems


def _read(events: models.QuerySet[AuditEvent]) -> tuple[tuple[str, int], list[Sentence]]:
    """Root and count of a run of events, and the sentences about those that were changed."""
    reader = _Reader()
    root = merkle(reader.leaves(events)).hex()
    return (root, reader.count), [_("Event %(id)s was changed.") % {"id": number} for number in reader.changed]


def _covered(point: AuditCheckpoint) -> models.QuerySet[AuditEvent]:
    # The first checkpoint answers for everything before it too: nothing can be slipped in at number 0.
    first = {"pk__gte": point.first_event} if point.first_event > 1 else {}
    return AuditEvent.objects.filter(pk__lte=point.last_event, **first)


def _check(point: AuditCheckpoint, expected: int, previous: str) -> list[Sentence]:
    where = {"first": point.first_event, "last": point.last_event}
    found: list[Sentence] = []
    if point.first_event != expected or point.previous != previous:
        found.append(_("The checkpoint over events %(first)s–%(last)s does not follow the one before it.") % where)
    try:
        keys.verifying_key().verify(bytes.fromhex(point.signature), _statement(point))
    except (InvalidSignature, ValueError):
        found.append(_("The signature over events %(first)s–%(last)s is false.") % where)
    sealed, changed = _read(_covered(point))
    if sealed != (point.root, point.count):
        found.append(_("Events %(first)s–%(last)s are not those that were sealed: something was changed, "
                       "removed or added.") % where)
    return found + changed


names("kit", {
    "grant": _("access granted"), "take_back": _("access taken back"), "void_number": _("number voided"),
    "attach": _("file attached"), "publish_file": _("file opened to the public"),
    "remove_file": _("file taken away"), "set_parameter": _("setting changed"),
    "load_calendar": _("official calendar loaded"),
})
