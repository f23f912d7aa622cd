import { setMaxListeners } from 'node:events';
import { Harness, URL_A, URL_B } from './harness.js';
import { seeded } from './time.js';

/**
 * All pods of a fleet are killed at once and come back later; all clients reconnect.
 *
 * @return when they were back, in s after the pods were, and the most handshakes in one second from then on
 */
export async function outage({ clients, backoff, awayMs = 13_000 }) {
  const harness = new Harness();
  const { fleet, time } = harness;
  setMaxListeners(0, time);
  const random = seeded(1);
  fleet.heartbeatMs = 600_000;
  const waits = [];
  let begin;
  for (let i = 0; i < clients; i++) {
    const client = harness.client([URL_A, URL_B], { random, ...(backoff && { backoff }) });
    client.events = { push: () => {} };
    client.addEventListener('statechange', ({ state }) => {
      if (state === 'live' && begin !== undefined) waits.push((time.performance.now() - begin) / 1_000);
    });
  }
  await time.advance(15_000);
  for (const node of fleet.nodes.values()) node.crash();
  await time.advance(awayMs);
  begin = time.performance.now();
  fleet.opened.length = 0;
  for (const node of fleet.nodes.values()) node.restart();
  await time.advance(40_000);
  const seconds = [];
  for (const at of fleet.opened) {
    const second = Math.floor((at - begin) / 1_000);
    seconds[second] = (seconds[second] ?? 0) + 1;
  }
  const peak = Math.max(...seconds.filter(Boolean));
  return { back: waits.length, median: waits[waits.length >> 1], max: waits.at(-1), peak };
}
