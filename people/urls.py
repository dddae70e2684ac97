"""The pages of people under their own nouns."""

from django.urls import path

from people.views import (
    deliveries,
    hats,
    invitations,
    members,
    notices,
    organisations,
    passwords,
    profile,
    robots,
    thresholds,
    trail,
)

app_name = "people"
urlpatterns = [
    path("audit/", trail.list_events, name="trail-list"),
    path("deliveries/", deliveries.list_dead, name="delivery-list"),
    path("deliveries/<int:pk>/retry/", deliveries.retry, name="delivery-retry"),
    path("districts/", organisations.list_districts, name="district-list"),
    path("districts/<int:pk>/", organisations.show_district, name="district-page"),
    path("hats/switch/", hats.switch, name="hat-switch"),
    path("invitations/<int:pk>/renew/", invitations.renew, name="invitation-renew"),
    path("invitations/<int:pk>/withdraw/", invitations.withdraw, name="invitation-withdraw"),
    path("invitations/<str:token>/", invitations.accept, name="invitation-accept"),
    path("me/", profile.show_profile, name="profile-page"),
    path("me/forget-device/", profile.forget_device, name="profile-forget-device"),
    path("members/", members.list_members, name="member-list"),
    path("members/<int:pk>/end/", members.end, name="member-end"),
    path("members/<int:pk>/hand-over/", members.hand_over, name="member-hand-over"),
    path("members/<int:pk>/password/", passwords.issue, name="member-password"),
    path("notices/", notices.inbox, name="notice-list"),
    path("notices/read/", notices.read_all, name="notice-read-all"),
    path("notices/settings/", notices.choose, name="notice-settings"),
    path("notices/<int:pk>/open/", notices.open_one, name="notice-open"),
    path("organisations/", organisations.list_organisations, name="organisation-list"),
    path("organisations/<int:pk>/invite/", invitations.invite, name="invitation-create"),
    path("organisations/<int:pk>/invite-many/", invitations.invite_many, name="invitation-many"),
    path("organisations/<int:pk>/members/", members.list_members, name="member-of"),
    path("passwords/<str:key>/", passwords.choose, name="password-choose"),
    path("robots/", robots.list_robots, name="robot-list"),
    path("robots/new/", robots.register, name="robot-new"),
    path("robots/<int:pk>/", robots.change, name="robot-page"),
    path("robots/<int:pk>/switch/", robots.switch, name="robot-switch"),
    path("s/<str:code>/", notices.follow, name="notice-link"),
    path("thresholds/", thresholds.list_thresholds, name="threshold-list"),
    path("thresholds/<str:code>/", thresholds.show_threshold, name="threshold-page"),
]
