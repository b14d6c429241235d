"""One run of `scaffold` or `check`, from the settings to what is to be printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from asyncgen import lock, pipeline, plan_report, write
from asyncgen.config import Settings
from asyncgen.diagnostics import Diagnostics
from asyncgen.options import Options
from asyncgen.source import Access
from asyncgen.watch import INTERVAL, Watch


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked for: `document` and `output`, how the project is made, and what is done.

    With `check` or `diff` nothing is written; `force` is for writing only.
    """

    document: Path
    output: Path
    settings: Settings
    force: bool = False
    check: bool = False
    diff: bool = False
    colour: bool = False

    @property
    def writes(self) -> bool:
        """Whether this run may change the project."""
        return not (self.check or self.diff)


@dataclass(slots=True)
class Outcome:
    """What a run has found and done; `files` are those that it depended on, as far as known."""

    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    text: str = ""
    failed: bool = False
    files: frozenset[Path] = frozenset()


def run(job: Job, sleep: Callable[[float], None]) -> Outcome:
    """Plan a project, and write it unless the job is only to look.

    Of two runs that write to one folder the second waits, by `sleep`; AG335
    where the first does not end.
    """
    if not job.writes:
        return _run(job)
    try:
        with lock.lock(job.output, sleep):
            return _run(job)
    except lock.Busy:
        outcome = Outcome(failed=True, files=frozenset({job.document}))
        outcome.diagnostics.error(
            "AG335",
            f"another run of asyncgen is in progress in `{job.output}`",
            hint="wait until it has finished, or stop it",
        )
        return outcome


def watch(job: Job, sleep: Callable[[float], None]) -> Iterator[Outcome]:
    """Run, and again whenever a file has changed that the project depends on, for ever.

    Where nothing was made, the last good project stays; a run that fails as
    the one before did yields nothing.
    """
    files, last = frozenset({job.document}), Outcome()
    watched = Watch()
    watched.follow(files)
    while True:
        outcome = run(job, sleep)
        files = files | outcome.files if outcome.failed else outcome.files
        watched.follow(files)
        if outcome.failed:
            # What is missing may come. Their stamps are of now: the run itself locks a folder.
            watched.follow(files | {file.parent for file in files})
        if not (outcome.failed and [*outcome.diagnostics] == [*last.diagnostics]):
            yield outcome
        last = outcome
        while not watched.changed():
            sleep(INTERVAL)


def _run(job: Job) -> Outcome:
    outcome = Outcome()
    diagnostics, settings = outcome.diagnostics, job.settings
    options = Options(
        settings.package,
        settings.server,
        channels=settings.channels,
        perspective=settings.perspective,
        payloads=settings.payloads,
    )
    project = pipeline.plan_project(
        job.document,
        job.output,
        options,
        job.force and job.writes,
        diagnostics,
        Access(settings.ref_root),
        mock=settings.mock,
        deploy=settings.deploy,
        remote=settings.allow_remote_refs,
    )
    strict = bool(settings.strict)
    if project is not None and job.check:
        plan_report.add_drift(project.plan, job.output, diagnostics)
    elif project is not None and job.writes and not diagnostics.fails(strict):
        write.apply(project.plan, job.output, diagnostics)
    outcome.failed = diagnostics.fails(strict)
    named = {item.span.file for item in diagnostics if item.span}
    outcome.files = frozenset({job.document, *map(Path, named)})
    if project is not None:
        outcome.files |= project.files
        outcome.text = _text(job, project, outcome.failed)
    return outcome


def _text(job: Job, project: pipeline.Project, failed: bool) -> str:
    plan, root = project.plan, job.output
    parts = []
    if job.diff:
        parts.append(plan_report.diff(plan, root, colour=job.colour))
    if job.check and plan.drift:
        parts.append(plan_report.drifted(plan.drift, job.document, root))
    elif not failed and not job.diff:
        parts.append(plan_report.listed(plan, root))
        if plan_report.is_first(plan):
            parts.append(plan_report.next_steps(project.app, project.tree, plan, root))
        else:
            parts.append(plan_report.more_steps(project.tree, plan, root))
    return "".join(parts)
