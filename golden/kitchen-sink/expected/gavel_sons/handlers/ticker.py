"""Handlers of the namespace `/ticker`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from __future__ import annotations

from gavel_sons._generated import events, models
