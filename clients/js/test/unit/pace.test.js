import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, ofType, outcome, texts } from '../support/harness.js';

const numbers = (count) => Array.from({ length: count }, (_, number) => number);

/** A fleet that refuses what comes above the rate, and closes where much does; and a client that is live. */
async function limited(rate, options = {}) {
  const harness = new Harness();
  harness.fleet.limits = { ...harness.fleet.limits, rate };
  const refusals = [];
  const trace = ({ type, frame }) => type === 'receive' && frame.type === 'error' && refusals.push(frame);
  return { harness, refusals, ...await harness.live({ options: { debug: trace, ...options } }) };
}

test('300 publishes at a limit of 20 a second are acknowledged in 16 s, in order and without a refusal', async () => {
  const { harness, client, inbox, refusals } = await limited(20);
  const all = outcome(Promise.all(numbers(300).map((number) => client.publish('tea', number))));
  await harness.time.advance(10_000);
  assert.ok(inbox.length > 180 && inbox.length <= 200, `${inbox.length}`);
  await harness.time.advance(6_000);
  assert.equal(all.value?.length, 300);
  assert.deepEqual(texts(inbox), numbers(300));
  assert.deepEqual(refusals, []);
  assert.equal(client.state, 'live');
});

test('nor is the rate passed over reconnects, each of which finds a server that would allow a burst', async () => {
  const { harness, client, inbox, refusals } = await limited(20);
  const all = outcome(Promise.all(numbers(100).map((number) => client.publish('tea', number))));
  const began = harness.time.performance.now();
  for (let cut = 1; cut <= 8; cut++) {
    await harness.time.advance(500);
    client.reconnect();
    const sent = harness.fleet.sent.length;
    const most = 12 + 20 * (harness.time.performance.now() - began) / 1_000; // And the two of before.
    assert.ok(sent <= most, `${sent} frames, where ${most} are allowed`);
  }
  await harness.time.advance(5_000);
  assert.equal(all.value?.length, 100);
  assert.deepEqual(texts(inbox), numbers(100));
  assert.deepEqual(refusals, []);
});

test('a network that delays messages and delivers them together causes no refusal', async () => {
  const { harness, client, refusals } = await limited(20);
  let slow = 0;
  harness.fleet.latency = () => (slow = (slow + 90) % 400);
  const all = outcome(Promise.all(numbers(100).map((number) => client.publish('tea', number))));
  await harness.time.advance(8_000);
  assert.equal(all.value?.length, 100);
  assert.deepEqual(refusals, []);
});

test('subscriptions count as well, and a publish keeps behind the subscribe of its topic', async () => {
  const { harness, client, refusals } = await limited(4);
  const topics = numbers(10).map((number) => `topic-${number}`);
  const inboxes = topics.map((topic) => harness.inbox(client, topic));
  const published = topics.map((topic) => outcome(client.publish(topic, topic)));
  await harness.time.advance(10_000);
  assert.deepEqual(published.filter(({ value }) => !value), []);
  assert.deepEqual(inboxes.map(texts), topics.map((topic) => [topic]));
  assert.deepEqual(refusals, []);
});

test('a limit of 1 a second is kept, and without a limit nothing waits', async () => {
  const slow = await limited(1);
  slow.client.publish('tea', 1);
  slow.client.publish('tea', 2);
  await slow.harness.time.advance(3_000);
  assert.deepEqual(texts(slow.inbox), [1, 2]);
  assert.deepEqual(slow.refusals, []);
  const { harness, client, inbox } = await limited(0);
  for (const number of numbers(60)) client.publish('tea', number);
  await harness.time.advance(10);
  assert.equal(inbox.length, 60);
});

test('a wall clock that is set back or forward changes no pace', async () => {
  for (const step of [-3_600_000, 3_600_000]) {
    const { harness, client, inbox, refusals } = await limited(20);
    for (const number of numbers(60)) client.publish('tea', number);
    await harness.time.advance(1_000);
    harness.time.stepClock(step);
    await harness.time.advance(500);
    assert.ok(inbox.length <= 40, `${inbox.length}`);
    await harness.time.advance(1_600);
    assert.equal(inbox.length, 60);
    assert.deepEqual(refusals, []);
  }
});

test('a server that refuses for its rate all the same is given a second', async () => {
  const harness = new Harness();
  const { client } = await harness.live({ options: { random: () => 0 } });
  const [peer] = harness.fleet.node('a').connections;
  peer.publish = ({ id }) => peer.send({ type: 'error', code: 'rate-limited', message: 'slower', id });
  const published = outcome(client.publish('tea', 'hi'));
  await harness.time.advance(10);
  delete peer.publish;
  await harness.time.advance(980);
  assert.deepEqual(published, {});
  await harness.time.advance(100);
  assert.ok(published.value);
  assert.deepEqual(ofType(client, 'error'), []);
});
