"""The desk of members, experts and subdistrict cadres: addresses."""

from django.urls import path

from portal.members import evaluations, followups, opinions, recommendations, surveys, topics, views

app_name = "members"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("opinions/", opinions.Opinions.as_view(), name="opinions"),
    path("surveys/", surveys.Surveys.as_view(), name="surveys"),
    path("recommendations/", recommendations.Recommendations.as_view(), name="recommendations"),
    path("look-backs/", followups.LookBacks.as_view(), name="followups"),
    path("evaluations/", evaluations.Ratings.as_view(), name="evaluations"),
    path("appraisals/", evaluations.Appraisals.as_view(), name="appraisals"),
    path("topics/", topics.Topics.as_view(), name="topics"),
    path("consultations/", topics.Consultations.as_view(), name="consultations"),
]
