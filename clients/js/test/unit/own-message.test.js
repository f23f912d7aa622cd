import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, URL_A, URL_B, texts } from '../support/harness.js';

/** What is published behind a subscribe() comes to that subscription, wherever the client is at that moment. */
const options = { random: () => 0.1 };

test('before the connection stands, while it resumes, and on a live one', async () => {
  for (const ms of [0, 1, 2, 3, 4, 5, 100]) {
    const harness = new Harness();
    harness.fleet.latency = () => 2;
    const client = harness.client();
    await harness.time.advance(ms);
    const inbox = harness.inbox(client, 'tea');
    client.publish('tea', 'mine');
    await harness.time.advance(100);
    assert.deepEqual(texts(inbox), ['mine'], `after ${ms} ms`);
  }
});

test('where the topic was left a moment before, and the server has not answered that', async () => {
  const harness = new Harness();
  const { client, subscription } = await harness.live();
  subscription.unsubscribe();
  const inbox = harness.inbox(client, 'tea');
  const published = client.publish('tea', 'mine');
  const elsewhere = client.publish('mate', 'not held');
  await harness.time.advance(100);
  assert.deepEqual(texts(inbox), ['mine']);
  assert.equal((await published).position, 'k3x9f2-1');
  assert.equal((await elsewhere).topic, 'mate');
});

test('at each moment of a hand-over', async () => {
  for (let ms = 0; ms < 400; ms += 10) {
    const harness = new Harness();
    const { client } = await harness.live({ urls: [URL_A, URL_B], options });
    harness.fleet.latency = () => 30;
    harness.fleet.subscribing = () => 30;
    harness.fleet.node('a').leave(() => 100);
    await harness.time.advance(ms);
    const inbox = harness.inbox(client, 'mate');
    client.publish('mate', 'mine');
    await harness.time.advance(1_000);
    assert.deepEqual(texts(inbox), ['mine'], `after ${ms} ms`);
    assert.equal(client.node, 'b');
  }
});

test('where the subscribe is refused for now, and done later', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  const [peer] = harness.fleet.node('a').connections;
  peer.subscribe = ({ topic }) => peer.error({ code: 'relay-unavailable', message: 'away', topic }, 'subscribe');
  const inbox = harness.inbox(client, 'mate');
  await harness.time.advance(10);
  client.publish('mate', 'mine');
  delete peer.subscribe;
  await harness.time.advance(2_000);
  assert.deepEqual(texts(inbox), ['mine']);
});
