"""The desk of the three administrators: addresses."""

from django.urls import path

from portal.admins import jobs, notice, views
from portal.kit import access

app_name = "admins"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("users/", views.Users.as_view(), name="users"),
    path("appointments/", views.Appointments.as_view(), name="appointments"),
    path("audit/", views.Audit.as_view(), name="audit"),
    path("parameters/", views.Parameters.as_view(), name="parameters"),
    path("calendar/", views.Calendar.as_view(), name="calendar"),
    path("calendar/load/", access.door(notice.Load), name="load_calendar"),
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/<uuid:pk>/again/", jobs.again, name="run_again"),
]
