"""The desk of the CPPCC office: addresses."""

from django.urls import path

from portal.office import opinions, views

app_name = "office"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("opinions/", opinions.Opinions.as_view(), name="opinions"),
    path("surveys/", opinions.Surveys.as_view(), name="surveys"),
    path("projects/", opinions.Projects.as_view(), name="projects"),
]
