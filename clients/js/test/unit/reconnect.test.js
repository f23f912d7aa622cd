import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullJitter } from '../../src/tidegate-client.js';
import { Harness, URL_A, URL_B, ofType, outcome, states, texts } from '../support/harness.js';

test('a client goes through connecting and resuming to live', async () => {
  const harness = new Harness();
  const { client, subscription } = await harness.live();
  assert.deepEqual(states(client), ['resuming', 'live']);
  assert.equal(client.state, 'live');
  assert.equal(client.node, 'a');
  assert.equal(client.connection, 'c-1');
  assert.equal(client.heartbeatMs, 30_000);
  assert.equal(subscription.position, 'k3x9f2-0');
});

test('after a cut the client resumes behind the last message, and says which ones it had missed', async () => {
  const harness = new Harness();
  const { client, inbox, subscription } = await harness.live();
  harness.say('before');
  await harness.time.advance(10);
  harness.fleet.node('a').crash();
  await harness.time.advance(10);
  assert.equal(client.state, 'waiting');
  assert.ok(client.reconnectAt > harness.time.now && client.reconnectAt <= harness.time.now + 500);
  harness.say('meanwhile 1');
  harness.say('meanwhile 2');
  harness.fleet.node('a').restart();
  await harness.time.advance(1_000);
  harness.say('after');
  await harness.time.advance(10);
  assert.deepEqual(texts(inbox), ['before', 'meanwhile 1', 'meanwhile 2', 'after']);
  assert.deepEqual(inbox.map(({ recovered }) => recovered), [false, true, true, false]);
  assert.equal(subscription.position, 'k3x9f2-4');
  assert.deepEqual(states(client), ['resuming', 'live', 'waiting', 'connecting', 'resuming', 'live']);
  assert.equal(client.reconnectAt, undefined);
  assert.deepEqual(ofType(client, 'lost'), []);
});

test('messages that history no longer holds are announced as lost', async () => {
  const harness = new Harness();
  harness.fleet.history = 2;
  const { client, inbox } = await harness.live();
  harness.say('seen');
  await harness.time.advance(10);
  harness.fleet.node('a').crash();
  for (let i = 0; i < 5; i++) harness.say(`unseen ${i}`);
  harness.fleet.node('a').restart();
  await harness.time.advance(2_000);
  harness.say('new');
  await harness.time.advance(10);
  const [lost, ...more] = ofType(client, 'lost');
  assert.deepEqual([lost.topic, lost.from, lost.position], ['tea', 'k3x9f2-1', 'k3x9f2-6']);
  assert.deepEqual(more, []);
  assert.deepEqual(texts(inbox), ['seen', 'new']);
});

test('a gap that the server announces of its own accord is announced as lost', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  harness.fleet.lag = () => 100;
  harness.say('missed');
  harness.fleet.node('a').gap();
  harness.say('seen');
  await harness.time.advance(200);
  assert.deepEqual(ofType(client, 'lost').map(({ from, position }) => [from, position]), [['k3x9f2-0', 'k3x9f2-1']]);
  assert.deepEqual(texts(inbox), ['seen']);
});

test('a position of an earlier time resumes; one of another server is a loss', async () => {
  const harness = new Harness();
  for (const text of ['a', 'b', 'c']) harness.say(text);
  harness.say('x', 'mate');
  const client = harness.client();
  const tea = harness.inbox(client, 'tea', { after: 'k3x9f2-1' });
  const mate = harness.inbox(client, 'mate', { after: 'yesterday' });
  await harness.time.advance(100);
  assert.deepEqual(texts(tea), ['b', 'c']);
  assert.deepEqual(ofType(client, 'lost').map(({ topic, from }) => [topic, from]), [['mate', 'yesterday']]);
  harness.say('y', 'mate');
  await harness.time.advance(100);
  assert.deepEqual(texts(mate), ['y']);
  assert.equal(client.state, 'live');
});

