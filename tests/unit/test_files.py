"""References from file to file: what is found, what is refused, and where problems are shown."""

import gc
import os
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from asyncgen.diagnostics import Diagnostic, Diagnostics
from asyncgen.document import Json
from asyncgen.source import Access, Place, files, load, plain
from asyncgen.source.files import MAX_REMOTE
from asyncgen.source.remote import fetch

START = "start: {$ref: %s}\n"


def put(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def follow(
    folder: Path,
    reference: str,
    files: Mapping[str, str],
    access: Access | None = None,
    rest: str = "",
    **options: int,
) -> tuple[Place | None, list[Diagnostic]]:
    """Where a reference in `spec/main.yaml` leads; the other files are put beside that."""
    put(folder / "spec", {"main.yaml": START % reference + rest, **files})
    diagnostics = Diagnostics()
    source = load(folder / "spec/main.yaml", diagnostics, access=access, **options)
    assert source
    start = source.at("/start")
    assert start
    return source.follow(start, diagnostics), list(diagnostics)


def found(
    folder: Path, reference: str, files: Mapping[str, str], access: Access | None = None
) -> Json:
    place, diagnostics = follow(folder, reference, files, access)
    assert diagnostics == []
    assert place
    return plain(place.node)


def problem(
    folder: Path, reference: str, files: Mapping[str, str], access: Access | None = None
) -> Diagnostic:
    place, diagnostics = follow(folder, reference, files, access)
    assert place is None
    assert len(diagnostics) == 1, diagnostics
    return diagnostics[0]


# -- S3: what is found -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "files"),
    [
        ("other.yaml#/it", {"other.yaml": "it: found"}),
        ("./other.yaml#/it", {"other.yaml": "it: found"}),
        ("./a/../other.yaml#/it", {"other.yaml": "it: found"}),
        ("a/other.yaml#/it", {"a/other.yaml": "it: found"}),
        ("other.yaml", {"other.yaml": "found"}),
        ("other.yaml#", {"other.yaml": "found"}),
        ("other.json#/it", {"other.json": '{"it": "found"}'}),
        ("other#/it", {"other": '{"it": "found"}'}),
        ("'other%20file.yaml#/a%20b'", {"other file.yaml": "a b: found"}),
        ("'other.yaml#/a~1b/~0/1'", {"other.yaml": "a/b: {'~': [0, found]}"}),
        ("'%C3%BC%23.yaml#/%C3%BC%25'", {"ü#.yaml": "ü%: found"}),
        (">-\n  other.yaml#/it\n", {"other.yaml": "it: found"}),
        (">\n  other.yaml#/it\n", {"other.yaml": "it: found"}),
        ("one.yaml#/a", {"one.yaml": "a: {$ref: '#/b'}\nb: found"}),
        ("one.yaml", {"one.yaml": "$ref: two.json#/a", "two.json": '{"a": "found"}'}),
        ("a/b.yaml", {"a/b.yaml": "$ref: ../c/d.yaml#/e", "c/d.yaml": "e: found"}),
        ("a.yaml#/b/c", {"a.yaml": "b: {$ref: d.yaml}", "d.yaml": "c: found"}),
        ("a.yaml#/b/c/d", {"a.yaml": "b: {$ref: '#/e'}\ne: {c: {$ref: '#/f'}}\nf: {d: found}"}),
        ("a.yaml#/it", {"a.yaml": "x: &x {it: found}\n<<: *x"}),
        ("a.yaml#/it/0", {"a.yaml": "x: &x [found]\nit: *x"}),
        ("a.yaml", {"a.yaml": "$ref: main.yaml#/back", "main.yaml": ""}),
    ],
)
def test_S3_references_to_files(tmp_path: Path, reference: str, files: dict[str, str]) -> None:
    if "\n" in reference:
        text = f"start:\n  $ref: {reference}".replace("\n  other", "\n    other")
    else:
        text = START % reference
    files = {**files, "main.yaml": text + "\nback: found\n"}
    assert found(tmp_path, reference, files) == "found"


def test_S3_a_base_is_the_file_and_not_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"b.yaml": "wrong", "spec/a/b.yaml": "right", "spec/a/a.yaml": "$ref: b.yaml"})
    monkeypatch.chdir(tmp_path)
    assert found(Path(), "a/a.yaml", {}) == "right"


