"""The desk of a handling unit: addresses."""

from django.urls import path

from portal.departments import blocks, bulletins, consultations, tasks, views

app_name = "departments"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("tasks/", tasks.Tasks.as_view(), name="tasks"),
    path("text-blocks/", blocks.Blocks.as_view(), name="blocks"),
    blocks.WRITE.url("text-blocks/new/", "write_block"),
    path("look-backs/", tasks.LookBacks.as_view(), name="followups"),
    path("bulletins/", bulletins.DistrictBulletins.as_view(), name="bulletins"),
    path("consultations/", consultations.Consultations.as_view(), name="consultations"),
]
