"""The desk of the supervision office: addresses."""

from django.urls import path

from portal.supervision import briefings, bulletins, tasks, urging, views

app_name = "supervision"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("instructions/", briefings.Instructions.as_view(), name="instructions"),
    path("recommendations/", briefings.Recommendations.as_view(), name="recommendations"),
    path("tasks/", tasks.Tasks.as_view(), name="tasks"),
    path("tasks/urge/", urging.Urge.as_view(), name="urge"),
    path("tasks/urged/", urging.Urged.as_view(), name="urged"),
    path("responsibilities/", tasks.Responsibilities.as_view(), name="responsibilities"),
    path("results/", tasks.Results.as_view(), name="results"),
    path("asks/", tasks.Asks.as_view(), name="extensions"),
    path("time/", views.Time.as_view(), name="time"),
    path("difficulties/", tasks.Difficulties.as_view(), name="difficulties"),
    path("bulletins/", bulletins.DistrictBulletins.as_view(), name="bulletins"),
]
