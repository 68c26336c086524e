"""What the public is told of a paper: genuine, a copy, altered, voided, corrected or unknown; and nothing else."""

import dataclasses
import hashlib
import io
import os
import random
import subprocess
import zlib

import pikepdf
import pytest

from consult.briefings import actions, press, proof
from consult.briefings.models import Issue
from consult.briefings.proof import State
from consult.briefings.states import BriefingState
from consult.kit import keys
from consult.kit.paper import exhibit, signing
from tests import make

S = BriefingState


@pytest.fixture
def issue(place, cast) -> Issue:
    return make.briefing(place, cast, state=S.DISPATCHED).paper


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1:]


def test_the_issue_is_genuine_and_the_code_is_on_record(issue):
    found, file = proof.find(issue.code.lower().replace("-", " ")), proof.of_file(press.read(issue))
    assert (found.state, file.state) == (State.ON_RECORD, State.GENUINE)
    assert found.sha256 == file.sha256 == issue.sha256
    assert (found.number, found.organ, found.on) == ("第1期（总第1期）", "政协湖山区委员会办公室", make.TODAY)
    assert "专报" in found.kind


def test_nothing_of_content_or_readers_is_told(issue):
    told = str(dataclasses.astuple(proof.of_file(press.copy_for(issue.recipients.first(), at=make.AT))))
    for hidden in (issue.briefing.title, "过渡费", str(issue.recipients.first().user), "000001"):
        assert hidden not in told


@pytest.mark.parametrize("where", ["header", "body", "seal", "end"])
def test_one_byte_altered_is_altered_to_seal_and_page(issue, where):
    content = press.read(issue)
    seal = content.index(b"/Contents <", issue.plain_size)
    changed = flipped(content, {"header": 6, "body": 5000, "seal": seal + 800, "end": len(content) - 3}[where])
    assert not signing.verify(changed).intact
    told = proof.of_file(changed)
    assert (told.state, told.number) == (State.ALTERED, "第1期（总第1期）")
    assert told.sha256 == hashlib.sha256(changed).hexdigest()


@pytest.mark.parametrize("byte", range(9))
def test_a_damaged_head_is_told_as_an_altered_issue(issue, byte):
    """No reader opens it any more, but whoever asks must not hear that it has nothing to do with us."""
    for content in (press.read(issue), press.copy_for(issue.recipients.first(), at=make.AT)):
        told = proof.of_file(flipped(content, byte))
        assert (told.state, told.code) == (State.ALTERED, issue.code)


def test_rubbish_full_of_codes_is_read_no_further_than_needed(db):
    rubbish = b" ".join(b"%04d-%04d-0000-0000" % divmod(number, 10_000) for number in range(500_000))
    seen = exhibit.look(rubbish)
    assert len(seen.codes) == exhibit.MOST_CODES and not seen.verdict.signed


