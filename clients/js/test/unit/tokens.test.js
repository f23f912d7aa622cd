import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { test } from 'node:test';
import { forEachSeed } from '../support/chaos.js';
import { Harness, URL_A, URL_B, ofType, outcome, seeded, states, texts } from '../support/harness.js';

const BOTH = [URL_A, URL_B];

/** A closed fleet, and the moments at which its clients asked for a token, which counts for so long. */
class Closed extends Harness {
  asked = [];

  constructor(ms = 20_000) {
    super();
    this.fleet.closed = true;
    this.ms = ms;
    this.token = () => this.give();
  }

  give(issued) {
    this.asked.push(this.time.performance.now());
    return this.fleet.issue({ ms: this.ms, ...issued });
  }

  member({ urls = URL_A, topic = 'tea', ...options } = {}) {
    return this.live({ urls, topic, options: { token: this.token, ...options } });
  }
}

const errors = (client) => ofType(client, 'error').map(({ code, topic }) => [code, topic].filter(Boolean).join(' '));

test('a token travels as a second subprotocol, or in the query; and the client knows whose it is', async () => {
  const harness = new Closed();
  const { client } = await harness.member();
  assert.equal(client.user, 'ann');
  assert.deepEqual(harness.fleet.offers.at(-1), { url: URL_A, protocols: ['tidegate.v1', 'tidegate.token.token.ann.1'] });
  for (const [url, offered] of [[URL_A, `${URL_A}?access_token=`], [`${URL_A}?a=b`, `${URL_A}?a=b&access_token=`]]) {
    const { client: other } = await harness.member({ urls: url, tokenIn: 'query' });
    const { url: tried, protocols } = harness.fleet.offers.at(-1);
    assert.ok(tried.startsWith(`${offered}token.ann.`), tried);
    assert.deepEqual([other.state, other.url, protocols], ['live', url, 'tidegate.v1']);
  }
  const open = new Harness();
  const { client: without } = await open.live({ options: { token: () => 'any' } });
  assert.deepEqual([without.user, without.state], [undefined, 'live']);
  await open.time.advance(600_000);
  assert.equal(open.fleet.sent.some(({ type }) => type === 'token'), false);
});

test('a token is renewed on the open connection, between 60 % and 90 % of its time, and no more often', async () => {
  for (const [luck, moment] of [[0, 12_000], [0.5, 15_000], [1 - 2 ** -32, 18_000]]) {
    const harness = new Closed();
    const { client } = await harness.member({ random: () => luck });
    await harness.time.advance(200_000);
    const [first, ...later] = harness.asked;
    assert.equal(first, 5_000);
    later.forEach((at, i) => assert.ok(Math.abs(at - harness.asked[i] - moment) < 10, `${harness.asked}`));
    assert.ok(Math.abs(later.length - 200_000 / moment) <= 1);
    assert.deepEqual(states(client), ['resuming', 'live']);
    assert.equal(harness.fleet.expired, 0);
    client.close();
    await harness.time.advance(100_000);
    assert.equal(harness.asked.length, 1 + later.length);
  }
});

test('a token that lasts is used for the next connection too; one that is near its end is not', async () => {
  const harness = new Closed();
  const { client } = await harness.member({ random: () => 0.99 });
  await harness.time.advance(11_000);
  client.reconnect();
  await harness.time.advance(100);
  assert.equal(harness.asked.length, 1);
  assert.equal(client.state, 'live');
  await harness.time.advance(1_500);
  client.reconnect();
  await harness.time.advance(100);
  assert.equal(harness.asked.length, 2);
  const long = new Closed(3_600_000);
  const { client: patient } = await long.member({ random: () => 0.99 });
  await long.time.advance(3_000_000);
  patient.reconnect();
  await long.time.advance(100);
  assert.equal(long.asked.length, 1);
});

test('before a hand-over a token that would end soon is renewed once, spread over the time that there is', async () => {
  const harness = new Closed(100_000);
  setMaxListeners(0, harness.time);
  const random = seeded(7);
  const clients = [];
  for (let i = 0; i < 200; i++) clients.push(harness.client(URL_A, { token: harness.token, random }));
  await harness.time.advance(50_000);
  assert.equal(harness.asked.length, 200);
  harness.asked.length = 0;
  harness.fleet.node('a').leave(() => 10_000); // At the end of the slot 38 s are left, in which all would ask.
  const notice = harness.time.performance.now();
  await harness.time.advance(10_050);
  assert.equal(harness.asked.length, 200);
  const seconds = Array(10).fill(0);
  for (const at of harness.asked) seconds[Math.min(9, Math.floor((at - notice) / 1_000))]++;
  assert.ok(seconds.every((count) => count > 8 && count < 35), `${seconds}`);
  harness.fleet.node('a').leaving = false;
  await harness.time.advance(20_000);
  assert.equal(harness.asked.length, 200);
  assert.ok(clients.every(({ state }) => state === 'live'));
});

