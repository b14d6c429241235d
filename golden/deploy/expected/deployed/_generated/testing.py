"""The contract tests of this project, over the table in contract.py."""

from __future__ import annotations

from typing import Any

import flask
import pytest

from .. import create_app
from .contract import CONTRACT
from .runtime import testing


class ContractTests:
    """Tests that follow the document; `tests/test_contract.py` takes them in.

    Override the fixture `app` to test the application as you set it up.
    """

    @pytest.fixture
    def app(self) -> flask.Flask:
        """The application under test."""
        return create_app({"TESTING": True})

    def test_docs_serve_the_document(self, app: flask.Flask) -> None:
        """The documentation shows the document that is enforced."""
        testing.check_docs(app, CONTRACT)

    def test_undeclared_namespace_is_refused(self, app: flask.Flask) -> None:
        """Only the namespaces of the document accept connections."""
        testing.check_undeclared_namespace(app)

    @pytest.mark.parametrize("event", testing.incoming(CONTRACT), ids=testing.label)
    def test_event_is_handled(
        self, event: Any, app: flask.Flask, request: pytest.FixtureRequest
    ) -> None:
        """A valid payload reaches the handler, and its acknowledgement conforms."""
        testing.check_incoming(app, CONTRACT, event, request.config)

    @pytest.mark.parametrize("event", testing.incoming(CONTRACT), ids=testing.label)
    def test_invalid_payload_is_refused(self, event: Any, app: flask.Flask) -> None:
        """An invalid payload does not reach the handler."""
        testing.check_invalid(app, CONTRACT, event)

    @pytest.mark.parametrize("event", testing.outgoing(CONTRACT), ids=testing.label)
    def test_event_can_be_emitted(self, event: Any, app: flask.Flask) -> None:
        """A valid payload reaches a client unchanged."""
        testing.check_outgoing(app, CONTRACT, event)
