"""The desk of the three administrators: addresses."""

from django.urls import path

from portal.admins import views

app_name = "admins"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
]
