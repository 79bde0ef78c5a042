"""The web API and pages of ineq-kg, on FastAPI. All answers come from `ineq_kg.app`."""

from ineq_kg_api.server import create_app

__all__ = ["create_app"]
