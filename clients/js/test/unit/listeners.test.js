import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, ofType, outcome, texts } from '../support/harness.js';

const topicsSent = (harness, wanted) => harness.fleet.sent.filter(({ type }) => type === wanted).map(({ topic }) => topic);

test('a second listener of a topic hears what comes from then on, and the topic ends with the last one', async () => {
  const harness = new Harness();
  const { client, inbox, subscription } = await harness.live();
  harness.say('one');
  await harness.time.advance(10);
  const second = harness.inbox(client, 'tea');
  assert.equal(second.subscription.position, 'k3x9f2-1');
  harness.say('two');
  await harness.time.advance(10);
  subscription.unsubscribe();
  subscription.unsubscribe(); // Counts once.
  harness.say('three');
  await harness.time.advance(10);
  assert.deepEqual(topicsSent(harness, 'unsubscribe'), []);
  second.subscription.unsubscribe();
  harness.say('four');
  await harness.time.advance(10);
  assert.deepEqual([texts(inbox), texts(second)], [['one', 'two'], ['two', 'three']]);
  assert.deepEqual(topicsSent(harness, 'subscribe'), ['tea']);
  assert.deepEqual(topicsSent(harness, 'unsubscribe'), ['tea']);
  assert.deepEqual([subscription.position, second.subscription.position], ['k3x9f2-2', 'k3x9f2-3']);
});

test('both listeners hear each message once over a reconnect', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  const second = harness.inbox(client, 'tea');
  harness.fleet.node('a').crash();
  harness.say('meanwhile');
  harness.fleet.node('a').restart();
  await harness.time.advance(2_000);
  assert.deepEqual([texts(inbox), texts(second)], [['meanwhile'], ['meanwhile']]);
});

test('a position for a topic that is subscribed already is refused: a topic has one', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  for (const options of [{ after: 'k3x9f2-0' }, { last: 5 }]) {
    const message = /"tea" is subscribed already.*after or last/;
    assert.throws(() => client.subscribe('tea', () => {}, options), { code: 'already-subscribed', message });
  }
});

test('listeners that come and go while a message is handed over are right for that message', async () => {
  const harness = new Harness();
  const { client } = await harness.live({ topic: 'mate' });
  const heard = [];
  let second;
  const first = client.subscribe('tea', ({ message }) => {
    heard.push(['first', message]);
    if (message === 'one') second.unsubscribe();
    if (message === 'one') client.subscribe('tea', (later) => heard.push(['third', later.message]));
    if (message === 'two') first.unsubscribe();
  });
  second = client.subscribe('tea', ({ message }) => heard.push(['second', message]));
  await harness.time.advance(10);
  for (const text of ['one', 'two', 'three']) harness.say(text);
  await harness.time.advance(10);
  assert.deepEqual(heard, [['first', 'one'], ['first', 'two'], ['third', 'two'], ['third', 'three']]);
});

test('ready resolves once the topic is subscribed, with where it begins', async () => {
  const harness = new Harness();
  for (const text of ['a', 'b', 'c']) harness.say(text);
  const client = harness.client();
  const ready = (topic, options) => outcome(client.subscribe(topic, () => {}, options).ready);
  const [tea, mate, other] = [ready('tea', { after: 'k3x9f2-1' }), ready('mate'), ready('mate')];
  assert.equal(client.getSubscription('tea').state, 'waiting');
  assert.deepEqual([tea, mate], [{}, {}]);
  await harness.time.advance(100);
  assert.deepEqual(tea.value, { position: 'k3x9f2-1', recovered: true });
  assert.deepEqual([mate, other].map(({ value }) => value), Array(2).fill({ position: 'k3x9f2-0', recovered: true }));
  assert.equal(client.getSubscription('tea').state, 'live');
  const late = ready('tea');
  await harness.time.advance(1);
  assert.deepEqual(late.value, { position: 'k3x9f2-3', recovered: true });
  harness.fleet.node('a').crash();
  await harness.time.advance(10);
  assert.equal(client.getSubscription('tea').state, 'waiting');
});

