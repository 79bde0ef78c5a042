"""The wheel works without the checkout: its commands, ontology, queries and data come with it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from ineq_kg.resources import scripts
from places import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the wheel in it; dependencies are lent by this one."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT]
    subprocess.run([*pip, *build], check=True)
    (wheel,) = folder.glob("ineq_kg-*.whl")
    environment = folder / "venv"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--no-index", wheel], check=True)
    purelib = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    dependencies = folder / "dependencies"
    dependencies.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.lower().startswith(("ineq_kg", "_ineq_kg", "_editable", "__editable")):
            (dependencies / entry.name).symlink_to(entry)
    (purelib / "dependencies.pth").write_text(f"{dependencies}\n")
    return environment / "bin"


def run(installed: Path, tmp_path: Path, *arguments: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "INEQ_KG"))}
    result = subprocess.run(
        [installed / "ineq-kg", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_demo_runs_far_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    assert "How a narrow problematisation" in run(
        installed, tmp_path, "demo", "--no-serve", "--store", str(tmp_path / "s")
    )
    assert "[study" in run(installed, tmp_path, "trace", "mcmahon-2022/study/babbel", "--store", str(tmp_path / "s"))
    # Its worker process is the wheel's too.
    query = "SELECT ?s WHERE { ?s a ikg:Study }"
    studies = run(installed, tmp_path, "sparql", query, "--format", "csv", "--store", str(tmp_path / "s"))
    assert studies.count("study/") == 11


def test_both_packages_come_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = "import ineq_kg, ineq_kg_api, ineq_kg.resources as r;"
    code += "print(ineq_kg.__file__, ineq_kg_api.__file__, r.resource('data'))"
    result = subprocess.run(
        [installed / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert all(str(installed.parent) in path for path in result.stdout.split())


def test_the_scripts_of_the_pages_come_with_the_wheel(installed: Path, tmp_path: Path) -> None:
    if scripts() is None:
        pytest.skip("the scripts are not built (make ui)")
    code = "import ineq_kg.resources as r; print(*sorted(r.scripts().iterdir()), sep='\\n')"
    found = subprocess.run(
        [installed / "python", "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.split()
    assert [Path(path).name for path in found] == sorted(path.name for path in scripts().iterdir())
    assert all(str(installed.parent) in path for path in found)
