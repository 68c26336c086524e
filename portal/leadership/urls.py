"""The desk of the chair and of district leaders: addresses."""

from django.urls import path

from portal.leadership import briefings, bulletins, figures, tasks, topics, views

app_name = "leadership"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("briefings/", briefings.Briefings.as_view(), name="briefings"),
    path("instructions/", briefings.Instructions.as_view(), name="instructions"),
    path("tasks/", tasks.Tasks.as_view(), name="tasks"),
    path("bulletins/", bulletins.DistrictBulletins.as_view(), name="bulletins"),
    path("figures/", figures.Figures.as_view(), name="figures"),
    path("topics/", topics.Topics.as_view(), name="topics"),
]
