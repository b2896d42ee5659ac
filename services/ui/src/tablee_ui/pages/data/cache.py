"""Results of slow calls to the controller, kept in the browser session.

A version and an uploaded file never change, but a page is redrawn often. Each slot keeps the last result only.
"""

from __future__ import annotations

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Action, Findings
from tablee.datasets.profile import Profile
from tablee.datasets.reading import Corrections
from tablee.http.schemas.datasets import FilePreview
from tablee_ui.context import PageContext
from tablee_ui.widgets import reading_questions, session_cache

PROFILE, FINDINGS = "data_profile", "data_findings"
PREVIEW, UPLOAD_FINDINGS = "data_preview", "data_upload_findings"


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


def preview(context: PageContext, upload: str, asked: Corrections, actions: tuple[Action, ...] = ()) -> FilePreview:
    """How an uploaded file is read, after the actions. The last answers are kept, since questions are drawn between
    several of them."""
    controller, message = context.backend.controller, context.texts("data.detecting")
    return session_cache.once(
        PREVIEW,
        (upload, asked, actions),
        lambda: controller.uploads.preview(upload, asked, actions=actions),
        message,
        keep=reading_questions.PREVIEWS,
    )


def upload_findings(
    context: PageContext, upload: str, asked: Corrections, actions: tuple[Action, ...] = ()
) -> Findings:
    """Personal data that columns of an uploaded file seem to hold, but for those that the actions drop."""
    controller = context.backend.controller
    message = context.texts("personal.searching")
    return session_cache.once(
        UPLOAD_FINDINGS, (upload, asked, actions), lambda: controller.uploads.findings(upload, asked, actions), message
    )


def forget() -> None:
    """Forget the results about versions, because one was deleted."""
    session_cache.forget(PROFILE, FINDINGS)


def forget_file() -> None:
    """Forget the results about an uploaded file, because the visitor left it: they hold rows of the file."""
    session_cache.forget(PREVIEW, UPLOAD_FINDINGS)
