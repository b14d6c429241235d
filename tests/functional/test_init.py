"""The starter document of `asyncgen init` as a project that runs."""

from pathlib import Path

from asyncgen.resources import templates_dir
from tests.functional.project import scaffold

HANDLERS = """
def greet(payload: models.Person) -> models.Greeting:
    greeting = models.Greeting(text=f"Hello, {payload.name}!")
    events.root.greeted(greeting, broadcast=True)
    return greeting
"""


def test_the_starter_document_runs(tmp_path: Path) -> None:
    document = (templates_dir() / "init.yaml").read_text(encoding="utf-8")
    project = scaffold(tmp_path, document[document.index("asyncapi:") :], {"root": HANDLERS})
    with project.serve() as server, server.client() as client:
        assert client.ask("greet", {"name": "Ada"}) == ({"text": "Hello, Ada!"},)
        assert client.next() == ("greeted", ({"text": "Hello, Ada!"},))
        assert client.error("greet", {"name": ""})["code"] == "invalid_payload"


def test_its_handlers_are_stubs_at_first(tmp_path: Path) -> None:
    document = (templates_dir() / "init.yaml").read_text(encoding="utf-8")
    project = scaffold(tmp_path, document[document.index("asyncapi:") :])
    with project.serve() as server, server.client() as client:
        assert client.error("greet", {"name": "Ada"})["code"] == "not_implemented"
