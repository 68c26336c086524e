"""The resident's desk: addresses."""

from django.urls import path

from portal.residents import opinions, views

app_name = "residents"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("opinions/", opinions.Opinions.as_view(), name="opinions"),
    path("surveys/", opinions.Surveys.as_view(), name="surveys"),
]
