"""Results of slow calls to the controller, kept in the browser session.

A version and an uploaded file never change, but a page is redrawn often. Each slot keeps the last result only.
"""

from __future__ import annotations

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Findings
from tablee.datasets.profile import Profile
from tablee.datasets.reading import Corrections
from tablee.http.schemas.datasets import FilePreview
from tablee_ui.context import PageContext
from tablee_ui.widgets import session_cache

PROFILE, FINDINGS = "data_profile", "data_findings"
UNCORRECTED, PREVIEW, UPLOAD_FINDINGS = "data_preview_uncorrected", "data_preview", "data_upload_findings"


def profile(context: PageContext, manifest: DatasetManifest, target: str | None) -> Profile:
    """The profile of a version."""
    controller, asked = context.backend.controller, (manifest.name, manifest.version, target)
    return session_cache.once(
        PROFILE, asked, lambda: controller.datasets.profile(*asked), context.texts("understand.computing")
    )


def findings(context: PageContext, manifest: DatasetManifest) -> Findings:
    """Personal data that columns of a version seem to hold."""
    controller, asked = context.backend.controller, (manifest.name, manifest.version)
    return session_cache.once(
        FINDINGS, asked, lambda: controller.datasets.findings(*asked), context.texts("personal.searching")
    )


def preview(context: PageContext, upload: str, asked: Corrections) -> FilePreview:
    """How an uploaded file is read. The preview without corrections has a slot of its own, since both are shown."""
    controller, message = context.backend.controller, context.texts("data.detecting")
    slot = UNCORRECTED if asked == Corrections() else PREVIEW
    return session_cache.once(slot, (upload, asked), lambda: controller.uploads.preview(upload, asked), message)


def upload_findings(context: PageContext, upload: str, asked: Corrections) -> Findings:
    """Personal data that columns of an uploaded file seem to hold."""
    controller = context.backend.controller
    message = context.texts("personal.searching")
    return session_cache.once(
        UPLOAD_FINDINGS, (upload, asked), lambda: controller.uploads.findings(upload, asked), message
    )


def forget() -> None:
    """Forget the results about versions, because one was deleted."""
    session_cache.forget(PROFILE, FINDINGS)


def forget_file() -> None:
    """Forget the results about an uploaded file, because the visitor left it: they hold rows of the file."""
    session_cache.forget(UNCORRECTED, PREVIEW, UPLOAD_FINDINGS)
