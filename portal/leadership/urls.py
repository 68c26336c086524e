"""The desk of the chair and of district leaders: addresses."""

from django.urls import path

from portal.leadership import views

app_name = "leadership"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
]
