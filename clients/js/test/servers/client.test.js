import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import WebSocket from 'ws';
import { connect } from '../../src/tidegate-client.js';
import { RUNTIMES, startRedis, startServer } from '../support/processes.js';

/** The client against the server as it is packaged. What nothing but a real one can show; the rest is in ../unit. */
const LIMIT = { timeout: 60_000 };
const DRAIN = { 'tidegate.drain.notice': '300ms', 'tidegate.drain.window': '300ms', 'tidegate.drain.timeout': '10s' };

/** Begins at the first of its URLs. */
function open(t, urls) {
  const first = [0];
  const sockets = [];
  class Socket extends WebSocket {
    constructor(...args) {
      super(...args);
      sockets.push(this);
    }
  }
  const debug = (event) => client.told?.(event);
  const client = connect(urls, { WebSocket: Socket, random: () => first.pop() ?? Math.random(), debug });
  t.after(() => client.close());
  const states = [client.state];
  const lost = [];
  client.addEventListener('statechange', ({ state }) => states.push(state));
  client.addEventListener('lost', (event) => lost.push(event));
  return Object.assign(client, { states, lost, cut: () => sockets.at(-1).terminate() });
}

/** Resolves once the client is in that state. */
function reaches(client, state) {
  return new Promise((resolve) => {
    if (client.state === state) return resolve();
    client.addEventListener('statechange', function listen(event) {
      if (event.state !== state) return;
      client.removeEventListener('statechange', listen);
      resolve();
    });
  });
}

/** What comes on a topic, and a promise of the moment when so many have come. */
function follow(client, topic, options) {
  const inbox = [];
  const waiting = [];
  const subscription = client.subscribe(topic, ({ message }) => {
    inbox.push(message);
    for (const [count, resolve] of waiting) if (inbox.length >= count) resolve();
  }, options);
  return { inbox, subscription, until: (count) => new Promise((resolve) => {
    waiting.push([count, resolve]);
    if (inbox.length >= count) resolve();
  }) };
}

const numbers = (count) => Array.from({ length: count }, (_, number) => number);

for (const runtime of RUNTIMES) {
  describe(`a server on ${runtime}`, () => {
    test('delivers, acknowledges, knows a repeated id, and says what is wrong', LIMIT, async (t) => {
      const server = await startServer(t, runtime);
      const client = open(t, server.chat);
      const tea = follow(client, 'tea');
      await reaches(client, 'live');
      const { position } = await client.publish('tea', { hot: [1, 'zwei', null] }, { user: 'ann', id: 'ann-1' });
      assert.equal((await client.publish('tea', 'again', { id: 'ann-1' })).position, position);
      await client.publish('tea', 'ü');
      await tea.until(2);
      assert.deepEqual(tea.inbox, [{ hot: [1, 'zwei', null] }, 'ü']);
      await assert.rejects(client.publish('tea', 'x'.repeat(70_000)), { code: 'too-large' });
      assert.equal(client.state, 'live');

      const mate = follow(client, 'mate', { after: 'yesterday' });
      while (mate.inbox.length === 0) await client.publish('mate', 'hi'); // The first may come before its subscription.
      assert.deepEqual(client.lost.map(({ topic, from }) => [topic, from]), [['mate', 'yesterday']]);
    });

    test('resumes after each of many cuts, with every message once and in order', LIMIT, async (t) => {
      const server = await startServer(t, runtime);
      const [reader, writer] = [open(t, server.chat), open(t, server.chat)];
      const tea = follow(reader, 'tea');
      await reaches(reader, 'live');
      const published = [];
      for (const number of numbers(300)) {
        published.push(writer.publish('tea', number));
        if (number % 60 === 30) reader.cut();
        if (number % 100 === 50) writer.cut();
        if (number % 10 === 0) await published.at(-1);
      }
      await Promise.all(published);
      await tea.until(300);
      assert.deepEqual(tea.inbox, numbers(300));
      assert.deepEqual(reader.lost, []);
      assert.ok(reader.states.filter((state) => state === 'waiting').length >= 1);
    });

    test('brings what is published behind a subscribe, 100 of 100 times', LIMIT, async (t) => {
      const server = await startServer(t, runtime);
      const client = open(t, server.chat);
      await Promise.all(numbers(100).map((number) => {
        const topic = `topic-${number}`;
        const own = follow(client, topic);
        client.publish(topic, 'mine').catch(() => {});
        return own.until(1).then(() => own.subscription.unsubscribe());
      }));
    });

    test('never has to refuse for its rate', LIMIT, async (t) => {
      const server = await startServer(t, runtime, { 'tidegate.limits.rate': 20 });
      const client = open(t, server.chat);
      const tea = follow(client, 'tea');
      const refused = [];
      client.told = ({ frame }) => frame?.type === 'error' && refused.push(frame);
      const began = performance.now();
      const published = numbers(100).map((number) => client.publish('tea', number));
      await published[30];
      client.reconnect();
      await Promise.all(published);
      await tea.until(100);
      assert.deepEqual(tea.inbox, numbers(100));
      assert.deepEqual(refused, []);
      const seconds = (performance.now() - began) / 1_000;
      assert.ok(seconds < 15, `${seconds}`); // 90 behind a burst of 10, at 19 a second, and what the reconnect sent again.
      assert.ok(!client.states.includes('waiting'));
    });

    test('is left before it goes: clients move to another one and miss nothing', LIMIT, async (t) => {
      const settings = { 'tidegate.relay.url': await startRedis(t), ...DRAIN };
      const [leaving, staying] = await Promise.all([startServer(t, runtime, settings), startServer(t, 'se', settings)]);
      const clients = numbers(5).map(() => open(t, [leaving.chat, staying.chat]));
      const inboxes = clients.map((client) => follow(client, 'tea'));
      clients.forEach((client) => client.subscribe('quiet', () => {}));
      await Promise.all(clients.map((client) => reaches(client, 'live')));

      const writer = open(t, staying.chat);
      let published = 0;
      let left = false;
      leaving.exit.then(() => { left = true; });
      leaving.terminate();
      while (!left) await writer.publish('tea', published++);
      assert.equal(await leaving.exit, 0);
      await Promise.all(inboxes.map(({ until }) => until(published)));
      for (const { inbox } of inboxes) assert.deepEqual(inbox, numbers(published));
      for (const client of clients) {
        assert.deepEqual(client.lost, []);
        assert.deepEqual(client.states.slice(0, 5), ['connecting', 'resuming', 'live', 'leaving', 'handing-over']);
        assert.ok(!client.states.includes('waiting'), client.states.join());
        assert.equal(client.state, 'live');
        assert.equal(client.url, staying.chat);
      }
    });
  });
}
