"""Pages of the two sides, under their own nouns."""

from django.urls import path

from partnerships.views import agreement_steps as step
from partnerships.views import agreements

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
]
