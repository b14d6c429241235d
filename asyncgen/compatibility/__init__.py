"""What a change of a document breaks: two compiled documents → changes with verdicts.

    keywords, shape → proof ┐
                    witness ┴→ containment → compare → reports

`containment` decides between schemas, `compare` walks along namespaces and
events. Pure: it reads no file and prints nothing.
"""

from asyncgen.compatibility.changes import Change, Comparison
from asyncgen.compatibility.compare import Side, compare

__all__ = ["Change", "Comparison", "Side", "compare"]
