"""What a department at the table must not learn from forms, files and seats: who the residents are, what they wrote."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consult.consultations import actions
from consult.consultations.states import ConsultationState, Duty, Group
from consult.kit import attachments, grants
from consult.topics.states import Kind
from tests import make
from tests.make_consultations import RESIDENT, at_table, session_at

pytestmark = pytest.mark.django_db


def page(client: Any, user: Any, name: str, *args: Any) -> str:
    client.logout()
    if user is not None:
        client.force_login(user)
    return str(client.get(reverse(name, args=args)).content.decode())


def attached(made: Any, cast: Any) -> Any:
    paper = SimpleUploadedFile("签到表.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF", "application/pdf")
    actions.attach(made, upload=paper, caption="签到表", by=cast.office, at=make.AT)
    return attachments.of(made).get()


def test_the_list_of_promised_questions_covers_names(client: Any, cast: Any, place: Any) -> None:
    made = make.consultation(place, cast, state=ConsultationState.IN_SESSION)
    keeper = {"by": cast.member, "at": session_at()}
    asked = actions.ask(made, asked_by=at_table(made, Group.PUBLIC), question=f"{RESIDENT}家的过渡费什么时候发？", **keeper)
    actions.reply(made, statement=asked, answered_by=at_table(made, Group.DEPARTMENTS), on_the_spot=False,
                  answer_due_on=session_at().date(), **keeper)
    actions.clear(made, statement=asked, cleared="not_cleared", **keeper)
    for step in (ConsultationState.ENDED, ConsultationState.MINUTED, ConsultationState.CONFIRMED):
        make.walk(made, step, cast)
    shown = page(client, cast.clerk, "consultation.reply_later", made.pk)
    assert "家的过渡费什么时候发" in shown
    assert RESIDENT not in shown
    assert RESIDENT in page(client, cast.member, "consultation.reply_later", made.pk)


def test_files_are_for_those_who_may_read_names(client: Any, cast: Any, place: Any) -> None:
    made = make.consultation(place, cast, is_open=True)
    file = attached(made, cast)
    actions.notify(made, by=cast.office, at=make.AT)
    url = reverse("attachment", args=[file.pk])
    for who, status in ((None, 404), (cast.resident, 404), (cast.clerk, 404), (cast.member, 200), (cast.office, 200)):
        client.logout()
        if who is not None:
            client.force_login(who)
        assert client.get(url).status_code == status, who
    assert "签到表" not in page(client, cast.clerk, "consultation", made.pk)
    assert "签到表" in page(client, cast.member, "consultation", made.pk)


def test_a_department_does_not_keep_the_record(cast: Any, place: Any) -> None:
    made = make.consultation(place, cast, seated=False)
    office = {"by": cast.office, "at": make.AT}
    for duty in (Duty.CHAIR, Duty.CONVENOR, Duty.RECORDER):
        with pytest.raises(ValidationError):
            actions.invite(made, group=Group.DEPARTMENTS, duty=duty, department=place.a, user=cast.clerk, **office)
        with pytest.raises(ValidationError):
            actions.invite(made, group=Group.EXPERTS, duty=duty, user=cast.clerk, **office)


def test_voices_are_offered_to_those_who_may_read_them(client: Any, cast: Any, place: Any) -> None:
    about = make.topic(place, cast, opinions=[make.voice(place, "只有我知道的一句原话")])
    made = make.consultation(place, cast, about=about, seated=False)
    office = {"by": cast.office, "at": make.AT}
    make.seat(made, place, cast)
    actions.uninvite(made, panelist=made.panel.get(user=cast.expert), **office)
    actions.invite(made, group=Group.EXPERTS, duty=Duty.RECORDER, user=cast.expert, **office)
    for step in (ConsultationState.NOTIFIED, ConsultationState.IN_SESSION):
        make.walk(made, step, cast)
    assert "只有我知道的一句原话" in page(client, cast.member, "consultation.ask", made.pk)
    assert "只有我知道的一句原话" not in page(client, cast.expert, "consultation.ask", made.pk)


def test_named_readers_are_not_told_to_the_public(client: Any, cast: Any, place: Any) -> None:
    made = make.consultation(place, cast, is_open=True, state=ConsultationState.NOTIFIED)
    grants.give(cast.stranger, "view", made, by=cast.office, at=make.AT, reason="旁听")
    assert cast.stranger.name not in page(client, None, "consultation", made.pk)
    assert cast.stranger.name in page(client, cast.office, "consultation", made.pk)


def test_a_table_changed_after_the_invitations_is_looked_at_again(cast: Any, place: Any) -> None:
    made = make.consultation(place, cast, kind=Kind.CONFLICT, state=ConsultationState.NOTIFIED)
    office = {"by": cast.office, "at": make.AT}
    actions.uninvite(made, panelist=made.panel.get(user=cast.member), **office)
    actions.uninvite(made, panelist=made.panel.get(user=cast.lawyer), **office)
    actions.invite(made, group=Group.MEMBERS, duty=Duty.RECORDER, member=cast.lawyer.membership, **office)
    actions.invite(made, group=Group.MEMBERS, duty=Duty.CHAIR, member=cast.member.membership, **office)
    with pytest.raises(ValidationError):
        actions.start(made, by=cast.office, at=session_at())
