"""Whoever can write to the database is found out by what was signed and kept outside."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models, transaction
from hypothesis import given
from hypothesis import strategies as st

from consult.kit import audit
from consult.kit.models import AppendOnly, AuditCheckpoint, AuditEvent
from consult.people.models import Jurisdiction, User


@pytest.fixture
def log(key_dir: Path, ann: User, district: Jurisdiction, nine: datetime) -> list[str]:
    """Twelve events under two checkpoints, three not sealed yet; gives the receipts kept outside."""
    lines = []
    for n in range(15):
        audit.write("people.note", district, by=ann if n % 2 else None, at=nine + timedelta(minutes=n),
                    before="a", after="b", data={"n": n, "words": "协商 “%s”"})
        if n in (6, 11):
            point = audit.seal(nine + timedelta(minutes=n))
            assert point is not None
            lines.append(audit.receipt(point))
    return lines


def sql(statement: str, *values: Any) -> None:
    """What an administrator of the database can do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def write_over(number: int, **values: Any) -> None:
    """Change an event and work its digest out again, as a careful forger would."""
    event = AuditEvent.objects.get(pk=number)
    for name, value in values.items():
        setattr(event, name, value)
    sql("UPDATE kit_auditevent SET verb=%s, actor_id=%s, actor_label=%s, after=%s, object_id=%s, data=%s, digest=%s"
        " WHERE id=%s", event.verb, event.actor_id, event.actor_label, event.after, event.object_id,
        json.dumps(event.data), audit.digest(event), number)


def ids() -> list[int]:
    return list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))


def test_a_whole_log_has_no_problems(log: list[str]) -> None:
    assert audit.verify() == []
    assert audit.verify(log) == []
    assert [point.count for point in AuditCheckpoint.objects.all()] == [7, 5]


def edit(at: int) -> None:
    sql("UPDATE kit_auditevent SET actor_label='somebody else' WHERE id=%s", ids()[at])


def edit_carefully(at: int) -> None:
    write_over(ids()[at], actor_label="somebody else")


def delete(at: int) -> None:
    sql("DELETE FROM kit_auditevent WHERE id=%s", ids()[at])


def swap(at: int) -> None:
    one, other = ids()[at:at + 2]
    both = [(event.verb, event.actor_id, event.actor_label, event.after, event.object_id, event.data)
            for event in (AuditEvent.objects.get(pk=other), AuditEvent.objects.get(pk=one))]
    times = [AuditEvent.objects.get(pk=other).at, AuditEvent.objects.get(pk=one).at]
    for number, when in zip((one, other), times, strict=True):
        sql("UPDATE kit_auditevent SET at=%s WHERE id=%s", str(when), number)
    for number, values in zip((one, other), both, strict=True):
        write_over(number, **dict(zip(("verb", "actor_id", "actor_label", "after", "object_id", "data"), values,
                                      strict=True)))


def insert_before(at: int) -> None:
    number = ids()[0] - 1
    sql("INSERT INTO kit_auditevent (id, at, verb, app_label, model, object_id, actor_label, before, after, data, digest)"
        " SELECT %s, at, verb, app_label, model, object_id, actor_label, before, after, data, digest"
        " FROM kit_auditevent WHERE id=%s", number, ids()[at])
    write_over(number, verb="people.slipped_in")


@pytest.mark.parametrize("attack", [edit, edit_carefully, delete, swap, insert_before])
@pytest.mark.parametrize("at", [0, 3, 5, 8, 10])
def test_sealed_events_cannot_be_forged(log: list[str], attack: Callable[[int], None], at: int) -> None:
    attack(at)
    assert audit.verify(log)


def test_the_tail_shows_a_careless_change(log: list[str]) -> None:
    edit(13)
    assert [str(problem) for problem in audit.verify()] == [f"Event {ids()[13]} was changed."]


@pytest.mark.parametrize("column", ["verb", "object_id", "actor_label", "before", "after", "at", "data", "model"])
def test_each_column_counts(log: list[str], column: str) -> None:
    value = {"at": "2026-11-24 01:02:03+00:00", "data": '{"n": 99}'}.get(column, "other")
    sql(f"UPDATE kit_auditevent SET {column}=%s WHERE id=%s", value, ids()[2])
    assert len(audit.verify()) == 2  # the event, and the run it belongs to


def test_a_forger_without_the_key_cannot_seal_again(log: list[str]) -> None:
    edit_carefully(2)
    reader = audit._Reader()
    root = audit.merkle(reader.leaves(AuditEvent.objects.filter(pk__lte=ids()[6])))
    first = AuditCheckpoint.objects.order_by("pk")[0]
    sql("UPDATE kit_auditcheckpoint SET root=%s WHERE id=%s", root.hex(), first.pk)
    assert "is false" in " ".join(map(str, audit.verify()))


