"""A bundle logged with MLflow predicts in a process without the packages of this repository."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import tablee_scoring

SAVE = """
import sys
from pathlib import Path
import mlflow
from tablee.models.bundle import read_contract
from tablee_scoring import pyfunc

bundle, target = map(Path, sys.argv[1:])
mlflow.pyfunc.save_model(
    path=str(target),
    python_model=str(pyfunc.script()),
    artifacts={"bundle": str(bundle)},
    code_paths=pyfunc.code_paths(),
    signature=pyfunc.signature(read_contract(bundle)),
    pip_requirements=pyfunc.pip_requirements(),
)
"""

# Started with -S and given the site-packages by hand: .pth files, and with them the editable installs, are not read.
LOAD = """
import json, sys
site, target, rows = sys.argv[1:]
sys.path.append(site)
import pandas as pd
import mlflow
model = mlflow.pyfunc.load_model(target)
answers = model.predict(pd.DataFrame(json.loads(rows)))
import tablee, tablee_scoring
print(json.dumps({"homes": [tablee.__file__, tablee_scoring.__file__], "answers": answers.to_dict("list")}))
"""


@pytest.mark.parametrize("key", [("multiclass", "stackedensemble"), ("regression", "xgboost")], ids="-".join)
def test_a_saved_bundle_predicts_elsewhere(zoo, key, tmp_path):
    trained = zoo[key]
    trained.bundle(tmp_path / "bundle")
    target = tmp_path / "saved"
    save = [sys.executable, "-c", SAVE, tmp_path / "bundle", target]
    done = subprocess.run(save, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr

    frame = trained.rows.select(trained.features).drop("year")[:20]  # a column that is not there is missing
    load = [sys.executable, "-S", "-c", LOAD, sysconfig.get_path("purelib"), target, json.dumps(frame.to_dicts())]
    done = subprocess.run(load, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout.splitlines()[-1])
    assert all(home.startswith(str(target)) for home in printed["homes"])

    block = trained.block_of(trained.rows[:20])
    block.columns["year"] = [None] * 20
    predictions = trained.model.predict(block)
    answers = printed["answers"]
    assert answers["prediction"] == predictions.values
    for i, label in enumerate(predictions.classes):
        assert answers[f"probability_{label}"] == predictions.scores[:, i].tolist()


def test_only_the_pyfunc_modules_import_mlflow():
    home = Path(str(tablee_scoring.__file__)).parent
    users = {
        path.name
        for path in home.glob("*.py")
        if "import mlflow" in (text := path.read_text()) or "from mlflow" in text
    }
    assert users == {"pyfunc.py", "pyfunc_script.py"}


def test_importing_starts_no_jvm():
    code = "import tablee_scoring, tablee_scoring.mojo, jpype; assert not jpype.isJVMStarted()"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
