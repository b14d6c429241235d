"""What `scaffold` prints of a plan: the list of changes, their diff, and what has drifted. Pure."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

from asyncgen.code import visible
from asyncgen.diagnostics import Diagnostics, Severity, Span
from asyncgen.ir import App
from asyncgen.plan import Action, Drift, Plan
from asyncgen.report import painted
from asyncgen.tree import Tree

_COLOURS = {"+++": "1", "---": "1", "@": "36", "+": "32", "-": "31"}


def listed(plan: Plan, root: Path) -> str:
    """Every file that changes, with a verb; or that nothing does."""
    changes = [action for action in plan.actions if action.verb != "same"]
    same = len(plan.actions) - len(changes)
    if not changes:
        return f"nothing changed: {root} is up to date ({same} files)\n"
    lines = [_line(plan, action, root) for action in changes]
    return "".join([*lines, f"{'identical':>9}  {same} files\n" if same else ""])


def _line(plan: Plan, action: Action, root: Path) -> str:
    added = ", ".join(_added(plan, action.path)) if action.verb == "append" else ""
    return f"{action.verb:>9}  {root / action.path}" + (f"  ({added})\n" if added else "\n")


def _added(plan: Plan, path: str) -> list[str]:
    missing = [drift for drift in plan.drift if drift.kind == "missing handler"]
    return [drift.name for drift in missing if drift.path == path and drift.name]


def is_first(plan: Plan) -> bool:
    """True for the plan of a project that is not there yet."""
    return plan.actions[-1].verb == "create"


def next_steps(app: App, tree: Tree, plan: Plan, root: Path) -> str:
    """What to do with a new project."""
    paths = {action.path for action in plan.actions}
    places = [module.module.replace(".", "/") for module in tree.modules if module.stubs]
    modules = [it + ("/__init__.py" if f"{it}/__init__.py" in paths else ".py") for it in places]
    docs = f"http://127.0.0.1:5000{app.base}/docs"
    steps = [
        "Next:",
        *([] if root == Path() else [f"  cd {quoted(root)}"]),
        "  python3 -m venv .venv",
        '  .venv/bin/pip install -e ".[test]"',
        *([f"  # write your handlers, in {', '.join(modules)}"] if modules else []),
        f"  .venv/bin/python -m {tree.package}  # its documentation: {docs}",
        "  .venv/bin/pytest",
    ]
    return "\n".join(["", *steps, ""])


def more_steps(tree: Tree, plan: Plan, root: Path) -> str:
    """What pyproject.toml lacks that generated code imports: it is the user's, and written once.

    Nothing where the requirements are not there in the standard form.
    """
    kept = next((it.old for it in plan.actions if it.path == "pyproject.toml"), None)
    own = _requirements((kept or b"").decode(errors="replace"))
    wanted = _requirements(tree.created["pyproject.toml"])
    needed = ["dependencies", *(["mock"] if f"{tree.package}/mock.py" in tree.created else [])]
    lines = []
    for key in needed if own else ():
        known = {_distribution(it) for it in (*own["dependencies"], *own.get(key, ()))}
        missing = [it for it in wanted[key] if _distribution(it) not in known]
        if missing:
            lines.append(f"  {key} = [{', '.join(map(json.dumps, missing))}]\n")
    if not lines:
        return ""
    where = f"{root}/pyproject.toml"
    return f"\nThe generated code needs more than {where} asks for; add to it:\n{''.join(lines)}"


def _requirements(pyproject: str) -> dict[str, list[str]]:
    """The `dependencies` of a pyproject.toml, and those of each extra by its name."""
    import tomllib

    try:
        project = tomllib.loads(pyproject)["project"]
        listed = {
            **project.get("optional-dependencies", {}),
            "dependencies": project["dependencies"],
        }
        return {key: [*map(str, it)] for key, it in listed.items()}
    except (ValueError, LookupError, AttributeError, TypeError):  # not of the standard form
        return {}


def _distribution(requirement: str) -> str:
    """The name of what is required, as the standard compares it."""
    name = re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def diff(plan: Plan, root: Path, *, colour: bool = False) -> str:
    """What would change, as a unified diff, which `git apply -p0` understands."""
    changes = (action for action in plan.actions if action.verb != "same")
    lines = (line for action in changes for line in _difference(action, root))
    return "".join(f"{_painted(visible(line), colour)}\n" for line in lines)


def _difference(action: Action, root: Path) -> Iterator[str]:
    old, new = (_lines(it) for it in (action.old, action.new))
    name = (root / action.path).as_posix()
    before = "/dev/null" if action.old is None else name
    after = "/dev/null" if action.new is None else name
    if not old and not new:  # an empty file comes or goes
        yield from (f"--- {before}", f"+++ {after}")
    for line in unified_diff(old, new, before, after):
        yield line.removesuffix("\n").removesuffix("\r")
        if not line.endswith("\n") and line[0] in "+- ":
            yield "\\ No newline at end of file"


def _lines(content: bytes | None) -> list[str]:
    text = (content or b"").decode(errors="replace")
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _painted(line: str, colour: bool) -> str:
    style = next((style for start, style in _COLOURS.items() if line.startswith(start)), "")
    return painted(line, style, colour and bool(style))


def add_drift(plan: Plan, root: Path, diagnostics: Diagnostics) -> None:
    """Report each difference as an error (AG340), but those that the plan has reported itself."""
    diagnostics.items[:] = (
        replace(item, severity=Severity.ERROR) if item.code == "AG312" else item
        for item in diagnostics.items
    )
    for drift in plan.drift:
        if message := _drifted(drift):
            diagnostics.error("AG340", message, Span(str(root / drift.path), 1, 1, 1, 1))


def _drifted(drift: Drift) -> str | None:
    match drift.kind:
        case "changed":
            return "this generated file is out of date"
        case "missing":
            return "this file is missing"
        case "stale":
            return "this file is no longer generated"
        case "missing handler":
            return f"this module lacks the handler `{drift.name}`"
        case "hand-edited" | "orphan":
            return None


def drifted(drift: Sequence[Drift], document: Path, root: Path) -> str:
    """How many differences there are of each kind, and what to do about them."""
    counts = Counter(it.kind for it in drift)
    kinds = ", ".join(_counted(count, kind) for kind, count in sorted(counts.items()))
    again = f"asyncgen scaffold {quoted(document)} -o {quoted(root)}"
    return f"{root} is not what {document} gives ({kinds}); to bring it up to date: {again}\n"


def _counted(count: int, kind: str) -> str:
    is_noun = kind in ("missing handler", "orphan")
    return f"{count} {kind}{'s' if is_noun and count > 1 else ''}"


def quoted(path: Path) -> str:
    """A path as a shell takes it."""
    return shlex.quote(str(path))
