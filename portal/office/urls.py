"""The desk of the CPPCC office: addresses."""

from django.urls import path

from portal.office import views

app_name = "office"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
]
