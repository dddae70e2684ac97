"""Pages of the two sides, under their own nouns."""

from django.urls import path

from partnerships.views import agreement_steps as step
from partnerships.views import agreements, listings, rules, venues

app_name = "partnerships"
urlpatterns = [
    path("agreements/", agreements.agreement_list, name="agreement-list"),
    path("agreements/new/", agreements.agreement_new, name="agreement-new"),
    path("agreements/register/", agreements.agreement_register, name="agreement-register"),
    path("agreements/filing/", agreements.filing_list, name="filing-list"),
    path("agreements/<int:pk>/", agreements.agreement_page_view, name="agreement-page"),
    path("agreements/<int:pk>/versions/<int:number>/text/", agreements.agreement_text, name="agreement-text"),
    path("agreements/<int:pk>/scans/<int:party>/", agreements.agreement_scan, name="agreement-scan"),
    path("agreements/<int:pk>/propose/", step.propose, name="agreement-propose"),
    path("agreements/<int:pk>/counter/", step.counter, name="agreement-counter"),
    path("agreements/<int:pk>/agree/", step.agree, name="agreement-agree"),
    path("agreements/<int:pk>/sign/", step.sign, name="agreement-sign"),
    path("agreements/<int:pk>/submit/", step.submit, name="agreement-submit"),
    path("agreements/<int:pk>/file/", step.file, name="agreement-file"),
    path("agreements/<int:pk>/return/", step.send_back, name="agreement-return"),
    path("agreements/<int:pk>/withdraw/", step.withdraw, name="agreement-withdraw"),
    path("agreements/<int:pk>/suspend/", step.suspend, name="agreement-suspend"),
    path("agreements/<int:pk>/resume/", step.resume, name="agreement-resume"),
    path("agreements/<int:pk>/terminate/", step.terminate, name="agreement-terminate"),
    path("agreements/<int:pk>/leave/", step.leave, name="agreement-leave"),
    path("agreements/<int:pk>/renew/", step.renew, name="agreement-renew"),
    path("venues/", venues.venue_list, name="venue-list"),
    path("venues/<int:pk>/", venues.venue_page, name="venue-page"),
    path("venues/<int:pk>/edit/", venues.venue_edit, name="venue-edit"),
    path("venues/<int:pk>/halls/add/", venues.hall_add, name="hall-add"),
    path("halls/<int:pk>/edit/", venues.hall_edit, name="hall-edit"),
    path("venues/<int:pk>/titles/add/", rules.recognition_add, name="recognition-add"),
    path("titles/<int:pk>/edit/", rules.recognition_edit, name="recognition-edit"),
    path("rules/", rules.rules_edit, name="rules-edit"),
    path("listings/apply/", listings.listing_apply, name="listing-apply"),
    path("listings/<int:pk>/review/", listings.listing_review, name="listing-review"),
    path("listings/<int:pk>/suspend/", listings.listing_suspend, name="listing-suspend"),
    path("listings/<int:pk>/resume/", listings.listing_resume, name="listing-resume"),
    path("listings/<int:pk>/again/", listings.listing_again, name="listing-again"),
    path("listings/<int:pk>/leave/", listings.listing_leave, name="listing-leave"),
]