test('the backoff doubles up to 10 s, with full jitter', () => {
  const limits = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => fullJitter(attempt, () => 1));
  assert.deepEqual(limits, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000]);
  assert.equal(fullJitter(3, () => 0.25), 1_000);
  assert.equal(fullJitter(3, () => 1, { base: 10, max: 50 }), 50);
  assert.ok(Array.from({ length: 100 }, () => fullJitter(0)).every((ms) => ms >= 0 && ms < 500));
});

test('refused again and again the client waits longer and longer; once live for a while it begins at the base', async () => {
  const harness = new Harness();
  harness.fleet.node('a').leaving = true; // 503, of which a browser tells nothing.
  const client = harness.client();
  const waits = [];
  for (let i = 0; i < 8; i++) {
    await harness.time.advance(10);
    assert.equal(client.state, 'waiting');
    waits.push(Math.round((client.reconnectAt - harness.time.now) / 500) * 500);
    await harness.time.advance(client.reconnectAt - harness.time.now);
  }
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);

  const nextWait = async (liveFor) => {
    harness.fleet.node('a').restart();
    await harness.time.advance(31_000);
    assert.equal(client.state, 'live');
    harness.fleet.node('a').leaving = true;
    await harness.time.advance(liveFor);
    for (const peer of harness.fleet.node('a').connections) peer.end(1011);
    await harness.time.advance(10);
    const wait = client.reconnectAt - harness.time.now;
    await harness.time.advance(wait);
    return wait;
  };
  assert.ok((await nextWait(10_000)) <= 500);
});

test('a connection that is live only for a moment leaves the backoff where it is', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  for (const limit of [500, 1_000, 2_000]) {
    harness.fleet.node('a').crash();
    harness.fleet.node('a').restart();
    await harness.time.advance(1);
    const wait = client.reconnectAt - harness.time.now;
    assert.ok(wait > limit / 2 && wait <= limit, `${wait}`);
    await harness.time.advance(wait + 100);
    assert.equal(client.state, 'live');
  }
});

test('several URLs: one at random at first, and the next after each failure', async () => {
  for (const [random, first] of [[() => 0, 'a'], [() => 0.9, 'b']]) {
    const harness = new Harness();
    const client = harness.client([URL_A, URL_B], { random });
    await harness.time.advance(100);
    assert.equal(client.node, first);
    harness.fleet.node(first).crash();
    await harness.time.advance(2_000);
    assert.notEqual(client.node, first);
    assert.equal(client.state, 'live');
  }
});

test('nothing that the server does for good is tried again', async () => {
  for (const code of [1000, 1002, 1007, 1009]) {
    const harness = new Harness();
    const { client } = await harness.live();
    for (const peer of harness.fleet.node('a').connections) peer.end(code);
    await harness.time.advance(120_000);
    assert.equal(client.state, 'closed');
    assert.equal(ofType(client, 'statechange').at(-1).code, code);
  }
});

test('1001, 1011, 1012, 1013 and an end without a code are tried again', async () => {
  for (const code of [1001, 1005, 1006, 1011, 1012, 1013, 4000]) {
    const harness = new Harness();
    const { client, inbox } = await harness.live();
    for (const peer of harness.fleet.node('a').connections) peer.end(code);
    await harness.time.advance(1_000);
    harness.say('hi');
    await harness.time.advance(100);
    assert.equal(client.state, 'live');
    assert.deepEqual(texts(inbox), ['hi']);
  }
});

test('after 1008 the client waits for 30 s at least, even if the network comes back', async () => {
  const harness = new Harness();
  const { client } = await harness.live({ options: { random: () => 0 } });
  for (const peer of harness.fleet.node('a').connections) peer.end(1008);
  await harness.time.advance(29_000);
  harness.time.dispatchEvent(new Event('online'));
  await harness.time.advance(900);
  assert.equal(client.state, 'waiting');
  await harness.time.advance(1_000);
  assert.equal(client.state, 'live');
});

test('a node that closes with 1012 before its moment is waited for until then', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  harness.fleet.node('a').leave(() => 8_000);
  await harness.time.advance(100);
  for (const peer of [...harness.fleet.node('a').connections]) peer.end(1012);
  harness.fleet.node('a').restart();
  await harness.time.advance(7_000);
  assert.equal(client.state, 'waiting');
  await harness.time.advance(1_000);
  assert.equal(client.state, 'live');
});

