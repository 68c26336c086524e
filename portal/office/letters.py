"""The office's usual words on its desk: which there are, new ones, and the product's to begin with."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consult.opinions import letters, rules
from consult.opinions.models import TriageTemplate
from portal.forms.desk import Begin, Word
from portal.kit import addresses
from portal.kit.lists import Column, List
from portal.kit.moves import Start


def to_list(request: HttpRequest, result: Any) -> str:
    return addresses.to("office:letters")


WRITE = Start("word", _("Write usual words"), rules.may_word, letters.write, form=Word, then=to_list,
              effect=_("Forms offer them from now on. Whoever decides can still change them for the one opinion."))
BEGIN = Start("words_begin", _("Take over the product's words"), rules.may_word, letters.begin, form=Begin, then=to_list,
              effect=_("For every outcome and every reason that has none yet, the words that come with the product are written "
                       "down, so that you can change them."))


class Letters(List):
    model = TriageTemplate
    visible_to = rules.templates_visible_to
    title = _("Usual words")
    intro = _("What people read when you decide. As long as nothing is written here, the product's own words are used.")
    empty = _("Nothing is written yet: the product's own words are used.")
    order = ("outcome", "reason", "order", "pk")
    start = ("office:word", _("Write usual words"))
    template_name = "office/letters.html"
    columns = (Column("outcome", _("Used for")), Column("reason", _("Reason")), Column("name", _("Name"), link=True),
               Column("order", _("Place in the list")), Column("active", _("In use")))
