"""The handlers: one module for each namespace, one function for each event.

If you define `error(error)` here, it handles the errors of every namespace whose
module has none of its own; see README.md.
"""
