"""Handlers of the namespace `/`.

There is one function for each event. If you define `connect(auth)`,
`disconnect(reason)` or `error(error)` here, they are called, too.
"""

from poll_server._generated import events, models
