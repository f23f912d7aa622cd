import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, URL_A, URL_B, ofType, outcome, states, texts } from '../support/harness.js';

const BOTH = [URL_A, URL_B];
const options = { random: () => 0.1 }; // Begins at node a.

test('at its moment, and not before, the client opens a second connection and moves there', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live({ urls: BOTH, options });
  harness.fleet.node('a').leave(() => 5_000);
  await harness.time.advance(4_900);
  assert.equal(client.state, 'leaving');
  assert.equal(client.node, 'a');
  assert.equal(client.reconnectAt - harness.time.now, 101); // The notice took 1 ms.
  const [{ node, reconnectAfterMs }] = ofType(client, 'shutdown');
  assert.deepEqual([node, reconnectAfterMs], ['a', 5_000]);
  harness.say('before');
  await harness.time.advance(200);
  harness.say('after');
  await harness.time.advance(10);
  assert.deepEqual(states(client).slice(2), ['leaving', 'handing-over', 'live']);
  assert.equal(client.node, 'b');
  assert.deepEqual(texts(inbox), ['before', 'after']);
  assert.equal(harness.fleet.node('a').connections.size, 0); // Closed by the client, before the 2 s were over.
});

test('while both are read a message that comes on both is delivered once, whichever is ahead', async () => {
  for (const [slow, fast] of [['a', 'b'], ['b', 'a']]) {
    const harness = new Harness();
    const { inbox } = await harness.live({ urls: BOTH, options });
    const nodes = { a: harness.fleet.node('a'), b: harness.fleet.node('b') };
    nodes[slow].deliver = function () {
      harness.time.setTimeout(() => Object.getPrototypeOf(this).deliver.call(this), 40);
    };
    harness.fleet.latency = () => 20;
    nodes.a.leave(() => 1_000);
    for (let i = 0; i < 200; i++) {
      harness.say(i);
      await harness.time.advance(10);
    }
    await harness.time.advance(1_000);
    assert.deepEqual(texts(inbox), Array.from({ length: 200 }, (_, i) => i), `${fast} ahead`);
  }
});

test('publishes that were not answered are published on the new connection, in their order and once', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live({ urls: BOTH, options });
  harness.fleet.lag = () => 30;
  harness.fleet.node('a').leave(() => 100);
  const published = [];
  for (let i = 0; i < 60; i++) {
    published.push(outcome(client.publish('tea', i)));
    await harness.time.advance(3);
  }
  await harness.time.advance(1_000);
  assert.equal(client.node, 'b');
  const numbers = Array.from({ length: 60 }, (_, i) => i);
  assert.deepEqual(published.map(({ value }) => value.position), numbers.map((i) => `k3x9f2-${i + 1}`));
  assert.deepEqual(texts(inbox), numbers);
});

test('a second connection that is refused is tried again with backoff, and the first is read meanwhile', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  harness.fleet.node('a').leave(() => 1_000); // The one node there is: it refuses.
  await harness.time.advance(1_100);
  assert.equal(client.state, 'handing-over');
  harness.say('still read');
  await harness.time.advance(100);
  assert.deepEqual(texts(inbox), ['still read']);
  harness.fleet.node('a').leaving = false;
  await harness.time.advance(1_500);
  assert.equal(client.state, 'live');
  assert.deepEqual(states(client).slice(2), ['leaving', 'handing-over', 'live']);
  assert.deepEqual(ofType(client, 'lost'), []);
});

test('until the last half second of its slot a second connection offers to be refused', async () => {
  const harness = new Harness();
  const { fleet } = harness;
  await harness.live();
  fleet.node('a').leave(() => 1_000); // The one node there is: it refuses.
  await harness.time.advance(2_950);
  const tries = fleet.opened.map((at, i) => [at - fleet.opened[0], [fleet.offers[i].protocols].flat()]);
  assert.ok(tries.length > 6, `${tries.length}`);
  for (const [at, offer] of tries) {
    const expected = at > 900 && at < 2_500 ? ['tidegate.v1', 'tidegate.handover'] : ['tidegate.v1'];
    assert.deepEqual(offer, expected, `after ${at} ms`);
  }
  assert.ok(tries.some(([at]) => at >= 2_500));
});

test('a first connection that ends too early leaves an ordinary resume', async () => {
  for (const delay of [0, 1, 2, 3, 5]) {
    const harness = new Harness();
    const { client, inbox } = await harness.live({ urls: BOTH, options });
    harness.fleet.node('a').leave(() => 1_000);
    await harness.time.advance(1_001 + delay);
    harness.say('one');
    harness.fleet.node('a').crash();
    harness.say('two');
    await harness.time.advance(1_000);
    assert.equal(client.state, 'live');
    assert.equal(client.node, 'b');
    assert.deepEqual(texts(inbox), ['one', 'two'], `after ${delay} ms`);
    harness.fleet.node('b').leave();
    await harness.time.advance(10);
    assert.equal(client.state, 'leaving');
  }
});

