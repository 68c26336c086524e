"""Addresses of the public front, and those every desk shares (notices, files, text size)."""

from django.urls import URLPattern, URLResolver, include, path

from portal.front import absences, cases, judge, mine, more, plans, reached, replies, say, search, topics, verify, views
from portal.kit.access import door

#: Named ``front:…``; public.
pages: list[URLPattern | URLResolver] = [
    path("", door(views.Home, public=True), name="home"),
    path("topics/", door(topics.Topics, public=True), name="topics"),
    path("plans/", door(plans.Plans, public=True), name="plans"),
    path("consultations/", door(topics.Consultations, public=True), name="consultations"),
    path("answers/", door(replies.Replies, public=True), name="replies"),
    path("cases/", door(cases.Cases, public=True), name="cases"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", views.Desk.as_view(), name="desk"),
    path("notices/", views.Notices.as_view(), name="notices"),
    path("notices/ways/", door(reached.Reached), name="reached"),
    path("absences/", door(absences.Absences), name="absences"),
    path("absences/<int:pk>/back/", door(absences.ComeBack), name="absence.come_back"),
    path("calendar/<str:secret>.ics", door(reached.Feed, public=True), name="feed"),
    path("search/", door(search.Search), name="search"),
    path("size/", door(views.Size, public=True), name="size"),
    path("files/<uuid:pk>/", door(views.Attached, public=True), name="attachment"),
    path("say/", door(say.Say, public=True), name="opinion.submit"),
    path("say/matters/", door(say.Look, public=True), name="opinion.matters"),
    path("say/topic/<int:pk>/", door(say.Join, public=True), name="topic.join"),
    path("say/challenge/", door(say.Challenge, public=True), name="opinion.challenge"),
    path("say/receipt/", door(say.Handed, public=True), name="opinion.receipt"),
    path("say/more/", door(more.More, public=True), name="opinion.more"),
    path("receipt/", door(say.Receipt, public=True), name="receipt"),
    path("receipt/status/", door(say.Status, public=True), name="receipt.status"),
    path("receipt/photos/<uuid:pk>/", door(mine.Photo, public=True), name="receipt.photo"),
    path("receipt/contact/", door(mine.Contact, public=True), name="receipt.contact"),
    path("receipt/other/<int:pk>/", door(say.Other, public=True), name="receipt.other"),
    path("receipt/erase/", door(say.Erase, public=True), name="receipt.erase"),
    path("receipt/restrict/", door(say.Restrict, public=True), name="receipt.restrict"),
    path("receipt/rate/", door(judge.Rate, public=True), name="receipt.rate"),
    path("receipt/raise/", door(judge.Raise, public=True), name="receipt.raise"),
    path("receipt/finish/", door(say.Finish, public=True), name="receipt.finish"),
    path("verify/", door(verify.Verify, public=True), name="front.verify"),
    path("verify/certificate/", door(verify.Certificate, public=True), name="front.verify.certificate"),
    path("verify/<str:code>/", door(verify.Coded, public=True), name="front.verify.code"),
    path("", include((pages, "front"))),
]
