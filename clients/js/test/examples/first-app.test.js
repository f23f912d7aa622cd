import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import WebSocket from 'ws';
import { connect } from '../../src/tidegate-client.js';
import { startRedis, startServer } from '../support/processes.js';

/** The listings of docs/first-app.md, each where it is meant to run, against the packaged server. */
const LIMIT = { timeout: 90_000 };
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const java = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java';

/** A copy of the example that finds the server at its port of today. */
async function copy(t, name, port) {
  const directory = await mkdtemp(join(tmpdir(), 'first-app-'));
  t.after(() => rm(directory, { recursive: true }));
  const text = await readFile(`${root}examples/first-app/${name}`, 'utf8');
  assert.ok(text.includes('//localhost:8080/'));
  await writeFile(join(directory, name), text.replaceAll('//localhost:8080/', `//localhost:${port}/`));
  return { directory, file: join(directory, name) };
}

/** A program on standard input and output; `shown` has what it printed, less what a program adds to a user's words. */
function terminal(t, command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const shown = [];
  createInterface(child.stdout).on('line', (line) => shown.push(line.replaceAll('"', '')));
  return {
    shown: async () => shown,
    type: (text) => child.stdin.write(text),
    send: () => child.stdin.write('\n'),
    end: async () => {
      child.stdin.end();
      return new Promise((done) => child.once('exit', done));
    },
  };
}

const KINDS = {
  async browser(t, port) {
    const { file } = await copy(t, 'chat.html', port);
    // Playwright brings none of its own; as root, Chromium starts only without its sandbox.
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
    t.after(() => browser.close());
    const page = await browser.newPage();
    const defects = [];
    page.on('pageerror', (error) => defects.push(String(error)));
    await page.goto(`${pathToFileURL(file)}?name=ben`);
    return {
      shown: async () => [...await page.locator('#log li').allTextContents(), `(${await page.locator('#typing').textContent()})`],
      type: (text) => page.locator('[name=text]').pressSequentially(text),
      send: () => page.keyboard.press('Enter'),
      end: async () => (defects.length ? defects : 0),
    };
  },

  async node(t, port) {
    const { directory, file } = await copy(t, 'chat.mjs', port);
    await mkdir(join(directory, 'node_modules'));
    await symlink(`${root}clients/js`, join(directory, 'node_modules/tidegate-client'));
    return terminal(t, process.execPath, ['--experimental-websocket', '--no-warnings', file, 'ben']);
  },

  async java(t, port) {
    const { file } = await copy(t, 'Chat.java', port);
    return terminal(t, java, ['-cp', `${root}rehearsal/target/libs/*`, file, 'ben']);
  },
};

/** Ann, of the test, at another server of the fleet; what she gets of a topic. */
function ann(t, url) {
  const client = connect(url, { WebSocket });
  t.after(() => client.close());
  return {
    say: (text) => client.publish('room', text, { user: 'ann' }),
    types: () => client.publish('room.typing', null, { user: 'ann', keep: false }),
    async hears(topic, options) {
      const heard = [];
      await client.subscribe(topic, ({ user, message }) => heard.push(`${user}: ${message}`), options).ready;
      return heard;
    },
  };
}

async function until(what, condition) {
  for (const end = performance.now() + 20_000; !(await condition()); await new Promise((done) => setTimeout(done, 20))) {
    assert.ok(performance.now() < end, `not within 20 s: ${what}`);
  }
}

for (const [kind, start] of Object.entries(KINDS)) {
  test(`the first app in ${kind} has history, tells who is typing, and goes on after a lost server`, LIMIT, async (t) => {
    const settings = { 'tidegate.relay.url': await startRedis(t) };
    const [hers, his] = await Promise.all([startServer(t, 'se', settings), startServer(t, 'se', settings)]);
    const other = ann(t, hers.chat);
    await other.say('one');
    await other.say('two');

    const app = await start(t, his.port);
    const said = async () => (await app.shown()).filter((line) => /^(ann|ben): /.test(line));
    await until('the history', async () => (await said()).length === 2);
    const heard = await other.hears('room');
    const notices = await other.hears('room.typing');
    // Its second subscription may not be there yet, and nobody gets such a message later.
    await until('that ann is typing', () => other.types().then(app.shown).then((lines) => lines.includes('(ann is typing)')));
    await app.type('hel');
    if (kind !== 'java') await until('that ben is typing', () => notices.includes('ben: null'));
    await app.type('lo');
    await app.send();
    await until("ben's message", () => heard.at(-1) === 'ben: hello');
    assert.ok(notices.includes('ben: null'));

    await his.stop();
    await other.say('while you were away');
    await startServer(t, 'se', { ...settings, 'tidegate.port': his.port });
    await until('what was missed', async () => (await said()).includes('ann: while you were away'));
    await other.say('the end');
    await until('what comes after', async () => (await said()).at(-1) === 'ann: the end' && heard.at(-1) === 'ann: the end');
    assert.deepEqual(await said(), ['ann: one', 'ann: two', ...heard]);
    assert.ok(!(await app.shown()).some((line) => line.includes('missing')));

    const late = ann(t, hers.chat);
    const lateHeard = await late.hears('room.typing', { last: 50 });
    await other.types();
    await until('a notice', () => lateHeard.length > 0);
    assert.deepEqual(lateHeard, ['ann: null'], 'no notice is in the history');
    assert.equal(await app.end(), 0);
  });
}

test('the listings of docs/first-app.md are the files', async () => {
  const text = await readFile(`${root}docs/first-app.md`, 'utf8');
  const listings = [...text.matchAll(/```(?:html|js|java)\n(.*?)```/gs)].map(([, listing]) => listing);
  const files = ['chat.html', 'chat.mjs', 'Chat.java'].map((name) => readFile(`${root}examples/first-app/${name}`, 'utf8'));
  assert.deepEqual(listings, await Promise.all(files));
});