def test_S3_each_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    original = files._bytes

    def read_bytes(path: Path, *args: Any, **options: Any) -> bytes:
        read.append(path.name)
        return original(path, *args, **options)

    monkeypatch.setattr(files, "_bytes", read_bytes)
    put(tmp_path / "spec", {"b.yaml": "c: {d: found}\ne: {$ref: 'main.yaml#/start'}"})
    os.symlink("b.yaml", tmp_path / "spec/link.yaml")
    chain = "link.yaml#/c/d"
    texts = {"a.yaml": "$ref: ./x/../b.yaml#/f", "b.yaml": f"f: {{$ref: {chain}}}\nc: {{d: found}}"}
    assert found(tmp_path, "a.yaml", texts) == "found"
    assert sorted(read) == ["a.yaml", "b.yaml", "main.yaml"]


def test_S3_problems_are_shown_in_their_file(tmp_path: Path) -> None:
    wrong = problem(tmp_path, "a.yaml#/b", {"a.yaml": "x: 1\nb: {$ref: '#/nowhere'}"})
    assert wrong.code == "AG105"
    assert wrong.span and (wrong.span.file, wrong.span.line) == (str(tmp_path / "spec/a.yaml"), 2)
    wrong = problem(tmp_path, "a.yaml#/b", {"a.yaml": "x: 1\nb: [1\n"})
    assert wrong.code == "AG102"
    assert wrong.span and wrong.span.file == str(tmp_path / "spec/a.yaml")
    place, diagnostics = follow(tmp_path, "a.yaml#/x", {"a.yaml": "x: 1\nx: 2"})
    assert place
    assert [(it.code, it.span and it.span.line) for it in diagnostics] == [("AG103", 2)]


# -- S3: what is not found ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "files", "words", "hint"),
    [
        ("othr.yaml#/it", {"other.yaml": ""}, "does not exist", "did you mean `other.yaml`?"),
        ("none.yaml", {}, "does not exist", None),
        ("a/", {"a/b.yaml": ""}, "it is a folder", None),
        ("empty.yaml", {"empty.yaml": "# nothing"}, "empty file", None),
        (
            "other.yaml#/user",
            {"other.yaml": "User: 1"},
            "nowhere",
            "did you mean `other.yaml#/User",
        ),
        ("other.yaml#User", {"other.yaml": "User: 1"}, "nowhere", "a reference within a document"),
        ("'a.yaml#/b/c'", {"a.yaml": "b: {$ref: '#/d'}\nd: {}"}, "nowhere", "there is no"),
        ("file:///etc/passwd", {}, "begins with `file:`", "refer to a file by its path"),
        ("urn:example:it", {}, "begins with `urn:`", "refer to a file by its path"),
        ("'%00.yaml'", {}, "null", None),
    ],
)
def test_S3_references_that_lead_to_nothing(
    tmp_path: Path, reference: str, files: dict[str, str], words: str, hint: str | None
) -> None:
    wrong = problem(tmp_path, reference, files)
    assert wrong.code == "AG105"
    assert wrong.span and (wrong.span.line, wrong.span.column) == (1, 15)
    assert words in wrong.message
    assert (wrong.hint or "").startswith(hint or "")


def test_S3_circles_through_files(tmp_path: Path) -> None:
    files = {"a.yaml": "$ref: b.yaml", "b.yaml": "$ref: 'a.yaml#'"}
    wrong = problem(tmp_path, "a.yaml", files)
    assert (wrong.code, "only to itself" in wrong.message) == ("AG105", True)
    wrong = problem(tmp_path, "a.yaml#/x/y", {"a.yaml": "x: {$ref: '#/x/y'}"})
    assert wrong.code == "AG105"


@pytest.mark.parametrize("reference", ["item.json", "item.json#/a", "http://example.com/item.json"])
@pytest.mark.parametrize("holder", ["main.yaml", "other.yaml"])
def test_S26_an_id_never_moves_a_base(tmp_path: Path, reference: str, holder: str) -> None:
    held = "x: {$id: 'http://example.com/item.json', a: 1}\n"
    rest = held if holder == "main.yaml" else ""
    other = f"y: {{$ref: '{reference}'}}\n" + ("" if rest else held)
    _, diagnostics = follow(tmp_path, "other.yaml#/y", {"other.yaml": other}, rest=rest)
    [wrong] = diagnostics
    assert wrong.code == "AG105"
    assert f"`{reference}`" in wrong.message
    assert "`http://example.com/item.json`" in wrong.message
    assert ("main.yaml" in wrong.message) == (holder == "main.yaml")


