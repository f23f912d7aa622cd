import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Harness, outcome, texts } from '../support/harness.js';

test('a publish with a timeout rejects after it, and is not sent later', async () => {
  const harness = new Harness();
  harness.fleet.node('a').up = false;
  const client = harness.client();
  const published = outcome(client.publish('tea', 'stale', { timeout: 2_000 }));
  const patient = outcome(client.publish('tea', 'fresh'));
  await harness.time.advance(1_990);
  assert.deepEqual(published, {});
  await harness.time.advance(10);
  assert.equal(published.error.code, 'timeout');
  assert.match(published.error.message, /not acknowledged in 2000 ms/);
  assert.equal(client.pending, 1);
  harness.fleet.node('a').restart();
  await harness.time.advance(10_000);
  assert.equal(patient.value.position, 'k3x9f2-1');
  assert.deepEqual(harness.fleet.log('tea').map(({ frame }) => frame.message), ['fresh']);
});

test('a publish that is acknowledged in time is not rejected later, and leaves nothing on its signal', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  const signal = Object.assign(new EventTarget(), { aborted: false, listeners: 0 });
  for (const [name, step] of [['addEventListener', 1], ['removeEventListener', -1]]) {
    signal[name] = (...args) => {
      signal.listeners += step;
      EventTarget.prototype[name].apply(signal, args);
    };
  }
  const published = outcome(client.publish('tea', 'hi', { timeout: 1_000, signal }));
  assert.equal(signal.listeners, 1);
  await harness.time.advance(2_000);
  assert.ok(published.value);
  assert.equal(signal.listeners, 0);
});

test('an aborted publish rejects with the reason of its signal', async () => {
  const harness = new Harness();
  const client = harness.client();
  const control = new AbortController();
  const published = outcome(client.publish('tea', 'hi', { signal: control.signal }));
  const reason = new Error('the user went on');
  control.abort(reason);
  await harness.time.advance(100);
  assert.equal(published.error.code, 'aborted');
  assert.equal(published.error.cause, reason);
  await assert.rejects(client.publish('tea', 'hi', { signal: control.signal }), { code: 'aborted' });
  assert.equal(client.pending, 0);
  assert.deepEqual(harness.fleet.log('tea'), []);
});

test('one that is given up on its way counts as unanswered until the server has answered, and is not sent again', async () => {
  const harness = new Harness();
  harness.fleet.lag = () => 500;
  const { client, inbox } = await harness.live(); // The fake server throws at the 64th.
  const given = Array.from({ length: 63 }, (_, i) => outcome(client.publish('tea', i, { id: i, timeout: 100 })));
  const others = Array.from({ length: 10 }, (_, i) => outcome(client.publish('tea', 100 + i)));
  await harness.time.advance(200);
  assert.ok(given.every(({ error }) => error.code === 'timeout'));
  assert.equal(client.pending, 10);
  await assert.rejects(client.publish('tea', 0, { id: 0 }), { code: 'duplicate-id' });
  await harness.time.advance(2_000);
  assert.ok(others.every(({ value }) => value));
  assert.equal(inbox.length, 73);
  const again = outcome(client.publish('tea', 0, { id: 0 }));
  await harness.time.advance(10);
  client.publish('tea', 'lost', { timeout: 50 }).catch(() => {});
  await harness.time.advance(60);
  harness.fleet.sent.length = 0;
  client.reconnect();
  await harness.time.advance(2_000);
  assert.equal(again.value.position, 'k3x9f2-1');
  assert.deepEqual(harness.fleet.sent.map(({ type }) => type), ['subscribe', 'publish']);
});

test('keep: false goes with the publish, and is delivered to those who are there alone', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  client.publish('tea', 'kept');
  client.publish('tea', 'typing', { keep: false });
  client.publish('tea', 'kept, too', { keep: true });
  await harness.time.advance(10);
  assert.deepEqual(texts(inbox), ['kept', 'typing', 'kept, too']);
  assert.deepEqual(harness.fleet.sent.filter(({ type }) => type === 'publish').map(({ keep }) => keep), [undefined, false, true]);
  const later = harness.client();
  const history = harness.inbox(later, 'tea', { last: 10 });
  await harness.time.advance(100);
  assert.deepEqual(texts(history), ['kept', 'kept, too']);
});

/** In a process of its own, whose end is what matters. */
function run(script) {
  const harness = new URL('../support/harness.js', import.meta.url);
  const body = `import { Harness } from '${harness}';\n${script}\nconsole.log('still there');`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', body]);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

test('a publish that nobody waits for does not end Node where the client is closed', () => {
  const { status, stdout, stderr } = run(`
    const { client } = await new Harness().live();
    const control = new AbortController();
    client.publish('tea', 1);
    client.publish('tea', 1, { signal: control.signal });
    control.abort();
    client.subscribe('mate', () => {});
    client.close();
    client.publish('tea', 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
  `);
  assert.deepEqual([status, stdout], [0, 'still there\n'], stderr);
});

test('nor does a listener that throws', () => {
  const { status, stdout, stderr } = run(`
    const harness = new Harness();
    const { client } = await harness.live();
    client.subscribe('tea', () => { throw new Error('of a listener'); });
    client.subscribe('tea', async () => { throw new Error('of a promise'); });
    client.addEventListener('statechange', () => { throw new Error('of an event'); });
    harness.say('hi');
    await harness.time.advance(100);
    client.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
  `);
  assert.deepEqual([status, stdout], [0, 'still there\n'], stderr);
});
