"""The structure of documents: what the tables say is what is reported, once, where it stands."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from asyncgen.diagnostics import Diagnostic, Diagnostics, Severity
from asyncgen.json_pointer import join
from asyncgen.source import Source, load
from asyncgen.structure import check, read_table
from asyncgen.structure.forms import FORMS
from asyncgen.structure.table import Key, Kind, Table, Type, Version

VERSIONS: list[Version] = [(2, 6), (3, 1)]
HEAD = "asyncapi: 2.6.0\ninfo: {title: Chat, version: '1'}\n"
HEAD_3 = "asyncapi: 3.0.0\ninfo: {title: Chat, version: '1'}\n"

SAMPLES: dict[str, Any] = {
    "text": "text",
    "boolean": True,
    "number": 0.5,
    "mapping": {"a": 1},
    "any": 1,
    "schema": {"type": "string"},
    "objectSchema": {"type": "object"},
    "uri": "https://example.com/",
    "email": "team@example.com",
    "expression": "$message.payload#/id",
    "address": "/rooms",
}
WRONG: dict[str, Any] = {"boolean": "yes", "number": True, "list": "text", "mapping": 3}


# -- documents made from the tables ------------------------------------------------------------


def sample(table: Table, kind: Type) -> Any:
    """A value of a type, with no more keys than it needs."""
    if kind.choices:
        return kind.choices[0]
    if kind.item:
        value = sample(table, kind.item)
        return [value] if kind.name == "list" else {"a": value}
    if kind.name in table.kinds:
        return whole(table, table.kinds[kind.name])
    return copy.deepcopy(SAMPLES[kind.name])


def whole(table: Table, kind: Kind) -> Any:
    value = {key.name: sample(table, key.type) for key in kind.keys.values() if key.required}
    if kind.when and kind.when[1]:
        value[kind.when[0]] = kind.when[1]
    if kind.name == "document":
        value["asyncapi"] = "2.6.0" if "publish" in table.kinds["channel"].keys else "3.1.0"
    return value if kind.keys else {}


Home: TypeAlias = tuple[Any, tuple[str | int, ...]]


def homes(table: Table) -> dict[str, Home]:
    """A document that holds an object of a kind, and the keys and indexes that lead there."""
    found: dict[str, Home] = {"document": (whole(table, table.kinds["document"]), ())}
    todo = ["document"]
    while todo:
        name = todo.pop(0)
        for kind in (table.kinds[name], *table.variants.get(name, ())):
            for key in kind.keys.values():
                within, kind_of = [key.name], key.type
                while kind_of.item:
                    within.append(0 if kind_of.name == "list" else "a")
                    kind_of = kind_of.item
                if kind_of.name in table.kinds and kind_of.name not in found:
                    document, way = home(table, kind, found[name])
                    reached(document, way)[key.name] = sample(table, key.type)
                    found[kind_of.name] = (document, (*way, *within))
                    todo.append(kind_of.name)
    return found


def home(table: Table, kind: Kind, place: Home) -> Home:
    """The same document with an object of just this kind in its place."""
    document, way = copy.deepcopy(place)
    if not way:
        return document, way
    reached(document, way[:-1])[way[-1]] = whole(table, kind)
    return document, way


def reached(value: Any, way: tuple[str | int, ...]) -> Any:
    for step in way:
        value = value[step]
    return value


@dataclass(frozen=True)
class Case:
    """A key of a kind, and where an object of that kind may stand."""

    table: Table
    version: Version
    kind: Kind
    key: Key
    place: Home

    def made(self) -> tuple[Any, Any]:
        """A document that is right, and the object in it."""
        document, way = home(self.table, self.kind, self.place)
        return document, reached(document, way)

    @property
    def pointer(self) -> str:
        pointer = ""
        for step in self.place[1]:
            pointer = join(pointer, str(step))
        return pointer

    @property
    def makes_it_what_it_is(self) -> bool:
        """True where an object without this key is one of another kind."""
        return self.kind.when == (self.key.name, None)


def groups() -> list[Any]:
    """The keys of each kind of each version."""
    found = []
    for version in VERSIONS:
        table = read_table(version)
        places = homes(table)
        kinds = [*table.kinds.values(), *(it for them in table.variants.values() for it in them)]
        for kind in kinds:
            if kind.name in places:  # else it is a base of others
                name = f"{version[0]}-{kind.name}" + (f"-{kind.when[1]}" if kind.when else "")
                place = places[kind.name]
                cases = [Case(table, version, kind, key, place) for key in kind.keys.values()]
                found.append(pytest.param(cases, id=name))
    return found


EVERY_KIND = pytest.mark.parametrize("cases", groups())


def checked(path: Path, document: Any, version: Version) -> tuple[Source, list[Diagnostic]]:
    file = path / "chat.json"
    file.write_text(json.dumps(document, indent=1))
    diagnostics = Diagnostics()
    source = load(file, diagnostics)
    assert source
    check(source, f"{version[0]}.{version[1]}.0", diagnostics)
    return source, list(diagnostics)


@EVERY_KIND
def test_S6_each_key_may_stand_where_the_table_has_it(tmp_path: Path, cases: list[Case]) -> None:
    for case in cases:
        document, holder = case.made()
        holder.setdefault(case.key.name, sample(case.table, case.key.type))
        assert checked(tmp_path, document, case.version)[1] == [], case.key


@EVERY_KIND
def test_S6_a_misspelt_key_is_reported_once_at_the_key(tmp_path: Path, cases: list[Case]) -> None:
    for case in cases:
        name, wrong = case.key.name, case.key.name + "q"
        if case.makes_it_what_it_is and not case.table.kinds[case.kind.name].keys:
            continue  # without this one, it may be anything
        document, holder = case.made()
        holder[wrong] = holder.pop(name, sample(case.table, case.key.type))
        source, found = checked(tmp_path, document, case.version)
        assert len(found) == 1, (name, found)
        place = source.at(join(case.pointer, wrong))
        assert place and (found[0].pointer, found[0].span) == (place.pointer, place.span)
        assert found[0].code == ("AG211" if name.startswith("x-") else "AG248")
        assert (found[0].hint or "").lower() == f"did you mean `{name}`?".lower()


@EVERY_KIND
def test_S6_a_wrong_type_is_reported_once_at_the_value(tmp_path: Path, cases: list[Case]) -> None:
    for case in cases:
        if case.key.type.name in ("any", "schema", "objectSchema", "payload", "ack"):
            continue  # may be anything here, or is a schema, which `bundle` checks
        document, holder = case.made()
        holder[case.key.name] = WRONG.get(case.key.type.name, 3)
        source, found = checked(tmp_path, document, case.version)
        place = source.at(join(case.pointer, case.key.name))
        assert place
        told = [(item.code, item.pointer, item.span) for item in found]
        assert told == [("AG204", place.pointer, place.node.span)], found


@EVERY_KIND
def test_S6_a_missing_key_is_reported_once(tmp_path: Path, cases: list[Case]) -> None:
    for case in cases:
        if not case.key.required or case.makes_it_what_it_is:
            continue
        document, holder = case.made()
        del holder[case.key.name]
        source, found = checked(tmp_path, document, case.version)
        place = source.at(case.pointer)
        assert place
        told = [(item.code, item.pointer, item.span) for item in found]
        assert told == [("AG203", place.pointer, place.span)], found
        assert f"has no `{case.key.name}`" in found[0].message


@EVERY_KIND
def test_S6_a_text_of_another_form_is_reported_once(tmp_path: Path, cases: list[Case]) -> None:
    for case in cases:
        if case.key.type.choices or case.key.type.name in FORMS:
            document, holder = case.made()
            holder[case.key.name] = "#"
            _, found = checked(tmp_path, document, case.version)
            pointer = join(case.pointer, case.key.name)
            form = FORMS.get(case.key.type.name)
            code = "AG251" if form is not None and form.is_link else "AG205"
            assert [(it.code, it.pointer) for it in found] == [(code, pointer)]


@pytest.mark.parametrize(
    ("kind", "name", "since"),
    [
        (kind.name, key.name, key.since)
        for kind in read_table((2, 0)).kinds.values()
        for key in kind.later.values()
        if key.since < (3, 0) and key.name not in kind.keys
    ],
)
def test_S6_a_key_of_a_later_version(tmp_path: Path, kind: str, name: str, since: Version) -> None:
    table = read_table(since)
    place = homes(table).get(kind)
    if place is None:
        return  # a base of others
    case = Case(table, since, table.kinds[kind], table.kinds[kind].keys[name], place)
    document, holder = case.made()
    holder[name] = sample(table, case.key.type)
    _, found = checked(tmp_path, document, (since[0], since[1] - 1))
    [item] = [it for it in found if it.pointer == join(case.pointer, name)]
    assert (item.code, item.severity) == ("AG248", Severity.ERROR)
    assert (item.hint or "").startswith(f"it was added in AsyncAPI {since[0]}.{since[1]}")


# -- what helps --------------------------------------------------------------------------------


def told(path: Path, text: str, head: str = HEAD) -> list[tuple[str, str, str | None]]:
    """Code, message and hint of what is reported."""
    file = path / "chat.yaml"
    file.write_text(head + text)
    diagnostics = Diagnostics()
    source = load(file, diagnostics)
    assert source
    check(source, head.split()[1], diagnostics)
    return [(item.code, item.message, item.hint) for item in diagnostics]


OPERATION = "channels: {/: {publish: {message: {name: a}, IT}}}"


@pytest.mark.parametrize(
    ("place", "extension", "expected"),
    [
        (
            "servers: {s: {url: h, protocol: ws, IT}}\nchannels: {}",
            "x-security: [{}]",
            "`security`",
        ),
        (OPERATION, "x-security: [{}]", "`security`"),
        (OPERATION, "x-handler: hooks.say", "from AsyncAPI 3.0 on"),
        (OPERATION, "x-ack: {type: string}", "from AsyncAPI 3.0 on"),
    ],
)
def test_S32_what_only_version_3_has_is_not_ignored_in_silence(
    tmp_path: Path, place: str, extension: str, expected: str
) -> None:
    name = extension.partition(":")[0]
    [(code, message, hint)] = told(tmp_path, place.replace("IT", extension))
    assert code == "AG211" and f"`{name}`" in message and "2.6.0" in message
    assert hint is not None and expected in hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # one problem, though two keys show it
        (
            "version: '1'\nchannels: {}\ninfo: {title: a}",
            ("AG248", "a document has no key `version`", "put it under `info`"),
        ),
        (
            "info:\n  title: a\n  version: '1'\n  channels: {}",
            (
                "AG248",
                "the info object has no key `channels`",
                "it belongs at the top of the document: indent it less",
            ),
        ),
        # what is another version's
        (
            "info: {title: a, version: '1'}\nchannels: {/: {messages: {}}}",
            (
                "AG248",
                "a channel has no key `messages`",
                "it is a key of AsyncAPI 3, and this document is written in 2.6.0",
            ),
        ),
        # what an object looks most like
        (
            "info: {title: a, version: '1'}\nchannels: {}\n"
            "components: {securitySchemes: {a: {in: header, name: key}}}",
            ("AG203", "`a` has no `type`", "it looks like `type: httpApiKey`"),
        ),
        (
            "info: {title: a, version: '1'}\nchannels: {}\n"
            "components: {securitySchemes: {a: {type: http, scheme: basic, in: header}}}",
            ("AG248", "a security scheme has no key `in`", "it goes with `type: apiKey`"),
        ),
        # references
        (
            "info: {title: a, version: '1'}\nchannels: {/: {publish: {$ref: '#/x'}}}",
            (
                "AG249",
                "a `$ref` cannot stand for an operation",
                "write out here what it refers to",
            ),
        ),
        (
            "info: {title: a, version: '1'}\n"
            "channels: {/: {publish: {message: {$ref: '#/components/schemas/Say'}}}}\n"
            "components: {schemas: {Say: {type: string}}, messages: {say: {}}}",
            (
                "AG208",
                "`#/components/schemas/Say` is a schema, and a message belongs here",
                "did you mean `#/components/messages/say`?",
            ),
        ),
        (
            "info: {title: a, version: '1'}\n"
            "channels: {/: {publish: {message: '#/components/messages/Say'}}}\n",
            (
                "AG204",
                "`message` must be a mapping, not text",
                'write `$ref: "#/components/messages/Say"`',
            ),
        ),
        (
            "info: {title: a, version: '1'}\nchannels: {/: {publish: {message: {oneOff: []}}}}",
            ("AG248", "a message has no key `oneOff`", "did you mean `oneOf`?"),
        ),
        # names
        (
            "info: {title: a, version: '1'}\nchannels: {}\ntags: [{name: a}, {name: a}]",
            ("AG250", "`a` appears twice in `tags`", "remove or rename one of them"),
        ),
        (
            "info: {title: a, version: '1'}\nchannels: {'a?b=c': {}}",
            (
                "AG205",
                "`a?b=c` is not an address without query and fragment",
                "write it as `/rooms`",
            ),
        ),
    ],
)
def test_S6_one_problem_is_one_message_that_helps(
    tmp_path: Path, text: str, expected: tuple[str, str, str]
) -> None:
    assert told(tmp_path, text, "asyncapi: 2.6.0\n") == [expected]


WHOLE_3 = "info: {title: a, version: '1'}\n"
CHANNEL_3 = (
    WHOLE_3
    + "channels: {chat: {address: /chat, messages: {say: {name: say, payload: {type: string}}}}}\n"
    + "operations: {a: {action: receive, IT}}"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what has another name, or another place, than in the other version
        (
            WHOLE_3 + "servers: {s: {url: 'ws://a', protocol: ws}}",
            (
                "AG248",
                "a server has no key `url`",
                "AsyncAPI 3 has `host: example.com` and `pathname: /socket.io` in place of it",
            ),
        ),
        (
            WHOLE_3 + "channels: {/: {publish: {message: {name: a}}}}",
            (
                "AG248",
                "a channel has no key `publish`",
                "AsyncAPI 3 has `operations` with `action: receive` in place of it, and the"
                " `messages` of the channel",
            ),
        ),
        # what was referred to, or named, in place of something else
        (
            CHANNEL_3.replace("IT", "channel: chat"),
            ("AG204", "`channel` must be a mapping, not text", 'write `$ref: "#/channels/chat"`'),
        ),
        (
            CHANNEL_3.replace(
                "IT",
                "channel: {$ref: '#/channels/chat'},"
                " reply: {$ref: '#/channels/chat/messages/say'}",
            ),
            (
                "AG208",
                "`#/channels/chat/messages/say` is a message, and the reply of an operation"
                " belongs here",
                "put the reference under `messages` of it, as one of several",
            ),
        ),
        (
            CHANNEL_3.replace("IT", "channel: {$ref: '#/channels/chat/messages/say'}"),
            (
                "AG208",
                "`#/channels/chat/messages/say` is a message, and a channel belongs here",
                "did you mean `#/channels/chat`?",
            ),
        ),
    ],
)
def test_S6_one_problem_of_version_3_is_one_message_that_helps(
    tmp_path: Path, text: str, expected: tuple[str, str, str]
) -> None:
    assert told(tmp_path, text, "asyncapi: 3.0.0\n") == [expected]


def test_S6_what_stands_beside_a_key_and_belongs_into_it_is_told_alone(tmp_path: Path) -> None:
    text = "channels: {/: {publish: {message: , name: say, payload: {type: string}}}}"
    assert told(tmp_path, text) == [
        ("AG248", f"an operation has no key `{key}`", "put it under `message`")
        for key in ("name", "payload")
    ]


def test_S6_a_body_of_openapi_is_a_payload(tmp_path: Path) -> None:
    text = "channels: {/: {publish: {message: {name: say, content: {}}}}}"
    [(_, _, hint)] = told(tmp_path, text)
    assert hint == "put what `schema` holds in OpenAPI under `payload`"


def test_S6_a_broken_reference_is_told_once_and_nothing_else(tmp_path: Path) -> None:
    text = (
        "channels:\n  /a: {publish: {message: {$ref: '#/components/messages/Sya'}}}\n"
        "components: {messages: {Say: {}}}"
    )
    [(code, _, hint)] = told(tmp_path, text)
    assert (code, hint) == ("AG105", "did you mean `#/components/messages/Say`?")


def test_S6_what_is_referred_to_is_checked_once(tmp_path: Path) -> None:
    text = (
        "channels:\n"
        "  /a: {publish: {message: {$ref: '#/components/messages/M'}},"
        " subscribe: {message: {oneOf: [{$ref: '#/components/messages/M'}]}}}\n"
        "components: {messages: {M: {titel: a}}}"
    )
    assert [code for code, _, _ in told(tmp_path, text)] == ["AG248"]


def test_S6_other_files_are_checked_too(tmp_path: Path) -> None:
    (tmp_path / "say.yaml").write_text("titel: a")
    text = "channels: {/a: {publish: {message: {$ref: say.yaml}}}}"
    assert told(tmp_path, text) == [
        ("AG248", "a message has no key `titel`", "did you mean `title`?")
    ]


def test_S4_null_in_a_trait_takes_away(tmp_path: Path) -> None:
    text = "channels: {}\ncomponents: {messageTraits: {a: {title: null}}}"
    assert told(tmp_path, text) == []


def test_S3_what_stands_beside_a_reference_has_no_effect(tmp_path: Path) -> None:
    text = (
        "channels: {c: {}}\noperations: {o: {action: send, channel:"
        " {$ref: '#/channels/c', description: d}}}"
    )
    [(code, message, _)] = told(tmp_path, text, HEAD_3)
    assert (code, message) == ("AG206", "`description` beside `$ref` has no effect")


def test_S26_a_message_is_no_schema_though_it_would_be_a_valid_one(tmp_path: Path) -> None:
    text = (
        "channels: {/: {publish: {message: {name: a, payload:"
        " {$ref: '#/components/messages/A'}}}}}\n"
        "components: {messages: {A: {payload: {type: string}}}}"
    )
    assert told(tmp_path, text) == [
        (
            "AG208",
            "`#/components/messages/A` is a message, and a schema belongs here",
            "did you mean `#/components/messages/A/payload`?",
        )
    ]


def test_S32_a_requirement_is_no_scheme(tmp_path: Path) -> None:
    text = "servers: {s: {host: h, protocol: ws, security: [{key: []}]}}"
    [(code, message, hint)] = told(tmp_path, text, HEAD_3)
    assert code == "AG204" and "AsyncAPI 3" in message
    assert hint and "`$ref: #/components/securitySchemes/key`" in hint
