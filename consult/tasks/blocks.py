"""The usual words of a department: written once, put into replies by its clerks."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consult.kit import audit, secrecy
from consult.kit.rules import require
from consult.people.models import Department
from consult.tasks import rules
from consult.tasks.holding import said
from consult.tasks.models import TextBlock

#: More than this nobody finds again.
MOST = 100


def write(*, department: Department, title: str, text: str, by: Any, at: datetime) -> TextBlock:
    require(rules.may_write_block, by, TextBlock(department=department))
    with transaction.atomic():
        if TextBlock.objects.filter(department=department).count() >= MOST:
            raise ValidationError(_("There are %(n)s text blocks already: take some away first.") % {"n": MOST})
        made = _word(TextBlock(department=department), title, text, by, at)
        audit.write("tasks.write_block", made, by=by, at=at)
    return made


def change(block: TextBlock, *, title: str, text: str, by: Any, at: datetime) -> TextBlock:
    require(rules.may_write_block, by, block)
    with transaction.atomic():
        _word(block, title, text, by, at)
        audit.write("tasks.write_block", block, by=by, at=at)
    return block


def take_away(block: TextBlock, *, by: Any, at: datetime) -> None:
    require(rules.may_write_block, by, block)
    with transaction.atomic():
        audit.write("tasks.take_block_away", block, by=by, at=at, data={"title": block.title})
        block.delete()


def _word(block: TextBlock, title: str, text: str, by: Any, at: datetime) -> TextBlock:
    block.title = said("title", title, _("Give the text block a name."), 40)
    block.text = said("text", text, _("Write the words of the text block."), 4000)
    secrecy.refuse(title=block.title, text=block.text)
    twins = TextBlock.objects.filter(department=block.department, title=block.title).exclude(pk=block.pk)
    if twins.exists():
        raise ValidationError({"title": _("Your department has a text block of this name already.")})
    block.by, block.at = by, at
    block.save()
    return block