test('a first connection that ends between two tries leaves the next one as it was planned', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  harness.fleet.node('a').leave(() => 1_000);
  await harness.time.advance(2_900); // Refused every 250 ms from 1 to 2.75 s: the next one is behind the end of its slot.
  const planned = client.reconnectAt;
  assert.equal(client.state, 'handing-over');
  assert.equal(Math.round((planned - harness.time.now) / 100), 6);
  await harness.time.advance(200); // 1012, 2 s after its moment
  assert.equal(client.state, 'waiting');
  assert.equal(client.reconnectAt, planned);
  harness.say('meanwhile');
  harness.fleet.node('a').restart();
  await harness.time.advance(2_000);
  assert.deepEqual(texts(inbox), ['meanwhile']);
  assert.equal(client.state, 'live');
});

test('a new node that leaves during the hand-over is left in its turn', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live({ urls: BOTH, options });
  harness.fleet.latency = () => 50;
  harness.fleet.node('a').leave(() => 1_000);
  await harness.time.advance(1_220); // The second is open and not yet subscribed.
  assert.equal(client.state, 'handing-over');
  harness.fleet.node('b').leave(() => 3_000);
  harness.fleet.node('a').restart();
  harness.say('one');
  await harness.time.advance(1_000);
  assert.equal(client.node, 'b');
  assert.equal(client.state, 'leaving');
  harness.say('two');
  await harness.time.advance(3_000);
  assert.equal(client.node, 'a');
  assert.equal(client.state, 'live');
  assert.deepEqual(texts(inbox), ['one', 'two']);
  assert.deepEqual(ofType(client, 'shutdown').map(({ node }) => node), ['a', 'b']);
});

test('a new node that crashes during the hand-over is replaced while the first is read', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live({ urls: BOTH, options });
  await harness.time.advance(10);
  harness.fleet.latency = () => 20;
  harness.fleet.node('a').leave(() => 1_000);
  for (let i = 0; i < 300; i++) {
    harness.say(i);
    if (i === 106) harness.fleet.node('b').crash();
    if (i === 110) harness.fleet.node('b').restart();
    await harness.time.advance(10);
  }
  await harness.time.advance(1_000);
  assert.deepEqual(texts(inbox), Array.from({ length: 300 }, (_, i) => i));
  assert.equal(client.state, 'live');
});

test('topics that come and go during a hand-over are right afterwards', async () => {
  const harness = new Harness();
  const { client, inbox, subscription } = await harness.live({ urls: BOTH, options });
  harness.fleet.latency = () => 50;
  harness.fleet.node('a').leave(() => 1_000);
  await harness.time.advance(1_120);
  const early = harness.inbox(client, 'early'); // The second is not open.
  await harness.time.advance(60);
  const late = harness.inbox(client, 'late'); // The second has been asked for the others.
  subscription.unsubscribe();
  await harness.time.advance(2_000);
  assert.equal(client.state, 'live');
  for (const topic of ['tea', 'early', 'late']) harness.say('hi', topic);
  await harness.time.advance(200);
  assert.deepEqual([inbox, early, late].map(texts), [[], ['hi'], ['hi']]);
});

test('where the first reports a gap during the hand-over, the second fills it', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live({ urls: BOTH, options });
  harness.fleet.latency = () => 50;
  harness.fleet.node('a').deliver = () => {}; // Its link is down.
  harness.fleet.node('a').leave(() => 1_000);
  await harness.time.advance(1_160); // The second has been asked.
  for (const text of ['one', 'two']) harness.say(text);
  harness.fleet.node('a').gap();
  harness.say('three');
  await harness.time.advance(1_000);
  assert.deepEqual(texts(inbox), ['one', 'two', 'three']);
  assert.deepEqual(ofType(client, 'lost'), []);
});

test('without any history a hand-over loses nothing where the first connection is not behind', async () => {
  const harness = new Harness();
  harness.fleet.history = 0;
  const { client, inbox } = await harness.live({ urls: BOTH, options });
  harness.fleet.latency = () => 50;
  harness.fleet.node('a').leave(() => 1_000);
  await harness.time.advance(1_160);
  harness.say('between the question and its answer');
  await harness.time.advance(1_000);
  harness.say('afterwards');
  await harness.time.advance(1_000);
  assert.deepEqual(texts(inbox), ['between the question and its answer', 'afterwards']);
  assert.deepEqual(ofType(client, 'lost'), []);
  assert.equal(client.state, 'live');
});