test('unsubscribe ends delivery at once; subscribing again begins at the present, or where it was left', async () => {
  const harness = new Harness();
  const { client, inbox, subscription } = await harness.live();
  harness.say('seen');
  await harness.time.advance(10);
  harness.say('on the way');
  subscription.unsubscribe();
  const again = harness.inbox(client, 'tea', { after: subscription.position });
  await harness.time.advance(100);
  assert.deepEqual(texts(inbox), ['seen']);
  assert.deepEqual(texts(again), ['on the way']);
  again.subscription.unsubscribe();
  await harness.time.advance(100);
  harness.say('unheard');
  await harness.time.advance(100);
  const fresh = harness.inbox(client, 'tea');
  await harness.time.advance(100);
  harness.say('fresh');
  await harness.time.advance(100);
  assert.deepEqual(texts(again), ['on the way']);
  assert.deepEqual(texts(fresh), ['fresh']);
});

test('a topic that is left and taken again before the server has answered begins where it was last told', async () => {
  const harness = new Harness();
  for (const text of ['a', 'b', 'c']) harness.say(text);
  const { client, subscription, inbox } = await harness.live({ topic: 'mate' });
  subscription.unsubscribe();
  const first = harness.inbox(client, 'tea', { after: 'k3x9f2-0' });
  first.subscription.unsubscribe();
  const second = harness.inbox(client, 'tea', { after: 'k3x9f2-2' });
  await harness.time.advance(100);
  harness.say('d');
  harness.say('unheard', 'mate');
  await harness.time.advance(100);
  assert.deepEqual([inbox, first, second].map(texts), [[], [], ['c', 'd']]);
});

test('a topic too many is told as an error, and the others go on', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  const [peer] = harness.fleet.node('a').connections;
  peer.subscribe = ({ topic }) => peer.send({ type: 'error', code: 'too-many-topics', message: 'at most 1', topic });
  client.subscribe('mate', () => {});
  await harness.time.advance(100);
  assert.deepEqual(ofType(client, 'error').map(({ code, topic }) => [code, topic]), [['too-many-topics', 'mate']]);
  harness.say('hi');
  await harness.time.advance(100);
  assert.deepEqual(texts(inbox), ['hi']);
  assert.equal(client.state, 'live');
});

test('a subscribe that the relay cannot do yet is asked again', async () => {
  const harness = new Harness();
  const client = harness.client();
  await harness.time.advance(100);
  const [peer] = harness.fleet.node('a').connections;
  const { subscribe } = Object.getPrototypeOf(peer);
  let away = 3;
  peer.subscribe = (frame) => away-- > 0
    ? peer.send({ type: 'error', code: 'relay-unavailable', message: 'away', topic: frame.topic })
    : subscribe.call(peer, frame);
  const inbox = harness.inbox(client, 'tea');
  await harness.time.advance(10_000);
  harness.say('hi');
  await harness.time.advance(100);
  assert.deepEqual(texts(inbox), ['hi']);
  assert.deepEqual(ofType(client, 'error'), []);
});

test('a client may be closed from anywhere', async () => {
  for (const moment of ['resuming', 'live', 'waiting', 'connecting', 'leaving', 'handing-over']) {
    const harness = new Harness();
    const client = harness.client([URL_A, URL_B], { random: () => 0.1 });
    client.subscribe('tea', () => {});
    client.addEventListener('statechange', ({ state }) => state === moment && client.close());
    await harness.time.advance(100);
    harness.fleet.node('a').leave();
    await harness.time.advance(6_000);
    harness.fleet.node('b').crash();
    await harness.time.advance(6_000);
    assert.equal(client.state, 'closed', moment);
    assert.equal(states(client).at(-1), 'closed');
    await harness.time.advance(60_000);
    for (const node of harness.fleet.nodes.values()) assert.equal(node.connections.size, 0, moment);
  }
});
