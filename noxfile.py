"""`nox` runs every check in the environment it is installed in; `nox -s NAME` runs one of them."""

import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "examples", "tests"]

PYTHON = sys.executable


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
    """All tests; what follows `--` goes to pytest."""
    session.run(PYTHON, "-m", "pytest", *session.posargs)


@nox.session
def golden(session: nox.Session) -> None:
    """The golden projects; `-- --update` rewrites them."""
    args = ["--update-golden" if arg == "--update" else arg for arg in session.posargs]
    session.run(PYTHON, "-m", "pytest", "tests/golden", *args)


@nox.session
def corpus(session: nox.Session) -> None:
    """All third-party documents: verdicts, damage, and the projects that come of them."""
    everything = {"ASYNCGEN_CORPUS": "all"}
    session.run(PYTHON, "-m", "pytest", "tests/corpus", *session.posargs, env=everything)


@nox.session
def wheel(session: nox.Session) -> None:
    """The wheel, built, installed elsewhere and used."""
    session.run(PYTHON, "-m", "pytest", "tests/packaging", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Commands, the mock, and events a second of an emitted project; results in build/bench/."""
    session.run(PYTHON, "tests/benchmarks/cold_start.py")
    session.run(PYTHON, "-m", "tests.benchmarks.mock_payloads")
    session.run(
        PYTHON, "-m", "tests.benchmarks.events", "--json", "build/bench/events.json",
        *session.posargs,
    )


@nox.session
def fuzz(session: nox.Session) -> None:
    """10,000 pairs of a schema and an instance, by the emitted server and another validator."""
    pairs = {"ASYNCGEN_FUZZ_PAIRS": "10000"}
    session.run(PYTHON, "-m", "pytest", "tests/fuzz", *session.posargs, env=pairs)


@nox.session
def soak(session: nox.Session) -> None:
    """A server with 200 clients, then the mock with 100, five minutes each; what follows `--` goes
    to the first, such as `--minutes 0.5 --clients 20`."""
    session.run(PYTHON, "-m", "tests.soak", *session.posargs)
    session.run(PYTHON, "-m", "tests.benchmarks.mock_soak")
