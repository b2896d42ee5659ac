"""The chart's values as types: a module per component.

From them `python -m chart_values` writes values.yaml and values.schema.json of charts/tablee, and docs/values.md.
"""
