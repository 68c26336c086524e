"""The desk of the supervision office: addresses."""

from django.urls import path

from portal.supervision import views

app_name = "supervision"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
]
