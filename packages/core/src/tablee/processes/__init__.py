"""Processes of this machine that outlive whoever started them: start, find again, stop.

The command supervises the local stack with this package, and the controller its API processes and jobs. It needs psutil
(`tablee-core[processes]`), so no other module of `tablee` may import it.
"""
