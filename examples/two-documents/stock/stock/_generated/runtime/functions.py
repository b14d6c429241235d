"""What a handler or hook may be: a plain function, written in the project."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import Any, Final

_UNFINISHED: Final = (CoroutineType, AsyncGeneratorType, GeneratorType)


@dataclass
class Handlers:
    """The handlers of a namespace beside those of its events."""

    connect: Callable[..., Any] | None = None
    disconnect: Callable[..., Any] | None = None
    error: Callable[[Exception], Any] | None = None


def check_function(function: Callable[..., Any], modules: tuple[str, ...]) -> None:
    """Raise TypeError for what is no plain function of `modules`, top-level names.

    Without modules, it may come from anywhere.
    """
    inner = inspect.unwrap(function)
    name = f"{function.__module__}.{getattr(function, '__qualname__', function)}"
    if inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner):
        raise TypeError(
            f"{name} is `async def`, but Flask-SocketIO runs plain functions: "
            "write `def`, and give work that takes long to a background task"
        )
    if inspect.isgeneratorfunction(function):
        raise TypeError(f"{name} has `yield`, so a call would not run it")
    home = getattr(inner, "__module__", "").partition(".")[0]
    if not inspect.isfunction(inner) or (modules and home not in modules):
        raise TypeError(f"{name} must be a function written in this project")


def taking(
    function: Callable[..., Any], positional: str, named: tuple[str, ...] = ()
) -> Callable[..., Any]:
    """`function`, called with what it takes; TypeError where it asks for more."""
    parameters = inspect.signature(function).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    keywords = [item.name for item in parameters if item.name in named]
    values = [
        item for item in parameters if item.kind in kinds and item.name not in named
    ]
    if len([item for item in values if item.default is item.empty]) > 1:
        takes = ", ".join((positional, *named))
        raise TypeError(
            f"{function.__module__}.{function.__qualname__} may take {takes}, not more"
        )
    variadic = any(item.kind is item.VAR_POSITIONAL for item in parameters)

    def call_with(value: Any, **offered: Any) -> Any:
        args = (value,) if values or variadic else ()
        return called(function, *args, **{name: offered[name] for name in keywords})

    return call_with


def called(function: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
    """What a function of the project returns.

    Raises TypeError where that has yet to be awaited: nothing has been done or
    decided then, and it would be taken for consent. Raises RuntimeError for
    what is no Exception, such as `sys.exit` or a timeout of gevent: it would end
    the thread, or the server, where one client has to be told of an error.
    """
    try:
        result = function(*args, **named)
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as problem:
        name = f"{function.__module__}.{function.__qualname__}"
        raise RuntimeError(f"{name} raised {type(problem).__name__}") from problem
    if isinstance(result, _UNFINISHED):
        raise TypeError(f"a {type(result).__name__} is not awaited: write `def`")
    return result
