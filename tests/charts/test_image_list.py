"""docs/images.txt lists the images that the charts use."""

from __future__ import annotations

import os
import subprocess
import sys

from charts.chart import ROOT, SHIPPED, containers, helm, pods, render


def test_the_list_is_up_to_date() -> None:
    helm("version")  # skips without Helm
    command = (sys.executable, "tools/image_list.py", "--check", "--helm", os.environ.get("HELM", "helm"))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_values_file_uses_another_image() -> None:
    listed = set((ROOT / "docs" / "images.txt").read_text(encoding="utf-8").split())
    for values in SHIPPED:
        objects = render(values, {"images": {"registry": ""}})
        asked = {container["image"] for _, template in pods(objects) for container in containers(template)}
        assert asked <= listed
