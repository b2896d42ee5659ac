"""The dashboards as code: one module for each; panels.py makes the panels, queries.py their expressions.

`cd tools && python -m dashboards` writes them to charts/tablee/files/dashboards/, from where they are shipped.
"""
