import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, URL_A, outcome } from '../support/harness.js';

const HALF = '\ud83d'; // The first half of an emoji, as a careless slice() leaves it.
const NO_TEXT = [undefined, null, 42, true, {}, [], () => {}, Symbol('tea'), 10n];

async function rejects(promise, code, words) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  });
}

test('a topic that is no text is refused by publish and subscribe: none is made of its name', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  harness.fleet.sent.length = 0;
  for (const topic of [...NO_TEXT, '', 't e a', 'tea\n', HALF, 'x'.repeat(129), ['tea']]) {
    const words = /is no topic: it must be a string of 1 to 128 of the characters/;
    await rejects(client.publish(topic, 'for strangers'), 'invalid-topic', words);
    assert.throws(() => client.subscribe(topic, () => {}), { code: 'invalid-topic', message: words });
  }
  await harness.time.advance(100);
  assert.deepEqual(harness.fleet.sent, []);
});

test('each argument of subscribe is checked by its name', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  const refused = [
    [[undefined], /listener must be a function, not undefined/],
    [[{}], /listener must be a function, not an object/],
    [[() => {}, 'k3x9f2-1'], /options must be an object, not "k3x9f2-1"/],
    [[() => {}, { after: 42 }], /after must be a position: a string of 1 to 64 characters, not 42/],
    [[() => {}, { after: '' }], /after must be a position.*, not ""/],
    [[() => {}, { after: HALF }], /after must be a position/],
    [[() => {}, { after: 'x'.repeat(65) }], /after must be a position/],
    [[() => {}, { last: 0 }], /last must be a whole number from 1 to 100000, not 0/],
    [[() => {}, { last: '50' }], /last must be a whole number/],
    [[() => {}, { last: 1.5 }], /last must be a whole number/],
    [[() => {}, { last: 100_001 }], /last must be a whole number/],
    [[() => {}, { presence: 1 }], /presence must be true or false, not 1/],
    [[() => {}, { last: 50, after: 'k3x9f2-1' }], /after and last exclude each other/],
  ];
  for (const [args, message] of refused) {
    assert.throws(() => client.subscribe('mate', ...args), (error) => error instanceof TypeError && message.test(error.message));
  }
  assert.equal(client.getSubscription('mate'), undefined);
});

test('no position is none, however it is written: nothing is called lost', async () => {
  for (const after of [undefined, null]) {
    const harness = new Harness();
    const client = harness.client();
    client.subscribe('tea', () => {}, { after, last: null });
    client.subscribe('mate', () => {}, null);
    await harness.time.advance(100);
    assert.equal(client.events.some(({ type }) => type === 'lost'), false);
    assert.deepEqual(harness.fleet.sent.map(({ type, topic, after }) => [type, topic, after]),
      [['subscribe', 'tea', undefined], ['subscribe', 'mate', undefined]]);
  }
});

test('what JSON cannot carry is refused with its kind and place, and not sent as something else', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  harness.fleet.sent.length = 0;
  const cyclic = {};
  cyclic.self = cyclic;
  const refused = [
    [undefined, /undefined/], [NaN, /NaN/], [-Infinity, /-Infinity/], [10n, /bigint/], [() => {}, /function/],
    [Symbol('x'), /symbol/], [new ArrayBuffer(2), /ArrayBuffer/], [new Uint8Array(2), /binary data/],
    [Buffer.from('x'), /binary data/], [new DataView(new ArrayBuffer(1)), /binary data/], [new Blob(['x']), /Blob/],
    [new Map(), /Map/], [new Set(), /Set/], [Promise.resolve(), /Promise/], [/x/, /RegExp/], [new Error('x'), /Error/],
    [cyclic, /circular/i], [HALF, /half of a surrogate pair/], [{ [HALF]: 1 }, /in a name/],
    [{ order: { price: NaN } }, /NaN \(at "price"\)/], [['a', undefined], /undefined \(at "1"\)/],
    [{ file: new Uint8Array(1) }, /binary data \(at "file"\)/], [{ done() {} }, /function \(at "done"\)/],
  ];
  for (const [value, words] of refused) {
    await rejects(client.publish('tea', value), 'invalid-frame', words);
    if (value !== undefined) await rejects(client.publish('tea', 1, { user: value }), 'invalid-frame', words);
  }
  await rejects(client.publish('tea', NaN), 'invalid-frame', /^message must be JSON/);
  await rejects(client.publish('tea', 1, { user: NaN }), 'invalid-frame', /^user must be JSON/);
  await harness.time.advance(100);
  assert.deepEqual(harness.fleet.sent, []);
  assert.equal(client.pending, 0);
});

