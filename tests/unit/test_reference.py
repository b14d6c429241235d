"""The reference page of our extensions says what the table says that documents are checked with."""

from asyncgen.structure.reference import extensions
from tests.support import ROOT


def test_the_page_is_what_the_table_gives() -> None:
    page = ROOT / "asyncgen" / "schemas" / "EXTENSIONS.md"
    assert page.read_text(encoding="utf-8") == extensions(), (
        'make it again: python -c "from asyncgen.structure.reference import extensions;'
        " open('asyncgen/schemas/EXTENSIONS.md', 'w').write(extensions())\""
    )
