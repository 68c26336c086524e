"""The usual words of the department, for its replies."""

from django.utils.translation import gettext_lazy as _

from consult.tasks import blocks, rules
from consult.tasks.models import TextBlock
from portal.forms.tasks import NewBlock
from portal.kit.lists import Column, List
from portal.kit.moves import Start
from portal.rooms.blocks import to_list

WRITE = Start("write_block", _("Write a text block"), rules.may_write_block, blocks.write, form=NewBlock, then=to_list,
              effect=_("Your colleagues find it beside each field of a reply."))


class Blocks(List):
    model = TextBlock
    visible_to = rules.blocks_visible_to
    title = _("Text blocks")
    intro = _("Words your department uses again and again: put into a reply with one click, and changed there as needed.")
    empty = _("No text block yet. Write the first: for instance how people can reach you, or on which law your decisions rest.")
    related = ("department", "by")
    order = ("department__order", "department", "title")
    start = ("departments:write_block", _("Write a text block"))
    columns = (Column("title", _("Name"), link=True), Column("text", _("Text")), Column("by", _("Changed by")),
               Column("at", _("Changed"), order="at"))
