"""The desk of a handling unit: addresses."""

from django.urls import path

from portal.departments import views

app_name = "departments"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
]
