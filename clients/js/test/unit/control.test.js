import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, URL_A, URL_B, ofType, outcome, states, texts } from '../support/harness.js';

test('reconnect opens a new connection at once and misses nothing', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  const first = client.connection;
  const published = outcome(client.publish('tea', 'under way'));
  client.reconnect();
  assert.equal(client.state, 'connecting');
  harness.say('meanwhile');
  await harness.time.advance(10);
  assert.deepEqual(states(client), ['resuming', 'live', 'connecting', 'resuming', 'live']);
  assert.notEqual(client.connection, undefined);
  assert.deepEqual(texts(inbox), ['meanwhile', 'under way']);
  assert.ok(published.value);
  assert.equal(harness.fleet.node('a').connections.size, 1, first);
});

test('reconnect does not wait for the next try, and starts the backoff at its base', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  harness.fleet.node('a').crash();
  await harness.time.advance(30_000);
  assert.equal(client.state, 'waiting');
  client.reconnect();
  await harness.time.advance(10);
  assert.ok(client.reconnectAt - harness.time.now <= 500);
  harness.fleet.node('a').restart();
  client.reconnect();
  await harness.time.advance(10);
  assert.equal(client.state, 'live');
  client.close();
  assert.throws(() => client.reconnect(), { code: 'closed' });
});

test('reconnect may be called from anywhere, also in the middle of a hand-over', async () => {
  for (const moment of ['resuming', 'live', 'waiting', 'connecting', 'leaving', 'handing-over']) {
    const harness = new Harness();
    const client = harness.client([URL_A, URL_B], { random: () => 0.1 });
    const inbox = harness.inbox(client, 'tea');
    let left = 3;
    client.addEventListener('statechange', ({ state }) => state === moment && left-- > 0 && client.reconnect());
    await harness.time.advance(100);
    harness.fleet.node('a').leave(() => 100);
    await harness.time.advance(200);
    harness.say('hi');
    harness.fleet.node('b').crash();
    harness.fleet.node('a').restart();
    await harness.time.advance(6_000);
    assert.equal(client.state, 'live', moment);
    assert.deepEqual(texts(inbox), ['hi'], moment);
    const open = [...harness.fleet.nodes.values()].reduce((sum, { connections }) => sum + connections.size, 0);
    assert.equal(open, 1, moment);
    client.close();
  }
});

test('startClosed opens nothing before reconnect, and what was asked for meanwhile is done then', async () => {
  const harness = new Harness();
  const client = harness.client(URL_A, { startClosed: true });
  const inbox = harness.inbox(client, 'tea');
  const published = outcome(client.publish('tea', 'early'));
  harness.time.dispatchEvent(new Event('online'));
  await harness.time.advance(60_000);
  assert.equal(client.state, 'idle');
  assert.deepEqual(harness.fleet.opened, []);
  client.reconnect();
  await harness.time.advance(100);
  assert.ok(published.value);
  assert.deepEqual(texts(inbox), ['early']);
  assert.deepEqual(states(client), ['connecting', 'resuming', 'live']);
  const never = harness.client(URL_A, { startClosed: true });
  never.close();
  assert.deepEqual(states(never), ['closed']);
});

test('the backoff is what the options say', async () => {
  const harness = new Harness();
  harness.fleet.node('a').up = false;
  const client = harness.client(URL_A, { backoff: { base: 100, max: 300 } });
  const waits = [];
  for (let i = 0; i < 4; i++) {
    await harness.time.advance(2);
    waits.push(Math.round((client.reconnectAt - harness.time.now) / 100) * 100);
    await harness.time.advance(client.reconnectAt - harness.time.now);
  }
  assert.deepEqual(waits, [100, 200, 300, 300]);
});

