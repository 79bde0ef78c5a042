"""Whatever is done to graphs over HTTP, in whatever order, they are what a dictionary of sets of triples would be."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from editing import Editor, held, token_for
from ineq_kg.app import App
from ineq_kg_api import create_app

PATH = "/graph-store"
names = st.sampled_from([None, "a:one", "https://example.org/two?x=%41&y=é#z", "http://testserver/graph-store/three"])
triples = st.sets(
    st.builds(
        "<a:{}> <a:p> {} .".format, st.sampled_from("xyz"), st.sampled_from(["<a:x>", '"é\\n"@fr', '"1"^^<a:t>'])
    ),
    max_size=4,
)
methods = st.sampled_from(["PUT", "POST"])


class GraphStore(RuleBasedStateMachine):
    """A store behind its web application, and the model: named graphs that are there, by name, and the unnamed one."""

    def __init__(self, app: App, editor: Editor) -> None:
        super().__init__()
        self.app = app
        self.editor = editor
        self.app.store.commit(lambda store: store.clear())
        self.model: dict[str | None, set[str]] = {None: set()}
        self.past: dict[str, dict[str | None, set[str]]] = {}

    def sent(self, graph: str | None) -> tuple[str, dict[str, str]]:
        """Name a graph in one of the ways that there are: directly, where its name is an address of this service."""
        if graph is None:
            return PATH, {"default": ""}
        if graph.startswith("http://testserver"):
            return graph, {}
        return PATH, {"graph": graph}

    def write(self, method: str, graph: str | None, body: set[str]) -> int:
        path, params = self.sent(graph)
        headers = {"Content-Type": "application/n-triples"}
        answer = self.editor.send(method, path, params=params, content="\n".join(body), headers=headers)
        assert answer.json()["version"] == self.app.store.version
        return answer.status_code

    @rule(method=methods, graph=names, body=triples)
    def put_or_post(self, method: str, graph: str | None, body: set[str]) -> None:
        assert self.write(method, graph, body) == (200 if graph in self.model else 201)
        self.model[graph] = body | (self.model.get(graph, set()) if method == "POST" else set())

    @rule(graph=names)
    def delete(self, graph: str | None) -> None:
        path, params = self.sent(graph)
        before = self.app.store.version
        answer = self.editor.send("DELETE", path, params=params)
        assert answer.status_code == (200 if graph in self.model else 404)
        assert (self.app.store.version == before) == (graph not in self.model)
        self.model.pop(graph, None)
        self.model.setdefault(None, set())

    @rule(body=triples)
    def post_a_new_one(self, body: set[str]) -> None:
        answer = self.editor.send(
            "POST", PATH, content="\n".join(body), headers={"Content-Type": "application/n-triples"}
        )
        assert answer.status_code == 201
        assert answer.headers["location"] not in self.model
        self.model[answer.headers["location"]] = set(body)

    @rule(graph=names, body=triples)
    def insert(self, graph: str | None, body: set[str]) -> None:
        if not body:  # whether inserting nothing makes a graph is left to the store (SPARQL 1.1 Update, 3.1.1)
            return
        data = " ".join(body) if graph is None else f"GRAPH <{graph}> {{ {' '.join(body)} }}"
        assert self.editor.update(f"INSERT DATA {{ {data} }}").status_code == 200
        self.model.setdefault(graph, set()).update(body)

    @rule()
    def remember(self) -> None:
        self.past = {str(self.app.store.version): {graph: set(held) for graph, held in self.model.items()}}

    @rule()
    def go_back(self) -> None:
        for version, model in self.past.items():
            if version in self.app.store.versions.committed():
                assert self.editor.send("POST", f"/versions/{version}/revert").status_code == 200
                self.model = {graph: set(body) for graph, body in model.items()}

    @invariant()
    def it_is_what_the_model_is(self) -> None:
        assert set(self.app.store.snapshot().graphs()) == {graph for graph in self.model if graph is not None}
        for graph, body in self.model.items():
            assert held(self.app, graph) == body

    @rule(graph=names)
    def read(self, graph: str | None) -> None:
        path, params = self.sent(graph)
        headers = {"Accept": "application/n-triples"}
        answer = self.editor.client.get(path, params=params, headers=headers)
        head = self.editor.client.head(path, params=params, headers=headers)
        assert answer.status_code == head.status_code == (200 if graph in self.model else 404)
        if graph in self.model:
            assert set(answer.text.splitlines()) == self.model[graph]


def test_graphs_are_what_a_dictionary_would_be(tmp_path: Path) -> None:
    app = App.open(tmp_path / "store")
    editor = Editor(TestClient(create_app(app)), token_for(app))
    run_state_machine_as_test(
        lambda: GraphStore(app, editor), settings=settings(max_examples=10, stateful_step_count=10, deadline=None)
    )
