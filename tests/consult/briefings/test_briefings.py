"""Briefings: compiled, reviewed by another, signed with gap-free numbers, frozen, sent to named recipients."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from consult.briefings import actions, document, rules, suggestion
from consult.briefings.models import Briefing, Issue
from consult.briefings.states import BriefingState
from consult.journey import due
from consult.kit import audit, notices, numbering
from consult.kit.rules import Denied
from consult.kit.states import WrongState
from consult.people.roles import Role, scope_of
from consult.recommendations.states import RecommendationState
from tests import make

S = BriefingState
R = RecommendationState


@pytest.fixture(autouse=True)
def _no_type():
    with make.no_type():
        yield


def seers(cast, obj, visible_to=rules.visible_to) -> set[str]:
    for user in cast.roles().values():
        user.__dict__.pop("_scope", None)
    return {name for name, user in cast.roles().items() if visible_to(user).filter(pk=obj.pk).exists()}


def words(briefing, **changes):
    return {name: getattr(briefing, name) for name in ("title", "overview", "problems", "dissent", "main_to", "cc")} | changes


# --- compiling --------------------------------------------------------------------------------------------------


def test_compiling_takes_the_recommendations_in(place, cast):
    one = make.recommendation(place, cast)
    made = make.briefing(place, cast, state=S.DRAFTED, recommendations=[one])
    one.refresh_from_db()
    assert (made.state, one.state) == (S.DRAFTED, R.BRIEFED)


@pytest.mark.parametrize("name", ["member", "expert", "cadre", "clerk", "chair", "supervision", "leader", "resident",
                                  "sysadmin", "stranger", "other_office"])
def test_only_the_office_compiles(place, cast, name):
    one = make.recommendation(place, cast)
    with pytest.raises(Denied):
        make.briefing(place, cast, state=S.DRAFTED, recommendations=[one], by=cast.roles()[name])
    one.refresh_from_db()
    assert one.state == R.CONFIRMED
    assert not Briefing.objects.exists()


@pytest.mark.parametrize(("field", "value"), [
    ("dissent", ""), ("overview", ""), ("problems", "联系人13812345678"), ("overview", "赵小满等居民参加"), ("title", " ")])
def test_wrong_words_are_told_by_field(place, cast, field, value):
    """Dissent on record is not passed over in silence; no resident can be recognised."""
    with pytest.raises(ValidationError) as wrong:
        make.briefing(place, cast, state=S.DRAFTED, **{field: value})
    assert list(wrong.value.message_dict) == [field]


def test_dissent_may_stay_empty_when_there_was_none(place, cast):
    session = make.minuted_consultation(place, cast)
    session.dissent = ""
    session.save(update_fields=["dissent"])
    one = make.recommendation(place, cast, consultation=session)
    assert make.briefing(place, cast, state=S.SIGNED, recommendations=[one], dissent="").state == S.SIGNED


def test_only_confirmed_recommendations_of_the_topic(place, cast):
    one, other = make.recommendation(place, cast), make.recommendation(place, cast)
    draft = make.recommendation(place, cast, consultation=one.consultation, state=R.DRAFTED)
    for chosen in ([one, other], [one, draft]):
        with pytest.raises(ValidationError) as wrong:
            make.briefing(place, cast, state=S.DRAFTED, recommendations=chosen)
        assert list(wrong.value.message_dict) == ["recommendations"]
    make.briefing(place, cast, state=S.DRAFTED, recommendations=[one])
    with pytest.raises(ValidationError):
        make.briefing(place, cast, state=S.DRAFTED, recommendations=[one])


def test_items_come_go_and_change_places(place, cast, at):
    one = make.recommendation(place, cast)
    two = make.recommendation(place, cast, consultation=one.consultation)
    made = make.briefing(place, cast, state=S.DRAFTED, recommendations=[one])
    with pytest.raises(ValidationError):
        actions.drop_item(made, item=made.items.get(), by=cast.office, at=at)
    actions.choose(made, recommendations=[two], by=cast.office, at=at)
    keys = [item.pk for item in made.items.all()]
    actions.arrange(made, order=keys[::-1], by=cast.office, at=at)
    assert [item.recommendation for item in made.items.all()] == [two, one]
    actions.drop_item(made, item=made.items.get(recommendation=two), by=cast.office, at=at)
    two.refresh_from_db()
    assert two.state == R.CONFIRMED


def test_the_suggestion_counts_and_names_nobody(place, cast):
    one = make.recommendation(place, cast)
    said = suggestion.suggestion(one.consultation.topic, [one])
    assert "政协委员2名" in said["overview"]
    assert "群众代表2名" in said["overview"]
    assert said["dissent"] == one.consultation.dissent
    for person in (cast.member, cast.clerk, cast.expert):
        assert person.name not in "".join(said.values())
    assert "赵小满" not in "".join(said.values())


# --- review and sign-off ----------------------------------------------------------------------------------------


def test_nobody_reviews_their_own(place, cast, at):
    made = make.briefing(place, cast, state=S.IN_REVIEW)
    with pytest.raises(Denied) as refused:
        actions.pass_review(made, by=cast.office, at=at)
    assert refused.value.reason == rules.may_pass_review(cast.office, made).reason
    second = make.appointed("office2", "政协办公室二", "cppcc_office", place.jurisdiction)
    actions.pass_review(made, by=second, at=at)
    assert (made.state, made.reviewed_by) == (S.REVIEWED, second)


@pytest.mark.parametrize("verb", ["edit", "choose", "arrange", "drop_item", "add_annex", "edit_annex", "move_annex", "drop_annex",
                                  "submit_review"])
@pytest.mark.parametrize("again", [False, True])
def test_nobody_reviews_what_they_wrote_a_part_of(place, cast, at, verb, again, django_assert_num_queries):
    """Sent back and put up again by another, what they wrote still stands in it."""
    one = make.recommendation(place, cast)
    two = make.recommendation(place, cast, consultation=one.consultation)
    made = make.briefing(place, cast, state=S.DRAFTED, recommendations=[one, two])
    annex = actions.add_annex(made, title="表", text="文。", by=cast.office, at=at)
    second, third = (make.appointed(f"o{n}", f"政协办公室{n}", "cppcc_office", place.jurisdiction) for n in (2, 3))
    values = {
        "edit": words(made, problems="过渡费发放周期不明。"), "add_annex": {"title": "表二", "text": "文。"}, "submit_review": {},
        "choose": {"recommendations": [make.recommendation(place, cast, consultation=one.consultation)]},
        "arrange": {"order": [item.pk for item in made.items.all()]}, "drop_item": {"item": made.items.first()},
        "edit_annex": {"annex": annex, "title": "表", "text": "新。"}, "move_annex": {"annex": annex, "place": 1},
        "drop_annex": {"annex": annex}}[verb]
    getattr(actions, verb)(made, **values, by=second, at=at)
    if verb != "submit_review":
        actions.submit_review(made, by=cast.office, at=at)
    if again:
        actions.send_back(made, note="补充依据", by=cast.chair, at=at)
        actions.submit_review(made, by=cast.office, at=at)
    free = verb == "submit_review" and again
    assert due_to_review(second, made) is bool(rules.may_pass_review(second, made)) is free
    with django_assert_num_queries(1):
        assert rules.unwritten_by(third.pk).filter(pk=made.pk).exists()
    assert due_to_review(third, made)
    actions.pass_review(made, by=third, at=at)


def due_to_review(user, briefing):
    return briefing in due._to_review(Role.OFFICE)(scope_of(user), make.TODAY)


def test_sent_back_with_a_comment_and_corrected(place, cast, at):
    made = make.briefing(place, cast, state=S.REVIEWED)
    with pytest.raises(ValidationError):
        actions.send_back(made, note="", by=cast.chair, at=at)
    actions.send_back(made, note="补充依据", by=cast.chair, at=at)
    assert (made.state, made.review_note) == (S.DRAFTED, "补充依据")
    actions.edit(made, **words(made, problems="过渡费发放周期不明。"), by=cast.office, at=at)
    actions.submit_review(made, by=cast.office, at=at)
    assert made.reviewed_by is None


@pytest.mark.parametrize("name", ["office", "leader", "supervision", "member", "clerk", "stranger", "other_office"])
def test_only_the_chair_signs(place, cast, at, name):
    made = make.briefing(place, cast, state=S.REVIEWED)
    with pytest.raises(Denied):
        actions.sign_off(made, by=cast.roles()[name], at=at)
    assert not Issue.objects.exists()


@pytest.mark.parametrize("state", [S.DRAFTED, S.IN_REVIEW, S.SIGNED, S.ISSUED])
def test_only_a_reviewed_one_is_signed(place, cast, at, state):
    made = make.briefing(place, cast, state=state)
    with pytest.raises(WrongState):
        actions.sign_off(made, by=cast.chair, at=at)


def test_numbers_by_kind_and_year_and_running_on(place, cast):
    papers = [make.briefing(place, cast, state=S.SIGNED, kind=kind).paper
              for kind in ("briefing", "briefing", "motion", "briefing")]
    assert [(one.issue_no, one.total_no, one.year) for one in papers] == [
        (1, 1, 2026), (2, 2, 2026), (1, 1, 2026), (3, 3, 2026)]


def test_a_voided_number_stays_on_record(place, cast, at):
    one = make.recommendation(place, cast)
    made = make.briefing(place, cast, state=S.SIGNED, recommendations=[one])
    with pytest.raises(Denied):
        actions.void(made, note="数据有误", by=cast.office, at=at)
    with pytest.raises(ValidationError):
        actions.void(made, note="", by=cast.chair, at=at)
    actions.void(made, note="数据有误", by=cast.chair, at=at)
    assert numbering.voided(actions.series_of(made), 2026) == [1]
    assert numbering.voided(actions.series_of(made), 0) == [1]
    one.refresh_from_db()
    assert one.state == R.CONFIRMED
    assert make.briefing(place, cast, state=S.SIGNED, recommendations=[one]).paper.issue_no == 2


def test_signed_words_are_frozen(place, cast, at):
    made = make.briefing(place, cast, state=S.SIGNED)
    issue = made.paper
    assert document.digest(issue.snapshot) == issue.snapshot_sha256
    item = made.items.get()
    for refused in (lambda: actions.edit(made, **words(made), by=cast.office, at=at),
                    lambda: actions.choose(made, recommendations=[item.recommendation], by=cast.office, at=at),
                    lambda: actions.drop_item(made, item=item, by=cast.office, at=at),
                    lambda: actions.arrange(made, order=[item.pk], by=cast.office, at=at),
                    lambda: actions.send_back(made, note="改", by=cast.chair, at=at)):
        with pytest.raises(WrongState):
            refused()


def test_the_snapshot_holds_recommendations_and_nothing_of_submitters(place, cast):
    made = make.briefing(place, cast, state=S.SIGNED)
    said = document.words_of(made.paper)
    assert made.title in said
    for item in made.items.all():
        assert item.recommendation.title in said
        assert item.recommendation.text in said
    assert "赵小满" not in said


def test_a_correction_names_the_issue_and_takes_its_recommendations_over(place, cast, at):
    one = make.recommendation(place, cast)
    wrong = make.briefing(place, cast, state=S.DISPATCHED, recommendations=[one])
    one.refresh_from_db()
    right = make.briefing(place, cast, state=S.SIGNED, recommendations=[one], corrects=wrong.paper)
    assert right.paper.corrects == wrong.paper
    assert right.paper.snapshot["corrects"] == "2026年第1期"
    actions.void(right, note="不需要了", by=cast.chair, at=at)
    one.refresh_from_db()
    assert one.state == R.BRIEFED


# --- sending and reading ----------------------------------------------------------------------------------------


def test_who_sees_it_before_during_and_after(place, cast, at):
    made = make.briefing(place, cast, state=S.ISSUED)
    assert seers(cast, made) == {"office", "chair"}
    actions.dispatch(made, recipients=[cast.leader], by=cast.office, at=at)
    assert seers(cast, made) == {"office", "chair", "leader"}
    make.given_instruction(made, cast)
    assert seers(cast, made) == {"office", "chair", "leader", "supervision"}


def test_dispatch_gives_copy_numbers_and_tells_each_once(place, cast, at):
    made = make.briefing(place, cast, state=S.ISSUED)
    actions.dispatch(made, recipients=[cast.leader, cast.supervision], by=cast.office, at=at)
    actions.dispatch(made, recipients=[cast.leader, cast.chair], by=cast.office, at=at)
    assert [(one.serial, one.user) for one in made.paper.recipients.all()] == [
        (1, cast.leader), (2, cast.supervision), (3, cast.chair)]
    assert notices.inbox(cast.leader).filter(kind="briefings.dispatch").count() == 1
    with pytest.raises(ValidationError):
        actions.dispatch(made, recipients=[cast.leader], by=cast.office, at=at)


@pytest.mark.parametrize("name", ["clerk", "member", "resident", "stranger", "other_office"])
def test_not_to_departments_members_or_other_districts(place, cast, at, name):
    made = make.briefing(place, cast, state=S.ISSUED)
    with pytest.raises(ValidationError) as wrong:
        actions.dispatch(made, recipients=[cast.roles()[name]], by=cast.office, at=at)
    assert list(wrong.value.message_dict) == ["recipients"]
    made.refresh_from_db()
    assert made.state == S.ISSUED


def test_the_first_opening_is_the_receipt(place, cast, at):
    issue = make.briefing(place, cast).paper
    assert actions.open_issue(issue, by=cast.leader, at=at)
    assert not actions.open_issue(issue, by=cast.leader, at=at + timedelta(hours=1))
    assert issue.recipients.get(user=cast.leader).read_at == at
    assert not actions.open_issue(issue, by=cast.office, at=at)
    with pytest.raises(Denied):
        actions.open_issue(issue, by=cast.member, at=at)
    verbs = [event.verb for event in audit.trail_of(issue.briefing)]
    assert verbs.count("briefings.read") == 1


def test_every_download_is_on_record(place, cast, at):
    issue = make.briefing(place, cast).paper
    actions.download(issue, by=cast.leader, at=at)
    actions.download(issue, by=cast.leader, at=at)
    verbs = [event.verb for event in audit.trail_of(issue.briefing)]
    assert (verbs.count("briefings.read"), verbs.count("briefings.download")) == (1, 2)


def test_a_named_reader_sees_it_until_the_date(place, cast, at):
    draft = make.briefing(place, cast, state=S.DRAFTED)
    with pytest.raises(ValidationError):
        actions.let_read(draft, reader=cast.expert, until=make.TODAY, reason="论证", by=cast.office, at=at)
    made = make.briefing(place, cast, state=S.ISSUED)
    actions.let_read(made, reader=cast.expert, until=make.TODAY, reason="论证", by=cast.office, at=at)
    assert seers(cast, made) == {"office", "chair", "expert"}


def test_archived_when_no_instruction_is_open(place, cast, at):
    made = make.briefing(place, cast)
    given = make.given_instruction(made, cast)
    with pytest.raises(ValidationError):
        actions.archive(made, by=cast.office, at=at)
    actions.assign(given, by=cast.supervision, at=at)
    actions.report(given, result="已办理", by=cast.supervision, at=at)
    actions.close(given, by=cast.leader, at=at)
    actions.archive(made, by=cast.office, at=at)
    assert made.state == S.ARCHIVED
