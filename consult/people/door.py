"""Whoever asks for a page: their account, what they hold, and what waits for them, in one query instead of four.

Every request begins with it, so it is written by hand; ``tests/consult/people/test_door.py`` holds it to the rules.
"""

from datetime import date
from functools import cache
from typing import Any

from django.apps import apps

from consult.kit.grants import GrantBase
from consult.kit.models import Notice, SavedFilter
from consult.people.models import Appointment, CommitteeMember, Jurisdiction, Resident, User
from consult.people.roles import assembled

#: What ``assembled`` wants, in its order.
_POST = ("post_role", "post_jurisdiction", "post_department", "post_subdistrict", "member_of", "resident_of", "place", "place_en")


def _table(model: Any) -> str:
    return str(model._meta.db_table)


@cache
def _who() -> str:
    """The query; which tables of grants there are is known when all rooms are read."""
    holds = " OR ".join(f"EXISTS(SELECT 1 FROM {_table(model)} g WHERE g.user_id = u.id)"  # noqa: S608
                        for model in apps.get_models() if issubclass(model, GrantBase))
    return _WHO.replace("[grants]", holds)


_WHO = f"""
SELECT u.*, a.role AS post_role, a.jurisdiction_id AS post_jurisdiction, a.department_id AS post_department,
       a.subdistrict_id AS post_subdistrict, m.id AS member_of, r.id AS resident_of, j.name AS place, j.name_en AS place_en,
       (SELECT COUNT(*) FROM {_table(Notice)} n WHERE n.user_id = u.id AND n.read_at IS NULL) AS unread_notices,
       (SELECT COUNT(*) FROM {_table(SavedFilter)} f WHERE f.user_id = u.id) AS kept_filters, ([grants]) AS holds_grants
FROM {_table(User)} u
LEFT JOIN {_table(Appointment)} a ON a.user_id = u.id AND a.since <= %s AND (a.until IS NULL OR a.until >= %s)
LEFT JOIN {_table(Jurisdiction)} j ON j.id = a.jurisdiction_id
LEFT JOIN {_table(CommitteeMember)} m ON m.user_id = u.id
LEFT JOIN {_table(Resident)} r ON r.user_id = u.id
WHERE u.id = %s"""  # noqa: S608 - names of our own tables


def user_of(pk: Any, today: date) -> User | None:
    """The account with its scope (``scope_of`` finds it), ``unread_notices``, ``kept_filters`` and ``holds_grants``; None when

    there is none.
    """
    rows: list[Any] = list(User.objects.raw(_who(), [today, today, pk]))
    if not rows:
        return None
    user = rows[0]
    posts = [tuple(getattr(row, name) for name in _POST) for row in rows if row.post_role]
    user._scope = assembled(user.pk, posts, user.resident_of)
    return user