test('a drain asks for one token at most, and for none where the present one lasts', async () => {
  for (const [ms, age, count] of [[3_600_000, 100_000, 0], [20_000, 8_000, 1], [20_000, 1_000, 0], [100_000, 55_000, 1]]) {
    const harness = new Closed(ms);
    const { client, inbox } = await harness.member({ urls: BOTH, random: () => 0.1 });
    await harness.time.advance(age);
    harness.asked.length = 0;
    harness.fleet.node('a').leave(() => 5_000);
    harness.fleet.node('b').leaving = true; // The first tries fail.
    await harness.time.advance(5_500);
    harness.fleet.node('b').leaving = false;
    harness.say('hi');
    await harness.time.advance(1_400);
    assert.equal(harness.asked.length, count, `${ms} after ${age}`);
    assert.equal(client.node, 'b');
    assert.deepEqual(texts(inbox), ['hi']);
    assert.deepEqual(states(client).slice(2), ['leaving', 'handing-over', 'live']);
  }
});

test('a token that comes while a handshake is under way with the one before it follows on that connection', async () => {
  const harness = new Closed(3_600_000);
  harness.fleet.heartbeatMs = 600_000;
  let calls = 0;
  const token = () => new Promise((resolve) => {
    calls++;
    harness.time.setTimeout(() => resolve(harness.give()), 500);
  });
  const { client } = await harness.member({ token, random: () => 0 });
  harness.fleet.latency = () => 400;
  while (calls < 2) await harness.time.advance(100);
  client.reconnect();
  await harness.time.advance(20_000);
  assert.equal(harness.asked.length, 2);
  await harness.time.advance(3_600_000);
  assert.equal(harness.fleet.expired, 0);
  assert.equal(states(client).includes('waiting'), false);
});

test('close 4401 is answered with a new token at once, then with backoff; the resume has no gap', async () => {
  const harness = new Closed();
  const { client, inbox } = await harness.member();
  const [peer] = harness.fleet.node('a').connections;
  await harness.time.advance(3_000);
  const published = outcome(client.publish('tea', 'under way'));
  peer.error({ code: 'token-expired', message: 'the token has expired' });
  peer.end(4401, 'the token has expired');
  harness.say('meanwhile');
  await harness.time.advance(10);
  assert.equal(client.state, 'live');
  assert.equal(harness.asked.length, 2);
  assert.ok(published.value);
  assert.deepEqual(texts(inbox).sort(), ['meanwhile', 'under way']);
  assert.deepEqual(errors(client), []);

  harness.fleet.check = () => 'invalid-token'; // The server has other keys.
  client.reconnect();
  harness.asked.length = 0;
  await harness.time.advance(10_000);
  const waits = harness.asked.slice(1).map((at, i) => Math.round((at - harness.asked[i]) / 100) * 100);
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000]);
  assert.deepEqual(new Set(errors(client)), new Set(['invalid-token']));
  delete harness.fleet.check;
  harness.say('afterwards');
  await harness.time.advance(10_000);
  assert.equal(client.state, 'live');
  assert.equal(texts(inbox).at(-1), 'afterwards');
  assert.deepEqual(ofType(client, 'lost'), []);
});

test('a token that ends while no server can be reached is no error: another one is asked for', async () => {
  const harness = new Closed();
  harness.fleet.node('a').up = false;
  const { client } = await harness.member();
  await harness.time.advance(30_000);
  assert.equal(harness.asked.length, 1);
  harness.fleet.node('a').restart();
  await harness.time.advance(10_100);
  assert.equal(client.state, 'live');
  assert.equal(harness.asked.length, 2);
  assert.deepEqual(errors(client), []);
});

