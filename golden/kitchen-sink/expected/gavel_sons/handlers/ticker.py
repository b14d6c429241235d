"""Handlers of the namespace `/ticker`.

Beside one function for each event, `connect(auth)`, `disconnect(reason)` and
`error(error)` are called where they are defined here.
"""

from __future__ import annotations

from gavel_sons._generated import events, models
