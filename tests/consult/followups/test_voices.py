"""Word and deed: the promise is frozen, three voices are given apart, and no look-back is confirmed without them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from consult.followups import actions, progress, promise, rules
from consult.followups.models import Voice
from consult.followups.states import LookBackState, Moment, VoiceKind, VoiceVerdict
from consult.kit import audit
from consult.kit.models import Notice
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.people.models import Appointment
from consult.people.roles import Role
from consult.tasks import actions as tasks
from tests import make
from tests.make_tasks import REPLY

S = LookBackState
SAID = {"verdict": "kept", "text": "与答复一致。"}
OTHERS = {"clerk2", "supervision", "chair", "leader", "lawyer", "cadre", "expert", "resident", "stranger", "other_office"}


def kinds_read(cast, look_back, *names):
    return {name: set(rules.voices_visible_to(user).filter(look_back=look_back).values_list("kind", flat=True))
            for name, user in cast.roles().items() if not names or name in names}


# --- the promise --------------------------------------------------------------------------------------------------

def test_what_the_answer_promised_is_frozen_with_the_plan(place, cast, at):
    day = make.TODAY + timedelta(days=40)
    task = make.task(place, cast, state="answered", reply={"outcome": "B", "promise_on": day})
    made = make.look_back(place, cast, task=task)
    tasks.keep_promise(task, evidence="已公示", by=cast.clerk, at=at)
    (one,) = made.promised
    assert made.promise["handling"] == 1
    assert (one["department"], one["promise_on"], one["kept_on"], one["words"], one["cut"]) == (
        place.a.name, day, None, REPLY["text"], False)
    assert str(one["outcome"]).startswith("B")
    assert make.look_back(place, cast, task=task).promised[0]["kept_on"] == make.TODAY


def test_a_promise_covers_numbers_and_is_short_enough_to_read(place, cast):
    text = "电话13800138000。" + "过渡费按月发放，名册公示。" * 60
    (one,) = make.look_back(place, cast, task=make.task(place, cast, state="answered", reply={"text": text})).promised
    assert "13800138000" not in one["words"] and one["cut"]
    assert len(one["words"]) <= promise.READABLE and one["words"].endswith("。…")


@pytest.mark.parametrize(("text", "length"), [("", 0), ("短", 1), ("字" * 400, promise.READABLE)])
def test_an_excerpt_is_never_longer_than_it_may_be(text, length):
    assert len(promise.excerpt(text)) == length


def test_only_the_answers_of_this_handling_are_the_promise(place, cast, at):
    task = make.task(place, cast, state="answered", separate=[place.a, place.b])
    tasks.rehandle(task, note="再办", by=cast.office, at=at)
    make.carry(task, cast, "answered", reply={"text": "第二次答复。"})
    made = make.look_back(place, cast, task=task)
    assert made.promise["handling"] == 2
    assert {(one["department"], one["words"]) for one in made.promised} == {
        (place.a.name, "第二次答复。"), (place.b.name, "第二次答复。")}


# --- who speaks ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("state", [S.PLANNED, S.VISITED])
def test_the_member_who_leads_it_writes_down_two_voices_nobody_else(place, cast, at, state):
    made = make.look_back(place, cast, state=state, heard=False)
    for name in {*OTHERS, "clerk", "office"}:
        for verb in (actions.hear, actions.say):
            with pytest.raises(Denied):
                verb(made, **SAID, by=getattr(cast, name), at=at)
    actions.hear(made, **SAID, by=cast.member, at=at)
    actions.hear(made, verdict="not", text="另一位居民说没有。", by=cast.member, at=at)
    actions.say(made, **SAID, by=cast.member, at=at)
    with pytest.raises(WrongState):
        actions.say(made, **SAID, by=cast.member, at=at)
    assert made.voices.count() == 3


def test_a_member_who_handles_the_matter_does_not_judge_it(place, cast, at):
    made = make.look_back(place, cast)
    # Two such posts are never given to one person; were they, the rule would hold.
    Appointment.objects.create(user=cast.member, role=Role.CLERK, jurisdiction=place.jurisdiction, department=place.a,
                               since=make.SINCE)
    cast.member.__dict__.pop("_scope", None)
    with pytest.raises(Denied):
        actions.say(made, **SAID, by=cast.member, at=at)


def test_a_department_speaks_once_for_itself_after_the_visit(place, cast, at):
    task = make.task(place, cast, state="answered", co=[place.b])
    _third, clerk3 = make.third_department(place)
    made = make.look_back(place, cast, task=task)
    with pytest.raises(WrongState):  # no visit is announced to those it looks at
        actions.speak(made, **SAID, by=cast.clerk, at=at)
    actions.find(made, kind="carried_out", text="已张贴", by=cast.member, at=at)
    actions.visit(made, on=make.TODAY, summary="已落实", by=cast.member, at=at)
    assert set(Notice.objects.filter(kind="followups.asked").values_list("user", flat=True)) == {cast.clerk.pk, cast.clerk2.pk}
    for user in (clerk3, *(getattr(cast, name) for name in ("office", "member", "supervision", "leader", "other_clerk"))):
        with pytest.raises(Denied):
            actions.speak(made, **SAID, by=user, at=at)
    for clerk, department in ((cast.clerk, place.a), (cast.clerk2, place.b)):
        assert actions.speak(made, **SAID, by=clerk, at=at).department == department
        with pytest.raises(WrongState):
            actions.speak(made, **SAID, by=clerk, at=at)
    assert Notice.objects.filter(kind="followups.spoken", user=cast.office).count() == 1  # not repeated while unread


@pytest.mark.parametrize("values", [{"verdict": "good"}, {"verdict": ""}, {"text": "  "}, {"text": "请打13905317788找他"}])
def test_a_voice_has_a_verdict_and_words_that_name_nobody(place, cast, at, values):
    made = make.look_back(place, cast)
    for verb in (actions.hear, actions.say):
        with pytest.raises(ValidationError) as wrong:
            verb(made, **{**SAID, **values}, by=cast.member, at=at)
        assert set(wrong.value.message_dict) == set(values)
    assert not Voice.objects.exists()


def test_a_resident_at_the_table_is_not_named(place, cast, at):
    made = make.look_back(place, cast)
    with pytest.raises(ValidationError):
        actions.hear(made, verdict="kept", text=f"{make.RESIDENT}说已经办了。", by=cast.member, at=at)


def test_only_a_resident_can_be_not_to_be_had_in_the_members_words(place, cast, at):
    made = make.look_back(place, cast)
    with pytest.raises(ValidationError):
        actions.say(made, verdict="not_had", text="没空", by=cast.member, at=at)
    actions.hear(made, verdict="not_had", text="敲了六户，都不在家。", by=cast.member, at=at)
    with pytest.raises(WrongState):
        actions.hear(made, verdict="not_had", text="还是不在。", by=cast.member, at=at)
    actions.hear(made, verdict="partly", text="傍晚再去，一位居民说办了一半。", by=cast.member, at=at)


@pytest.mark.parametrize("state", [S.CONFIRMED, S.CANCELLED])
def test_nothing_is_added_when_it_is_over(place, cast, at, state):
    made = make.look_back(place, cast, state=state)
    for verb, by in ((actions.hear, cast.member), (actions.say, cast.member), (actions.speak, cast.clerk)):
        with pytest.raises(WrongState):
            verb(made, **SAID, by=by, at=at)
    with pytest.raises(WrongState):
        actions.go_without(made, kind="resident", reason="无人", by=cast.office, at=at)


# --- who reads ----------------------------------------------------------------------------------------------------

def test_nobody_reads_another_voice_before_having_spoken(place, cast, at):
    made = make.look_back(place, cast)
    actions.hear(made, **SAID, by=cast.member, at=at)
    assert not any(kinds_read(cast, made).values())  # not even what the member wrote down
    actions.say(made, **SAID, by=cast.member, at=at)
    mine = kinds_read(cast, made)
    assert mine.pop("member") == {"resident", "member"} and not any(mine.values())
    actions.find(made, kind="carried_out", text="已张贴", by=cast.member, at=at)
    actions.visit(made, on=make.TODAY, summary="已落实", by=cast.member, at=at)
    assert kinds_read(cast, made, "office", "other_office", "clerk") == {
        "office": {"resident", "member"}, "other_office": set(), "clerk": set()}
    actions.speak(made, **SAID, by=cast.clerk, at=at)
    read = kinds_read(cast, made)
    everything = set(VoiceKind.values)
    assert {name: found for name, found in read.items() if found} == {
        "office": everything, "member": everything, "clerk": {"department"}}
    actions.confirm(made, by=cast.office, at=at)
    assert {name for name, found in kinds_read(cast, made).items() if found == everything} == {
        "office", "chair", "supervision", "leader", "member", "lawyer", "clerk"}


def test_the_log_tells_that_somebody_spoke_never_what(place, cast, at):
    made = make.look_back(place, cast)
    actions.say(made, verdict="not", text="没有兑现。", by=cast.member, at=at)
    event = audit.trail_of(made).last()
    assert set(event.data) == {"voice", "kind"} and "没有兑现" not in str(event.data)


# --- what confirming asks for -------------------------------------------------------------------------------------

def test_confirming_names_each_voice_that_is_missing(place, cast, at):
    made = make.look_back(place, cast, state=S.VISITED, heard=False)
    with pytest.raises(ValidationError) as wrong:
        actions.confirm(made, by=cast.office, at=at)
    with translation.override("en"):
        said = wrong.value.messages
    assert ["resident" in said[0], "member" in said[1], "department" in said[2]] == [True] * 3
    assert len(said) == 3
    make.voices(made, cast)
    actions.confirm(made, by=cast.office, at=at)
    assert made.state == S.CONFIRMED


def test_the_office_goes_without_a_voice_with_the_reason(place, cast, at):
    made = make.look_back(place, cast, state=S.VISITED, heard=False)
    for name in {*OTHERS, "clerk", "member"}:
        with pytest.raises(Denied):
            actions.go_without(made, kind="department", reason="未答复", by=getattr(cast, name), at=at)
    for values in ({"kind": "leader", "reason": "x"}, {"kind": "resident", "reason": " "}):
        with pytest.raises(ValidationError) as wrong:
            actions.go_without(made, **values, by=cast.office, at=at)
        assert set(wrong.value.message_dict) == {"kind" if values["kind"] == "leader" else "reason"}
    for kind in VoiceKind.values:
        actions.go_without(made, kind=kind, reason="两次联系未果。", by=cast.office, at=at)
    with pytest.raises(WrongState):
        actions.go_without(made, kind="member", reason="再记一次。", by=cast.office, at=at)
    make.voices(made, cast)  # whoever speaks later is still heard
    assert set(made.voices.values_list("verdict", flat=True)) == {VoiceVerdict.NOT_HAD, VoiceVerdict.KEPT}
    actions.confirm(made, by=cast.office, at=at)


# --- before and after ---------------------------------------------------------------------------------------------

def test_a_finding_has_its_moment_and_its_day(place, cast, at):
    made = make.look_back(place, cast)
    say = {"kind": "not", "text": "过道积水", "by": cast.member, "at": at}
    for values in ({"moment": "later"}, {"moment": Moment.BEFORE}, {"taken_on": make.TODAY + timedelta(days=1)}):
        with pytest.raises(ValidationError):
            actions.find(made, **say, **values)
    before = actions.find(made, **say, moment=Moment.BEFORE, taken_on=date(2026, 6, 1))
    assert (actions.find(made, **say).taken_on, before.taken_on) == (make.TODAY, date(2026, 6, 1))
    assert [one.moment for one in made.findings.as_it_is()] == ["now"]


def test_how_it_was_before_is_not_counted_as_found(place, cast, at):
    made = make.look_back(place, cast)
    actions.find(made, kind="not", text="过道积水", moment=Moment.BEFORE, taken_on=date(2026, 6, 1), photos=[make.photo()],
                 by=cast.member, at=at)
    actions.find(made, kind="carried_out", text="已修好", moment=Moment.AFTER, by=cast.member, at=at)
    actions.visit(made, on=make.TODAY, summary="已落实", by=cast.member, at=at)
    actions.confirm(make.voices(made, cast), by=cast.office, at=at)
    told = progress.gathered(made.task, at=at)
    assert told["findings"] == {"carried_out": 1, "partly": 0, "not": 0}
    (photo,) = progress.photos(told, cast.office)
    assert progress.shown_as([photo])[str(photo.pk)].moment == Moment.BEFORE
