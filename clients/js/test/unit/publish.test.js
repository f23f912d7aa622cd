import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, ofType, outcome, texts } from '../support/harness.js';

test('publish resolves with the position once the message is acknowledged', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  const published = outcome(client.publish('tea', { hot: true }, { user: 'ann' }));
  assert.deepEqual(published, {});
  await harness.time.advance(100);
  assert.equal(published.value.position, 'k3x9f2-1');
  assert.equal(published.value.topic, 'tea');
  const [{ message, user, position, topic, timestamp }] = inbox;
  assert.deepEqual([message, user, position, topic], [{ hot: true }, 'ann', 'k3x9f2-1', 'tea']);
  assert.equal(typeof timestamp, 'number');
});

test('what is published before the connection stands is sent in its order', async () => {
  const harness = new Harness();
  const client = harness.client();
  const all = Promise.all([1, 2, 3].map((number) => client.publish('tea', number)));
  await harness.time.advance(100);
  assert.deepEqual((await all).map(({ position }) => position), ['k3x9f2-1', 'k3x9f2-2', 'k3x9f2-3']);
});

test('a publish whose answer was lost is sent again with its id and not published twice', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  const published = outcome(client.publish('tea', 'once', { id: 'ann-1' }));
  await harness.time.advance(1); // It has arrived; its answer is on the way.
  harness.fleet.node('a').crash();
  harness.fleet.node('a').restart();
  await harness.time.advance(2_000);
  assert.equal(published.value.position, 'k3x9f2-1');
  assert.deepEqual(harness.fleet.sent.filter(({ type }) => type === 'publish').map(({ id }) => id), ['ann-1', 'ann-1']);
  assert.equal(harness.fleet.log('tea').length, 1);
  assert.deepEqual(texts(inbox), ['once']);
});

test('never so many are unanswered that the server would stop reading', async () => {
  const harness = new Harness();
  harness.fleet.lag = () => 50;
  const { client } = await harness.live(); // The fake server throws at the 64th.
  const numbers = Array.from({ length: 200 }, (_, number) => number);
  const all = Promise.all(numbers.map((number) => client.publish('tea', number)));
  await harness.time.advance(10);
  assert.equal(harness.fleet.log('tea').length, 63);
  await harness.time.advance(1_000);
  assert.equal((await all).length, 200);
  assert.deepEqual(harness.fleet.log('tea').map(({ frame }) => frame.message), numbers);
});

test('a full queue rejects, and says so', async () => {
  const harness = new Harness();
  const client = harness.client(undefined, { maxPending: 2 });
  client.publish('tea', 1);
  client.publish('tea', 2);
  assert.equal(client.pending, 2);
  await assert.rejects(client.publish('tea', 3), { code: 'queue-full', message: /2 publishes/ });
  await harness.time.advance(100);
  assert.equal(client.pending, 0);
  const published = outcome(client.publish('tea', 3));
  await harness.time.advance(100);
  assert.equal(published.value.position, 'k3x9f2-3');
});

test('what can never succeed is rejected, each with its reason, and nothing is sent', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  harness.fleet.sent.length = 0;
  const cyclic = {};
  cyclic.self = cyclic;
  await assert.rejects(client.publish('no topic', 1), { code: 'invalid-topic', message: /"no topic".*1 to 128/ });
  await assert.rejects(client.publish('tea', undefined), { code: 'invalid-frame' });
  await assert.rejects(client.publish('tea', cyclic), { code: 'invalid-frame' });
  await assert.rejects(client.publish('tea', 10n), { code: 'invalid-frame' });
  await assert.rejects(client.publish('tea', 1, { id: '' }), { code: 'invalid-frame', message: /1 to 128 characters/ });
  await assert.rejects(client.publish('tea', 1, { id: 1.5 }), { code: 'invalid-frame' });
  await assert.rejects(client.publish('tea', 'x'.repeat(70_000)), { code: 'too-large', message: /allowed are 65536/ });
  await harness.time.advance(100);
  assert.deepEqual(harness.fleet.sent, []);
});

test('the size of a publish counts its UTF-8 bytes, of the whole frame', async () => {
  const harness = new Harness();
  harness.fleet.limits = { ...harness.fleet.limits, message: 200 };
  const { client } = await harness.live();
  await assert.rejects(client.publish('tea', 'ü'.repeat(80)), { code: 'too-large' });
  const published = outcome(client.publish('tea', 'u'.repeat(80)));
  await harness.time.advance(100);
  assert.ok(published.value);
});

