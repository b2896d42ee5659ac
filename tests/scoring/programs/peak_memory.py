"""Scores a file in a process of its own and prints the most memory it ever took, in kilobytes:
`python peak_memory.py MOJO CONTRACT SOURCE TARGET`.

The number comes from /proc, because the peak of `getrusage` begins with that of the parent process.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tablee.models.contract import Contract
from tablee_data import prediction_files
from tablee_scoring import Model, jvm
from tablee_scoring.file_scorer import score_csv, score_prediction_file

mojo, contract, source, target = map(Path, sys.argv[1:])
jvm.start(heap="64m")
model = Model.from_mojo(mojo, Contract.from_json(contract.read_bytes()))
if source.suffix == ".csv":
    score_csv(model, source, target, advance=lambda rows: None, stop=lambda: False)
else:
    file = prediction_files.open_file(source, source.name, model.contract)
    score_prediction_file(model, file, target, advance=lambda rows: None, stop=lambda: False)
print(re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[0])
