import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GlobalRegistrator } from '@happy-dom/global-registrator';
import WebSocket from 'ws';
import { startServer } from '../../clients/js/test/support/processes.js';
import { connect } from '../../clients/js/src/tidegate-client.js';

GlobalRegistrator.register();
globalThis.IS_REACT_ACT_ENVIRONMENT = false;
const { StrictMode, createElement } = await import('react');
const { createRoot } = await import('react-dom/client');
const { useConnection, useTopic } = await import('./useTopic.js');

/** In the strict mode, which mounts each component twice. */
test('a component shows the history of its topic, then what comes, then another topic', { timeout: 60_000 }, async (t) => {
  const server = await startServer(t, 'se');
  const client = connect(server.chat, { WebSocket });
  t.after(() => client.close());
  await client.publish('tea', 'one');
  await client.publish('mate', 'hot');

  function Room({ topic }) {
    const { messages, lost } = useTopic(client, topic);
    return `${useConnection(client)}, ${lost ? 'lost' : 'whole'}: ${messages.map(({ message }) => message)}`;
  }
  const root = createRoot(document.body);
  const show = (topic) => root.render(createElement(StrictMode, null, createElement(Room, { topic })));
  const shows = async (text) => {
    for (const end = performance.now() + 10_000; document.body.textContent !== text; await new Promise((done) => setTimeout(done, 10))) {
      assert.ok(performance.now() < end, `${document.body.textContent} in place of ${text}`);
    }
  };
  show('tea');
  await shows('live, whole: one');
  await client.publish('tea', 'two');
  await shows('live, whole: one,two');
  show('mate');
  await shows('live, whole: hot');
  root.unmount();
  assert.equal(client.getSubscription('mate'), undefined);
});
