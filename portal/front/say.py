"""Handing in an opinion without an account, its receipt, and how it stands: nothing of the code in any url."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from consult.journey import matters, receipt
from consult.kit import calendar, parameters
from consult.opinions import actions, consent, own, photos, splitting
from consult.opinions.models import Opinion
from consult.opinions.states import TEXT_MAX, Doubt, IdentityMode, OpinionState
from consult.people.models import Resident
from consult.renewal import outline
from consult.renewal.rules import visible_to as visible_projects
from consult.topics import joining
from consult.topics.models import Topic
from portal.forms import opinions as forms
from portal.kit import access, altcha, guard, limits, receipts
from portal.kit.moves import blame, refused


class Say(View):
    """One short page; with an error everything typed is still there."""

    http_method_names = ["get", "post", "head", "options"]
    title: Any = _("Say something")
    template_name = "front/say.html"
    form_class: type[forms.Submit] = forms.Submit

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form(initial={"project": request.GET.get("project", ""), **self.known()}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "look" in request.POST:
            return self.show(self.unsent(), matters=self.matters())
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            refused(form, request.user)
            return self.show(form, 422)
        doubts = self.doubts(form)
        if doubts and (until := limits.keep(calendar.now())):
            return self.later(form, until)
        try:
            opinion, code = self.hand_in(form, doubts)
        except ValidationError as wrong:
            blame(form, wrong)
            return self.show(form, 422)
        if code is None:
            messages.info(request, _("We have this opinion already. Please look it up with the new code the office gave you."))
            return redirect("receipt")
        receipts.hand_over(request, opinion)
        return redirect("opinion.receipt")

    def form(self, *args: Any, **kwargs: Any) -> forms.Submit:
        return self.form_class(*args, user=self.request.user, **kwargs)

    def known(self) -> dict[str, Any]:
        """Residents with an account are known to the office unless they choose otherwise."""
        return {"identity_mode": IdentityMode.CPPCC_ONLY} if self.resident() else {}

    def unsent(self, **other: Any) -> forms.Submit:
        """The page with everything typed so far, before it is handed in: nothing is wrong yet."""
        typed = self.request.POST
        form = self.form(initial={name: typed.getlist(name) if name == "tags" else typed[name]
                                  for name in typed if name in self.form_class.base_fields} | other)
        if self.request.FILES:
            form.choose_again()
        return form

    def hand_in(self, form: forms.Submit, doubts: list[Doubt]) -> tuple[Opinion, str | None]:
        return actions.submit(**form.values(), resident=self.resident(), doubts=doubts, at=calendar.now())

    def matters(self) -> matters.Known | None:
        """What is public about the same; a resident's words are no part of it."""
        district = forms.home_district()
        text = self.request.POST.get("text", "")[:TEXT_MAX]
        return matters.about(text, district.pk, calendar.now()) if district else None

    def doubts(self, form: forms.Submit) -> list[Doubt]:
        """Perhaps from a machine? Residents with an account, and the same form again, always pass."""
        if self.resident() or Opinion.objects.filter(key=form.cleaned_data["key"]).exists():
            return []
        return guard.weigh(self.request, form.cleaned_data, calendar.now())

    def later(self, form: forms.Submit, until: datetime) -> HttpResponse:
        """So many doubtful ones that the disk must be spared. Everything typed stays in the form, with when to press again and
        whom to call."""
        return limits.told(self.show(form, 429, until=until, phone=settings.OFFICE_PHONE), until, calendar.now())

    def resident(self) -> Resident | None:
        """A resident who is signed in finds it among their own."""
        user = self.request.user
        return Resident.objects.filter(user=user).select_related("user").first() if user.is_authenticated else None

    def show(self, form: forms.Submit, status: int = 200, **more: Any) -> HttpResponse:
        context = {**self.extra(), **more, "form": form, "title": self.title, "resident": self.resident(),
                   "days": retention_days()}
        return receipts.private(render(self.request, self.template_name, context, status=status))

    def extra(self) -> dict[str, Any]:
        here = visible_projects(self.request.user).filter(jurisdiction=forms.home_district())
        return {"map": outline.drawn(here.exclude(outline=None))}


class Look(Say):
    """What there is already, while somebody is still writing: asked by our own script, in the body, never in a url."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        at = calendar.now()
        if until := limits.take(request, at, "hint"):
            return limits.told(receipts.private(HttpResponse(status=429)), until, at)
        return receipts.private(render(request, "front/say_matters.html", {"matters": self.matters()}))


class Join(Say):
    """“Me too”: one tap on a public topic and one to confirm; an opinion and a receipt of one's own."""

    title = _("This concerns me too")
    template_name = "front/say_join.html"
    form_class = forms.Join

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.topic = access.visible_or_404(Topic.objects.open_to_public().select_related("jurisdiction", "project"),
                                           pk=kwargs["pk"])

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "sure" in request.POST:
            return super().post(request)
        return self.show(self.unsent(key=self.key(request.POST.get("key", ""))))

    def key(self, typed: str) -> UUID:
        """For the page this came from and this topic always the same: two taps are one voice, and what was typed there
        can still be handed in by itself."""
        try:
            return uuid5(UUID(typed), self.topic.number)
        except ValueError:
            return uuid4()

    def doubts(self, form: forms.Submit) -> list[Doubt]:
        """Two taps need no time."""
        return [doubt for doubt in super().doubts(form) if doubt != Doubt.FAST]

    def hand_in(self, form: forms.Submit, doubts: list[Doubt]) -> tuple[Opinion, str | None]:
        return joining.join(self.topic, **form.values(), resident=self.resident(), doubts=doubts, at=calendar.now())

    def extra(self) -> dict[str, Any]:
        return {"topic": self.topic, "open": joining.is_open(self.topic)}


