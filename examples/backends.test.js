import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from '../clients/js/src/tidegate-client.js';
import { startServer } from '../clients/js/test/support/processes.js';

/** Back ends on the HTTP API, as they are documented, against both servers. */
const here = fileURLToPath(new URL('.', import.meta.url));
const WebSocket = createRequire(`${here}../clients/js/package.json`)('ws');
const java = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java';
const KEY = 'a-key-of-back-ends-of-at-least-32-characters';

async function start(t, runtime) {
  const server = await startServer(t, runtime, { 'tidegate.api.port': 0, 'tidegate.api.keys': KEY });
  return Object.assign(server, { api: /API (http:\S+\/api)/.exec(server.output)[1] });
}

async function run(t, command, args, env) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { output += data; });
  const code = await new Promise((done) => child.once('close', done));
  return { code, output };
}

const PROGRAMS = {
  Node: [process.execPath, [`${here}backend-node/orders.mjs`]],
  Java: [java, [`${here}backend-java/Orders.java`]],
};

for (const runtime of ['se', 'mp']) {
  for (const [name, [command, args]] of Object.entries(PROGRAMS)) {
    test(`a back end in ${name} speaks to a server on ${runtime}`, { timeout: 60_000 }, async (t) => {
      const server = await start(t, runtime);
      const client = connect(server.chat, { WebSocket });
      t.after(() => client.close());
      const heard = [];
      let isAll;
      const all = new Promise((done) => { isAll = done; });
      await client.subscribe('orders', ({ message }) => heard.push(message) === 2 && isAll()).ready;

      const { code, output } = await run(t, command, args, { TIDEGATE_API: server.api, TIDEGATE_API_KEY: KEY });
      assert.match(output, /^published.*-\d+/m);
      assert.match(output, /^batch: .*200.*200/m);
      assert.match(output, /^behind it: .*\{"total":3\}/m);
      await all;
      assert.deepEqual(heard, [{ total: 9.5 }, { total: 3 }]);
      // On an open server nobody has a name, and all connections together are one.
      assert.match(output, /^present: (1 null \(1\)|\{.*"user":null,"connections":1,)/m);
      assert.equal(code, 0, output);
    });
  }
}

for (const page of ['README.md', 'docs/api.md']) {
  test(`the line of ${page} by which a back end publishes does it`, { timeout: 60_000 }, async (t) => {
    const server = await start(t, 'se');
    const text = await readFile(new URL(`../${page}`, import.meta.url), 'utf8');
    const [line] = /^curl .*\/messages$/m.exec(text);
    const own = line.replace('localhost:8090/api', server.api);
    const { output } = await run(t, 'bash', ['-c', own], { KEY, TIDEGATE_API_KEYS: KEY });
    assert.match(output, /"topic":"orders","position":"[^"]+","timestamp":\d+/);
  });
}