test('nor where the first has brought all of it and has ended since', async () => {
  const harness = new Harness();
  harness.fleet.history = 0;
  const { client, inbox } = await harness.live({ urls: BOTH, options });
  harness.fleet.subscribing = () => 300;
  harness.fleet.node('a').leave(() => 1_000);
  await harness.time.advance(1_100); // The second has been asked.
  harness.say('on the first alone');
  await harness.time.advance(100);
  harness.fleet.node('a').crash();
  await harness.time.advance(1_000);
  harness.say('afterwards');
  await harness.time.advance(1_000);
  assert.deepEqual(texts(inbox), ['on the first alone', 'afterwards']);
  assert.deepEqual(ofType(client, 'lost'), []);
  assert.equal(client.state, 'live');
});

test('where the second begins ahead of the first and cannot go back, the gap is told and the order kept', async () => {
  const harness = new Harness();
  harness.fleet.history = 0;
  const { client, inbox } = await harness.live({ urls: BOTH, options });
  harness.inbox(client, 'slow'); // For this one both are read on.
  await harness.time.advance(100);
  harness.fleet.subscribing = (topic) => (topic === 'slow' ? 1_000 : 0);
  harness.fleet.node('b').deliver(); // The first is behind by a second from here on.
  const { deliver } = harness.fleet.node('a');
  harness.fleet.node('a').deliver = () => {};
  for (const text of ['one', 'two']) harness.say(text);
  harness.fleet.node('a').leave(() => 0);
  await harness.time.advance(100);
  assert.equal(client.state, 'handing-over');
  harness.fleet.node('a').deliver = deliver;
  harness.say('three');
  await harness.time.advance(100);
  assert.equal(client.state, 'handing-over');
  harness.fleet.node('b').crash(); // The first goes on where the application is.
  await harness.time.advance(100);
  harness.say('four');
  await harness.time.advance(100);
  assert.deepEqual(texts(inbox), ['three', 'four']);
  assert.deepEqual(ofType(client, 'lost').map(({ from, position }) => [from, position]), [['k3x9f2-0', 'k3x9f2-2']]);
});

test('a topic that is new in the middle begins on the first, and goes on behind that on the second', async () => {
  const harness = new Harness();
  const { client } = await harness.live({ urls: BOTH, options });
  harness.inbox(client, 'slow'); // For this one both are read on.
  harness.say('seen', 'late');
  await harness.time.advance(100);
  harness.fleet.subscribing = (topic, host) => (topic === 'slow' ? 1_000 : host === 'a' ? 500 : 0);
  const { deliver } = harness.fleet.node('a');
  harness.fleet.node('a').deliver = () => {}; // The first is behind from here on.
  harness.say('before', 'late');
  harness.fleet.node('a').leave(() => 100);
  await harness.time.advance(50);
  const late = harness.inbox(client, 'late');
  await harness.time.advance(100);
  harness.say('after', 'late');
  await harness.time.advance(600);
  assert.equal(client.state, 'handing-over');
  assert.deepEqual(texts(late), ['before', 'after']); // What the first has not seen is after its present.
  harness.fleet.node('a').deliver = deliver;
  harness.fleet.node('a').deliver();
  await harness.time.advance(1_000);
  assert.deepEqual(texts(late), ['before', 'after']);
  assert.equal(client.state, 'live');
});

test('earlier failures do not delay a hand-over: its tries count for themselves and end within its slot', async () => {
  const harness = new Harness();
  harness.fleet.node('a').up = false;
  const client = harness.client();
  const inbox = harness.inbox(client, 'tea');
  await harness.time.advance(60_000); // The backoff is at its ceiling.
  harness.fleet.node('a').restart();
  await harness.time.advance(25_000);
  assert.equal(client.state, 'live');
  harness.fleet.node('a').leave(() => 100);
  const before = harness.fleet.opened.length;
  const moment = harness.time.performance.now() + 101;
  await harness.time.advance(2_090); // The slot ends 2 s after the moment.
  const tries = harness.fleet.opened.slice(before).map((at) => at - moment);
  assert.ok(tries.length >= 3 && tries.every((ms) => ms >= 0 && ms < 2_000), `${tries}`);
  harness.fleet.node('a').restart();
  harness.say('hi');
  await harness.time.advance(700); // The first has ended; the next is an ordinary first try.
  assert.equal(client.state, 'live');
  assert.deepEqual(texts(inbox), ['hi']);
});

