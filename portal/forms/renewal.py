"""The forms of renewal projects."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consult.people.models import Community, Subdistrict
from consult.people.roles import Role, scope_of
from consult.renewal.states import LandKind, Measure, Mode, Stage
from portal.kit.forms import ActForm

#: A thousand points with room for what surrounds them.
OUTLINE_MAX = 200_000


class Found(ActForm):
    """A new project: where it is, how large, and which thresholds the law or its plan sets."""

    name = forms.CharField(label=_("Project name"), max_length=80)
    area = forms.CharField(label=_("Area"), max_length=80, required=False)
    subdistrict = forms.ModelChoiceField(Subdistrict.objects.none(), label=_("Subdistrict"))
    community = forms.ModelChoiceField(Community.objects.none(), label=_("Community"), required=False)
    land_kind = forms.ChoiceField(label=_("Land"), choices=LandKind.choices)
    mode = forms.ChoiceField(label=_("Renewal mode"), choices=Mode.choices)
    stage = forms.ChoiceField(label=_("Present stage"), choices=Stage.choices)
    households = forms.IntegerField(label=_("Households"), min_value=1,
                                    help_text=_("Totals only: nothing about a single household belongs here."))
    residents = forms.IntegerField(label=_("People"), min_value=1, required=False)
    consent_threshold = forms.DecimalField(label=_("Consent threshold (%)"), min_value=1, max_value=100, decimal_places=2)
    signing_threshold = forms.DecimalField(label=_("Signing threshold (%)"), min_value=1, max_value=100, decimal_places=2)
    threshold_basis = forms.CharField(label=_("Legal basis of the thresholds"), max_length=200)
    implementer = forms.CharField(label=_("Implementing body"), max_length=80, required=False)
    approval_no = forms.CharField(label=_("Approval or notice number"), max_length=60, required=False)
    approval_on = forms.DateField(label=_("Approved on"), required=False)
    signing_until = forms.DateField(label=_("Signing closes on"), required=False)
    facilities = forms.CharField(label=_("Facilities: school, kindergarten, clinic, care, market, bus"), required=False,
                                 widget=forms.Textarea(attrs={"rows": "3"}))
    public = forms.BooleanField(label=_("Show it to the public"), required=False, initial=True)

    def prepare(self) -> None:
        mine = scope_of(self.user).jurisdictions(Role.OFFICE)
        self.fields["subdistrict"].queryset = Subdistrict.objects.filter(jurisdiction__in=mine)  # type: ignore[attr-defined]
        self.fields["community"].queryset = Community.objects.filter(  # type: ignore[attr-defined]
            subdistrict__jurisdiction__in=mine)


class EnterStage(ActForm):
    stage = forms.ChoiceField(label=_("The stage it enters"), choices=Stage.choices)
    entered_on = forms.DateField(label=_("Entered on"))
    basis = forms.CharField(label=_("Basis"), max_length=200, required=False,
                            help_text=_("The notice or decision. Needed when it goes back to an earlier stage."))


class Progress(ActForm):
    """One dated total with its source."""

    measure = forms.ChoiceField(label=_("Measure"), choices=Measure.choices)
    numerator = forms.DecimalField(label=_("Done"), min_value=0, decimal_places=2)
    denominator = forms.DecimalField(label=_("Of"), min_value=0, decimal_places=2)
    as_of = forms.DateField(label=_("As of"))
    source = forms.CharField(label=_("Source"), max_length=120,
                             help_text=_("For example the expropriation office's weekly report."))


class Outline(ActForm):
    """Pasted, or as a file; both empty takes the area off the map."""

    outline = forms.CharField(
        label=_("Outline as GeoJSON"), required=False, max_length=OUTLINE_MAX,
        widget=forms.Textarea(attrs={"rows": "8", "spellcheck": "false"}),
        help_text=_("WGS-84 or CGCS2000, longitude first, one Polygon or MultiPolygon. Coordinates picked on a Chinese map "
                    "service are shifted by up to 500 m (GCJ-02): do not use those. Left empty, the area is taken off the "
                    "map."))
    file = forms.FileField(label=_("Or as a file (.geojson, .json)"), required=False,
                           widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json,application/json"}))

    def clean_file(self) -> str:
        file = self.cleaned_data.get("file")
        if not file:
            return ""
        if file.size > OUTLINE_MAX:
            raise forms.ValidationError(_("The file is too large for an outline. Please simplify it."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as wrong:
            raise forms.ValidationError(_("The file is no text in UTF-8.")) from wrong

    def values(self) -> dict[str, Any]:
        return {"outline": self.cleaned_data["file"] or self.cleaned_data["outline"]}


def outline_of(project: Any, user: Any) -> dict[str, Any]:
    return {"outline": json.dumps(project.outline) if project.outline else ""}
