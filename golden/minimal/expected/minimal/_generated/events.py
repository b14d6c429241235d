"""Typed emitters: one function for each event that the server emits, by namespace.

`to` is the sid of a client, a room, or a list of these; `broadcast=True` is
everyone in the namespace; with neither, the event goes to the client whose
event is being handled. `skip_sid` leaves clients out, `include_self=False`
the one being handled. Outside an application context, say which `server`.
Each raises InvalidEmit, before anything is sent, for what does not conform.
"""
