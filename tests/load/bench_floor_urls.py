"""One page: who is signed in, and 25 rows."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from consult.opinions.models import Opinion

PAGE = engines["django"].from_string(
    "<!doctype html><title>{{ user.name }}</title><table>{% for row in rows %}<tr><td>{{ row.number }}<td>{{ row.place }}"
    "<td>{{ row.state }}<td>{{ row.submitted_at }}{% endfor %}</table>")


@login_required
def floor(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE.render({"user": request.user, "rows": Opinion.objects.order_by("-pk")[:25]}))


urlpatterns = [path("floor/", floor), path("healthz", lambda request: HttpResponse("ok"))]