test('an id that is not acknowledged yet is not taken again', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  client.publish('tea', 1, { id: 7 });
  await assert.rejects(client.publish('tea', 2, { id: 7 }), { code: 'duplicate-id' });
  await harness.time.advance(100);
  const again = outcome(client.publish('tea', 2, { id: 7 }));
  await harness.time.advance(100);
  assert.equal(again.value.position, 'k3x9f2-1');
});

test('while the relay is away publishes are repeated, less and less often, and arrive once', async () => {
  const harness = new Harness();
  const fates = ['refused', 'unknown', 'refused'];
  harness.fleet.relay = () => fates.shift();
  const { client, inbox } = await harness.live();
  const published = outcome(client.publish('tea', 'hi'));
  await harness.time.advance(10_000);
  assert.ok(published.value);
  assert.deepEqual(texts(inbox), ['hi']);
  assert.equal(harness.fleet.sent.filter(({ type }) => type === 'publish').length, 4);
  assert.deepEqual(ofType(client, 'error'), []);
});

test('a burst of refusals is one refusal to the backoff', async () => {
  const harness = new Harness();
  harness.fleet.relay = () => 'refused';
  const { client } = await harness.live();
  for (let number = 0; number < 50; number++) client.publish('tea', number);
  await harness.time.advance(10_000); // Sent at 0, 0.5, 1.5, 3.5 and 7.5 s.
  assert.equal(harness.fleet.sent.filter(({ type }) => type === 'publish').length, 5 * 50);
});

test('a publish that the server calls invalid is rejected with its words', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  const published = outcome(client.publish('tea', 'hi', { id: 'ann-1' }));
  const [peer] = harness.fleet.node('a').connections;
  peer.publish = ({ id }) => peer.send({ type: 'error', code: 'invalid-frame', message: 'no', id });
  await harness.time.advance(100);
  assert.equal(published.error.code, 'invalid-frame');
  assert.equal(published.error.message, 'no');
});

test('close 1009 rejects the largest publish that was under way, and closes', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  const [small, large] = [outcome(client.publish('tea', 'x')), outcome(client.publish('tea', 'x'.repeat(1_000)))];
  const [peer] = harness.fleet.node('a').connections;
  peer.publish = () => peer.end(1009);
  await harness.time.advance(100);
  assert.equal(large.error.code, 'too-large');
  assert.equal(small.error.code, 'closed');
  assert.equal(client.state, 'closed');
});

test('close rejects what is not acknowledged, and all that comes later', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  const published = outcome(client.publish('tea', 'hi'));
  client.close();
  await harness.time.advance(100);
  assert.equal(published.error.code, 'closed');
  await assert.rejects(client.publish('tea', 'hi'), { code: 'closed' });
  assert.throws(() => client.subscribe('tea', () => {}), { code: 'closed' });
});

test('a publish that is not kept resolves without a position, and is never sent a second time', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  const done = await Promise.all([client.publish('tea', 1, { id: 'a', keep: false }), harness.time.advance(10)]);
  assert.deepEqual(done[0], { id: 'a', topic: 'tea', position: undefined });

  harness.fleet.relay = () => 'unknown';
  const refused = outcome(client.publish('tea', 2, { keep: false }));
  const kept = outcome(client.publish('tea', 'kept'));
  await harness.time.advance(10);
  assert.equal(refused.error.code, 'relay-unavailable');
  assert.equal(refused.error.message, 'the relay is away');
  harness.fleet.relay = () => undefined;
  await harness.time.advance(1_000);
  assert.ok(kept.value);

  harness.fleet.sent.length = 0;
  harness.fleet.lag = () => 50;
  const lost = outcome(client.publish('tea', 3, { keep: false }));
  const again = outcome(client.publish('tea', 'kept, too'));
  await harness.time.advance(10);
  harness.fleet.node('a').crash();
  harness.fleet.node('a').restart();
  await harness.time.advance(5);
  const waiting = outcome(client.publish('tea', 4, { keep: false })); // Was never sent yet.
  await harness.time.advance(2_000);
  assert.equal(lost.error.code, 'connection-lost');
  assert.ok(again.value && waiting.value);
  const published = harness.fleet.sent.filter(({ type }) => type === 'publish').map(({ message }) => message);
  assert.deepEqual(published, [3, 'kept, too', 'kept, too', 4]);
  assert.equal(client.pending, 0);
});

test('one that is not kept and was refused for the rate was not published: it is sent again', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  const [peer] = harness.fleet.node('a').connections;
  peer.publish = ({ id, topic }) => peer.error({ code: 'rate-limited', message: 'slower', id, topic }, 'publish');
  const published = outcome(client.publish('tea', 1, { keep: false }));
  await harness.time.advance(10);
  delete peer.publish;
  await harness.time.advance(2_000);
  assert.ok(published.value);
});
