"""A field for photos in any form of somebody who speaks: a few, shrunk on the telephone where that is possible."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consult.kit import calendar, parameters
from consult.opinions import photos
from portal.kit.forms import FilesField, FilesInput

#: As wide or high as a photo is sent from a telephone; enough to read a notice on a wall.
SIDE = 1600


class Photos(forms.Form):
    """Mixin: the field, what it says, and that a page which comes back can't keep what was chosen."""

    photos = FilesField(label=_("Photos"), widget=FilesInput(attrs={"accept": photos.ACCEPT, "data-photos": str(SIDE)}))

    def prepare(self) -> None:
        most = parameters.value("photos_at_once", on=calendar.today())
        field = self.fields["photos"]
        field.help_text = _("Up to %(most)s. Where and with what they were taken is removed. Please show no faces and no "
                            "house papers.") % {"most": most}
        field.widget.attrs |= {"data-most": str(most), "data-many": str(_("Please choose at most %(most)s photos at once.") % {
            "most": most})}
        if self.files:
            self.choose_again()

    def choose_again(self) -> None:
        """Files chosen before can't be put back into a page: said where they are to be chosen."""
        self.fields["photos"].label = _("Photos: please choose them again")
        self.fields["photos"].help_text = _("What you wrote is still here; photos can't be kept when the page comes back.")

    def clean_photos(self) -> list[Any]:
        chosen = self.cleaned_data.get("photos") or []
        try:
            photos.looked_at(chosen, calendar.now())
        except ValidationError as wrong:
            raise forms.ValidationError(wrong.messages) from wrong
        return list(chosen)
