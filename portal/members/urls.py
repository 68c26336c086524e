"""The desk of members, experts and subdistrict cadres: addresses."""

from django.urls import path

from portal.members import opinions, views

app_name = "members"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("opinions/", opinions.Opinions.as_view(), name="opinions"),
]
