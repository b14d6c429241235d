// One visit to examples/chat with the official client, over websocket.
// Usage: node client.mjs URL ADMIN_TOKEN
// Prints what came back as one JSON object.
import { io } from "socket.io-client";

const [url, token] = process.argv.slice(2);
const options = { transports: ["websocket"], reconnection: false, forceNew: true };

const once = (socket, event) => new Promise((resolve) => socket.once(event, resolve));

async function connection(namespace, auth) {
  const socket = io(url + namespace, { ...options, auth });
  const refusal = once(socket, "connect_error").then((error) => ({ refused: error.message }));
  return (await Promise.race([once(socket, "connect"), refusal])) ?? { socket };
}

const { socket } = await connection("/");
const seen = { transport: socket.io.engine.transport.name };

const heard = once(socket, "message posted");
seen.joined = await socket.emitWithAck("join", { name: "grace" });
seen.heard = await heard;
const posted = once(socket, "message posted");
seen.receipt = await socket.emitWithAck("new message", { text: "¡Hola! 👋", replyTo: seen.heard.id });
seen.posted = await posted;
socket.emit("typing", true);
seen.invalid = await socket.emitWithAck("new message", { text: "" });
seen.missing = await socket.emitWithAck("join");
seen.unknown = await socket.emitWithAck("undeclared", 1);

seen.nobody = await connection("/admin");
seen.intruder = await connection("/admin", { token: "wrong" });
seen.elsewhere = await connection("/elsewhere");
const admin = io(`${url}/admin`, { ...options, auth: { token } });
seen.status = await once(admin, "room status");
admin.disconnect();

seen.left = (await socket.emitWithAck("leave")) === undefined;
socket.disconnect();
console.log(JSON.stringify(seen));
process.exit();
