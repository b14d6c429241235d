"""Runs the server: python -m deployed --host 127.0.0.1 --port 5000."""

import os

if os.environ.get("ASYNC_MODE") == "gevent":
    from gevent import monkey

    monkey.patch_all()

import argparse

from deployed import create_app


def main() -> None:
    """Serve until interrupted. For production, run a WSGI server (see README.md)."""
    parser = argparse.ArgumentParser(prog="python -m deployed")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5000)
    parser.add_argument("--debug", action="store_true", help="reload on changes")
    options = parser.parse_args()
    app = create_app()
    app.extensions["socketio"].run(
        app,
        host=options.host,
        port=options.port,
        debug=options.debug,
        allow_unsafe_werkzeug=True,
    )


if __name__ == "__main__":
    main()