def test_saved_anew_appended_to_or_stripped_of_the_seal_is_altered(issue):
    content = press.read(issue)
    packed, bare = io.BytesIO(), io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as paper:
        paper.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pikepdf.open(io.BytesIO(content[:issue.plain_size])) as paper:
        del paper.Root.Metadata, paper.docinfo, paper.Root.AF, paper.Root.Names
        paper.save(bare, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    for changed in (packed.getvalue(), bare.getvalue(), content + b"\n%%EOF\n", content[:issue.plain_size], content[:-200]):
        told = proof.of_file(changed)
        assert (told.state, told.code) == (State.ALTERED, issue.code)


def test_a_copy_is_a_copy_and_an_altered_copy_is_altered(issue):
    first, second = (press.copy_for(one, at=make.AT) for one in issue.recipients.all())
    assert first != second != press.read(issue)
    assert [(proof.of_file(one).state, proof.of_file(one).is_copy) for one in (first, second)] == [(State.COPY, True)] * 2
    assert proof.of_file(flipped(first, 5000)).state == State.ALTERED


def test_the_copy_of_a_reader_by_name_is_a_copy_too(issue, cast, monkeypatch):
    actions.let_read(issue.briefing, reader=cast.expert, until=make.TODAY, reason="征求意见", by=cast.office, at=make.AT)
    content = actions.download(issue, by=cast.expert, at=make.AT)
    assert proof.of_file(content).state == State.COPY
    monkeypatch.setattr(proof, "_was_given", lambda *args: False)  # as after an older backup was restored
    told = proof.of_file(content)
    assert (told.state, told.number) == (State.UNRECORDED, "第1期（总第1期）")


def test_a_copy_that_was_sealed_and_never_given_is_not_on_record(issue, cast):
    actions.download(issue, by=cast.leader, at=make.AT)
    actions.download(issue, by=cast.office, at=make.AT)
    content = press._marked(issue, "某人", 0, make.AT, make.AT)
    assert proof.of_file(content).state == State.UNRECORDED


def test_voided_says_so_of_code_and_file(place, cast):
    made = make.briefing(place, cast, state=S.ISSUED)
    content = press.read(made.paper)
    actions.void(made, note="数据有误", by=cast.chair, at=make.AT)
    assert proof.find(made.paper.code).state == proof.of_file(content).state == State.VOIDED
    assert proof.of_file(flipped(content, 5000)).state == State.ALTERED


def test_corrected_names_the_later_issue(place, cast, issue):
    chosen = [item.recommendation for item in issue.briefing.items.all()]
    later = make.briefing(place, cast, state=S.ISSUED, corrects=issue, recommendations=chosen).paper
    told = proof.of_file(press.read(issue))
    assert (told.state, told.corrected_by) == (State.CORRECTED, "第2期（总第2期）")
    assert proof.find(later.code).state == State.ON_RECORD
    actions.void(later.briefing, note="撤回更正", by=cast.chair, at=make.AT)
    assert proof.find(issue.code).state == State.ON_RECORD


def test_a_code_says_nothing_before_the_paper_is_set(place, cast):
    made = make.briefing(place, cast, state=S.SIGNED)
    assert proof.find(made.paper.code) is None
    assert proof.find("7Q2M-K0ZD-94VX-1CWB") is proof.find("") is proof.find("!" * 500) is None


def test_a_paper_of_another_installation_is_not_ours(issue, settings, tmp_path):
    content = press.read(issue)
    settings.KEY_DIR = tmp_path / "elsewhere"
    keys.create()
    Issue.objects.update(sha256="0" * 64, code="ZZZZ-ZZZZ-ZZZZ-ZZZZ")
    assert proof.of_file(content).state == State.UNKNOWN


@pytest.mark.timeout(60)
def test_rubbish_of_19_mb_is_unknown(db):
    assert proof.of_file(random.Random(1).randbytes(19_000_000)).state == State.UNKNOWN
    assert proof.of_file(b"").state == State.UNKNOWN
    assert proof.of_file(b"%PDF-1.7\n" + random.Random(1).randbytes(19_000_000)).state == State.UNKNOWN


def test_a_file_that_swells_in_memory_is_unknown(db):
    packer = zlib.compressobj(1)
    zeros = b"".join(packer.compress(bytes(1 << 24)) for _piece in range(40)) + packer.flush()  # 640 MB
    paper, out = pikepdf.new(), io.BytesIO()
    paper.add_blank_page()
    paper.Root.Metadata = pikepdf.Stream(paper, b"", Type=pikepdf.Name.Metadata)
    paper.Root.Metadata.write(zeros, filter=pikepdf.Name.FlateDecode)
    paper.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert proof.of_file(out.getvalue()).state == State.UNKNOWN


def test_a_file_that_hangs_or_kills_the_looker_is_unknown(db, monkeypatch):
    monkeypatch.setattr(exhibit, "WALL_SECONDS", 1)
    started: list[subprocess.Popen[bytes]] = []

    class Slow(subprocess.Popen):
        def __init__(self, _words, **options):
            super().__init__(["sleep", "30"], **options)
            started.append(self)

    monkeypatch.setattr(exhibit.subprocess, "Popen", Slow)
    assert proof.of_file(b"%PDF-1.7\n").state == State.UNKNOWN
    assert started[0].returncode == -9


def test_one_file_is_looked_at_at_a_time(db, monkeypatch):
    monkeypatch.setattr(exhibit, "WALL_SECONDS", 0.1)
    with exhibit._place, pytest.raises(exhibit.Busy):
        proof.of_file(b"%PDF-1.7\n")


@pytest.mark.timeout(60)
def test_one_more_may_wait_and_all_others_are_sent_away_at_once(db, monkeypatch):
    monkeypatch.setattr(exhibit, "WALL_SECONDS", 1_000)
    with exhibit._place, exhibit._queue, exhibit._queue, pytest.raises(exhibit.Busy):
        proof.of_file(b"%PDF-1.7\n")


def test_the_looker_knows_nothing_of_the_installation(issue, monkeypatch):
    """Neither database nor secrets: it is given the file and our certificates."""
    given: list[dict[str, str]] = []

    class Watched(subprocess.Popen):
        def __init__(self, words, **options):
            given.append(options["env"])
            super().__init__(words, **options)

    monkeypatch.setattr(exhibit.subprocess, "Popen", Watched)
    monkeypatch.setenv("SECRET_KEY", "x")
    assert exhibit.look(press.read(issue)).codes[0] == issue.code
    assert given == [{"PATH": os.defpath, "LANG": "C.UTF-8"}]
