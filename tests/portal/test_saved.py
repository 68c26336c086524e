"""Filters are kept beside the list, found again there, and removed: by whoever kept them, and from nowhere else."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from consult.kit import saved
from consult.kit.models import SavedFilter
from consult.tasks.states import TaskState as S
from portal.kit import exports
from tests import make
from tests.portal.doors import patterns

URL, PAGE = "/filters/save/", "/supervision/tasks/"


def signed_in(user, **more):
    client = Client(headers={"accept-language": "en"}, **more)
    client.force_login(user)
    return client


def keep(client, name="Late", page=PAGE, query="waits=overdue"):
    return client.post(URL, {"page": page, "query": query, "name": name})


@pytest.fixture
def desk(cast):
    return signed_in(cast.supervision)


def test_kept_with_the_list_as_it_stands_and_found_there(place, cast, desk):
    make.task(place, cast)
    page = desk.get(f"{PAGE}?waits=overdue").content.decode()
    assert f'action="{URL}"' in page and f'name="page" value="{PAGE}"' in page
    assert f'action="{URL}"' not in desk.get(PAGE).content.decode()
    answer = keep(desk, query="sort=-number&waits=overdue&evil=1&words=&page=2")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?sort=-number&waits=overdue&evil=1&page=2")
    kept = SavedFilter.objects.get()
    assert (kept.user, kept.page, kept.query, kept.name) == (cast.supervision, PAGE, "waits=overdue", "Late")
    page = desk.get(PAGE).content.decode()
    assert f'<a class="chip" href="{PAGE}?waits=overdue">Late</a>' in page and f"/filters/{kept.pk}/forget/" in page
    page = desk.get(f"{PAGE}?waits=overdue").content.decode()
    assert 'aria-current="true">Late</a>' in page and f'action="{URL}"' not in page
    assert "Late" not in desk.get("/supervision/results/").content.decode()
    assert "/filters/" in desk.get(f"{PAGE}?waits=overdue", headers={"hx-request": "true"}).content.decode()


def test_a_period_is_kept_whole_and_what_is_no_filter_is_not(desk):
    keep(desk, page="/supervision/results/", query="reviewed_after=2026-11-01&reviewed_before=&reviewed_min=3&outcome=Z&part=co")
    assert SavedFilter.objects.get().query == "reviewed_after=2026-11-01"


def test_removed_and_back_where_one_was(desk):
    keep(desk)
    kept = SavedFilter.objects.get()
    answer = desk.post(f"/filters/{kept.pk}/forget/", {"next": f"{PAGE}?state=handling&page=2"})
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?state=handling&page=2")
    assert not SavedFilter.objects.exists() and desk.post(f"/filters/{kept.pk}/forget/").status_code == 404


@pytest.mark.parametrize("url", ["", "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "x/"])
def test_nobody_is_led_away_from_this_site(desk, url):
    keep(desk)
    answer = desk.post(f"/filters/{SavedFilter.objects.get().pk}/forget/", {"next": url})
    assert answer["Location"] == PAGE


def test_anothers_is_not_known(cast, desk):
    keep(desk)
    kept = SavedFilter.objects.get()
    for name in ("office", "clerk", "resident", "stranger", "sysadmin"):
        client = signed_in(getattr(cast, name))
        assert client.post(f"/filters/{kept.pk}/forget/").status_code == 404, name
        assert client.get(f"/filters/{kept.pk}/forget/").status_code == 405, name
    second = make.appointed("supervision2", "督查室乙", "supervision_office", kept.user.appointments.get().jurisdiction)
    assert "Late" not in signed_in(second).get(PAGE).content.decode() and SavedFilter.objects.exists()


def test_a_form_from_elsewhere_is_not_taken(cast):
    client = signed_in(cast.supervision, enforce_csrf_checks=True)
    assert keep(client).status_code == 403 and not SavedFilter.objects.exists()


@pytest.mark.parametrize(("sent", "wrong"), [
    ({"name": " "}, "required"), ({"name": "n" * 41}, "40"), ({"query": ""}, "Nothing is filtered"),
    ({"query": "evil=1&words="}, "Nothing is filtered"), ({"query": f"words={'n' * 1000}"}, "too long"),
    ({"name": "【秘密】"}, "secrecy")])
def test_what_is_wrong_is_said_and_stays(desk, sent, wrong):
    answer = keep(desk, **{"query": "state=handling", **sent})
    page = answer.content.decode()
    assert answer.status_code == 422 and wrong in page and not SavedFilter.objects.exists()
    assert f'name="page" value="{PAGE}"' in page and f'href="{PAGE}' in page
    if not sent.get("query", "x").startswith("evil"):
        assert f'name="query" value="{sent.get("query", "state=handling")}"' in page
    assert f'value="{sent["name"].strip()}"' in page if sent.get("name", "").strip() else "Late" in page or "name" in sent


def test_a_name_twice_and_the_twenty_first(desk):
    keep(desk)
    answer = keep(desk, query="state=handling")
    assert answer.status_code == 422 and "already" in answer.content.decode() and 'value="Late"' in answer.content.decode()
    for n in range(saved.MOST - 1):
        assert keep(desk, f"n{n}", query="state=handling").status_code == 302
    assert keep(desk, "one too many").status_code == 422
    page = desk.get(f"{PAGE}?words=x").content.decode()
    assert f'action="{URL}"' not in page and "remove one before" in page


@pytest.mark.parametrize(("page", "status"), [
    ("", 404), ("/nowhere/", 404), ("/supervision/", 404), ("/topics/", 404), ("https://evil.example/supervision/tasks/", 404),
    ("//supervision/tasks/", 404), (f"{PAGE}?state=handling", 404), ("/office/tasks/", 403), ("/departments/tasks/", 403)])
def test_only_for_a_list_one_may_open(desk, page, status):
    assert keep(desk, page=page).status_code == status and not SavedFilter.objects.exists()


def test_the_queue_beside_a_case_keeps_its_filters_too(cast):
    one, client = make.opinion(), signed_in(cast.office)
    assert keep(client, page=f"/office/opinions/{one.pk}/", query="q=x").status_code == 404
    assert keep(client, page="/office/opinions/", query="q=x").status_code == 302
    for url in ("/office/opinions/", f"/office/opinions/{one.pk}/"):
        assert 'href="/office/opinions/?q=x">Late</a>' in client.get(url).content.decode()


def test_every_list_of_a_desk_with_filters_keeps_them(cast):
    workers = {"members": cast.member, "departments": cast.clerk, "office": cast.office, "supervision": cast.supervision,
               "leadership": cast.leader, "residents": cast.resident, "admins": cast.sysadmin}
    done = []
    for name, _route in patterns():
        space, url = name.partition(":")[0], exports._kind(name) and reverse(name)
        kind = resolve(url).func.view_class if url and space in workers else None
        if kind is None or kind.filterset is None or kind.public:
            continue
        client = signed_in(workers[space])
        if client.get(url).status_code == 200:
            SavedFilter.objects.all().delete()
            saved.keep(workers[space], page=url, query="x=1", name="Mine", at=make.AT)
            assert ">Mine</a>" in client.get(url).content.decode(), name
            assert keep(client, page=url, query="").status_code == 422, name
            done.append(name)
    assert len(done) > 20


def test_strangers_to_the_desks_find_nothing_of_it_on_public_lists(cast):
    for client in (Client(), signed_in(cast.office)):
        assert "/filters/" not in client.get("/topics/?q=x").content.decode()


def test_twenty_cost_as_much_as_one(place, cast, desk):
    make.task(place, cast, state=S.HANDLING)

    def asked():
        desk.get(PAGE)
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(f"{PAGE}?state=handling").status_code == 200
        return len(seen), sum("kit_savedfilter" in one["sql"] for one in seen)

    none = asked()
    keep(desk, "n0")
    first = asked()
    for n in range(1, saved.MOST):
        keep(desk, f"n{n}")
    # How many somebody keeps at all is read with their account: whoever keeps none is not asked for them.
    assert asked() == first == (none[0] + 1, 2) and none[1] == 1
