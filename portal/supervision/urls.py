"""The desk of the supervision office: addresses."""

from django.urls import path

from portal.supervision import briefings, tasks, views

app_name = "supervision"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("instructions/", briefings.Instructions.as_view(), name="instructions"),
    path("tasks/", tasks.Tasks.as_view(), name="tasks"),
    path("asks/", tasks.Asks.as_view(), name="extensions"),
    path("time/", views.Time.as_view(), name="time"),
    path("difficulties/", tasks.Difficulties.as_view(), name="difficulties"),
]
