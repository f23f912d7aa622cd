import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { startServer } from '../clients/js/test/support/processes.js';

/** The commands of README.md, and what each prints. */
const PRINTS = [
  /"status":"UP"/,
  /"nodes":\[/,
  /^websocket_active_connections/m,
  /^typed$/m,
  /^\{"user":"ann","message":"hi","timestamp":\d+\}$/m,
  /"subscribed","topic":"news"(.|\n)*"ack","id":"ann-1"/,
];

test('the commands of the examples\' page do what it says', { timeout: 60_000 }, async (t) => {
  const server = await startServer(t, 'se');
  const management = /http:\/\/localhost:(\d+)\/metrics/.exec(server.output)[1];
  const text = await readFile(new URL('README.md', import.meta.url), 'utf8');
  const commands = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block.trim().split('\n'));
  assert.equal(commands.length, PRINTS.length);
  for (const [index, command] of commands.entries()) {
    const own = command.replaceAll('localhost:8080', `localhost:${server.port}`).replaceAll('localhost:9090', `localhost:${management}`);
    const shell = spawn('bash', ['-c', own], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    const end = () => {
      try {
        process.kill(-shell.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    t.after(end);
    shell.stdin.write('typed\n');
    shell.stdin.on('error', () => {}); // Those that read nothing have ended by then.
    let printed = '';
    await new Promise((done, fail) => {
      const limit = setTimeout(() => fail(new Error(`${own} printed\n${printed}`)), 10_000);
      shell.stdout.on('data', (data) => {
        printed += data;
        if (PRINTS[index].test(printed)) done(clearTimeout(limit));
      });
    });
    end();
  }
});
