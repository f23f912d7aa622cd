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

test('a wall clock that is set back or forward hides no dead server, and ends no live connection', async () => {
  for (const step of [-3_600_000, 3_600_000]) {
    const harness = new Harness();
    const { client } = await harness.live();
    harness.time.stepClock(step);
    await harness.time.advance(120_000);
    assert.deepEqual(states(client), ['resuming', 'live']);
    harness.fleet.last.blackholed = true;
    await harness.time.advance(60_010);
    assert.equal(states(client)[2], 'waiting');
    assert.ok(client.reconnectAt === undefined || Math.abs(client.reconnectAt - harness.time.now) < 1_000);
  }
});

test('nor does it prolong the wait for a socket to open, for an answer to a ping, or until the next try', async () => {
  const harness = new Harness();
  const document = page(harness);
  harness.fleet.node('a').hangs = true;
  const client = harness.client();
  await harness.time.advance(5_000);
  harness.time.stepClock(-3_600_000);
  await harness.time.advance(5_010);
  assert.equal(client.state, 'waiting');
  harness.fleet.node('a').restart();
  harness.time.stepClock(-3_600_000);
  await harness.time.advance(600);
  assert.equal(client.state, 'live');
  harness.fleet.last.blackholed = true;
  document.dispatchEvent(new Event('visibilitychange'));
  harness.time.stepClock(-3_600_000);
  await harness.time.advance(5_010);
  assert.equal(client.state, 'waiting');
});

test('nor does it change what is called recovered', async () => {
  for (const step of [-3_600_000, 3_600_000]) {
    const harness = new Harness();
    const { client, inbox } = await harness.live();
    harness.time.stepClock(step);
    harness.fleet.timestamp = () => harness.time.now - step; // The server's stays as it was.
    harness.say('live');
    await harness.time.advance(10);
    harness.fleet.node('a').crash();
    harness.say('meanwhile');
    harness.fleet.node('a').restart();
    await harness.time.advance(1_000);
    harness.say('live again');
    await harness.time.advance(10);
    assert.deepEqual(inbox.map(({ message, recovered }) => [message, recovered]),
      [['live', false], ['meanwhile', true], ['live again', false]]);
    assert.equal(client.state, 'live');
  }
});

test('where the clock slept as well, a page that wakes up replaces a dead connection in 5 s', async () => {
  const harness = new Harness();
  const document = page(harness);
  const { client } = await harness.live();
  harness.fleet.last.blackholed = true;
  harness.time.sleep(3_600_000, { clockSleeps: true });
  document.dispatchEvent(new Event('visibilitychange'));
  await harness.time.advance(5_010);
  assert.equal(client.state, 'waiting');
});

test('a connection that fails without a close, as in Node 22.8, is tried again at once', async () => {
  const harness = new Harness();
  harness.fleet.failure = { events: ['error'], message: 'Received network error or non-101 status code.' };
  harness.fleet.node('a').up = false;
  const client = harness.client();
  await harness.time.advance(10);
  assert.equal(client.state, 'waiting');
  harness.fleet.node('a').restart();
  await harness.time.advance(510);
  assert.equal(client.state, 'live');
});

test('nor is an open one waited for that has an error and no close', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  const socket = harness.fleet.last;
  socket.blackholed = true;
  socket.onerror({ type: 'error', message: 'read ECONNRESET' });
  await harness.time.advance(1_010);
  assert.equal(client.state, 'waiting');
  assert.equal(ofType(client, 'statechange').at(-1).reason, 'read ECONNRESET');
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