test('close 4403 ends the client with an error that says why, at the handshake and later', async () => {
  for (const early of [true, false]) {
    const harness = new Closed();
    if (early) harness.fleet.banned.add('ann');
    const { client, subscription } = await harness.member();
    if (!early) [...harness.fleet.node('a').connections][0].end(4403, 'thrown out');
    const published = outcome(client.publish('tea', 1));
    await harness.time.advance(60_000);
    assert.equal(client.state, 'closed');
    assert.equal(harness.fleet.opened.length, 1);
    const [{ code, message }] = ofType(client, 'error');
    assert.deepEqual([code, message], ['forbidden', early ? 'forbidden it is' : 'thrown out']);
    assert.equal(published.error.code, 'closed');
    assert.equal(subscription.state, 'ended');
    assert.equal(ofType(client, 'statechange').at(-1).code, 4403);
  }
});

test('a token that is no function is used as it is; when the server wants another one, the client ends', async () => {
  const harness = new Closed();
  const { client } = await harness.live({ options: { token: harness.fleet.issue() } });
  assert.equal(client.state, 'live');
  await harness.time.advance(30_000);
  assert.equal(client.state, 'closed');
  assert.deepEqual(errors(client), ['token-expired']);
  const { client: wrong } = await harness.live({ options: { token: 'no.such.token' } });
  assert.equal(wrong.state, 'closed');
  assert.deepEqual(errors(wrong), ['invalid-token']);
});

test('without a token close 4401 is tried again, at once and then with backoff: a cookie may have changed', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  const before = harness.time.performance.now();
  [...harness.fleet.node('a').connections][0].end(4401, 'the token has expired');
  await harness.time.advance(10);
  assert.equal(client.state, 'live');
  [...harness.fleet.node('a').connections][0].end(4401, 'the token has expired');
  await harness.time.advance(2_000);
  const tries = harness.fleet.opened.slice(1).map((at) => at - before);
  assert.ok(tries[0] <= 2 && tries[1] >= 500, `${tries}`);
});

const FAILURES = {
  'throws': () => { throw new Error('no login'); },
  'rejects': () => Promise.reject(new Error('no login')),
  'gives nothing': () => undefined,
  'gives what is no token': () => 'secret of ann',
  'never answers': () => new Promise(() => {}),
};
for (const [name, fail] of Object.entries(FAILURES)) {
  test(`a token() that ${name} is called again with backoff, told as an error, and nothing is lost`, async () => {
    const harness = new Closed();
    let fails = true;
    let calls = 0;
    const token = () => {
      calls++;
      return fails ? fail() : harness.give();
    };
    const client = harness.client(URL_A, { token });
    const inbox = harness.inbox(client, 'tea');
    const published = outcome(client.publish('tea', 'early'));
    await harness.time.advance(100_000);
    assert.ok(calls >= 2 && calls < 20, `${calls}`);
    assert.equal(new Set(errors(client)).size, 1);
    assert.equal(errors(client).length, client.state === 'connecting' ? calls - 1 : calls);
    const [{ code, message }] = ofType(client, 'error');
    assert.equal(code, 'token-failed');
    assert.match(message, /^options.token failed: (no login|what it gives must be a token of the .*|no answer in 30 s)$/);
    assert.doesNotMatch(message + harness.time.logged, /secret/);
    assert.match(harness.time.logged[0], /Check what options.token gives/);
    assert.equal(harness.fleet.opened.length, 0);
    fails = false;
    await harness.time.advance(40_000);
    assert.ok(published.value);

    fails = true; // The login service is away when the token is to be renewed, and longer than it counts.
    harness.asked.length = calls = 0;
    await harness.time.advance(70_000);
    assert.ok(calls >= 2);
    harness.say('meanwhile');
    fails = false;
    await harness.time.advance(50_000);
    assert.equal(client.state, 'live');
    assert.deepEqual(texts(inbox), ['early', 'meanwhile']);
    assert.deepEqual(ofType(client, 'lost'), []);
  });
}

test('where no new token can be had before a hand-over, one that still counts will do', async () => {
  const harness = new Closed(100_000);
  const { client } = await harness.member({ urls: BOTH, random: () => 0.1 });
  await harness.time.advance(50_000);
  const { give } = harness;
  harness.give = () => { throw new Error('no login'); };
  await harness.time.advance(30_000);
  harness.fleet.node('a').leave(() => 5_000);
  await harness.time.advance(6_000);
  assert.equal(client.state, 'live');
  assert.equal(client.node, 'b');
  harness.give = give;
  await harness.time.advance(60_000);
  assert.equal(harness.fleet.expired, 0);
});

