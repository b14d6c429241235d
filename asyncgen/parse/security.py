"""Security schemes, and lists of what a connection or an operation requires (S32, S35)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace

from asyncgen.code import Text, quote
from asyncgen.document import Requirement, SchemeUse, SecurityScheme
from asyncgen.parse.reader import Reader
from asyncgen.source import Place

_HOOKS = (
    "x-basicInfoFunc",
    "x-bearerInfoFunc",
    "x-basicBearerInfoFunc",
    "x-tokenInfoFunc",
    "x-apiKeyInfoFunc",
    "x-apikeyInfoFunc",
    "x-scopeValidateFunc",
)


# -- schemes


def read_schemes(reader: Reader, root: Place) -> dict[str, SecurityScheme]:
    """The schemes of the components, by the pointer of their entry."""
    entries = reader.under(reader.under(root, "components"), "securitySchemes")
    pairs = [
        (place.pointer, _scheme(reader, name, place))
        for name, place in (entries.entries() if entries else ())
    ]
    return {pointer: scheme for pointer, scheme in pairs if scheme}


def _scheme(reader: Reader, name: str, place: Place) -> SecurityScheme | None:
    """A security scheme, with its hooks and its key of the auth payload (S35)."""
    scheme = reader.mapping(place)
    kind = reader.text(scheme, "type")
    if scheme is None or kind is None:
        return None
    hooks = {hook: reader.located(scheme, hook) for hook in _HOOKS}
    return SecurityScheme(
        name=Text(name),
        type=kind,
        scheme=reader.text(scheme, "scheme"),
        bearer_format=reader.text(scheme, "bearerFormat"),
        location=reader.text(scheme, "in"),
        parameter=reader.text(scheme, "name"),
        scopes=_flow_scopes(reader, scheme),
        required_scopes=tuple(located.text for located in reader.texts(scheme, "scopes")),
        hooks={hook: located for hook, located in hooks.items() if located},
        auth_key=reader.text(reader.under(scheme, "x-socketio"), "name"),
        description=reader.text(scheme, "description"),
        span=scheme.span,
    )


def _flow_scopes(reader: Reader, scheme: Place) -> tuple[Text, ...]:
    """The scopes that the flows of an OAuth2 scheme declare, each once; 3.x has a longer name."""
    scopes: dict[str, Text] = {}
    flows = reader.under(scheme, "flows")
    for _, entry in flows.entries() if flows else ():
        flow = reader.mapping(entry)
        for key in ("scopes", "availableScopes"):
            declared = reader.under(flow, key)
            scopes |= {name: Text(name) for name, _ in declared.entries()} if declared else {}
    return tuple(scopes.values())


# -- requirements in the form of 2.x


def read_requirements(reader: Reader, place: Place, key: str) -> tuple[Requirement, ...] | None:
    """A list of alternatives, each a mapping of schemes and scopes; None where absent (S32)."""
    if place.get(key) is None:
        return None
    return tuple(_requirement(reader, item) for item in reader.items(place, key))


def _requirement(reader: Reader, place: Place) -> Requirement:
    schemes = (
        SchemeUse(Text(name), tuple(it.text for it in reader.texts(place, name)), entry.span)
        for name, entry in place.entries()
    )
    return Requirement(tuple(schemes))


# -- requirements in the form of 3.x


@dataclass(frozen=True, slots=True)
class Security:
    """The security of a 3.x document; `schemes` has each scheme in use by where it is defined."""

    reader: Reader
    schemes: Mapping[str, SecurityScheme]

    @property
    def all_schemes(self) -> tuple[SecurityScheme, ...]:
        """Each scheme once."""
        return tuple({scheme.name: scheme for scheme in self.schemes.values()}.values())

    def requirements(self, place: Place) -> tuple[Requirement, ...] | None:
        """`security`, a list of alternative schemes, or `x-security` in the form of 2.x (S32).

        Adds AG209 where both stand on one object.
        """
        extended = place.get("x-security")
        if extended is None:
            return self._alternatives(place)
        if place.get("security"):
            self.reader.diagnostics.error(
                "AG209",
                "`x-security` stands beside `security`, so it is not clear which one holds",
                extended.span,
                hint="keep one of them; `x-security` can ask for several schemes at once",
                pointer=extended.pointer,
            )
        return read_requirements(self.reader, place, "x-security")

    def _alternatives(self, place: Place) -> tuple[Requirement, ...] | None:
        if place.get("security") is None:
            return None
        requirements = []
        for item in self.reader.items(place, "security"):
            steps = self.reader.steps(item)
            scheme = next((found for it in steps if (found := self.schemes.get(it.pointer))), None)
            if scheme is not None:
                scopes = tuple(located.text for located in self.reader.texts(steps[-1], "scopes"))
                requirements.append(Requirement((SchemeUse(scheme.name, scopes, item.span),)))
        return tuple(requirements)


def read_security(reader: Reader, root: Place, users: Iterable[tuple[str, Place]]) -> Security:
    """The schemes of the components and those that servers and operations define in place.

    One that differs from another in nothing but the scopes that it asks for
    is that one; else it is named after its type, or its user and its type.
    """
    schemes = read_schemes(reader, root)
    for user, place in users:
        for item in reader.items(place, "security"):
            steps = reader.steps(item)
            if not steps or any(it.pointer in schemes for it in steps):
                continue
            scheme = _scheme(reader, "", steps[-1])
            named = scheme and _named(reader, scheme, user, schemes.values())
            if named:
                schemes[steps[-1].pointer] = named
    return Security(reader, schemes)


def _named(
    reader: Reader, scheme: SecurityScheme, user: str, known: Iterable[SecurityScheme]
) -> SecurityScheme | None:
    by_name = {it.name: it for it in known}
    for other in by_name.values():
        is_same = _identity(other) == _identity(scheme)
        if is_same and other.required_scopes in ((), scheme.required_scopes):
            return other
    kind = (scheme.scheme or scheme.type).raw
    for name in (Text(kind), Text(f"{user}-{kind}")):
        if name not in by_name:
            return replace(scheme, name=name)
    reader.diagnostics.error(
        "AG222",
        f"several different security schemes are {quote(kind)}, and have no names",
        scheme.span,
        hint="define them in `components.securitySchemes`, and refer to them by `$ref`",
    )
    return None


def _identity(scheme: SecurityScheme) -> Hashable:
    """What makes a scheme another one: all but its name and what is for readers only."""
    return (
        scheme.type,
        scheme.scheme,
        scheme.bearer_format,
        scheme.location,
        scheme.parameter,
        scheme.scopes,
        tuple((hook, located.text) for hook, located in scheme.hooks.items()),
        scheme.auth_key,
    )
