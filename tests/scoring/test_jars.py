"""The shipped jars contain H2O's classes unchanged, and our sources compiled."""

from __future__ import annotations

import importlib.util
import shutil
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from repository import ROOT

from tablee_scoring.jvm import GENMODEL_VERSION, JAVA

SCRIPT = ROOT / "packages" / "scoring" / "build_jars.py"
WRITTEN = {"META-INF/MANIFEST.MF", "META-INF/NOTICE.txt"}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_jars", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def entries(jar: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(jar) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_every_genmodel_entry_is_the_wheels(script):
    shipped = entries(JAVA / "genmodel.jar")
    with zipfile.ZipFile(script.h2o_jar()) as wheel:
        for name, data in shipped.items():
            assert name in WRITTEN or wheel.read(name) == data, name
        wanted = {name for name in wheel.namelist() if script.wanted(name)}
    assert set(shipped) == wanted | WRITTEN | {"META-INF/LICENSE.txt"}


def test_licences_travel_along():
    shipped = entries(JAVA / "genmodel.jar")
    assert b"Apache License" in shipped["META-INF/LICENSE.txt"]
    for owner in (b"H2O.ai", b"KOMIYA Atsushi", b"Google"):
        assert owner in shipped["META-INF/NOTICE.txt"]


def test_cutting_again_gives_the_same_entries_in_order_with_one_time(script, tmp_path):
    script.cut_genmodel(script.h2o_jar(), tmp_path / "genmodel.jar")
    assert entries(tmp_path / "genmodel.jar") == entries(JAVA / "genmodel.jar")
    for jar in (tmp_path / "genmodel.jar", JAVA / "genmodel.jar", JAVA / "tablee-scoring.jar"):
        with zipfile.ZipFile(jar) as file:
            names = file.namelist()
            assert names[0] == "META-INF/MANIFEST.MF"
            assert names[1:] == sorted(names[1:])
            assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_our_classes_are_the_sources_compiled(script):
    if shutil.which("javac") is None:
        pytest.skip("no javac on the PATH: install a JDK (Debian: apt-get install openjdk-17-jdk-headless)")
    shipped = entries(JAVA / "tablee-scoring.jar")
    manifest = shipped.pop("META-INF/MANIFEST.MF").decode()
    compiled = script.compile_classes(JAVA / "genmodel.jar")
    assert set(shipped) == set(compiled)
    _, major = script.javac()
    if f"Created-By: javac {major}\r\n" in manifest:
        assert shipped == compiled


def test_another_h2o_is_refused_with_the_reason(script, tmp_path, monkeypatch):
    info = tmp_path / "h2o-3.46.0.12.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: h2o\nVersion: 3.46.0.12\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SystemExit, match="refuse to export MOJOs"):
        script.h2o_jar()


def test_the_versions_named_agree(script):
    assert script.H2O_VERSION == GENMODEL_VERSION