test('a renewal that the server refuses is told, tried again, and costs no connection', async () => {
  const harness = new Closed();
  let user = 'ann';
  const { client } = await harness.member({ token: () => harness.give({ user }) });
  user = 'ben';
  await harness.time.advance(19_000);
  assert.ok(harness.asked.length >= 2);
  assert.deepEqual(new Set(errors(client)), new Set(['invalid-token']));
  assert.equal(client.user, 'ann');
  user = 'ann';
  await harness.time.advance(60_000);
  assert.deepEqual(states(client), ['resuming', 'live']);
});

test('an application that gives the same token again is asked again, and not in a loop', async () => {
  const harness = new Closed();
  let kept = harness.fleet.issue();
  let calls = 0;
  const { client } = await harness.member({ token: () => (calls++, kept), random: () => 0.2 });
  await harness.time.advance(18_000);
  assert.ok(calls > 2 && calls < 8, `${calls}`);
  kept = harness.fleet.issue({ ms: 10_000 });
  await harness.time.advance(11_000); // Longer than it counts.
  assert.deepEqual(states(client).slice(0, 3), ['resuming', 'live', 'waiting']);
  assert.equal(harness.fleet.expired, 1);
  assert.ok(calls < 25, `${calls}`);
  kept = harness.fleet.issue();
  await harness.time.advance(10_000);
  assert.equal(client.state, 'live');
});

test('a topic that the token does not allow: the subscription is refused, the publish rejected, the rest goes on', async () => {
  const harness = new Closed();
  const allowed = (topic) => topic !== 'secret';
  const { client, inbox } = await harness.member({ token: () => harness.give({ subscribe: allowed, publish: allowed }) });
  const secret = client.subscribe('secret', () => {});
  await assert.rejects(Promise.all([secret.ready, harness.time.advance(10)]), { code: 'forbidden' });
  assert.deepEqual([secret.state, secret.error.code], ['refused', 'forbidden']);
  const published = outcome(client.publish('secret', 1));
  client.publish('tea', 'allowed');
  await harness.time.advance(10);
  assert.equal(published.error.code, 'forbidden');
  assert.deepEqual(texts(inbox), ['allowed']);
  assert.deepEqual(errors(client), ['forbidden secret']);
  assert.equal(client.state, 'live');
});

test('a renewed token that allows less ends the subscription with an error, wherever the client is', async () => {
  for (const moment of [0, 50, 100, 150, 200, 300]) {
    const harness = new Closed();
    let allowed = () => true;
    const token = () => harness.give({ subscribe: allowed });
    const { client, subscription } = await harness.member({ urls: BOTH, token, random: () => 0.1 });
    const mate = harness.inbox(client, 'mate');
    harness.fleet.latency = () => 40;
    await harness.time.advance(12_600 - 100 - 200);
    allowed = (topic) => topic !== 'tea';
    harness.fleet.node('a').leave(() => moment);
    await harness.time.advance(3_000);
    assert.deepEqual([subscription.state, subscription.error?.code], ['refused', 'forbidden'], `after ${moment}`);
    assert.equal(errors(client).filter((error) => error === 'forbidden tea').length, 1);
    harness.say('hi', 'mate');
    await harness.time.advance(200);
    assert.deepEqual(texts(mate), ['hi']);
    assert.equal(client.state, 'live');
    assert.equal(client.node, 'b');
    const peers = [...harness.fleet.node('b').connections];
    assert.deepEqual([...peers[0].next.keys()], ['mate']);
  }
});

test('the server need not be asked again for a topic whose right has ended', async () => {
  const harness = new Closed();
  let allowed = () => true;
  const { client, subscription } = await harness.member({ token: () => harness.give({ subscribe: () => allowed() }) });
  allowed = () => false;
  await harness.time.advance(19_000);
  assert.equal(subscription.error.message, 'subscribing is not allowed');
  assert.equal(harness.fleet.sent.filter(({ type }) => type === 'subscribe').length, 1);
  allowed = () => true;
  await harness.time.advance(19_000);
  const inbox = harness.inbox(client, 'tea');
  await harness.time.advance(10);
  assert.equal(inbox.subscription.state, 'live');
});

