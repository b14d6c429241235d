"""Who is let in: requirements before and after (S32)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from asyncgen.code import Text, quote
from asyncgen.ir import App, Requirement, Scheme, SchemeUse

# How a credential reaches the server, and the scopes it must have; names are not on the wire.
_Way: TypeAlias = tuple[str, str | None, str | None]
_Asked: TypeAlias = Mapping[_Way, frozenset[str]]


class Security:
    """The requirements of a namespace or an event, by what clients have to present."""

    def __init__(self, app: App, requirements: Sequence[Requirement]) -> None:
        schemes = {scheme.name: scheme for scheme in app.schemes}
        self._requirements = requirements
        self._alternatives = [_asked(it, schemes) for it in requirements] or [{}]

    def lets_in(self, other: Security) -> bool:
        """Whether whoever satisfies `other` is let in here."""
        return all(
            any(_implies(theirs, ours) for ours in self._alternatives)
            for theirs in other._alternatives
        )

    @property
    def shown(self) -> str:
        """The alternatives, for a person."""
        if not self._requirements:
            return "none"
        return " or ".join(_shown(it) for it in self._requirements)


def _asked(requirement: Requirement, schemes: Mapping[Text, Scheme]) -> _Asked:
    return {
        _way(schemes[use.scheme]): frozenset(scope.raw for scope in use.scopes)
        for use in requirement.schemes
    }


def _way(scheme: Scheme) -> _Way:
    location = scheme.location.raw if scheme.location else None
    return scheme.kind, location, scheme.parameter.raw if scheme.parameter else None


def _implies(given: _Asked, asked: _Asked) -> bool:
    """Whether credentials that satisfy one alternative satisfy another."""
    return all(way in given and scopes <= given[way] for way, scopes in asked.items())


def _shown(requirement: Requirement) -> str:
    return " and ".join(map(_use, requirement.schemes)) or "anonymous"


def _use(use: SchemeUse) -> str:
    scopes = ", ".join(quote(scope) for scope in use.scopes)
    return quote(use.scheme) + (f" with {scopes}" if scopes else "")
