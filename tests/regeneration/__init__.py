"""What happens to a project, and to the code that its user has written, as the document changes."""