test('ready says where the position is out of reach', async () => {
  for (const after of ['k3x9f2-1', 'yesterday']) {
    const harness = new Harness();
    harness.fleet.history = 1;
    for (const text of ['a', 'b', 'c', 'd']) harness.say(text);
    const client = harness.client();
    const { ready } = client.subscribe('tea', () => {}, { after });
    await harness.time.advance(100);
    assert.deepEqual(await ready, { position: 'k3x9f2-4', recovered: false });
    assert.equal(ofType(client, 'lost').length, 1);
  }
});

test('a refused subscription says so, and the topic may be subscribed again', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  const [peer] = harness.fleet.node('a').connections;
  peer.subscribe = ({ topic }) => peer.error({ code: 'too-many-topics', message: 'at most 1', topic }, 'subscribe');
  const refused = client.subscribe('mate', () => {});
  await harness.time.advance(100);
  assert.equal(refused.state, 'refused');
  assert.equal(refused.error.code, 'too-many-topics');
  await assert.rejects(refused.ready, { code: 'too-many-topics', message: 'at most 1' });
  assert.equal(client.getSubscription('mate'), undefined);
  assert.deepEqual(ofType(client, 'error').map(({ code, topic }) => [code, topic]), [['too-many-topics', 'mate']]);
  delete peer.subscribe;
  const again = client.subscribe('mate', () => {});
  await harness.time.advance(100);
  assert.equal(again.state, 'live');
  harness.say('hi');
  await harness.time.advance(100);
  assert.deepEqual(texts(inbox), ['hi']);
});

test('a subscription that ends before it is ready rejects, and disturbs nobody who does not wait', async () => {
  const harness = new Harness();
  const client = harness.client();
  const [tea, mate] = ['tea', 'mate'].map((topic) => client.subscribe(topic, () => {}));
  tea.unsubscribe();
  assert.equal(tea.state, 'ended');
  await assert.rejects(tea.ready, { code: 'unsubscribed', message: /"tea"/ });
  client.close();
  assert.equal(mate.state, 'ended');
  await assert.rejects(mate.ready, { code: 'closed' });
});

test('getSubscription gives the oldest one that has not ended', async () => {
  const harness = new Harness();
  const { client, subscription } = await harness.live();
  const second = client.subscribe('tea', () => {});
  assert.equal(client.getSubscription('tea'), subscription);
  subscription.unsubscribe();
  assert.equal(client.getSubscription('tea'), second);
  second.unsubscribe();
  assert.equal(client.getSubscription('tea'), undefined);
  assert.equal(client.getSubscription('mate'), undefined);
});

test('last brings the last messages that history holds, in front of all that is new', async () => {
  const harness = new Harness();
  for (let number = 1; number <= 9; number++) harness.say(number, 'tea', { keep: number !== 8 });
  const client = harness.client();
  const inbox = harness.inbox(client, 'tea', { last: 3 });
  client.publish('tea', 'new');
  await harness.time.advance(100);
  assert.deepEqual(texts(inbox), [6, 7, 9, 'new']);
  assert.deepEqual(inbox.map(({ recovered }) => recovered), [true, true, true, false]);
  assert.deepEqual(await inbox.subscription.ready, { position: 'k3x9f2-5', recovered: true });
  harness.fleet.node('a').crash();
  harness.say('meanwhile');
  harness.fleet.node('a').restart();
  await harness.time.advance(2_000);
  assert.deepEqual(texts(inbox).slice(4), ['meanwhile']);
  const asked = harness.fleet.sent.filter(({ type }) => type === 'subscribe').map(({ after, last }) => ({ after, last }));
  assert.deepEqual(asked, [{ after: undefined, last: 3 }, { after: 'k3x9f2-9', last: undefined }]);
});

test('last is asked for again where the first connection ended without an answer', async () => {
  const harness = new Harness();
  for (const text of ['a', 'b']) harness.say(text);
  harness.fleet.subscribing = () => 50;
  const client = harness.client();
  const inbox = harness.inbox(client, 'tea', { last: 1 });
  await harness.time.advance(20);
  harness.fleet.node('a').crash();
  harness.fleet.node('a').restart();
  await harness.time.advance(2_000);
  assert.deepEqual(texts(inbox), ['b']);
});

