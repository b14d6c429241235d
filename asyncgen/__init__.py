"""asyncgen compiles an AsyncAPI document into a standalone Flask-SocketIO project."""
