// node orders.mjs: does what the topic "orders" asks for, each order once, also over crashes of its own.
//
// TIDEGATE_URL   ws://localhost:8080/chat by default
// POSITION_FILE  where it keeps how far it has come
import { readFile, rename, writeFile } from 'node:fs/promises';
import { connect } from 'tidegate-client';

const url = process.env.TIDEGATE_URL ?? 'ws://localhost:8080/chat';
const file = process.env.POSITION_FILE ?? 'orders.position';
const client = connect(url);
let busy = Promise.resolve();

/** The work itself; it is to be one that may be done twice, since a crash may come before the position is kept. */
async function work(order) {
  return { order, state: 'done' };
}

async function keep(position) {
  await writeFile(`${file}.new`, position);
  await rename(`${file}.new`, file); // Whole, or not at all.
}

client.subscribe(
  'orders',
  ({ position, message }) => {
    // One after the other, in the topic's order. A position is kept only when all up to it is done.
    busy = busy.then(async () => {
      // The position makes the id: after a crash the server knows it, and does not publish the result again.
      await client.publish('results', await work(message), { id: `result-${position}` });
      await keep(position);
      console.log(`done: ${message}`);
    });
    busy.catch(fail);
  },
  { after: await readFile(file, 'utf8').catch(() => undefined) },
);
client.addEventListener('lost', ({ topic }) => fail(new Error(`${topic}: messages are missing; look into the database`)));
client.addEventListener('error', ({ code, message }) => console.error(code, message));
process.once('SIGTERM', () => busy.finally(() => client.close()));

function fail(error) {
  console.error(error);
  process.exit(1);
}