class Challenge(View):
    """The riddle a browser works on while somebody writes."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return receipts.private(JsonResponse(altcha.challenge(calendar.now())))


class Handed(View):
    """The receipt, right after handing in: number and code, until the reader says it is noted down."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        found = receipts.handed_over(request)
        if found is None:
            return redirect("receipt")
        context = {"title": _("Thank you. We have your opinion."), **found,
                   "days": parameters.value("opinion_triage_days", on=calendar.local_date(found["opinion"].submitted_at))}
        return receipts.private(render(request, "front/receipt_slip.html", context))

    def post(self, request: HttpRequest) -> HttpResponse:
        receipts.forget(request)
        return redirect("front:home")


class Receipt(View):
    """Number and code, asked for by POST."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(forms.Receipt(initial={"number": request.GET.get("number", "")[:32]}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = forms.Receipt(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        if until := limits.take(request, now := calendar.now(), "receipt"):
            form.add_error(None, limits.wait(until))
            return limits.told(self.show(form, 429), until, now)
        try:
            opinion = actions.find_by_receipt(form.cleaned_data["number"], form.cleaned_data["code"], calendar.now())
        except actions.TooManyTries as wrong:
            form.add_error(None, wrong)
            return self.show(form, 429)
        if opinion is None:
            form.add_error(None, _("Number and code do not belong together. Please compare both with your receipt."))
            return self.show(form, 422)
        receipts.open_with(request, opinion)
        return redirect("receipt.status")

    def show(self, form: forms.Receipt, status: int = 200) -> HttpResponse:
        context = {"form": form, "title": _("Look up my opinion")}
        return receipts.private(render(self.request, "front/receipt.html", context, status=status))


class Opened(View):
    """A page for whoever opened an opinion with its receipt in the last half hour; others are asked for it."""

    opinion: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.opinion = receipts.opinion_of(request)
        return super().dispatch(request, *args, **kwargs) if self.opinion else redirect("receipt")


class Status(Opened):
    """How it stands, in plain words; a fact can be added."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(forms.Fact())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = forms.Fact(request.POST, request.FILES)
        if form.is_valid():
            try:
                actions.add_fact(self.opinion, **form.values(), at=calendar.now())
                return redirect("receipt.status")
            except ValidationError as wrong:
                blame(form, wrong)
        refused(form, None, self.opinion)
        return self.show(form, 422)

    def show(self, form: forms.Fact, status: int = 200) -> HttpResponse:
        opinion = self.opinion
        spoke = splitting.first_of(opinion)
        context = {"form": form, "title": _("How your opinion stands"), "opinion": opinion, "steps": told(opinion),
                   "rating": receipt.open_rating(opinion, calendar.today()), "asked": receipt.was_asked(opinion),
                   "open": opinion.state != OpinionState.ARCHIVED, "identity": actions.identity_of(spoke),
                   "anonymous": opinion.identity_mode == IdentityMode.ANONYMOUS,
                   "shared": opinion.identity_mode == IdentityMode.DEPARTMENT, "question": receipt.asks(opinion),
                   "until": actions.erased_after(spoke, calendar.today()), "days": retention_days(),
                   "revealed": actions.times_revealed(spoke), "shown": own.times_shown(spoke), "photos": photos.of(opinion),
                   "consents": consent.of(spoke), "others": splitting.others(opinion)}
        return receipts.private(render(self.request, "front/receipt_status.html", context, status=status))


class Other(Opened):
    """Another matter of what was handed in at once: one receipt opens all of them."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        receipts.open_with(request, get_object_or_404(splitting.others(self.opinion), pk=pk))
        return redirect("receipt.status")


class Erase(Opened):
    """Consent withdrawn: the contact is erased for good, after a page that says so."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return receipts.private(render(request, "front/receipt_erase.html", {
            "title": _("Erase my name and telephone number"), "opinion": self.opinion}))

    def post(self, request: HttpRequest) -> HttpResponse:
        actions.erase_contact(self.opinion, at=calendar.now())
        return redirect("receipt.status")


class Restrict(Opened):
    """Only the office shall know, no longer the department; the way back is closed."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        opinion = receipts.opinion_of(request)
        if opinion and opinion.identity_mode != IdentityMode.DEPARTMENT:
            return redirect("receipt.status")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return receipts.private(render(request, "front/receipt_restrict.html", {
            "title": _("Only the CPPCC office may know who I am"), "opinion": self.opinion}))

    def post(self, request: HttpRequest) -> HttpResponse:
        actions.restrict(self.opinion, mode=IdentityMode.CPPCC_ONLY, at=calendar.now())
        return redirect("receipt.status")


class Finish(View):
    """Nothing of the receipt stays in this browser."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        receipts.forget(request)
        response = redirect("front:home")
        response.headers["Clear-Site-Data"] = '"cache"'
        return receipts.private(response)


def retention_days() -> int:
    """How long contact data is kept after a matter is closed."""
    return parameters.value("contact_retention", on=calendar.today())


def told(opinion: Any) -> list[Any]:
    """The way of the opinion through the whole loop, in plain words."""
    return receipt.for_submitter(opinion)
