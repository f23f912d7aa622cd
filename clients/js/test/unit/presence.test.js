import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, URL_A, URL_B, ofType, outcome } from '../support/harness.js';

const BOTH = [URL_A, URL_B];
const options = { random: () => 0.1 }; // Begins at node a.
const show = { presence: true };

/** What a client was told of presence, in its order: `+ann`, `-ann`, and `=ann,ben` for a whole list. */
function told(client) {
  return client.events.flatMap(({ type, user, seen }) => {
    if (type === 'presence') return `=${seen}`;
    return type === 'join' ? `+${user}` : type === 'leave' ? `-${user}` : [];
  });
}

const names = (users) => [...users.keys()].sort().join();

/** A fleet with these in the topic, and a client that is live and sees them. */
async function watching({ there = ['ann', 'ben'], urls = BOTH, ...rest } = {}) {
  const harness = new Harness();
  for (const host of ['a', 'b']) harness.fleet.node(host);
  harness.fleet.join('tea', ...there);
  Object.assign(harness.fleet, rest);
  const client = harness.client(urls, options);
  client.addEventListener('presence', (event) => { event.seen = names(event.users); });
  const subscription = client.subscribe('tea', () => {}, show);
  await harness.time.advance(100);
  return { harness, client, subscription, ...harness.fleet.nodes };
}

/** A node that hears of everything so much later. */
function delay(harness, host, ms) {
  const node = harness.fleet.node(host);
  node.meet = (topic) => harness.time.setTimeout(() => Object.getPrototypeOf(node).meet.call(node, topic), ms);
}

test('the list comes first and whole, then who comes and who goes', async () => {
  const { harness, client, subscription } = await watching({ there: ['ann', null, 'ben', 'cleo', 'dora'], page: 2 });
  assert.deepEqual(harness.fleet.sent.map(({ type, presence }) => [type, presence]), [['subscribe', true]]);
  assert.deepEqual(told(client), ['=ann,ben,cleo,dora,']);
  assert.deepEqual(subscription.users.get('ann'), { connections: 1, since: harness.fleet.presence('tea')[0].since });
  harness.fleet.join('tea', 'eve');
  await harness.time.advance(10);
  harness.fleet.leave('tea', null, 'ben');
  await harness.time.advance(10);
  assert.deepEqual(told(client).slice(1), ['+eve', '-null', '-ben']);
  assert.equal(names(subscription.users), 'ann,cleo,dora,eve');
  assert.equal(subscription.users.get('eve').connections, 1);
  assert.ok(Math.abs(subscription.users.get('eve').since - harness.time.now) < 100);
  assert.deepEqual(ofType(client, 'join').map(({ topic, user }) => [topic, user]), [['tea', 'eve']]);
});

test('many at once are told one by one, and who is known is not told again', async () => {
  const { harness, client, subscription } = await watching();
  harness.fleet.join('tea', 'cleo', 'dora', 'ann', 'eve');
  await harness.time.advance(10);
  harness.fleet.leave('tea', 'ben', 'cleo', 'nobody', 'eve');
  await harness.time.advance(10);
  assert.deepEqual(told(client).slice(1), ['+cleo', '+dora', '+eve', '-ben', '-cleo', '-eve']);
  assert.equal(names(subscription.users), 'ann,dora');
});

test('who comes or goes between two pages is newer than the pages that follow', async () => {
  const { harness, client } = await watching({ there: ['ann', 'ben', 'cleo', 'dora'], page: 1, paging: () => 50 });
  assert.deepEqual(told(client), []);
  harness.fleet.leave('tea', 'dora', 'ann');
  harness.fleet.join('tea', 'eve');
  await harness.time.advance(100);
  assert.deepEqual(told(client), ['=ben,cleo,eve']);
});

test('ready comes with the list', async () => {
  const { harness, client } = await watching();
  const mate = client.subscribe('mate', () => {}, show);
  assert.equal(mate.users.size, 0);
  let seen;
  mate.ready.then(() => { seen = told(client); });
  await harness.time.advance(100);
  assert.deepEqual(seen, ['=ann,ben', '=']);
});

test('after a lost connection only what differs is told, the leaves first', async () => {
  const { harness, client, subscription } = await watching({ page: 1 });
  harness.fleet.join('tea', 'cleo');
  await harness.time.advance(5_000);
  const { users } = subscription;
  harness.fleet.node('a').crash();
  assert.equal(names(users), 'ann,ben,cleo'); // As it was, while nobody knows.
  harness.fleet.leave('tea', 'ben');
  harness.fleet.join('tea', 'dora', 'eve');
  harness.fleet.leave('tea', 'eve');
  await harness.time.advance(5_000);
  assert.deepEqual(told(client), ['=ann,ben', '+cleo', '-ben', '+dora', '=ann,cleo,dora']);
  assert.equal(subscription.users, users);
});

