"""The dashboards as code: a module each, panels.py draws, queries.py says where to look.

`cd tools && python -m dashboards` writes them to charts/tablee/files/dashboards/, from where they are shipped.
"""