test('a topic that is being left when its right ends can be taken again later', async () => {
  const harness = new Closed();
  let allowed = () => false;
  const { client, subscription } = await harness.member();
  const [peer] = harness.fleet.node('a').connections;
  harness.fleet.latency = () => 20;
  subscription.unsubscribe();
  peer.token({ token: harness.fleet.issue({ subscribe: () => allowed() }) });
  await harness.time.advance(200);
  assert.deepEqual(errors(client), []);
  allowed = () => true;
  const inbox = harness.inbox(client, 'tea');
  await harness.time.advance(100);
  harness.say('hi');
  await harness.time.advance(100);
  assert.deepEqual(texts(inbox), ['hi']);
});

test('no token is shown: not by the debug hook, an error, an event, the console or the URL', async () => {
  for (const tokenIn of ['subprotocol', 'query']) {
    const harness = new Closed();
    const shown = [];
    const debug = (event) => shown.push(event);
    const { client } = await harness.member({ urls: BOTH, debug, tokenIn });
    await harness.time.advance(30_000);
    for (const host of ['a', 'b']) harness.fleet.node(host).up = false;
    client.reconnect();
    await harness.time.advance(100);
    assert.ok(shown.some(({ type, frame }) => type === 'send' && frame.type === 'token'));

    class Talkative {
      constructor(url, protocols) {
        if (harness.isWrong) throw new Error(`cannot open ${url} with ${protocols}`);
        setTimeout(() => this.onerror({ message: `Unexpected server response: 404 of ${url} with ${protocols}` }));
      }

      close() {}
    }
    for (harness.isWrong of [true, false]) {
      const other = harness.client(URL_A, { token: harness.token, debug, tokenIn, WebSocket: Talkative });
      await new Promise((done) => setTimeout(done, 5));
      await harness.time.advance(10);
      shown.push(...other.events.map(({ code, message, reason, status }) => ({ code, message, reason, status })), other.url);
    }
    shown.push(...client.events.map(({ code, message, reason }) => ({ code, message, reason })), client.url, harness.time.logged);
    assert.ok(harness.fleet.tokens.size >= 3);
    assert.match(JSON.stringify(shown), /cannot-open/);
    assert.doesNotMatch(JSON.stringify(shown), /token\.ann/);
  }
});

test('what cannot be a token is refused, and not shown', () => {
  const harness = new Harness();
  for (const token of ['', 'a b', 'ä', 'secret\n', 42, {}]) {
    assert.throws(() => harness.client(URL_A, { token }), (error) => error instanceof TypeError
      && /options.token, if it is no function, must be a token/.test(error.message) && !/secret/.test(error.message));
  }
  assert.throws(() => harness.client(URL_A, { token: 'x', tokenIn: 'header' }), /options.tokenIn must be "subprotocol" or "query"/);
  assert.throws(() => harness.client(`${URL_A}?access_token=secret`), (error) => error instanceof TypeError
    && /must have no access_token: give options.token/.test(error.message) && !/secret/.test(error.message));
});

test('with a token that ends every 20 s, drains and losses nothing is lost or doubled, and none is asked for too often', async () => {
  const asked = new Map();
  const settings = {
    history: Infinity, gaps: false, refusals: false, unkept: 0.3, pauses: [50, 500, 2_000],
    options: (run) => {
      const { fleet, time } = run.harness;
      fleet.closed = true;
      asked.set(run, []);
      return { token: () => {
        asked.get(run).push(time.performance.now());
        return new Promise((resolve) => time.setTimeout(() => resolve(fleet.issue()), run.upTo(100)));
      } };
    },
  };
  let calls = 0;
  await forEachSeed(settings, (run) => {
    const { fleet } = run.harness;
    assert.deepEqual(ofType(run.client, 'lost'), []);
    assert.deepEqual(ofType(run.client, 'error'), []);
    assert.equal(fleet.expired, 0, 'a connection ended with its token');
    const times = asked.get(run);
    const between = times.slice(1).map((at, i) => at - times[i]);
    assert.ok(Math.min(...between) > 8_000, `asked again after ${Math.min(...between)} ms`);
    calls += times.length;
    run.checkOrder();
  });
  assert.ok(calls > 4 * asked.size, `${calls}`);
});

test('nor where every third token() fails', async () => {
  await forEachSeed({
    history: Infinity, gaps: false, refusals: true, unkept: 0.3, pauses: [50, 500, 2_000],
    options: (run) => {
      run.harness.fleet.closed = true;
      return { token: async () => {
        if (run.chance(0.33)) throw new Error('no login');
        return run.harness.fleet.issue();
      } };
    },
  }, (run) => assert.deepEqual(ofType(run.client, 'lost'), []));
});
