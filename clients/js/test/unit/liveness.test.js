import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, URL_A, URL_B, ofType, states } from '../support/harness.js';

const page = (harness, visibilityState = 'visible') => {
  harness.time.document = Object.assign(new EventTarget(), { visibilityState });
  return harness.time.document;
};

test('a connection on which nothing comes for two heartbeats is dead', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  const heard = client.heardAt;
  harness.fleet.last.blackholed = true;
  await harness.time.advance(heard + 59_990 - harness.time.now);
  assert.equal(client.state, 'live');
  await harness.time.advance(20);
  assert.equal(client.state, 'waiting');
  await harness.time.advance(1_000);
  assert.equal(client.state, 'live');
});

test('heartbeats alone keep a connection', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  await harness.time.advance(600_000);
  assert.deepEqual(states(client), ['resuming', 'live']);
  assert.ok(harness.time.now - client.heardAt <= 30_000);
});

test('a socket that does not open in 10 s is given up, and another URL tried', async () => {
  const harness = new Harness();
  harness.fleet.node('a').hangs = true;
  const client = harness.client([URL_A, URL_B], { random: () => 0.1 });
  await harness.time.advance(9_990);
  assert.equal(client.state, 'connecting');
  await harness.time.advance(1_000);
  assert.equal(client.state, 'live');
  assert.equal(client.node, 'b');
});

test('a page that wakes up asks at once, and a dead connection is replaced in seconds', async () => {
  const harness = new Harness();
  const document = page(harness);
  const { client } = await harness.live();
  document.dispatchEvent(new Event('visibilitychange'));
  await harness.time.advance(6_000);
  assert.deepEqual(states(client), ['resuming', 'live']);
  assert.equal(harness.fleet.sent.filter(({ type }) => type === 'ping').length, 1);

  harness.fleet.last.blackholed = true;
  document.visibilityState = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  await harness.time.advance(6_000);
  assert.equal(client.state, 'live');
  document.visibilityState = 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
  await harness.time.advance(4_990);
  assert.equal(client.state, 'live');
  await harness.time.advance(20);
  assert.equal(client.state, 'waiting');
});

test('after a long sleep the connection is not waited for', async () => {
  const harness = new Harness();
  const document = page(harness);
  const { client } = await harness.live();
  harness.time.sleep(3_600_000);
  document.dispatchEvent(new Event('visibilitychange'));
  await harness.time.advance(1);
  assert.equal(client.state, 'waiting');
});

test('the next try is brought forward when the network comes back', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  harness.fleet.node('a').crash();
  await harness.time.advance(60_000);
  assert.equal(client.state, 'waiting');
  harness.fleet.node('a').restart();
  harness.time.dispatchEvent(new Event('online'));
  await harness.time.advance(10);
  assert.equal(client.state, 'live');
});

test('offline is shown, told, and checked: a connection may live on without a network', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  assert.equal(client.offline, false);
  harness.time.dispatchEvent(new Event('offline'));
  assert.equal(client.offline, true);
  await harness.time.advance(6_000);
  assert.equal(client.state, 'live');
  harness.time.dispatchEvent(new Event('online'));
  assert.deepEqual(ofType(client, 'network').map(({ offline }) => offline), [true, false]);
});

test('a closed client leaves no timer and no listener behind', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  client.close();
  harness.time.dispatchEvent(new Event('offline'));
  await harness.time.advance(120_000);
  assert.deepEqual(ofType(client, 'network'), []);
  assert.equal(client.state, 'closed');
});
