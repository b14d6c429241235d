"""Text of a document is data in whatever is generated (S42)."""

import ast
import json
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from asyncgen import pipeline
from asyncgen.diagnostics import Diagnostics
from asyncgen.lower import Options
from asyncgen.tree import Tree

HOSTILE = [
    '"""\nimport os\n"""',
    "'''",
    "\\",
    '\\"""',
    '"',
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{# #}",
    "${HOME} $(id) `id`",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "--><b>",
    "]]>",
    "a\nimport os",
    "\u202e\u2066bidi",
    "\x07\x1b[31m",
    "*/ */",
    "# | [link](javascript:alert(1))",
    "\u2028line\u2029",
    "%s %(x)s {0}",
    'end of string" + __import__("os").system("id") + "',
]


def event(text: str) -> str:
    """The name of an event may not hold braces (S10)."""
    return "say " + text.replace("{", "(").replace("}", ")")


def document(text: str) -> str:
    schema = {
        "type": "object",
        "title": text,
        "description": text,
        "properties": {text: {"type": "string", "enum": [text], "description": text}},
        "required": [text],
    }
    message = {
        "name": event(text),
        "x-python-name": "say",
        "title": text,
        "summary": text,
        "description": text,
        "tags": [{"name": text}],
        "payload": {"$ref": "#/components/schemas/Said"},
        "x-ack": {"args": {"$ref": "#/components/schemas/Answer"}},
        "examples": [{"name": text, "payload": {text: text}}],
    }
    channel = {
        "description": text,
        "publish": {"message": message},
        "subscribe": {"message": message},
        "bindings": {"ws": {"query": {"type": "object", "properties": {text: {"const": text}}}}},
        "x-security": [{text: []}],
    }
    scheme = {"type": "http", "scheme": "bearer", "bearerFormat": text, "description": text}
    return json.dumps(
        {
            "asyncapi": "2.6.0",
            "info": {"title": f"Chat {text}", "version": text, "description": text},
            "channels": {"/": channel},
            "components": {
                "schemas": {"Said": schema, "Answer": {"const": text, "description": text}},
                "securitySchemes": {text: {**scheme, "x-bearerInfoFunc": "hooks.check"}},
            },
        }
    )


def tree(text: str, folder: Path) -> Tree:
    spec = folder / "asyncapi.json"
    spec.write_text(document(text), encoding="utf-8")
    diagnostics = Diagnostics()
    compiled = pipeline.compile_document(spec, Options(package="chat"), diagnostics)
    assert compiled is not None, list(diagnostics)
    made = pipeline.build(compiled, diagnostics)
    assert made is not None
    return made


def files(made: Tree) -> dict[str, str]:
    modules = {
        f"{it.module}.py": "\n\n".join([it.header, *(stub.source for stub in it.stubs)])
        for it in made.modules
    }
    return {**made.generated, **made.created, **modules}


class Skeleton(HTMLParser):
    """The elements of a page and the names of their attributes, but for CommonMark's own.

    A link that the text of the document makes is kept as where it leads.
    """

    PROSE = frozenset(
        [("p",), ("pre",), ("code",), ("em",), ("strong",), ("ul",), ("ol",), ("li",), ("hr",),
         ("br",), ("blockquote",), ("p", "class"), ("div", "class"),
         *((f"h{level}",) for level in range(1, 7))]
    )  # fmt: skip

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, *(name for name, _ in attrs))
        if element not in self.PROSE:
            self.elements.append(element)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def skeleton(source: str) -> str:
    """The syntax tree without its string constants."""
    made = ast.parse(source)
    for node in ast.walk(made):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            # The field of a hostile key has an identifier of its own.
            node.target.id = "field"
    return ast.dump(made)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return files(tree("two words", tmp_path_factory.mktemp("harmless")))


@pytest.mark.parametrize("text", HOSTILE)
def test_S42_hostile_text_changes_nothing_but_strings(
    text: str, harmless: dict[str, str], tmp_path: Path
) -> None:
    hostile = files(tree(text, tmp_path))
    assert hostile.keys() == harmless.keys()
    for path, content in hostile.items():
        if path.endswith(".py"):
            assert skeleton(content) == skeleton(harmless[path]), path
        elif path.endswith(".html"):
            page, other = Skeleton(content), Skeleton(harmless[path])
            assert page.elements == other.elements
            assert page.links == other.links
        elif path.endswith(".toml"):
            assert tomllib.loads(content).keys() == tomllib.loads(harmless[path]).keys()
            assert tomllib.loads(content)["project"]["description"] == f"Chat {text}"


@pytest.mark.parametrize("text", HOSTILE)
def test_S42_the_document_itself_keeps_its_text(text: str, tmp_path: Path) -> None:
    made = tree(text, tmp_path)
    for suffix, load in (("json", json.loads), ("yaml", yaml.safe_load)):
        served = load(made.generated[f"chat/_generated/asyncapi.{suffix}"])
        assert served["info"]["version"] == text
    contract = ast.parse(made.generated["chat/_generated/contract.py"])
    strings = {node.value for node in ast.walk(contract) if isinstance(node, ast.Constant)}
    assert event(text) in strings
