"""The tab Personal data: findings, the action for each column, anonymity of the rows, and the anonymised version."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee_ui.context import PageContext
from tablee_ui.pages.data import cache
from tablee_ui.pages.data.personal import action_form, anonymise, groups
from tablee_ui.texts import escaped


def show(context: PageContext, manifest: DatasetManifest) -> None:
    """Draw the tab."""
    texts = context.texts
    findings = cache.findings(context, manifest)
    st.markdown(texts("personal.intro"))
    if manifest.anonymised is not None:
        done = [
            f"{escaped(each.column)} ({context.texts(f'remedy.{each.kind}')})" for each in manifest.anonymised.actions
        ]
        st.info(f"{texts('personal.already')} {', '.join(done)}", icon=":material/shield:")
    st.subheader(texts("personal.found"))
    if not findings.basis.whole:
        number = context.formatter.number
        st.caption(texts("personal.sampled", rows=number(findings.basis.rows), of=number(findings.basis.of)))
    actions = action_form.show(context, f"{manifest.name}:{manifest.version}", manifest.columns, findings)
    groups.show(context, manifest, findings, actions)
    anonymise.show(context, manifest, actions)
