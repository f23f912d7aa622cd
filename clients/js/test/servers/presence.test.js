import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startClient } from '../support/client.js';
import { RUNTIMES, startRedis, startServer } from '../support/processes.js';
import { SECRET, jwt } from '../support/jwt.js';

/** Presence over a closed fleet as it is packaged. */
const LIMIT = { timeout: 60_000 };
const CLOSED = {
  'tidegate.auth.secret': SECRET, 'tidegate.auth.subscribe': '*', 'tidegate.auth.publish': '*',
  'tidegate.auth.presence': 'tea', 'tidegate.anonymous.subscribe': 'tea', 'tidegate.presence.linger': '2s',
};
const DRAIN = { 'tidegate.drain.notice': '300ms', 'tidegate.drain.window': '300ms', 'tidegate.drain.timeout': '10s' };

/** Begins at the first of its URLs; writes down what it is told, and waits for it. */
function open(t, urls, user) {
  const client = startClient(t, urls, { token: user && (() => jwt(user, 600)) });
  const told = [];
  const waiting = new Set();
  for (const type of ['join', 'leave']) {
    client.addEventListener(type, (event) => {
      told.push(`${type} ${event.user}`);
      for (const wake of waiting) wake();
    });
  }
  const tells = (news) => new Promise((resolve) => {
    const look = () => told.includes(news) && (waiting.delete(look), resolve());
    waiting.add(look);
    look();
  });
  return Object.assign(client, { told, tells });
}

/** In the topic, and what it receives there. */
async function come(client, options) {
  const subscription = client.subscribe('tea', () => {}, options);
  await subscription.ready;
  return subscription;
}

const names = (users) => [...users.keys()].sort();

for (const runtime of RUNTIMES) {
  describe(`presence on ${runtime}`, () => {
    test('shows who comes and goes over the fleet, and nobody who only moves or comes back', LIMIT, async (t) => {
      const settings = { ...CLOSED, ...DRAIN, 'tidegate.relay.url': await startRedis(t) };
      const [leaving, staying] = await Promise.all([startServer(t, runtime, settings), startServer(t, 'se', settings)]);
      const both = [leaving.chat, staying.chat];
      const ann = open(t, both, 'ann');
      const { users } = await come(ann, { presence: true });
      assert.deepEqual(names(users), ['ann']);
      assert.equal(users.get('ann').connections, 1);
      assert.ok(Math.abs(users.get('ann').since - Date.now()) < 60_000);
      const ben = open(t, both, 'ben');
      await come(ben);
      await ann.tells('join ben');
      const nameless = open(t, staying.chat);
      await come(nameless);
      await ann.tells('join null');

      for (const client of [ann, ben]) {
        client.cut();
        await client.publish('tea', 'back again');
      }
      leaving.terminate();
      assert.equal(await leaving.exit, 0);
      for (const client of [ann, ben]) {
        await client.publish('tea', 'on the other server');
        assert.equal(client.url, staying.chat);
      }
      nameless.close();
      await ann.tells('leave null'); // A wrong leave would have come before this one.
      ben.close();
      await ann.tells('leave ben');
      assert.deepEqual(ann.told, ['join ben', 'join null', 'leave null', 'leave ben']);
      assert.deepEqual(names(users), ['ann']);
    });

    test('refuses the topic to who may not see it, and shows an open server as nobody by name', LIMIT, async (t) => {
      const closed = await startServer(t, runtime, CLOSED);
      const ann = open(t, closed.chat, 'ann');
      const errors = [];
      ann.addEventListener('error', ({ code, topic }) => errors.push([code, topic]));
      const secret = ann.subscribe('secret', () => {}, { presence: true });
      await assert.rejects(secret.ready, { code: 'forbidden' });
      assert.deepEqual([secret.state, errors], ['refused', [['forbidden', 'secret']]]);
      await ann.subscribe('secret', () => {}).ready;
      assert.deepEqual(names((await come(ann, { presence: true })).users), ['ann']);

      const server = await startServer(t, runtime);
      const clients = [open(t, server.chat), open(t, server.chat)];
      await come(clients[0]);
      const { users } = await come(clients[1], { presence: true });
      assert.deepEqual([names(users), users.get(null).connections], [[null], 2]);
    });
  });
}