def test_S26_a_file_is_found_although_an_id_has_its_name(tmp_path: Path) -> None:
    files = {"item.yaml": "found", "other.yaml": "$id: https://a/b\nx: {$ref: item.yaml}"}
    assert found(tmp_path, "other.yaml#/x", files) == "found"


# -- S3: the root folder -----------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["../secret.yaml", "a/../../secret.yaml", "{absolute}"])
def test_S3_a_reference_does_not_leave_the_folder(tmp_path: Path, reference: str) -> None:
    put(tmp_path, {"secret.yaml": "secret"})
    reference = reference.format(absolute=tmp_path / "secret.yaml")
    wrong = problem(tmp_path, f"'{reference}'", {})
    assert wrong.code == "AG106"
    assert "--ref-root" in (wrong.hint or "")
    assert found(tmp_path, f"'{reference}'", {}, Access(root=tmp_path)) == "secret"


def test_S3_the_hint_names_the_folder_to_allow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"secret.yaml": "secret"})
    monkeypatch.chdir(tmp_path)
    assert problem(Path(), "../secret.yaml", {}).hint == "if this is intended, use `--ref-root .`"


@pytest.mark.parametrize("reference", ["link.yaml", "folder/secret.yaml"])
def test_S3_links_out_of_the_folder_are_not_followed(tmp_path: Path, reference: str) -> None:
    put(tmp_path, {"out/secret.yaml": "secret", "spec/main.yaml": ""})
    os.symlink("../out/secret.yaml", tmp_path / "spec/link.yaml")
    os.symlink("../out", tmp_path / "spec/folder")
    assert problem(tmp_path, reference, {}).code == "AG106"
    assert found(tmp_path, reference, {}, Access(root=tmp_path / "out")) == "secret"


def test_S3_whether_a_file_outside_exists_is_not_told(tmp_path: Path) -> None:
    assert problem(tmp_path, "../none.yaml", {}).code == "AG106"


def test_S3_the_folder_of_the_document_stays_allowed(tmp_path: Path) -> None:
    put(tmp_path, {"other/x.yaml": "$ref: ../spec/y.yaml"})
    access = Access(root=tmp_path / "other")
    assert found(tmp_path, "../other/x.yaml", {"y.yaml": "found"}, access) == "found"


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    os.mkfifo(tmp_path / "spec/pipe.yaml")
    wrong = problem(tmp_path, "pipe.yaml", {})
    assert (wrong.code, "it is not a file" in wrong.message) == ("AG105", True)


# -- S2: bounds --------------------------------------------------------------------------------


def test_S2_all_files_share_one_bound(tmp_path: Path) -> None:
    files = {"a.yaml": "$ref: b.yaml", "b.yaml": "[" + "1, " * 30 + "1]"}
    assert follow(tmp_path, "a.yaml", files, max_nodes=40)[0]
    place, diagnostics = follow(tmp_path, "a.yaml", files, max_nodes=30)
    assert place is None
    assert [it.code for it in diagnostics] == ["AG104"]
    files = {"a.yaml": "x: &x [1, 1, 1, 1]\ny: [*x, *x]"}
    place, diagnostics = follow(tmp_path, "a.yaml", files, rest="z: [1, 1, 1, 1]", max_nodes=20)
    assert [it.code for it in diagnostics] == ["AG104"]


# -- S3: over the network ----------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    """Answers with `pages`, and redirects from paths in `moved`; `asked` are the paths."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, bytes] = {}
        self.moved: dict[str, str] = {}
        self.asked: list[str] = []
        self.stopped = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/never":
            self.server.stopped.wait(60)
        elif target := self.server.moved.get(self.path):
            self.send_response(302)
            self.send_header("Location", target)
            self.end_headers()
        elif (page := self.server.pages.get(self.path)) is not None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    with Server() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.stopped.set()
        server.shutdown()
        thread.join()


REMOTE = Access(remote=True)


def test_S3_nothing_is_fetched_unless_it_is_allowed(tmp_path: Path, server: Server) -> None:
    server.pages["/a.yaml"] = b"found"
    for reference in (f"{server.url}/a.yaml", server.url.removeprefix("http:") + "/a.yaml"):
        wrong = problem(tmp_path, reference, {})
        assert wrong.code == "AG107"
        assert "--allow-remote-refs" in (wrong.hint or "")
    assert server.asked == []