def test_a_removed_checkpoint_breaks_the_row(log: list[str]) -> None:
    sql("DELETE FROM kit_auditcheckpoint WHERE id=%s", AuditCheckpoint.objects.order_by("pk")[0].pk)
    assert "does not follow" in " ".join(map(str, audit.verify()))


def test_a_cut_off_end_is_known_to_the_witness_alone(log: list[str]) -> None:
    sql("DELETE FROM kit_auditevent WHERE id>%s", ids()[6])
    sql("DELETE FROM kit_auditcheckpoint WHERE id=%s", AuditCheckpoint.objects.order_by("pk")[1].pk)
    assert audit.verify() == []
    assert len(audit.verify(log)) == 1


def test_another_key_does_not_pass(log: list[str], key_dir: Path) -> None:
    (key_dir / "audit.pub").write_text("11" * 32)
    assert len(audit.verify()) == 2


def test_without_key_nothing_is_sealed_quietly(log: list[str], key_dir: Path, nine: datetime) -> None:
    (key_dir / "audit.key").unlink()
    with pytest.raises(ImproperlyConfigured, match=r"audit\.key is missing"):
        audit.seal(nine)
    assert AuditCheckpoint.objects.count() == 2
    assert audit.verify() == []  # the public half suffices to verify


def test_sealing_twice_seals_nothing_new(log: list[str], nine: datetime) -> None:
    assert audit.seal(nine) is not None
    assert audit.seal(nine) is None


def test_events_and_checkpoints_are_written_once(log: list[str], ann: User) -> None:
    for row in (AuditEvent.objects.all()[0], AuditCheckpoint.objects.all()[0]):
        for attempt in (row.save, row.delete, type(row).objects.all().delete, row._meta.model._base_manager.all().delete):
            with pytest.raises(AppendOnly):
                attempt()
        with pytest.raises(AppendOnly):
            type(row).objects.update(pk=1)
    with pytest.raises(models.ProtectedError):
        ann.delete()


def test_the_name_is_frozen(log: list[str], ann: User, district: Jurisdiction) -> None:
    ann.name = "Ann Married"
    ann.save()
    assert audit.trail_of(district)[1].actor_label == "Ann"
    assert audit.verify() == []


def test_what_is_written_reads_back_the_same(key_dir: Path, district: Jurisdiction, nine: datetime) -> None:
    audit.write("people.note", district, by=None, at=nine, data={
        "float": 0.1, "big": 1e300, "none": None, "day": nine.date(), "nul": "a\x00b", "half": "\ud800", "set": {3},
        1: ["x", (True, 2)], "lazy": audit.label("kit.grant")})
    assert audit.verify() == []
    assert audit.trail_of(district)[0].data["big"] == "1e+300"


def test_words_of_verbs() -> None:
    assert str(audit.label("kit.take_back")) == "access taken back"
    assert audit.label("nowhere.turned_up") == "turned up"


def test_the_trail_is_of_one_object(log: list[str], district: Jurisdiction, ann: User) -> None:
    assert audit.trail_of(district).count() == 15
    assert audit.trail_of(ann).count() == 0


# --- the tree of RFC 6962 ---------------------------------------------------------------------------------------

def tree(leaves: list[bytes]) -> bytes:
    """The definition, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + tree(leaves[:k]) + tree(leaves[k:])).digest()


@given(st.integers(0, 70))
def test_the_tree_is_that_of_the_definition(size: int) -> None:
    leaves = [hashlib.sha256(b"\x00" + bytes([n])).digest() for n in range(size)]
    assert audit.merkle(iter(leaves)) == tree(leaves)


def known() -> Iterator[tuple[list[str], str]]:
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    yield inputs[:1], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    yield inputs[:2], "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    yield inputs, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize(("inputs", "root"), list(known()))
def test_the_tree_is_that_of_certificate_transparency(inputs: list[str], root: str) -> None:
    assert audit.merkle(hashlib.sha256(b"\x00" + bytes.fromhex(text)).digest() for text in inputs).hex() == root


# --- an event that commits late ---------------------------------------------------------------------------------

@pytest.mark.django_db(transaction=True)
def test_the_seal_waits_for_events_on_their_way(key_dir: Path, district: Jurisdiction, nine: datetime) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    written, order = threading.Event(), []

    def slow() -> None:
        with transaction.atomic():
            audit.write("people.slow", district, by=None, at=nine)
            written.set()
            time.sleep(0.3)
            order.append("slow")
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait()
    audit.write("people.fast", district, by=None, at=nine)
    point = audit.seal(nine)
    order.append("seal")
    thread.join()
    assert order == ["slow", "seal"]
    assert point is not None
    assert point.count == 2
    assert audit.verify() == []
