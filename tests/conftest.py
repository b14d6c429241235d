"""What holds for all tests."""

import signal


def pytest_configure() -> None:
    """Let Ctrl-C, which tests send, end what they start: background jobs of a shell ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
