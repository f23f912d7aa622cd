// node chat.mjs NAME
import { createInterface } from 'node:readline';
import { connect } from 'tidegate-client';

const me = process.argv[2] ?? `guest ${process.pid}`;
const client = connect('ws://localhost:8080/chat');
client.addEventListener('statechange', () => console.log(`(${client.state})`));
client.addEventListener('lost', () => console.log('(Some messages are missing here.)'));

// The last 50 messages, and then what comes. After a lost connection the client goes on behind the last one.
client.subscribe('room', ({ user, message }) => console.log(`${user}: ${message}`), { last: 50 });
createInterface({ input: process.stdin, output: process.stdin.isTTY ? process.stdout : undefined })
  .on('line', (line) => client.publish('room', line, { user: me }))
  .on('close', () => client.close());

// Who is typing: of no use later, so it is not kept, and pushes nothing out of the history.
let told = -Infinity;
process.stdin.on('data', () => {
  if (performance.now() - told < 2000) return;
  told = performance.now();
  client.publish('room.typing', null, { user: me, keep: false });
});
client.subscribe('room.typing', ({ user }) => {
  if (user !== me) console.log(`(${user} is typing)`);
});
