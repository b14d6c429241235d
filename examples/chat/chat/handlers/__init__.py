"""The handlers: one module for each namespace, one function for each event.

An `error(error)` defined here is called with what goes wrong in a namespace
whose module has none of its own; README.md tells what it gets.
"""