test('the debug hook is told of connections, waits, states and frames, and can disturb nothing', async () => {
  const harness = new Harness();
  const events = [];
  const debug = (event) => {
    events.push(event);
    throw new Error('of the hook');
  };
  const { client } = await harness.live({ options: { debug } });
  client.publish('tea', { hot: true });
  await harness.time.advance(100);
  harness.fleet.node('a').crash();
  await harness.time.advance(100);
  const told = events.map(({ type, state, frame, code }) => [type, state ?? frame?.type ?? code].filter(Boolean).join(' '));
  assert.deepEqual(told, [
    'connect', 'state connecting', 'receive welcome', 'send subscribe', 'state resuming', 'receive subscribed', 'state live',
    'send publish', 'receive message', 'receive ack', 'end 1006', 'wait', 'state waiting',
  ]);
  assert.ok(events.every(({ at }) => Math.abs(at - harness.time.now) < 1_000));
  assert.deepEqual(events.find(({ frame }) => frame?.type === 'publish').frame.message, { hot: true });
  assert.equal(events.at(-2).url, URL_A);
  assert.equal(harness.time.logged.length, events.length);
});

test('a first connection that fails is warned of once, with what to check', async () => {
  for (const [message, words] of [['', /close code 1006/], ['Unexpected server response: 404', /HTTP 404/],
    ['connect ECONNREFUSED 127.0.0.1:8080', /ECONNREFUSED/], ['Server sent no subprotocol', /does not speak tidegate.v1/]]) {
    const harness = new Harness();
    harness.fleet.node('a').up = false;
    harness.fleet.failure = { events: message ? ['error', 'close'] : ['close'], message };
    const client = harness.client();
    await harness.time.advance(60_000);
    const [warning, ...more] = harness.time.logged;
    assert.match(warning, /no connection to ws:\/\/a\/chat .*\/chat.*log: false/);
    assert.match(warning, words);
    assert.deepEqual(more, []);
    assert.equal(client.state, 'waiting');
  }
});

test('with log: false nothing is warned of, nor after a connection that did stand', async () => {
  const quiet = new Harness();
  quiet.fleet.node('a').up = false;
  quiet.client(URL_A, { log: false });
  await quiet.time.advance(60_000);
  assert.deepEqual(quiet.time.logged, []);
  const lost = new Harness();
  await lost.live();
  lost.fleet.node('a').crash();
  await lost.time.advance(60_000);
  assert.deepEqual(lost.time.logged, []);
});

test('a server that does not confirm the subprotocol is told of, and tried again', async () => {
  const open = new Harness();
  open.fleet.speaks = '';
  const failed = ['Server sent no subprotocol', 'Server did not respond with sent protocols.'].map((message) => {
    const harness = new Harness(); // As `ws` and Node's own WebSocket say it.
    harness.fleet.node('a').up = false;
    harness.fleet.failure = { events: ['error', 'close'], message };
    return harness;
  });
  for (const harness of [open, ...failed]) {
    const client = harness.client();
    await harness.time.advance(100);
    const [{ code, message }] = ofType(client, 'error');
    assert.equal(code, 'no-subprotocol');
    assert.match(message, /ws:\/\/a\/chat does not speak tidegate.v1: is it the \/chat of/);
    assert.equal(client.state, 'waiting');
  }
});

test('an HTTP status is told where it is known; 503 is no error, since the server is only full or leaving', async () => {
  for (const [status, errors] of [[404, [['refused', 404]]], [503, []]]) {
    const harness = new Harness();
    harness.fleet.node('a').up = false;
    harness.fleet.failure = { events: ['error', 'close'], message: `Unexpected server response: ${status}` };
    const client = harness.client();
    await harness.time.advance(10);
    assert.deepEqual(ofType(client, 'error').map((event) => [event.code, event.status]), errors);
    assert.equal(ofType(client, 'statechange').at(-1).reason, `HTTP ${status}`);
  }
});

test('a URL that the environment does not open is told of, and tried again', async () => {
  const harness = new Harness();
  const WebSocket = function () { throw new Error('insecure'); };
  const client = harness.client(URL_A, { WebSocket });
  await harness.time.advance(10);
  assert.equal(ofType(client, 'error')[0].code, 'cannot-open');
  assert.equal(client.state, 'waiting');
});
