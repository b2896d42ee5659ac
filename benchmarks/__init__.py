"""What the platform is measured with: `make bench`, `make bench-peers`, and the guard among the tests.

Every comparison is a ratio of two things measured in turns in the same run, since other work on a machine moves both.
"""
