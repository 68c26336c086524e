"""Access granted to a named person on one object, until a date: what no key can tell.

The only importer of django-guardian. Grants live in direct-foreign-key tables, one per granting model:
the generic table cannot answer "who may see this" from an index (measured at a million rows).
"""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase
from guardian.utils import get_user_obj_perms_model

from consult.kit import audit

#: So many keys are told one by one.
FEW = 200


class GrantBase(UserObjectPermissionBase):
    """One grant: user, permission and (in the subclass) ``content_object``; who gave it, why, until when.

    A subclass adds ``content_object = ForeignKey(TheModel, CASCADE)`` and nothing else.
    """

    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("given by"))
    given_at = models.DateTimeField(_("given at"))

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True


def _permission(verb: str, model: type[models.Model]) -> Permission:
    return Permission.objects.get(content_type__app_label=model._meta.app_label,
                                  codename=f"{verb}_{model._meta.model_name}")


def _grants(of: Any) -> Any:
    """The grants of the granting model behind ``of``, a model or one of its objects."""
    table: Any = get_user_obj_perms_model(of)
    return table.objects


def give(user: Any, verb: str, obj: Any, *, by: Any, at: datetime, reason: str, until: date | None = None) -> None:
    """Grant ``verb`` ("view", "change") on ``obj`` to ``user``; giving again renews date and reason."""
    user.__dict__.pop("holds_grants", None)
    user.__dict__.pop("_granted", None)
    with transaction.atomic():
        _grants(obj).update_or_create(
            user=user, permission=_permission(verb, type(obj)), content_object=obj,
            defaults={"until": until, "reason": reason, "given_by": by, "given_at": at})
        audit.write("kit.grant", obj, by=by, at=at, data={"user": user.pk, "verb": verb, "until": str(until or "")})


def take(user: Any, verb: str, obj: Any, *, by: Any, at: datetime) -> None:
    """Take a grant back; taking what is not there does nothing."""
    user.__dict__.pop("_granted", None)
    with transaction.atomic():
        gone, _rows = _grants(obj).filter(
            user=user, permission=_permission(verb, type(obj)), content_object=obj).delete()
        if gone:
            audit.write("kit.take_back", obj, by=by, at=at, data={"user": user.pk, "verb": verb})


def granted(user: Any, verb: str, model: type[models.Model], today: date) -> list[int] | models.QuerySet[Any]:
    """Primary keys of the objects of ``model`` granted to ``user`` on ``today``, for ``pk__in``.

    Read once per user object, as their scope is, and not at all for whoever holds none, as is known with their account
    (``consult.people.door``): a list then asks for what its own index knows, not for that or a subquery, which would walk
    all its rows. Whoever holds more than FEW gets the subquery.
    """
    if not user.is_authenticated or not user.is_active or not getattr(user, "holds_grants", True):
        return []
    kept, key = user.__dict__.setdefault("_granted", {}), (verb, model, today)
    if key not in kept:
        some = _grants(model).filter(Q(until=None) | Q(until__gte=today), user=user,
                                     permission__codename=f"{verb}_{model._meta.model_name}").values("content_object_id")
        few = [row["content_object_id"] for row in some[:FEW + 1]]
        kept[key] = few if len(few) <= FEW else some
    return kept[key]


def holders(obj: Any, today: date) -> models.QuerySet[Any]:
    """The grants in force on one object, with their users: the "who else can see this, and why" of its page."""
    return (_grants(obj).filter(Q(until=None) | Q(until__gte=today), content_object=obj)
            .select_related("user", "given_by").order_by("given_at"))
