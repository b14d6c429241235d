"""What happens to each file, by who owns it; no disk is touched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import pytest

from asyncgen.diagnostics import Diagnostic, Diagnostics, Severity
from asyncgen.disk import Snapshot, paths
from asyncgen.manifest import MANIFEST
from asyncgen.plan import Drift, Plan, make
from asyncgen.tree import Module, Stub, Tree

MODELS = "chat/_generated/models.py"
ROOT = "chat/handlers/root.py"


def stub(name: str) -> Stub:
    return Stub(name, f"def {name}() -> None:\n    ...", f"event `{name}` of `/`")


def module(*names: str, dotted: str = "chat.handlers.root") -> Module:
    return Module(dotted, '"""Mine."""\n', {}, tuple(stub(name) for name in names))


TREE = Tree(
    package="chat",
    generated={MODELS: "A = 1\n", "chat/_generated/__init__.py": ""},
    created={"README.md": "# Chat\n", "chat/__init__.py": "def create_app(): ...\n"},
    modules=(module("say", "leave"),),
)


@dataclass
class Project:
    """A project in memory: what a run plans is carried out, where it is without errors."""

    files: dict[str, bytes] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()
    blocked: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str | bool | None] = field(default_factory=lambda: {"spec": "../a.yml"})
    diagnostics: Diagnostics = field(default_factory=Diagnostics)

    def plan(self, tree: Tree = TREE, force: bool = False) -> Plan | None:
        folders = {
            "/".join(path.split("/")[:count])
            for path in self.files
            for count in range(1, path.count("/") + 1)
        }
        snapshot = Snapshot(
            PurePosixPath("app"),
            bool(self.files),
            dict(self.files),
            frozenset(folders) | self.folders,
            self.blocked,
        )
        self.diagnostics = Diagnostics()
        return make(tree, snapshot, self.options, force, self.diagnostics)

    def run(self, tree: Tree = TREE, force: bool = False) -> Plan:
        plan = self.plan(tree, force)
        assert plan is not None and not self.diagnostics.failed, list(self.diagnostics)
        for action in plan.actions:
            assert self.files.get(action.path) == action.old
            if action.new is None:
                del self.files[action.path]
            else:
                self.files[action.path] = action.new
        return plan

    def fails(self, tree: Tree = TREE, force: bool = False) -> Diagnostic:
        self.plan(tree, force)
        (diagnostic,) = self.diagnostics
        assert diagnostic.severity is Severity.ERROR
        assert diagnostic.hint
        return diagnostic

    @property
    def manifest(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.files[MANIFEST])
        return data


@pytest.fixture
def project() -> Project:
    """A project as the first run leaves it."""
    made = Project()
    made.run()
    return made


def verbs(plan: Plan) -> dict[str, str]:
    return {action.path: action.verb for action in plan.actions if action.verb != "same"}


def test_a_new_project_gets_every_file_and_the_manifest_last() -> None:
    project = Project()
    plan = project.run()
    assert {action.verb for action in plan.actions} == {"create"}
    assert plan.actions[-1].path == MANIFEST
    assert project.files[MODELS] == b"A = 1\n"
    assert project.files["chat/handlers/__init__.py"] == b""
    assert project.files[ROOT] == (
        b'"""Mine."""\n\n\ndef say() -> None:\n    ...\n\n\ndef leave() -> None:\n    ...\n'
    )
    assert {drift.kind for drift in plan.drift} == {"missing"}


def test_the_manifest_is_canonical_json(project: Project) -> None:
    assert (
        project.files[MANIFEST]
        == (
            json.dumps(
                {
                    "format": 1,
                    "package": "chat",
                    "options": {"spec": "../a.yml"},
                    "generated": {
                        MODELS: hashlib.sha256(b"A = 1\n").hexdigest(),
                        "chat/_generated/__init__.py": hashlib.sha256(b"").hexdigest(),
                    },
                    "created": ["README.md", "chat/__init__.py", "chat/handlers/__init__.py"],
                    "handlers": {"chat.handlers.root": ["leave", "say"]},
                },
                indent=2,
                sort_keys=True,
            )
            + "\n"
        ).encode()
    )


def test_a_second_run_does_nothing(project: Project) -> None:
    before = dict(project.files)
    plan = project.run()
    assert {action.verb for action in plan.actions} == {"same"}
    assert {action.path for action in plan.actions} == before.keys()
    assert plan.drift == ()
    assert project.files == before


# -- generated


def test_a_generated_file_that_is_out_of_date_is_replaced(project: Project) -> None:
    plan = project.run(replace(TREE, generated={**TREE.generated, MODELS: "A = 2\n"}))
    assert verbs(plan) == {MODELS: "replace", MANIFEST: "replace"}
    assert Drift("changed", MODELS) in plan.drift
    assert project.files[MODELS] == b"A = 2\n"


def test_a_deleted_generated_file_comes_back(project: Project) -> None:
    del project.files[MODELS]
    plan = project.run()
    assert verbs(plan) == {MODELS: "create"}
    assert plan.drift == (Drift("missing", MODELS),)


def test_a_hand_edited_generated_file_stops_the_run(project: Project) -> None:
    project.files[MODELS] += b"B = 2\n"
    diagnostic = project.fails()
    assert diagnostic.code == "AG313"
    assert "app/chat/_generated/models.py" in diagnostic.message
    assert "--force" in (diagnostic.hint or "")
    plan = project.plan()
    assert plan is not None
    assert plan.drift == (Drift("hand-edited", MODELS),)
    assert MODELS not in {action.path for action in plan.actions}


def in_conflict(content: bytes) -> bytes:
    """A file as a merge in Git leaves it, where both sides have changed its end."""
    marks = b"<<<<<<< HEAD", b"=======", b">>>>>>> kick"
    return content + b"ours\n".join(mark + b"\n" for mark in marks)


@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        (MANIFEST, "AG316", "git checkout --ours .asyncgen.json"),
        (MODELS, "AG313", "then use --force"),
        (ROOT, "AG310", "correct it and run again"),
    ],
)
def test_a_file_with_the_marks_of_a_merge_is_said_to_be_one(
    project: Project, path: str, code: str, says: str
) -> None:
    project.files[path] = in_conflict(project.files[path])
    diagnostic = project.fails()
    assert diagnostic.code == code
    assert "the markers of a merge conflict" in diagnostic.message
    assert says in (diagnostic.hint or "")


def test_force_replaces_a_hand_edited_file(project: Project) -> None:
    project.files[MODELS] += b"B = 2\n"
    project.run(force=True)
    assert project.files[MODELS] == b"A = 1\n"


def test_an_edit_that_equals_the_new_file_is_no_edit(project: Project) -> None:
    tree = replace(TREE, generated={**TREE.generated, MODELS: "A = 2\n"})
    project.files[MODELS] = b"A = 2\n"  # as a run that was killed before the manifest leaves it
    assert verbs(project.run(tree)) == {MANIFEST: "replace"}


def test_a_foreign_file_at_a_generated_path_stops_the_run(project: Project) -> None:
    project.files["chat/_generated/events.py"] = b"mine\n"
    tree = replace(TREE, generated={**TREE.generated, "chat/_generated/events.py": "E = 1\n"})
    assert project.fails(tree).code == "AG314"
    project.run(tree, force=True)
    assert project.files["chat/_generated/events.py"] == b"E = 1\n"


def test_a_stale_file_is_deleted_where_untouched(project: Project) -> None:
    tree = replace(TREE, generated={"chat/_generated/__init__.py": ""})
    plan = project.run(tree)
    assert verbs(plan) == {MODELS: "delete", MANIFEST: "replace"}
    assert Drift("stale", MODELS) in plan.drift
    assert MODELS not in project.manifest["generated"]


def test_a_stale_file_that_was_edited_stops_the_run(project: Project) -> None:
    tree = replace(TREE, generated={"chat/_generated/__init__.py": ""})
    project.files[MODELS] += b"B = 2\n"
    assert project.fails(tree).code == "AG313"
    project.run(tree, force=True)
    assert MODELS not in project.files


def test_a_stale_file_that_is_gone_is_forgotten(project: Project) -> None:
    tree = replace(TREE, generated={"chat/_generated/__init__.py": ""})
    del project.files[MODELS]
    assert verbs(project.run(tree)) == {MANIFEST: "replace"}


def test_a_file_that_becomes_the_users_is_not_deleted(project: Project) -> None:
    tree = replace(
        TREE,
        generated={"chat/_generated/__init__.py": ""},
        created={**TREE.created, MODELS: "A = 2\n"},
    )
    assert MODELS not in verbs(project.run(tree))
    assert MODELS in project.manifest["created"]


# -- created once


def test_a_created_file_is_the_users_from_then_on(project: Project) -> None:
    project.files["README.md"] = b"mine"
    assert verbs(project.run(replace(TREE, created={**TREE.created, "README.md": "new"}))) == {}
    assert project.files["README.md"] == b"mine"


def test_a_deleted_created_file_does_not_come_back(project: Project) -> None:
    del project.files["README.md"]
    assert verbs(project.run()) == {}
    assert "README.md" in project.manifest["created"]


def test_it_does_not_come_back_after_the_tree_left_it_out_once(project: Project) -> None:
    project.run(replace(TREE, created={"chat/__init__.py": ""}))
    del project.files["README.md"]
    assert verbs(project.run()) == {}


def test_a_file_to_be_created_that_exists_is_kept(project: Project) -> None:
    project.files["Dockerfile"] = b"mine"
    tree = replace(TREE, created={**TREE.created, "Dockerfile": "FROM x"})
    assert verbs(project.run(tree)) == {MANIFEST: "replace"}
    assert project.files["Dockerfile"] == b"mine"


# -- modules


def test_missing_handlers_are_appended_and_nothing_else_changes(project: Project) -> None:
    project.files[ROOT] = mine = b"\xef\xbb\xbf# \xc3\xa9\r\ndef  leave( ):pass"
    plan = project.run()
    assert verbs(plan) == {ROOT: "append"}
    assert plan.drift == (Drift("missing handler", ROOT, "say"),)
    assert project.files[ROOT] == mine + b"\r\n\r\n\r\ndef say() -> None:\r\n    ...\r\n"


def test_an_encoding_that_the_user_declares_is_kept(project: Project) -> None:
    project.files[ROOT] = mine = "# coding: latin-1\ns = 'é'\n".encode("latin-1")
    odd = Stub("say", 'def say():\n    """ü"""', "event")
    project.run(replace(TREE, modules=(replace(module(), stubs=(odd,)),)))
    assert project.files[ROOT] == mine + '\n\ndef say():\n    """ü"""\n'.encode("latin-1")


def test_a_stub_that_the_encoding_cannot_hold_is_printed(project: Project) -> None:
    project.files[ROOT] = b"# coding: latin-1\n"
    odd = Stub("say", 'def say():\n    """\u20ac"""', "event `say` of `/`")
    diagnostic = project.fails(replace(TREE, modules=(replace(module(), stubs=(odd,)),)))
    assert diagnostic.code == "AG311"
    assert "event `say` of `/`" in diagnostic.message
    assert odd.source in (diagnostic.hint or "")


def test_a_stub_that_a_star_import_may_bind_is_printed(project: Project) -> None:
    project.files[ROOT] = b"import a\nfrom elsewhere import *\ndef say(): ...\n"
    assert verbs(project.run()) == {}
    (diagnostic,) = project.diagnostics
    assert (diagnostic.code, diagnostic.severity) == ("AG311", Severity.WARNING)
    assert diagnostic.span is not None
    assert (diagnostic.span.file, diagnostic.span.line) == (f"app/{ROOT}", 2)
    assert stub("leave").source in (diagnostic.hint or "")


def test_a_module_that_is_not_python_is_left_alone(project: Project) -> None:
    project.files[ROOT] = b"def say(): ...\n\ndef (\n"
    diagnostic = project.fails()
    assert diagnostic.code == "AG310"
    assert diagnostic.span is not None
    assert (diagnostic.span.file, diagnostic.span.line) == (f"app/{ROOT}", 3)
    plan = project.plan()
    assert plan is not None
    assert ROOT not in {action.path for action in plan.actions}


@pytest.mark.parametrize("raw", [b"\xff\n", b"# coding: nonsense\n", b"x = '\0'\n"])
def test_a_module_that_is_no_text_is_left_alone(project: Project, raw: bytes) -> None:
    project.files[ROOT] = raw
    assert project.fails().code == "AG310"


def test_a_deleted_module_is_created_anew(project: Project) -> None:
    before = project.files.pop(ROOT)
    assert verbs(project.run()) == {ROOT: "create"}
    assert project.files[ROOT] == before


def test_a_deleted_package_comes_back_whole(project: Project) -> None:
    del project.files[ROOT], project.files["chat/handlers/__init__.py"]
    assert verbs(project.run()) == {ROOT: "create", "chat/handlers/__init__.py": "create"}


def test_a_deleted_init_alone_does_not_come_back(project: Project) -> None:
    del project.files["chat/handlers/__init__.py"]
    assert verbs(project.run()) == {}


def test_S38_a_module_at_the_root_needs_no_package() -> None:
    project = Project()
    project.run(replace(TREE, modules=(module("say", dotted="hooks"),)))
    assert "hooks.py" in project.files
    assert "__init__.py" not in project.files


def test_S38_a_module_that_is_a_folder_lives_in_its_init() -> None:
    project = Project({"a/b/data.txt": b""})
    plan = project.run(replace(TREE, modules=(module("say", dotted="a.b"),)), force=True)
    assert verbs(plan)["a/b/__init__.py"] == "create"
    assert b"def say()" in project.files["a/b/__init__.py"]
    assert project.files["a/__init__.py"] == b""
    assert "a/b.py" not in project.files


def test_S38_a_module_that_holds_another_lives_in_its_init() -> None:
    project = Project()
    modules = (module("say", dotted="a"), module("leave", dotted="a.b"))
    project.run(replace(TREE, modules=modules))
    assert b"def say()" in project.files["a/__init__.py"]
    assert b"def leave()" in project.files["a/b.py"]
    assert "a.py" not in project.files
    assert verbs(project.run(replace(TREE, modules=modules))) == {}


def test_a_module_that_the_user_has_is_the_one_that_python_imports() -> None:
    project = Project({"a.py": b"x = 1\n", "a/data.txt": b""})
    assert (
        verbs(project.run(replace(TREE, modules=(module("say", dotted="a"),)), force=True))["a.py"]
        == "append"
    )
    assert "a/__init__.py" not in project.files


def test_a_package_that_would_hide_a_module_stops_the_run() -> None:
    project = Project()
    project.run(replace(TREE, modules=(module("say", dotted="a"),)))
    project.files["a.py"] += b"mine = 1\n"
    diagnostic = project.fails(
        replace(TREE, modules=(module("say", dotted="a"), module("leave", dotted="a.b")))
    )
    assert diagnostic.code == "AG319"
    assert "app/a.py" in diagnostic.message


def test_a_module_in_a_created_file_starts_from_its_text() -> None:
    project = Project()
    tree = replace(TREE, modules=(module("say", dotted="chat"),))
    project.run(tree)
    assert project.files["chat/__init__.py"].startswith(b"def create_app(): ...\n\n\ndef say()")
    assert "chat/__init__.py" not in project.manifest["created"]
    assert verbs(project.run(tree)) == {}


# -- orphans


def test_an_orphan_stays_and_is_reported_in_every_run(project: Project) -> None:
    tree = replace(TREE, modules=(module("say"),))
    for _ in range(2):
        before = project.files[ROOT]
        plan = project.run(tree)
        assert project.files[ROOT] == before
        assert plan.drift == (Drift("orphan", ROOT, "leave"),)
        (diagnostic,) = project.diagnostics
        assert (diagnostic.code, diagnostic.severity) == ("AG312", Severity.WARNING)
        assert diagnostic.span is not None and diagnostic.span.line == 8
        assert (diagnostic.span.file, diagnostic.span.line) == (f"app/{ROOT}", 8)
        assert "`leave`" in diagnostic.message


def test_a_whole_module_of_orphans_is_reported(project: Project) -> None:
    plan = project.run(replace(TREE, modules=()))
    assert [drift.name for drift in plan.drift if drift.kind == "orphan"] == ["leave", "say"]


def test_deleting_an_orphan_is_not_drift(project: Project) -> None:
    tree = replace(TREE, modules=(module("say"),))
    project.run(tree)
    project.files[ROOT] = b"def say(): ...\n"
    plan = project.run(tree)
    assert (verbs(plan), plan.drift, list(project.diagnostics)) == ({}, (), [])


def test_orphans_are_not_forgotten_while_the_module_is_broken(project: Project) -> None:
    sound = project.files[ROOT]
    project.files[ROOT] = b"def (\n"
    project.run(replace(TREE, modules=(module("ban", dotted="hooks"),)))
    project.files[ROOT] = sound
    plan = project.run(replace(TREE, modules=(module("ban", dotted="hooks"),)))
    assert [drift.name for drift in plan.drift] == ["leave", "say"]


def test_an_event_that_comes_back_finds_its_handler(project: Project) -> None:
    project.run(replace(TREE, modules=(module("say"),)))
    assert verbs(project.run()) == {}
    assert list(project.diagnostics) == []


# -- the folder and its manifest


def test_a_folder_that_is_not_ours_is_refused() -> None:
    project = Project({"notes.txt": b"mine"})
    diagnostic = project.fails()
    assert diagnostic.code == "AG315"
    assert "`app`" in diagnostic.message
    assert project.plan() is None


def test_a_project_that_has_lost_its_manifest_is_told_so(project: Project) -> None:
    before = project.files.pop(MANIFEST)
    diagnostic = project.fails()
    assert diagnostic.code == "AG315"
    assert "has lost its .asyncgen.json" in diagnostic.message
    del project.files["README.md"]
    project.files[ROOT] += b"mine = 1\n"
    project.run(force=True)
    assert project.files[MANIFEST] == before
    assert project.files[ROOT].endswith(b"mine = 1\n")


def test_force_keeps_the_users_files_in_a_folder_that_is_not_ours() -> None:
    mine = {"README.md": b"mine", "chat/__init__.py": b"mine\n", ROOT: b"def say(): ...\n"}
    project = Project(dict(mine))
    project.run(force=True)
    assert project.files["README.md"] == b"mine"
    assert project.files["chat/__init__.py"] == b"mine\n"
    assert project.files[ROOT].startswith(mine[ROOT])


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "not JSON"),
        (b"<<<<<<< HEAD\n{}", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "`format`"),
        (b"{}", "`format`"),
        (b'{"format": 2}', "`2`"),
        (b'{"format": null}', "`null`"),
        (b'{"format": {"a": []}}', "`{"),
        (b'{"format": 1}', "`package`"),
        (b'{"format": 1, "package": 1}', "`1`"),
        (b'{"format": 1, "package": "chat", "options": []}', "`[]`"),
        (
            b'{"format": 1, "package": "chat", "options": {}, "generated": {}, "created": [], '
            b'"handlers": {}, "pending": {"../x": []}}',
            '`"../x"`',
        ),
    ],
)
@pytest.mark.parametrize("force", [False, True])
def test_a_manifest_that_cannot_be_used_stops_the_run(
    project: Project, raw: bytes, says: str, force: bool
) -> None:
    project.files[MANIFEST] = raw
    diagnostic = project.fails(force=force)
    assert diagnostic.code == "AG316"
    assert says in diagnostic.message
    assert project.plan() is None
    assert paths(TREE, raw) == {MANIFEST}


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a/../../x", "a\\x", "C:x", "", "a//b", "./a", "a\0"]
)
def test_a_manifest_never_leads_out_of_the_project(project: Project, path: str) -> None:
    for key, value in (("generated", {path: "0"}), ("created", [path])):
        project.files[MANIFEST] = json.dumps({**project.manifest, key: value}).encode()
        assert project.fails().code == "AG316"
        project = Project()
        project.run()


def test_a_module_name_in_the_manifest_never_leads_out(project: Project) -> None:
    project.files[MANIFEST] = json.dumps({**project.manifest, "handlers": {"/etc/x": []}}).encode()
    assert project.fails().code == "AG316"


def test_another_package_is_refused(project: Project) -> None:
    diagnostic = project.fails(replace(TREE, package="talk"))
    assert diagnostic.code == "AG317"
    assert "`chat`" in diagnostic.message and "`talk`" in diagnostic.message
    assert project.plan(replace(TREE, package="talk")) is None


def test_a_package_whose_folder_was_renamed_is_renamed(project: Project) -> None:
    project.run(replace(TREE, modules=(module("say", "leave"), module("gone", dotted="hooks"))))
    project.files = {
        path.replace("chat/", "talk/"): content for path, content in project.files.items()
    }
    edited = project.files["talk/handlers/root.py"] = b"def say(): ...\n\n\ndef leave(): ...\n"
    talk = Tree(
        package="talk",
        generated={"talk/_generated/models.py": "A = 'talk'\n", "talk/_generated/__init__.py": ""},
        created={"README.md": "# Talk\n", "talk/__init__.py": "def create_app(): ...\n"},
        modules=(module("leave", dotted="talk.handlers.root"),),
    )
    plan = project.run(talk)
    assert verbs(plan) == {"talk/_generated/models.py": "replace", MANIFEST: "replace"}
    orphans = {(drift.path, drift.name) for drift in plan.drift if drift.kind == "orphan"}
    assert orphans == {("talk/handlers/root.py", "say"), ("hooks.py", "gone")}
    assert project.files["talk/handlers/root.py"] == edited
    assert project.manifest["package"] == "talk"
    assert verbs(project.run(talk)) == {}


def test_a_package_that_was_copied_is_not_renamed(project: Project) -> None:
    project.files["talk/_generated/models.py"] = project.files[MODELS]
    talk = replace(TREE, package="talk", generated={"talk/_generated/models.py": "A = 2\n"})
    assert project.fails(talk).code == "AG317"


def test_changed_options_are_remembered(project: Project) -> None:
    project.options = {"spec": "../b.yml", "server": None}
    plan = project.run()
    assert verbs(plan) == {MANIFEST: "replace"}
    assert plan.drift == (Drift("changed", MANIFEST),)
    assert project.manifest["options"] == {"spec": "../b.yml", "server": None}


def test_a_manifest_in_another_format_of_json_is_not_drift(project: Project) -> None:
    project.files[MANIFEST] = json.dumps(project.manifest).encode()
    assert verbs(project.run()) == {}


def test_a_path_that_is_blocked_stops_the_run(project: Project) -> None:
    del project.files[MODELS]
    project.blocked = {MODELS: "it leads elsewhere"}
    diagnostic = project.fails()
    assert diagnostic.code == "AG318"
    assert "it leads elsewhere" in diagnostic.message


def test_a_folder_where_a_file_belongs_stops_the_run(project: Project) -> None:
    del project.files[MODELS]
    project.folders = frozenset({MODELS})
    assert project.fails().code == "AG318"


def test_a_root_that_is_no_folder_stops_the_run() -> None:
    assert Project(blocked={".": "it is a file"}).fails().code == "AG318"


# -- other options, another document


SHAPED = replace(TREE, modules=(module("say", dotted="chat.handlers.chat"),))


@pytest.mark.parametrize("option", ["channels", "perspective", "server"])
def test_an_option_that_would_leave_handlers_behind_is_refused(
    project: Project, option: str
) -> None:
    project.options = {"spec": "../a.yml", option: "event"}
    diagnostic = project.fails(SHAPED)
    assert diagnostic.code == "AG330"
    assert f"without `--{option}`" in diagnostic.message
    assert f"with `--{option} event`" in diagnostic.message
    assert "`leave`, `say`" in diagnostic.message
    assert project.plan(SHAPED) is None


def test_force_changes_the_option_and_reports_the_handlers(project: Project) -> None:
    project.options = {"spec": "../a.yml", "channels": "event"}
    plan = project.run(SHAPED, force=True)
    assert [drift.name for drift in plan.drift if drift.kind == "orphan"] == ["leave", "say"]
    assert project.run(SHAPED).drift == tuple(it for it in plan.drift if it.kind == "orphan")


def test_an_option_that_leaves_nothing_behind_is_taken(project: Project) -> None:
    project.options = {"spec": "../a.yml", "channels": "namespace", "server": "b"}
    assert verbs(project.run()) == {MANIFEST: "replace"}


def test_a_changed_option_says_nothing_of_a_module_that_is_not_python(project: Project) -> None:
    project.files[ROOT] = b"def (\n"
    project.options = {"spec": "../a.yml", "channels": "event"}
    assert project.fails(replace(TREE, modules=(module("say"),))).code == "AG310"


def test_a_document_that_has_moved_is_remembered_where_it_is_now(project: Project) -> None:
    project.options = {"spec": "../api/a.yml"}
    assert verbs(project.run(replace(TREE, modules=(module("say"),)))) == {MANIFEST: "replace"}
    assert project.manifest["options"] == {"spec": "../api/a.yml"}


def test_another_document_is_refused(project: Project) -> None:
    project.options = {"spec": "../b.yml"}
    tree = replace(TREE, modules=(module("buy"),))
    diagnostic = project.fails(tree)
    assert diagnostic.code == "AG331"
    assert "`../a.yml`" in diagnostic.message and "`../b.yml`" in diagnostic.message
    project.run(tree, force=True)


def test_a_document_that_changes_wholly_where_it_is_is_taken(project: Project) -> None:
    assert verbs(project.run(replace(TREE, modules=(module("buy"),))))[ROOT] == "append"


# -- line ends


def crlf(content: bytes) -> bytes:
    return content.replace(b"\n", b"\r\n")


def test_a_checkout_with_other_line_ends_has_not_drifted(project: Project) -> None:
    before = {path: crlf(content) for path, content in project.files.items()}
    project.files = dict(before)
    plan = project.run()
    assert (verbs(plan), plan.drift) == ({}, ())
    assert project.files == before


def test_a_checkout_with_other_line_ends_is_not_edited_by_hand(project: Project) -> None:
    project.files = {path: crlf(content) for path, content in project.files.items()}
    plan = project.run(replace(TREE, generated={"chat/_generated/__init__.py": "new\n"}))
    assert verbs(plan)[MODELS] == "delete"
    assert verbs(plan)["chat/_generated/__init__.py"] == "replace"


def test_an_edit_in_a_checkout_with_other_line_ends_is_one(project: Project) -> None:
    project.files[MODELS] = crlf(project.files[MODELS] + b"B = 2\n")
    assert project.fails().code == "AG313"


# -- a run that was interrupted


def interrupted(project: Project, tree: Tree, done: int) -> None:
    """A run on `tree` that was killed after it had changed so many files."""
    plan = project.plan(tree)
    assert plan is not None and plan.journal is not None
    project.files[MANIFEST] = plan.journal
    for action in [it for it in plan.actions if it.verb != "same"][:done]:
        if action.new is None:
            del project.files[action.path]
        else:
            project.files[action.path] = action.new


def test_a_plan_that_changes_nothing_has_no_journal(project: Project) -> None:
    plan = project.plan()
    assert plan is not None and plan.journal is None
    project.options = {"spec": "../b.yml"}
    plan = project.plan()
    assert plan is not None and verbs(plan) == {MANIFEST: "replace"} and plan.journal is None


def test_what_runs_one_after_the_other_were_killed_over_is_not_edited_by_hand(
    project: Project,
) -> None:
    for version in (2, 3, 4):
        generated = {path: f"{path} = {version}\n" for path in TREE.generated}
        interrupted(project, replace(TREE, generated=generated), 1)
    project.run(replace(TREE, generated={"chat/_generated/other.py": ""}))
    assert MODELS not in project.files
    assert "pending" not in project.manifest


def test_a_handler_that_a_killed_run_has_appended_becomes_an_orphan(project: Project) -> None:
    interrupted(project, replace(TREE, modules=(module("say", "leave", "shout"),)), 1)
    assert b"def shout" in project.files[ROOT]
    plan = project.run()
    assert [drift.name for drift in plan.drift if drift.kind == "orphan"] == ["shout"]


def test_a_file_of_the_users_where_a_killed_run_would_have_written_is_kept(
    project: Project,
) -> None:
    """Neither it nor what the run wanted of it is remembered after the next run."""
    tree = replace(TREE, generated={**TREE.generated, "chat/_generated/extra.py": "E = 1\n"})
    interrupted(project, tree, 0)
    project.files["chat/_generated/extra.py"] = b"mine"
    project.run(force=True)
    assert project.files["chat/_generated/extra.py"] == b"mine"


def test_check_says_that_a_run_was_interrupted(project: Project) -> None:
    interrupted(project, replace(TREE, generated={**TREE.generated, MODELS: "A = 2\n"}), 0)
    plan = project.plan()
    assert plan is not None
    assert plan.drift == (Drift("changed", MANIFEST),)


# -- the tree itself


@pytest.mark.parametrize(
    "tree",
    [
        replace(TREE, modules=(module("say"), module("leave"))),
        replace(TREE, modules=(module("say", "say"),)),
        replace(TREE, modules=(module("say", dotted="a/../b"),)),
        replace(TREE, modules=(module("say", dotted="chat._generated.models"),)),
        replace(TREE, modules=(Module("a", "def (", {}, ()),)),
        replace(TREE, modules=(Module("a", "", {}, (Stub("say", "def (", "event"),)),)),
        replace(TREE, generated={"../x.py": ""}),
        replace(TREE, generated={"a\\x.py": ""}),
        replace(TREE, generated={"a.py": "\ud800"}),
        replace(TREE, generated={MANIFEST: ""}),
        replace(TREE, created={"/x": ""}),
        replace(TREE, created={MODELS: ""}),
    ],
)
def test_an_impossible_tree_is_an_internal_error(tree: Tree) -> None:
    assert Project().fails(tree).code == "AG320"
