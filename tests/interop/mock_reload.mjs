// A page that stays open while the document of its mock changes.
// Usage: node mock_reload.mjs URL
// Prints a line for each event, and ends after "second".
import { io } from "socket.io-client";

const socket = io(process.argv[2], { transports: ["websocket"], reconnectionDelay: 50 });
socket.onAny((event) => {
  console.log(event);
  if (event === "second") process.exit();
});
