"""Starts, finds and stops processes of this machine that may outlive the process that started them.

The command `tablee` uses it for the local stack, and the controller for API processes and jobs. It needs psutil
(`tablee-core[processes]`), so no other module of `tablee` may import it.
"""
