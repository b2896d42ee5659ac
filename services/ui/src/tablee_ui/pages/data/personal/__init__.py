"""Personal data: where it is, what is done about it, how rows hide, and the version without it."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.store import DatasetManifest
from tablee_ui.pages.data import computed
from tablee_ui.pages.data.personal import actions as remedies
from tablee_ui.pages.data.personal import anonymise, groups
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit


def show(visit: Visit, manifest: DatasetManifest) -> None:
    texts = visit.texts
    findings = computed.findings(visit, manifest)
    st.markdown(texts("personal.intro"))
    if manifest.anonymised is not None:
        done = [
            f"{escaped(each.column)} ({visit.words(f'remedy.{each.kind}')})" for each in manifest.anonymised.actions
        ]
        st.info(f"{texts('personal.already')} {', '.join(done)}", icon=":material/shield:")
    st.subheader(texts("personal.found"))
    if not findings.basis.whole:
        number = visit.figures.number
        st.caption(texts("personal.sampled", rows=number(findings.basis.rows), of=number(findings.basis.of)))
    actions = remedies.show(visit, f"{manifest.name}:{manifest.version}", manifest.columns, findings)
    groups.show(visit, manifest, findings, actions)
    anonymise.show(visit, manifest, actions)
