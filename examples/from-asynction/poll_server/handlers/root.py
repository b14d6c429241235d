"""Handlers of the namespace `/`.

Beside one function for each event, `connect(auth)`, `disconnect(reason)` and
`error(error)` are called where they are defined here.
"""

from poll_server._generated import events, models
