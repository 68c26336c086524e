"""Forms as the house draws them: one field template, one error list, correct ids for screen readers."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorList
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from consult.kit import secrecy


class Renderer(TemplatesSetting):
    """Django's own renderer with our field group.

    Drop-down lists and one-line fields stand on every list, with hundreds of options: they are put together here, the same
    as Django's templates give them (a test compares), at a tenth of the cost.
    """

    field_template_name = "parts/field.html"
    form_template_name = "parts/form.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        widget = context.get("widget")
        if template_name == "django/forms/widgets/select.html":
            return drop_down(widget)
        if template_name in ONE_LINE:
            value = "" if widget["value"] is None else format_html(' value="{}"', widget["value"])
            return format_html('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, attributes(widget))
        return super().render(template_name, context, request)  # type: ignore[no-any-return]


ONE_LINE = frozenset(f"django/forms/widgets/{kind}.html" for kind in ("text", "number", "email", "tel", "date", "time", "hidden",
                                                                      "input", "url", "search", "password", "datetime"))


def drop_down(widget: dict[str, Any]) -> SafeString:
    """A select with its groups and options."""
    parts = [f'<select name="{conditional_escape(widget["name"])}"{attributes(widget)}>']
    for name, options, _index in widget["optgroups"]:
        parts += [f'<optgroup label="{conditional_escape(name)}">'] if name else []
        parts += [f'<option value="{conditional_escape(option["value"])}"{attributes(option)}>'
                  f'{conditional_escape(option["label"])}</option>' for option in options]
        parts += ["</optgroup>"] if name else []
    return mark_safe("".join([*parts, "</select>"]))  # noqa: S308 - every part is escaped above


def attributes(widget: dict[str, Any]) -> SafeString:
    """What True stands alone, what is False is left out."""
    told = (f" {conditional_escape(name)}" if value is True else f' {conditional_escape(name)}="{conditional_escape(value)}"'
            for name, value in widget["attrs"].items() if value is not False)
    return mark_safe("".join(told))  # noqa: S308 - every part is escaped above


class Errors(ErrorList):
    template_name = "parts/field_errors.html"


def dress(field: forms.Field) -> None:
    """Give a field its class and its browser's own picker."""
    widget = field.widget
    if not isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        select = isinstance(widget, forms.Select | forms.SelectMultiple)
        widget.attrs.setdefault("class", "form-select" if select else "form-control")
    if isinstance(widget, forms.Textarea):
        widget.attrs["rows"] = widget.attrs["rows"] if str(widget.attrs.get("rows", "10")) != "10" else "5"
    if isinstance(field, forms.DateTimeField) and type(widget) is forms.DateTimeInput:
        field.widget = forms.DateTimeInput(attrs={**widget.attrs, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    elif isinstance(field, forms.DateField) and type(widget) is forms.DateInput:
        field.widget = forms.DateInput(attrs={**widget.attrs, "type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, forms.TimeField) and type(widget) is forms.TimeInput:
        field.widget = forms.TimeInput(attrs={**widget.attrs, "type": "time"}, format="%H:%M")
    for part, inner in zip(getattr(field.widget, "widgets", ()), getattr(field, "fields", ()), strict=False):
        part.attrs.setdefault("class", "form-control")
        if isinstance(inner, forms.DateField) and isinstance(part, forms.TextInput):
            part.input_type = "date"
            part.attrs.setdefault("aria-label", _("to") if part is field.widget.widgets[-1] else _("from"))
    field.widget.is_required = field.required


class Dressed:
    """Mixin for any Django form (also ModelForm): our renderer, error list, colon-free labels, pickers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("renderer", Renderer())
        kwargs.setdefault("error_class", Errors)
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False  # our own summary speaks, not the browser's bubble
        for field in self.fields.values():  # type: ignore[attr-defined]
            dress(field)

    def _clean_fields(self) -> None:
        """Each text of each form is read for secrecy marks; ``marked`` names the fields that carry one."""
        super()._clean_fields()  # type: ignore[misc]
        self.marked = [name for name, value in self.cleaned_data.items()  # type: ignore[attr-defined]
                       if isinstance(value, str) and secrecy.marked(value)]
        for name in self.marked:
            self.add_error(name, secrecy.REFUSED)  # type: ignore[attr-defined]


class ActForm(Dressed, forms.Form):
    """The form of an Act or a Start: knows the object and the user, gives clean values, never saves."""

    def __init__(self, *args: Any, obj: Any = None, user: Any = None, **kwargs: Any) -> None:
        self.obj, self.user = obj, user
        super().__init__(*args, **kwargs)
        self.prepare()
        for field in self.fields.values():
            dress(field)

    def prepare(self) -> None:
        """Hook: narrow querysets and choices to what ``self.user`` may see of ``self.obj``."""

    def values(self) -> dict[str, Any]:
        """What goes to the action as keyword arguments."""
        return dict(self.cleaned_data)


class Note(ActForm):
    """A remark that may stay empty."""

    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea,
                           help_text=_("Optional. Kept in the history."))


class RequiredNote(ActForm):
    note = forms.CharField(label=_("Note"), max_length=2000, widget=forms.Textarea)


class Reason(ActForm):
    """A decision that must say why."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea,
                             help_text=_("Write the reason so that the people concerned understand it."))


class Words(ActForm):
    """One text, required: a reply, a statement, an answer."""

    text = forms.CharField(label=_("Text"), max_length=20000, widget=forms.Textarea(attrs={"rows": "8"}))


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of uploads; cleans to a list (empty when nothing was chosen)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FilesInput)
        kwargs.setdefault("label", _("Files"))
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("Photos, PDF or Office files, 10 MB each."))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [one for one in (super(FilesField, self).clean(file, initial) for file in files) if one]


class Upload(ActForm):
    """One file with what it shows."""

    upload = forms.FileField(label=_("File"), help_text=_("Photos, PDF or Office files, 10 MB each."))
    caption = forms.CharField(label=_("What it shows"), max_length=200, required=False)
