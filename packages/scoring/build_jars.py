"""Rebuild the two jars that `tablee_scoring` ships: `python packages/scoring/build_jars.py`.

    genmodel.jar         the scoring classes of H2O, cut out of the h2o wheel's h2o.jar, unchanged (needs no Java)
    tablee-scoring.jar   our own classes, compiled from java/src (needs javac 11 or later)

Entries are sorted and carry one fixed time, so that the same input gives the same jar.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path

H2O_VERSION = "3.46.0.11"
JAVA = Path(__file__).parent / "src" / "tablee_scoring" / "java"
RELEASE = "11"

KEPT = (
    "META-INF/services/hex.genmodel.ModelMojoReader",
    "ai/h2o/algos/tree/",
    "biz/k11i/xgboost/",
    "com/google/gson/",
    "hex/ModelCategory.class",
    "hex/genmodel/",
    "water/genmodel/",
    "water/logging/",
)
DROPPED = (
    # These classes need libraries that scoring does not use.
    "biz/k11i/xgboost/spark/",
    "hex/genmodel/mojopipeline/",
    "hex/genmodel/tools/",
    "water/logging/Slf4JLogger",
)
KEPT_TOOLS = "hex/genmodel/tools/PrintMojo"  # the classes of trees refer to it

NOTICE = f"""\
This jar holds unchanged classes of

  H2O-3 {H2O_VERSION} (h2o-genmodel, h2o-genmodel-ext-xgboost, h2o-logging), copyright H2O.ai
  xgboost-predictor, copyright KOMIYA Atsushi and H2O.ai
  Gson, copyright Google Inc.

all under the Apache License, Version 2.0 (META-INF/LICENSE.txt), cut out of h2o.jar of the Python package h2o
{H2O_VERSION}.
"""


class WrongH2O(SystemExit):
    """h2o is missing, or has another version than the one that the scorers were compared with."""


def h2o_jar() -> Path:
    """The h2o wheel's jar.

    :raises WrongH2O: h2o is missing or has another version.
    """
    try:
        found = metadata.version("h2o")
    except metadata.PackageNotFoundError:
        raise WrongH2O(f"h2o is not installed: pip install h2o=={H2O_VERSION}") from None
    if found != H2O_VERSION:
        raise WrongH2O(
            f"h2o {found} is installed, {H2O_VERSION} is needed: every shipped score is proved against it, and later "
            f"releases (3.46.0.12 on) refuse to export MOJOs. pip install h2o=={H2O_VERSION}"
        )
    return Path(str(metadata.distribution("h2o").locate_file("h2o/backend/bin/h2o.jar")))


def wanted(name: str) -> bool:
    """Whether an entry of h2o.jar goes into genmodel.jar."""
    if name.endswith("/") or not name.startswith(KEPT):
        return False
    return not name.startswith(DROPPED) or name.startswith(KEPT_TOOLS)


def cut_genmodel(source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as jar:
        entries = {name: jar.read(name) for name in jar.namelist() if wanted(name)}
        entries["META-INF/LICENSE.txt"] = jar.read("META-INF/LICENSE.txt")
    entries["META-INF/NOTICE.txt"] = NOTICE.encode()
    write_jar(target, entries, {"Implementation-Title": "h2o-genmodel", "Implementation-Version": H2O_VERSION})


def javac() -> tuple[str, str]:
    """The compiler and its major version."""
    path = shutil.which("javac")
    if path is None:
        raise SystemExit("javac is not on the PATH: install a JDK (Debian: apt-get install openjdk-17-jdk-headless)")
    version = subprocess.run([path, "-version"], capture_output=True, text=True, check=True).stdout
    return path, version.split()[1].split(".")[0]


def compile_classes(genmodel: Path) -> dict[str, bytes]:
    """Our classes by entry name, compiled from java/src."""
    compiler, _ = javac()
    sources = sorted(str(path) for path in (JAVA / "src").rglob("*.java"))
    with tempfile.TemporaryDirectory() as directory:
        options = ["-Xlint:all", "-Werror", "-encoding", "UTF-8", "--release", RELEASE, "-proc:none"]
        subprocess.run([compiler, *options, "-cp", str(genmodel), "-d", directory, *sources], check=True)
        root = Path(directory)
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.class")}


def write_jar(target: Path, entries: dict[str, bytes], manifest: dict[str, str]) -> None:
    lines = ["Manifest-Version: 1.0", *(f"{key}: {value}" for key, value in manifest.items()), "", ""]
    ordered = {"META-INF/MANIFEST.MF": "\r\n".join(lines).encode()} | dict(sorted(entries.items()))
    made = target.with_suffix(".new")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as jar:
        for name, data in ordered.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            jar.writestr(entry, data)
    made.replace(target)  # a JVM that has the old jar open can still read it


def main() -> None:
    genmodel, ours = JAVA / "genmodel.jar", JAVA / "tablee-scoring.jar"
    cut_genmodel(h2o_jar(), genmodel)
    _, major = javac()
    write_jar(ours, compile_classes(genmodel), {"Created-By": f"javac {major}"})
    for jar in (genmodel, ours):
        sys.stdout.write(f"{jar.name}: {jar.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
