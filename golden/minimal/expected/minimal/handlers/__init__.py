"""The handlers: one module for each namespace, one function for each event."""