test('with any luck the tries of a hand-over are few and within its slot', async () => {
  for (const luck of [0.02, 0.1, 0.5, 0.9, 1 - 2 ** -32]) {
    const harness = new Harness();
    const { client } = await harness.live({ options: { random: () => luck } });
    harness.fleet.node('a').leave(() => 100);
    const moment = harness.time.performance.now() + 101;
    harness.fleet.opened.length = 0;
    await harness.time.advance(2_150);
    const tries = harness.fleet.opened.filter((at) => at < moment + 2_000);
    assert.ok(tries.length >= 2, `${tries.length} with ${luck}`);
    assert.notEqual(client.state, 'live');
    harness.fleet.node('a').restart();
    await harness.time.advance(600);
    assert.equal(client.state, 'live', `with ${luck}`);
  }
});

test('a message that is not kept and comes late on the old connection is dropped, and disturbs no order', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live({ urls: BOTH, options });
  harness.inbox(client, 'slow'); // For this one both are read on.
  await harness.time.advance(100);
  harness.fleet.subscribing = (topic) => (topic === 'slow' ? 1_000 : 0);
  const { deliver } = harness.fleet.node('a');
  harness.fleet.node('a').deliver = () => {}; // The first is behind from here on.
  harness.say('one');
  harness.say('typing', 'tea', { keep: false });
  harness.say('two');
  harness.fleet.node('b').deliver();
  harness.fleet.node('a').leave(() => 0);
  await harness.time.advance(100);
  assert.deepEqual(texts(inbox), ['one', 'two']);
  harness.fleet.node('a').deliver = deliver;
  harness.fleet.node('a').deliver();
  harness.say('three');
  await harness.time.advance(2_000);
  assert.deepEqual(texts(inbox), ['one', 'two', 'three']);
  assert.equal(client.node, 'b');
});

test('while both are read what is not kept is taken from the first, and from the second afterwards, each once', async () => {
  const harness = new Harness();
  const { client, inbox, subscription } = await harness.live({ urls: BOTH, options });
  harness.inbox(client, 'slow'); // For this one both are read on.
  harness.say('kept');
  await harness.time.advance(100);
  harness.fleet.subscribing = (topic) => (topic === 'slow' ? 1_000 : 0);
  const nodes = { a: harness.fleet.node('a'), b: harness.fleet.node('b') };
  nodes.a.leave(() => 0);
  await harness.time.advance(100);
  assert.equal(client.state, 'handing-over');
  const { deliver } = nodes.a;
  nodes.a.deliver = nodes.b.deliver = () => {};
  for (let i = 0; i < 2; i++) harness.say('typing', 'tea', { keep: false }); // Two of them, however alike they are.
  deliver.call(nodes.b);
  await harness.time.advance(10);
  assert.deepEqual(texts(inbox), ['kept']);
  deliver.call(nodes.a);
  await harness.time.advance(10);
  assert.deepEqual(texts(inbox), ['kept', 'typing', 'typing']);
  assert.equal(inbox[1].position, undefined);
  assert.equal(subscription.position, 'k3x9f2-1');
  harness.say('late on the second', 'tea', { keep: false });
  deliver.call(nodes.a);
  await harness.time.advance(10);
  nodes.a.crash();
  await harness.time.advance(10);
  deliver.call(nodes.b);
  harness.say('on the second alone', 'tea', { keep: false });
  deliver.call(nodes.b);
  await harness.time.advance(2_000);
  assert.deepEqual(texts(inbox).slice(3), ['late on the second', 'on the second alone']);
  assert.equal(client.node, 'b');
  assert.deepEqual(ofType(client, 'lost'), []);
});

test('what is not kept changes no position: a resume on the first connection during a hand-over calls no loss', async () => {
  const harness = new Harness();
  harness.fleet.history = 1;
  const { client, inbox, subscription } = await harness.live({ urls: BOTH, options });
  harness.say('kept');
  for (let i = 0; i < 5; i++) harness.say(i, 'tea', { keep: false });
  await harness.time.advance(100);
  assert.equal(subscription.position, 'k3x9f2-1');
  harness.fleet.node('a').crash();
  await harness.time.advance(1_000);
  assert.equal(client.node, 'b');
  assert.deepEqual(harness.fleet.sent.filter(({ type }) => type === 'subscribe').map(({ after }) => after), [undefined, 'k3x9f2-1']);
  assert.deepEqual(texts(inbox), ['kept', 0, 1, 2, 3, 4]);
  assert.deepEqual(ofType(client, 'lost'), []);
});