test('a list that was cut off counts for nothing', async () => {
  const { harness, client, subscription } = await watching({ there: ['ann', 'ben', 'cleo'], page: 1, paging: () => 60 });
  assert.equal(subscription.users.size, 0);
  harness.fleet.node('a').crash();
  harness.fleet.leave('tea', 'ann');
  await harness.time.advance(2_000);
  assert.deepEqual(told(client), ['=ben,cleo']);
  await harness.time.advance(5_000);
  client.reconnect();
  await harness.time.advance(30);
  harness.fleet.node('b').crash();
  harness.fleet.node('a').restart();
  await harness.time.advance(5_000);
  assert.deepEqual(told(client).slice(1), ['=ben,cleo']);
});

test('in a hand-over the first connection tells, and the list of the second waits until it serves', async () => {
  const { harness, client } = await watching();
  await harness.time.advance(5_000);
  client.subscribe('quiet', () => {});
  await harness.time.advance(100);
  harness.fleet.subscribing = (topic) => (topic === 'quiet' ? 500 : 0); // It serves when all topics are there.
  harness.fleet.node('a').leave(() => 0);
  await harness.time.advance(100);
  assert.equal(client.state, 'handing-over');
  harness.fleet.join('tea', 'cleo');
  await harness.time.advance(100);
  assert.deepEqual(told(client).slice(1), ['+cleo']);
  harness.fleet.node('a').meet = () => {}; // The second alone hears of the next.
  harness.fleet.join('tea', 'dora');
  harness.fleet.leave('tea', 'ann');
  await harness.time.advance(100);
  assert.deepEqual(told(client).slice(1), ['+cleo']);
  await harness.time.advance(1_000);
  assert.equal(client.node, 'b');
  assert.deepEqual(told(client).slice(1), ['+cleo', '-ann', '+dora', '=ben,cleo,dora']);
});

for (const move of ['hand-over', 'loss']) {
  test(`nothing is taken back and told again after a ${move} to a node that hears of it later`, async () => {
    const { harness, client } = await watching();
    await harness.time.advance(5_000);
    delay(harness, 'b', 600);
    harness.fleet.join('tea', 'cleo');
    harness.fleet.leave('tea', 'ben');
    await harness.time.advance(10);
    if (move === 'loss') harness.fleet.node('a').crash();
    else harness.fleet.node('a').leave(() => 0);
    await harness.time.advance(5_000);
    assert.equal(client.node, 'b');
    assert.deepEqual(told(client), ['=ann,ben', '+cleo', '-ben', '=ann,cleo']);
  });
}

test('what was told and is still contradicted after two seconds is put right', async () => {
  const { harness, client, subscription } = await watching();
  await harness.time.advance(5_000);
  harness.fleet.join('tea', 'cleo');
  await harness.time.advance(10);
  harness.fleet.node('a').crash();
  harness.fleet.leave('tea', 'cleo'); // Before the new list, so that no leave follows it.
  await harness.time.advance(1_000);
  assert.equal(names(subscription.users), 'ann,ben,cleo');
  await harness.time.advance(2_000);
  assert.deepEqual(told(client), ['=ann,ben', '+cleo', '=ann,ben,cleo', '-cleo']);
});

test('without the right to see it the topic is refused, at once or by a later token', async () => {
  const harness = new Harness();
  harness.fleet.closed = true;
  let allowed = (topic) => topic !== 'secret';
  const client = harness.client(URL_A, { token: () => harness.fleet.issue({ presence: (topic) => allowed(topic) }) });
  const secret = client.subscribe('secret', () => {}, show);
  const refused = outcome(secret.ready);
  const tea = client.subscribe('tea', () => {}, show);
  const plain = client.subscribe('mate', () => {});
  await harness.time.advance(1_000);
  assert.deepEqual([secret.state, refused.error.code, tea.state], ['refused', 'forbidden', 'live']);
  allowed = () => false;
  await harness.time.advance(20_000);
  assert.deepEqual([tea.state, tea.error.code, plain.state], ['refused', 'forbidden', 'live']);
  assert.deepEqual(ofType(client, 'error').map(({ code, topic }) => [code, topic]), [
    ['forbidden', 'secret'], ['forbidden', 'tea'],
  ]);
});

test('a topic has presence from its first listener on, or not', async () => {
  const { harness, client, subscription } = await watching();
  const second = client.subscribe('tea', () => {}, show);
  assert.equal(second.users, subscription.users);
  const plain = client.subscribe('mate', () => {});
  assert.equal(plain.users, undefined);
  assert.throws(() => client.subscribe('mate', () => {}, show), { code: 'already-subscribed', message: /begin with presence/ });
  subscription.unsubscribe();
  harness.fleet.join('tea', 'cleo');
  await harness.time.advance(10);
  assert.deepEqual(told(client), ['=ann,ben', '+cleo']);
});

test('what a listener does at once counts: nothing is told of a topic that was left', async () => {
  for (const end of ['unsubscribe', 'close']) {
    const { harness, client, subscription } = await watching();
    client.addEventListener('leave', () => (end === 'close' ? client.close() : subscription.unsubscribe()));
    harness.fleet.node('a').crash();
    await harness.time.advance(5_000);
    harness.fleet.leave('tea', 'ann', 'ben');
    client.state === 'live' && client.reconnect();
    await harness.time.advance(5_000);
    assert.equal(ofType(client, 'leave').length, 1);
    assert.deepEqual(ofType(client, 'presence').length, 2);
  }
});