test('a listener that throws is reported, and ends nothing', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  const second = harness.inbox(client, 'mate');
  const error = new Error('of the application');
  client.subscribe('mate', () => { throw error; });
  client.subscribe('mate', async () => { throw error; });
  client.addEventListener('statechange', () => { throw error; });
  client.addEventListener('statechange', { handleEvent() { throw error; } });
  await harness.time.advance(10);
  harness.say('x', 'mate');
  harness.say('hi');
  await harness.time.advance(10);
  assert.deepEqual(harness.time.logged, [error, error]);
  assert.deepEqual([texts(inbox), texts(second)], [['hi'], ['x']]);
  harness.time.logged.length = 0;
  client.reconnect();
  assert.deepEqual(harness.time.logged, [error, error]);
});

test('in a page what listeners throw goes to reportError', async () => {
  const harness = new Harness();
  const reported = [];
  harness.time.document = new EventTarget();
  harness.time.reportError = (error) => reported.push(error.message);
  const { client } = await harness.live();
  client.subscribe('tea', () => { throw new Error('of the page'); });
  harness.say('hi');
  await harness.time.advance(10);
  assert.deepEqual(reported, ['of the page']);
  assert.deepEqual(harness.time.logged, []);
});

test('event listeners may be objects, be removed, and be called once', async () => {
  const harness = new Harness();
  const client = harness.client();
  const seen = [];
  const listener = ({ state, target }) => seen.push(['always', state, target === client]);
  client.addEventListener('statechange', listener);
  client.addEventListener('statechange', listener); // Counts once.
  client.addEventListener('statechange', ({ state }) => seen.push(['once', state]), { once: true });
  client.addEventListener('statechange', { handleEvent: ({ state }) => seen.push(['object', state]) });
  client.addEventListener('statechange', null);
  assert.throws(() => client.addEventListener('statechange', 'render'), { name: 'TypeError', message: /not "render"/ });
  await harness.time.advance(100);
  client.removeEventListener('statechange', listener);
  client.close();
  assert.deepEqual(seen, [
    ['always', 'resuming', true], ['once', 'resuming'], ['object', 'resuming'], ['always', 'live', true],
    ['object', 'live'], ['object', 'closed'],
  ]);
});

test('an error is matched by what it answers: one of a publish ends no subscription', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  const [peer] = harness.fleet.node('a').connections;
  const pending = client.subscribe('mate', () => {});
  peer.subscribe = () => {};
  await harness.time.advance(10);
  for (const answers of ['publish', 'ping', 'unsubscribe']) {
    peer.error({ code: 'invalid-frame', message: `of a ${answers}`, topic: 'mate' }, answers);
  }
  await harness.time.advance(10);
  assert.equal(pending.state, 'waiting');
  assert.deepEqual(ofType(client, 'error').map(({ message }) => message), ['of a publish', 'of a ping', 'of a unsubscribe']);
  peer.error({ code: 'invalid-frame', message: 'no', topic: 'mate', id: 'of no publish' }, 'subscribe');
  await harness.time.advance(10);
  assert.equal(pending.state, 'refused');
  harness.say('hi');
  await harness.time.advance(10);
  assert.deepEqual(texts(inbox), ['hi']);
});

test('an older server, whose errors do not say what they answer, is understood as well', async () => {
  const harness = new Harness();
  harness.fleet.answers = false;
  const { client } = await harness.live();
  const [peer] = harness.fleet.node('a').connections;
  peer.subscribe = ({ topic }) => peer.error({ code: 'too-many-topics', message: 'no', topic }, 'subscribe');
  peer.publish = ({ id, topic }) => peer.error({ code: 'invalid-frame', message: 'no', id, topic }, 'publish');
  const refused = client.subscribe('mate', () => {});
  const published = outcome(client.publish('mate', 1));
  await harness.time.advance(100);
  assert.equal(refused.state, 'refused');
  assert.equal(published.error.code, 'invalid-frame');
});
