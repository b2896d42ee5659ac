"""Mutation testing: small changes of decision code, each of which a fast test of that module should notice.

`make test-mutants` draws a seeded sample of changes for each area of `areas.toml`, applies each to a copy of the
tree and runs the area's tests there. A change that no test notices survives: it needs a test, or a reason in
`accepted.toml`.
"""
