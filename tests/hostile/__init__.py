"""Documents written by somebody who means harm (S42), and documents that are too much."""
