"""What Maven brings for tests: the jars that a pom names, from wherever Maven is configured to find them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


def jars(pom: Path, folder: Path) -> list[Path]:
    """Return the jars that a pom names and those they need; `folder` is for Maven to write to."""
    if shutil.which("mvn") is None:
        pytest.skip(f"what {pom.parent.name}/pom.xml names comes by Maven, and this machine has none")
    paths = folder / "classpath"
    resolve = ["mvn", "-q", "-B", "-f", pom, "dependency:build-classpath"]
    subprocess.run([*resolve, f"-Dmdep.outputFile={paths}", "-Dmdep.includeScope=runtime"], check=True, timeout=280)
    return [Path(path) for path in paths.read_text().split(":")]


def java_tool(pom: Path, folder: Path, main: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs the Java program that a pom names: the finished process."""
    if shutil.which("java") is None:
        pytest.skip(f"{main} needs Java, and this machine has none")
    classpath = ":".join(map(str, jars(pom, folder)))

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = ["java", "-cp", classpath, main, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    return run
