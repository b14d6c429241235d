"""`nox` runs every check in the environment it is installed in; `nox -s NAME` runs one of them."""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nox
from packaging.requirements import Requirement
from packaging.version import Version

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "examples", "tests"]

PYTHON = sys.executable
# asyncgen, and a project that it emits: both say what they need.
PROJECTS = (Path("pyproject.toml"), Path("golden/deploy/expected/pyproject.toml"))
BENCHMARKS = ("generation", "docs_page", "mock_payloads", "events", "under_attack")
CORE = ("tests/unit", "tests/functional")


def pytest(session: nox.Session, *arguments: str, **env: str) -> None:
    """Run pytest with these arguments and environment variables, and what follows `--`."""
    session.run(PYTHON, "-m", "pytest", *arguments, *session.posargs, env=env)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and likely mistakes."""
    session.run(PYTHON, "-m", "ruff", "check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types of the compiler and of the runtime."""
    session.run(PYTHON, "-m", "mypy")


@nox.session
def examples(session: nox.Session) -> None:
    """The examples are what their documents give; `-- --update` brings them up to date."""
    check = [] if "--update" in session.posargs else ["--check"]
    folders = ("*", "two-documents/*")
    for spec in sorted(
        spec for it in folders for spec in Path("examples").glob(f"{it}/asyncapi.yaml")
    ):
        session.run(
            PYTHON, "-m", "asyncgen", "scaffold", str(spec), "-o", str(spec.parent), *check
        )


@nox.session
def tests(session: nox.Session) -> None:
    """All tests, a process for each core; what follows `--` goes to pytest."""
    pytest(session, "-n", "auto", "--dist", "loadfile")


@nox.session
def golden(session: nox.Session) -> None:
    """The golden projects; `-- --update` rewrites them."""
    args = ["--update-golden" if arg == "--update" else arg for arg in session.posargs]
    session.run(PYTHON, "-m", "pytest", "tests/golden", *args)


@nox.session
def corpus(session: nox.Session) -> None:
    """All third-party documents: verdicts, damage, their projects and their pages."""
    pytest(session, "tests/corpus", "tests/browser/test_corpus.py", ASYNCGEN_CORPUS="all")


@nox.session
def hostile(session: nox.Session) -> None:
    """Hundreds of documents that mean harm, and all that are too much."""
    pytest(session, "tests/hostile", ASYNCGEN_CORPUS="all")


@nox.session
def wheel(session: nox.Session) -> None:
    """The wheel, built, installed elsewhere and used."""
    pytest(session, "tests/packaging")


@nox.session
def bench(session: nox.Session) -> None:
    """Every benchmark, or those named after `--`: tables, and their figures in build/bench."""
    for name in session.posargs or BENCHMARKS:
        figures = f"build/bench/{name}.json"
        session.run(PYTHON, "-m", f"tests.benchmarks.{name}", "--json", figures)


@nox.session
def fuzz(session: nox.Session) -> None:
    """10,000 pairs of a schema and an instance, and 3,000 documents with other nodes in them."""
    pytest(session, "tests/fuzz", ASYNCGEN_FUZZ_PAIRS="10000", ASYNCGEN_FUZZ_DOCUMENTS="3000")


@nox.session
def scale(session: nox.Session) -> None:
    """500 clients of four processes behind nginx, which are killed and restarted, as is Redis."""
    pytest(session, "-s", "tests/scale", ASYNCGEN_SCALE_CLIENTS="500")


@nox.session
def soak(session: nox.Session) -> None:
    """A server in each mode with 200 clients, then the mock with 100, five minutes each; after
    `--` come other modes, such as `gevent --minutes 0.5 --clients 20`, and no mock."""
    session.run(PYTHON, "-m", "tests.soak", *session.posargs)
    if not session.posargs:
        session.run(PYTHON, "-m", "tests.soak.mock")


@nox.session
def kill(session: nox.Session) -> None:
    """200 runs killed while they write, each then completed; `-- COUNT SEED` for others."""
    session.run(PYTHON, "-m", "tests.regeneration.kill", *session.posargs)


# -- other environments than this one


def requirements() -> Iterator[Requirement]:
    """Every direct dependency, those of optional parts, too."""
    for project in map(tomllib.loads, map(Path.read_text, PROJECTS)):
        table = project["project"]
        extras = [*table["optional-dependencies"].values()]
        yield from map(Requirement, sum(extras, table["dependencies"]))


def lowest() -> list[str]:
    """Each dependency at the lowest version that a range here lets in."""
    found: dict[str, Version] = {}
    for requirement in requirements():
        extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
        for it in requirement.specifier:
            if it.operator in (">=", "~=", "=="):
                name, version = requirement.name + extras, Version(it.version.removesuffix(".*"))
                found[name] = min(version, found.get(name, version))
    return [f"{name}=={version}" for name, version in sorted(found.items())]


@nox.session(venv_backend="venv")
def minimum(session: nox.Session) -> None:
    """Unit and functional tests with the lowest version of every direct dependency."""
    session.install(*lowest())
    session.install("--no-deps", "--editable", ".")
    session.run("python", "-m", "pytest", *(session.posargs or CORE))


@nox.session(venv_backend="venv", python=["3.11", "3.12", "3.13"])
def pythons(session: nox.Session) -> None:
    """Unit and functional tests with each Python that is here, and the newest of everything."""
    session.install("--upgrade", "--editable", ".[dev]")
    session.run("python", "-m", "pytest", *(session.posargs or CORE))


@nox.session(venv_backend="venv")
def audit(session: nox.Session) -> None:
    """Known vulnerabilities of all dependencies; fails where one of them cannot be looked up."""
    session.install("pip-audit")
    folder = Path(session.create_tmp())
    listed, report = folder / "requirements.txt", folder / "report.json"
    listed.write_text("\n".join(sorted({str(it) for it in requirements()})))
    report.unlink(missing_ok=True)
    options = ("--requirement", str(listed), "--format", "json", "--output", str(report))
    session.run("pip-audit", *options, success_codes=[0, 1], silent=True)
    if not report.exists():
        session.error("nothing was audited: pip-audit reached no data about vulnerabilities")
    found = json.loads(report.read_text())["dependencies"]
    skipped = [it["name"] for it in found if "skip_reason" in it]
    vulnerable = [f"{it['name']} {it['version']}" for it in found if it.get("vulns")]
    if len(skipped) == len(found):
        session.error(f"nothing was audited: there is no data here about any of {len(found)}")
    if skipped or vulnerable:
        session.error(f"vulnerable: {vulnerable}; not audited: {skipped}")
