"""What the trail calls the acts of people and of the portal itself."""

from django.utils.translation import gettext_lazy as _

from people.audit import declare

declare(
    {
        "client.activate": _("Switch a system on"),
        "client.create": _("Register a system"),
        "client.deactivate": _("Switch a system off"),
        "client.grant": _("Change what a system may do"),
        "client.hide_names": _("Take the names of pupils away from a system"),
        "client.let_see_names": _("Let a system read names of pupils"),
        "client.rotate": _("Change the secret of a system"),
        "delivery.retry": _("Send again what had been given up"),
        "district.create": _("Open a district"),
        "endpoint.add": _("Add an address for events"),
        "endpoint.change": _("Change an address for events"),
        "endpoint.disable": _("Switch an address for events off"),
        "endpoint.enable": _("Switch an address for events on"),
        "endpoint.ping": _("Try an address for events out"),
        "endpoint.rotate": _("Change the secret of an address for events"),
        "invitation.accept": _("Accept an invitation"),
        "invitation.invite": _("Invite somebody to a role"),
        "invitation.renew": _("Replace the link of an invitation"),
        "invitation.withdraw": _("Withdraw an invitation to a role"),
        "job.run": _("Run a job by hand"),
        "membership.end": _("End a role"),
        "membership.hand_over": _("Hand over open work"),
        "membership.start": _("Begin a role"),
        "office.create": _("Open an office"),
        "password.choose": _("Set a new password"),
        "password.issue": _("Print a link for a new password"),
        "robot.change": _("Change a group robot"),
        "robot.register": _("Add a group robot"),
        "robot.switch": _("Switch a group robot on or off"),
        "threshold.set": _("Set a threshold"),
        "upload.ask_lead": _("Ask the lead to confirm a file"),
        "upload.drop": _("Throw an uploaded file away"),
        "upload.receive": _("Upload a file"),
        "user.change": _("Change an account"),
        "user.sign_in": _("Sign in"),
        "user.sign_in_failed": _("Sign in without success"),
    }
)
