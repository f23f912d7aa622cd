import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { connect } from '../../src/tidegate-client.js';
import { startServer } from '../support/processes.js';

/** examples/node, in a process of its own that is killed. */
const root = fileURLToPath(new URL('../../../../', import.meta.url));

test('the back end in Node does each order once, also what came while it was gone', { timeout: 60_000 }, async (t) => {
  const server = await startServer(t, 'se');
  const client = connect(server.chat, { WebSocket });
  t.after(() => client.close());
  const directory = await mkdtemp(join(tmpdir(), 'orders-'));
  t.after(() => rm(directory, { recursive: true }));
  await copyFile(`${root}examples/node/orders.mjs`, join(directory, 'orders.mjs'));
  await mkdir(join(directory, 'node_modules'));
  await symlink(`${root}clients/js`, join(directory, 'node_modules/tidegate-client'));

  const results = [];
  await client.subscribe('results', ({ message }) => results.push(message.order)).ready;
  const ordered = [];
  const order = (text) => {
    ordered.push(text);
    return client.publish('orders', text);
  };
  const start = () => {
    const env = { ...process.env, TIDEGATE_URL: server.chat, POSITION_FILE: join(directory, 'position') };
    const child = spawn(process.execPath, ['--experimental-websocket', '--no-warnings', join(directory, 'orders.mjs')],
      { env, stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    child.done = new Promise((done) => child.stdout.once('data', done));
    child.exit = new Promise((done) => child.once('exit', done));
    return child;
  };

  const first = start();
  for (let i = 0; results.length === 0; i++) {
    // Until it is subscribed: it begins with what is new.
    await order(`hello ${i}`);
  }
  await first.done;
  first.kill('SIGKILL');
  await first.exit;
  await order('tea');
  await order('cake');
  const second = start();
  for (const end = performance.now() + 20_000; !results.includes('cake'); await new Promise((done) => setTimeout(done, 20))) {
    assert.ok(performance.now() < end, `${results} after 20 s`);
  }
  assert.deepEqual(results, ordered.slice(ordered.indexOf(results[0])));
  second.kill('SIGTERM');
  assert.equal(await second.exit, 0);
});
