"""Addresses of connected systems and of where they are told."""

from django.urls import path

from portal.systems import endpoint_views, views

urlpatterns = [
    path("systems/", views.client_list, name="client-list"),
    path("systems/new/", views.client_new, name="client-new"),
    path("systems/<int:pk>/", views.client_page, name="client-page"),
    path("systems/<int:pk>/scopes/", views.client_scopes, name="client-scopes"),
    path("systems/<int:pk>/names/", views.client_names, name="client-names"),
    path("systems/<int:pk>/rotate/", views.client_rotate, name="client-rotate"),
    path("systems/<int:pk>/deactivate/", views.client_deactivate, name="client-deactivate"),
    path("systems/<int:pk>/activate/", views.client_activate, name="client-activate"),
    path("systems/<int:pk>/endpoints/new/", endpoint_views.endpoint_new, name="endpoint-new"),
    path("endpoints/<int:pk>/", endpoint_views.endpoint_page, name="endpoint-page"),
    path("endpoints/<int:pk>/types/", endpoint_views.endpoint_types, name="endpoint-types"),
    path("endpoints/<int:pk>/ping/", endpoint_views.endpoint_ping, name="endpoint-ping"),
    path("endpoints/<int:pk>/rotate/", endpoint_views.endpoint_rotate, name="endpoint-rotate"),
    path("endpoints/<int:pk>/disable/", endpoint_views.endpoint_disable, name="endpoint-disable"),
    path("endpoints/<int:pk>/enable/", endpoint_views.endpoint_enable, name="endpoint-enable"),
]
