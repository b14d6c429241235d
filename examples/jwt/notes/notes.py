"""The notes of everybody. Any storage would do; this one is a dictionary."""

from flask import current_app


class Notes:
    """Notes by user."""

    def __init__(self) -> None:
        self._notes: dict[str, list[str]] = {}

    def add(self, user: str, text: str) -> int:
        """Write a note; how many there are now."""
        notes = self._notes.setdefault(user, [])
        notes.append(text)
        return len(notes)

    def of(self, user: str) -> list[str]:
        """What a user has written."""
        return [*self._notes.get(user, ())]


def current_notes() -> Notes:
    """The notes of the current app."""
    notes: Notes = current_app.extensions["notes"]
    return notes
