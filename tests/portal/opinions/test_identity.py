"""Who handed it in from an account is known by an opening with a reason, never from the side of a page."""

from typing import Any

import pytest
from django.test import Client

from consult.opinions import actions
from tests import make


@pytest.mark.parametrize("who", ["office", "chair", "cadre", "member"])
def test_history_and_messages_do_not_name_the_submitter(cast: Any, place: Any, who: str) -> None:
    mine = make.opinion(project=place.project, resident=cast.resident.residency, bearer=cast.member.membership)
    actions.add_fact(mine, text="昨天又停水了", by=cast.resident, at=make.AT)
    client = Client()
    client.force_login(getattr(cast, who))
    page = client.get(f"/opinions/{mine.pk}/").content.decode()
    assert "昨天又停水了" in page
    assert cast.resident.name not in page


def test_inner_notes_leave_no_trace_for_the_submitter(cast: Any, place: Any) -> None:
    mine = make.opinion(project=place.project, resident=cast.resident.residency)
    actions.note(mine, text="内部备注", by=cast.office, at=make.AT)
    client = Client()
    client.force_login(cast.resident)
    page = client.get(f"/opinions/{mine.pk}/")
    assert "opinions.note" not in [event.verb for event, _words in page.context["history"]]
