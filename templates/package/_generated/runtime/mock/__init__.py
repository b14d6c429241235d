"""A server of made-up data that keeps the contract.

Read it in this order: `command` (the command line), `server` and `control`
(what is served), `payloads` (what is emitted and acknowledged), `fake` (values
by their schemas) with `objects`, `arrays`, `strings`, `numbers` and
`alternatives`, and `hints` and `formats` (what makes them believable).
"""
