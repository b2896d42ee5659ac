"""`tablee`, also as `python -m tablee_cli`."""

from __future__ import annotations

import sys

from tablee_cli.app import run


def main() -> int:
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
