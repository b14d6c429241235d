"""What tests of the meaning of documents share."""

from collections.abc import Callable
from textwrap import dedent, indent
from typing import Protocol

from asyncgen import ir
from asyncgen.diagnostics import Diagnostic, Diagnostics, Severity
from asyncgen.document import Document

HEAD = "asyncapi: 2.6.0\ninfo: {title: Chat, version: '1'}\n"


class Lowered:
    """The result of lowering a text."""

    def __init__(self, app: ir.App | None, diagnostics: Diagnostics) -> None:
        self.maybe = app
        self.items = list(diagnostics)

    @property
    def app(self) -> ir.App:
        assert self.maybe is not None, self.items
        return self.maybe

    @property
    def codes(self) -> list[str]:
        return [item.code for item in self.items]

    def one(self, code: str) -> Diagnostic:
        [item] = [item for item in self.items if item.code == code]
        return item

    def error(self, code: str) -> str:
        """The one error, as what a person reads."""
        item = self.one(code)
        assert self.maybe is None
        assert item.severity is Severity.ERROR
        assert [it.code for it in self.items if it.severity is Severity.ERROR] == [code]
        return f"{item.message}\n{item.hint}"

    @property
    def namespace(self) -> ir.Namespace:
        [namespace] = self.app.namespaces
        return namespace

    @property
    def event(self) -> ir.Event:
        [event] = self.namespace.incoming + self.namespace.outgoing
        return event


class Lower(Protocol):
    """Lowers a text, to which the head of a document is added where it has none."""

    def __call__(
        self, text: str, edit: Callable[[Document], Document] = ..., **options: object
    ) -> Lowered: ...


def channel(body: str, key: str = "/", more: str = "") -> str:
    return f"channels:\n  {key}:\n{indent(dedent(body).strip(), '    ')}\n{dedent(more)}"


def publish(message: str, more: str = "") -> str:
    """A document whose one event comes from clients."""
    body = "publish:\n  message:\n" + indent(dedent(message).strip(), "    ")
    return channel(body, more=more)


def publish_component(message: str, components: str = "") -> str:
    """The same, with the message and other components under `components`."""
    messages = "messages:\n  Say:\n" + indent(dedent(message).strip(), "    ") + "\n" + components
    return publish("$ref: '#/components/messages/Say'", "components:\n" + indent(messages, "  "))


def parameters(arguments: ir.Arguments) -> list[tuple[str, str, bool]]:
    return [(item.name, item.annotation, item.required) for item in arguments.parameters]