def test_S3_remote_files_refer_to_remote_files_and_are_read_once(
    tmp_path: Path, server: Server
) -> None:
    server.pages["/x/a.yaml"] = b"b: {$ref: '../c.json#/d'}"
    server.pages["/c.json"] = b'{"d": {"$ref": "#/e"}, "e": {"$ref": "x/a.yaml#/f/g"}}'
    server.moved["/old/a.yaml"] = "/x/a.yaml"
    server.pages["/x/a.yaml"] = b"b: {$ref: '../c.json#/d'}\nf: {$ref: h.yaml}"
    server.pages["/x/h.yaml"] = b"g: found"
    assert found(tmp_path, f"{server.url}/old/a.yaml#/b", {}, REMOTE) == "found"
    assert server.asked == ["/old/a.yaml", "/x/a.yaml", "/c.json", "/x/h.yaml"]


def test_S3_remote_files_do_not_reach_files_of_this_machine(tmp_path: Path, server: Server) -> None:
    put(tmp_path / "spec", {"secret.yaml": "secret"})
    for reference in (f"file://{tmp_path}/spec/secret.yaml", f"{tmp_path}/spec/secret.yaml"):
        server.pages["/a.yaml"] = f"$ref: {reference}".encode()
        assert problem(tmp_path, f"{server.url}/a.yaml", {}, REMOTE).code == "AG105"
    server.moved["/b.yaml"] = f"file://{tmp_path}/spec/secret.yaml"
    assert problem(tmp_path, f"{server.url}/b.yaml", {}, REMOTE).code == "AG105"


def test_S3_problems_of_remote_files_name_their_url(tmp_path: Path, server: Server) -> None:
    server.pages["/a.yaml"] = b"a: [1"
    wrong = problem(tmp_path, f"{server.url}/a.yaml", {}, REMOTE)
    assert wrong.code == "AG102"
    assert wrong.span and wrong.span.file == f"{server.url}/a.yaml"
    wrong = problem(tmp_path, f"{server.url}/none.yaml", {}, REMOTE)
    assert wrong.code == "AG105"
    assert "404" in wrong.message
    assert wrong.span and wrong.span.file.endswith("main.yaml")


@pytest.mark.filterwarnings("error")  # as of a connection that stays open
def test_S3_the_number_of_remote_files_is_limited(tmp_path: Path, server: Server) -> None:
    for number in range(MAX_REMOTE + 1):
        server.pages[f"/{number}"] = f"$ref: '{number + 1}#'".encode()
    rest = "".join(f"r{n}: {{$ref: '{server.url}/{n}'}}\n" for n in range(MAX_REMOTE))
    put(tmp_path, {"main.yaml": rest + f"last: {{$ref: '{server.url}/{MAX_REMOTE}'}}"})
    source = load(tmp_path / "main.yaml", Diagnostics(), access=REMOTE)
    assert source
    diagnostics = Diagnostics()
    for _, place in source.root.entries():
        source.step(place, diagnostics)
    assert [it.code for it in diagnostics] == ["AG107"]
    assert len(server.asked) == MAX_REMOTE


def test_fetching_is_bounded_in_time_and_size(server: Server) -> None:
    server.pages["/a"] = b"12345"
    assert fetch(f"{server.url}/a", max_bytes=5) == (f"{server.url}/a", b"12345")
    with pytest.raises(OSError, match="larger than 4 bytes"):
        fetch(f"{server.url}/a", max_bytes=4)
    with pytest.raises(OSError, match=r"longer than 0\.1 seconds"):
        fetch(f"{server.url}/never", seconds=0.1)


@pytest.mark.filterwarnings("error")  # as of a connection that stays open
def test_redirections_are_limited(server: Server) -> None:
    server.pages["/5"] = b"found"
    for number in range(5):
        server.moved[f"/{number}"] = f"/{number + 1}"
    assert fetch(f"{server.url}/0") == (f"{server.url}/5", b"found")
    server.moved["/start"] = "/0"
    with pytest.raises(OSError, match="redirect"):
        fetch(f"{server.url}/start")
    server.moved["/ftp"] = "ftp://127.0.0.1/a"
    with pytest.raises(OSError, match="not http, or less safe"):
        fetch(f"{server.url}/ftp")
    gc.collect()


@pytest.mark.parametrize("url", ["http://", "http://[", "http://127.0.0.1:1/", "http://a b/"])
def test_what_cannot_be_asked_is_told(url: str, server: Server) -> None:
    with pytest.raises(OSError):
        fetch(url)
