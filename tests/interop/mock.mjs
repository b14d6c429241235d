// One visit to a mock of examples/chat with the official client, over websocket.
// Usage: node mock.mjs URL
// Prints what came back as one JSON object.
import { io } from "socket.io-client";

const socket = io(process.argv[2], { transports: ["websocket"], reconnection: false });
const seen = { events: {} };
const all = new Promise((resolve) => {
  socket.onAny((event, payload) => {
    seen.events[event] = payload;
    if (Object.keys(seen.events).length === 4) resolve();
  });
});
seen.joined = await socket.emitWithAck("join", { name: "grace" });
seen.invalid = await socket.emitWithAck("new message", { text: "" });
await all;
socket.disconnect();
console.log(JSON.stringify(seen));
process.exit();
