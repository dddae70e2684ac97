from django.urls import path

from credits.views import booking, pupil, rule, school, school_class

app_name = "credits"
urlpatterns = [
    path("credits/", school.index, name="entry-list"),
    path("credits/rules/", rule.index, name="rule-list"),
    path("credits/rules/adopt/", rule.adopt, name="rule-adopt"),
    path("credits/rules/<str:code>/next/", rule.draft, name="rule-draft"),
    path("credits/rules/<int:pk>/publish/", rule.publish, name="rule-publish"),
    path("credits/rules/<int:pk>/discard/", rule.discard, name="rule-discard"),
    path("schools/<int:pk>/credits/", school.classes, name="school-credits"),
    path("classes/<int:pk>/credits/", school_class.detail, name="class-credits"),
    path("pupils/<uuid:pk>/credits/", pupil.sheet, name="student-sheet"),
    path("bookings/<int:pk>/credits/", booking.earned, name="booking-credits"),
]
