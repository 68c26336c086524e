"""The desk of the CPPCC office: addresses."""

from django.urls import path

from portal.office import (
    briefings,
    desk,
    evaluations,
    groups,
    imports,
    letters,
    lists,
    many,
    quarantine,
    tasks,
    topics,
    trends,
    views,
    weights,
)

app_name = "office"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("opinions/", desk.Opinions.as_view(), name="opinions"),
    path("opinions/many/", many.Decide.as_view(), name="many"),
    path("opinions/many/done/", many.Result.as_view(), name="many_done"),
    path("opinions/<int:pk>/", desk.Case.as_view(), name="case"),
    path("opinions/<int:pk>/next/", desk.Onward.as_view(), name="onward"),
    path("words/", letters.Letters.as_view(), name="letters"),
    letters.WRITE.url("words/new/", "word"),
    letters.BEGIN.url("words/begin/", "words_begin"),
    path("groups/", groups.Groups.as_view(), name="groups"),
    groups.MERGE.url("groups/merge/", "merge_group"),
    path("trends/", trends.Trends.as_view(), name="trends"),
    path("quarantine/", quarantine.Quarantine.as_view(), name="quarantine"),
    imports.START.url("imports/", "import"),
    path("imports/<uuid:token>/", imports.SheetPage.as_view(), name="import_sheet"),
    path("imports/<uuid:token>/report/", imports.ReportFile.as_view(), name="import_report"),
    path("surveys/", lists.Surveys.as_view(), name="surveys"),
    path("projects/", lists.Projects.as_view(), name="projects"),
    path("recommendations/", briefings.Recommendations.as_view(), name="recommendations"),
    path("briefings/", briefings.Briefings.as_view(), name="briefings"),
    path("tasks/", tasks.Tasks.as_view(), name="tasks"),
    path("look-backs/", tasks.LookBacks.as_view(), name="followups"),
    path("difficulties/", tasks.Difficulties.as_view(), name="difficulties"),
    path("bulletins/", tasks.Bulletins.as_view(), name="bulletins"),
    path("evaluations/", evaluations.Ratings.as_view(), name="evaluations"),
    path("appraisals/", evaluations.Appraisals.as_view(), name="appraisals"),
    path("cases/", evaluations.Cases.as_view(), name="cases"),
    path("topics/", topics.Topics.as_view(), name="topics"),
    path("weights/", weights.WeightsPage.as_view(), name="weights"),
    path("consultations/", topics.Consultations.as_view(), name="consultations"),
]
