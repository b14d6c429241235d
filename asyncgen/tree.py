"""The project that is to be on disk, by who owns each file.

`render` makes it, `plan` compares it with what is there. Paths are relative
to the project's root, with forward slashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Features:
    """What a project is made with, in addition to what its document says.

    `spec` is the path of the document from the project. `raw`: handlers get
    plain data, which its README explains. `mock`: it has a mock. `deploy`: it has
    the files that run it in containers.
    """

    spec: str = "asyncapi.yaml"
    raw: bool = False
    mock: bool = False
    deploy: bool = False


@dataclass(frozen=True, slots=True)
class Stub:
    """A function that the wiring needs, and the source of its stub, without blank lines at the end.

    `subject` says in a message what needs it: "event `new message` of `/`".
    """

    name: str
    source: str
    subject: str


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the user's: created with `header` and its stubs, later only appended to.

    `module` is dotted from the project's root; `imports` is what a stub needs
    in scope: names that the module must bind, each with the line that does.
    """

    module: str
    header: str
    imports: Mapping[str, str]
    stubs: tuple[Stub, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole project.

    `generated` is replaced on every run, `created` is written once and is the
    user's from then on, `modules` are the user's, too, and get missing stubs.
    """

    package: str
    generated: Mapping[str, str]
    created: Mapping[str, str]
    modules: tuple[Module, ...]
