"""Payload types, generated from asyncapi.json: replaced on every run, never edited."""
