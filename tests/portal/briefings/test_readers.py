"""A reader of a briefing reads the paper: neither the comments of the review nor who else has opened it."""

from consult.briefings import actions
from tests import make


def test_readers_do_not_watch_each_other_read(client, place, cast, at):
    made = make.briefing(place, cast)
    made.review_note = "第二段再核一遍"
    made.save(update_fields=["review_note"])
    actions.download(made.paper, by=cast.leader, at=at)
    until = make.TODAY.replace(year=2027)
    actions.let_read(made, reader=cast.expert, until=until, reason="论证", by=cast.office, at=at)
    for who, inside in ((cast.office, True), (cast.expert, False)):
        client.force_login(who)
        page = client.get(f"/briefings/{made.pk}/")
        verbs = [event.verb for event, _words in page.context["history"]]
        assert ("briefings.download" in verbs) is inside
        assert ("第二段再核一遍" in page.content.decode()) is inside
