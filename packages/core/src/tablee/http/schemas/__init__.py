"""Types of the responses over HTTP that no other package of `tablee` defines. The controller declares them for its
routes, and `tablee_client` parses them.
"""
