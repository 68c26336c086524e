"""The text blocks of a department: one block, changed or taken away."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence
from consult.tasks import blocks, rules
from consult.tasks.models import TextBlock
from portal.forms.tasks import Block
from portal.kit import addresses
from portal.kit.moves import Act
from portal.kit.pages import Page


def to_list(request: HttpRequest, result: Any) -> str:
    return addresses.to("departments:blocks")


class BlockPage(Page):
    model = TextBlock
    visible_to = rules.blocks_visible_to
    related = ("department", "by")
    acts = (
        Act("change", _("Change"), rules.may_write_block, blocks.change, form=Block, then=to_list, moves=(),
            initial=lambda obj, user: {"title": obj.title, "text": obj.text}),
        Act("take_away", _("Take away"), rules.may_write_block, blocks.take_away, then=to_list, moves=(), danger=True,
            effect=_("Replies that were written with it stay as they are.")),
    )

    @classmethod
    def home(cls, request: HttpRequest, obj: Any) -> str:
        return addresses.to("departments:blocks")

    def facts(self, obj: Any) -> list[tuple[Sentence, Any]]:
        return [(_("Text"), obj.text), (_("Department"), str(obj.department)), (_("Changed by"), str(obj.by)),
                (_("Changed"), obj.at)]


urlpatterns = BlockPage.urls("text-blocks")