test('what JSON can carry arrives as JSON.stringify has it', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  class Point {
    constructor() {
      this.x = 1;
      this.y = undefined;
    }
  }
  const values = [null, false, 0, '', 'ü😀', '\\ud83d', [], {}, [[1], { a: null }], new Point(), new Date(0),
    Object.create(null), new String('s'), new URL('http://a/')];
  for (const value of values) client.publish('tea', value, { user: value });
  await harness.time.advance(100);
  const carried = values.map((value) => JSON.parse(JSON.stringify(value)));
  assert.deepEqual(inbox.map(({ message }) => message), carried);
  assert.deepEqual(inbox.map(({ user }) => user), carried);
});

test('each option of publish is checked by its name, and nothing is sent', async () => {
  const harness = new Harness();
  const { client } = await harness.live();
  harness.fleet.sent.length = 0;
  for (const id of ['', 1.5, NaN, 2 ** 53, true, {}, 'x'.repeat(129), `ann-${HALF}`]) {
    await rejects(client.publish('tea', 1, { id }), 'invalid-frame', /^id must be a string of 1 to 128 characters/);
  }
  await rejects(client.publish('tea', 1, { keep: 'no' }), 'invalid-frame', /^keep must be true or false, not "no"/);
  for (const timeout of [0, -1, NaN, '5', 2 ** 31]) {
    await assert.rejects(client.publish('tea', 1, { timeout }), { name: 'TypeError', message: /^timeout must be a number/ });
  }
  await assert.rejects(client.publish('tea', 1, { signal: {} }), { name: 'TypeError', message: /^signal must be an Abort/ });
  await assert.rejects(client.publish('tea', 1, 'ann'), { name: 'TypeError', message: /^options must be an object/ });
  await harness.time.advance(100);
  assert.deepEqual(harness.fleet.sent, []);
});

test('options that are none are as if they were not there', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  const none = { user: undefined, id: null, keep: null, timeout: undefined, signal: null };
  const published = [outcome(client.publish('tea', 1, none)), outcome(client.publish('tea', 2, null))];
  await harness.time.advance(100);
  assert.ok(published.every(({ value }) => typeof value.id === 'string'));
  assert.equal('user' in inbox[0], false);
});

test('the ids 7 and "7" are two, as to the server', async () => {
  const harness = new Harness();
  const { client, inbox } = await harness.live();
  const published = [7, '7'].map((id) => outcome(client.publish('tea', id, { id })));
  await harness.time.advance(100);
  assert.deepEqual(published.map(({ value }) => [value.id, value.position]), [[7, 'k3x9f2-1'], ['7', 'k3x9f2-2']]);
  assert.equal(inbox.length, 2);
});

test('URLs that cannot be meant are refused when they are given', () => {
  const harness = new Harness();
  const refused = [
    [[], /at least one/], ['chat', /"chat" is no URL/], ['ftp://a/chat', /must begin with ws/], ['ws://', /is no URL/],
    ['localhost:8080/chat', /must begin with ws/], ['ws://a/chat?topic=tea', /subscribe/],
    [undefined, /a URL must be a string or a URL, not undefined/], [null, /not null/], [[URL_A, 7], /not 7/],
  ];
  harness.time.location = { href: undefined };
  for (const [urls, message] of refused) assert.throws(() => connectTo(harness, urls), { name: 'TypeError', message });
  harness.time.location = { href: 'https://example.com/sub/page' };
  for (const [url, meant] of [
    ['chat', 'wss://example.com/sub/chat'], ['/chat?x=1#part', 'wss://example.com/chat?x=1'],
    ['HTTP://a/chat', 'ws://a/chat'], [new URL('https://a/chat'), 'wss://a/chat'], [' ws://a:81/chat ', 'ws://a:81/chat'],
  ]) assert.equal(connectTo(harness, url).url, meant);
  assert.throws(() => connectTo(harness, undefined), /not undefined/); // And not …/undefined.
});

/** Without the default of the harness for a URL that is missing. */
const connectTo = (harness, urls) => harness.client(urls === undefined ? [undefined] : urls);

test('options of connect that cannot be meant are refused', () => {
  const harness = new Harness();
  const refused = {
    maxPending: [0, '5', 1.5], backoff: [500, { base: 0 }, { max: '5' }], startClosed: ['no'], log: [1], debug: [true],
    random: [0.5], WebSocket: ['ws'],
  };
  for (const [name, values] of Object.entries(refused)) {
    for (const value of values) {
      const message = new RegExp(`^options.${name}[.a-z]* must be`);
      assert.throws(() => harness.client(URL_A, { [name]: value }), { name: 'TypeError', message });
    }
  }
  assert.throws(() => harness.client(URL_A, { WebSocket: undefined, global: {} }), /options.WebSocket/);
});
