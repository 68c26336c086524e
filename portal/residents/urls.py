"""The resident's desk: addresses."""

from django.urls import path

from portal.residents import views

app_name = "residents"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
]
