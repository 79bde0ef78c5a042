"""The ontology as it is published, and the Java tools of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from ineq_kg.represent.ontology import Publication
from ineq_kg.resources import resource
from maven import java_tool

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def publication() -> Publication:
    return Publication(resource("ontology"))


@pytest.fixture(scope="session")
def riot(tmp_path_factory: pytest.TempPathFactory):
    return java_tool(HERE / "jena" / "pom.xml", tmp_path_factory.mktemp("jena"), "riotcmd.riot")


@pytest.fixture(scope="session")
def robot(tmp_path_factory: pytest.TempPathFactory):
    main = "org.obolibrary.robot.CommandLineInterface"
    return java_tool(HERE / "robot" / "pom.xml", tmp_path_factory.mktemp("robot"), main)
