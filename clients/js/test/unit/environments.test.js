import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** A round trip in a process that lacks some globals from before the module is read. */
function roundTrip(missing) {
  const support = new URL('../support/', import.meta.url);
  const script = `
    const { Fleet } = await import('${support}fleet.js');
    const { Time } = await import('${support}time.js');
    const time = new Time();
    const fleet = new Fleet(time);
    const global = { Date: time.Date, setTimeout: time.setTimeout, clearTimeout: time.clearTimeout, WebSocket: fleet.WebSocket };
    for (const name of ${JSON.stringify(missing)}) delete globalThis[name];
    const { connect } = await import('${support}../../src/tidegate-client.js');
    const client = connect('wss://a/chat', { global });
    const seen = [];
    const listener = ({ type, state, target }) => seen.push(type, state, target === client);
    client.addEventListener('statechange', listener);
    client.addEventListener('statechange', listener);
    client.addEventListener('statechange', { handleEvent: ({ state }) => seen.push('once', state) }, { once: true });
    client.subscribe('tea', ({ message }) => seen.push(message));
    client.publish('tea', 'ü').then(({ id }) => seen.push(id.length > 12));
    await time.advance(100);
    client.removeEventListener('statechange', listener);
    client.close();
    console.log(JSON.stringify(seen));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

const EXPECTED = ['statechange', 'resuming', true, 'once', 'resuming', 'statechange', 'live', true, 'ü', true];

for (const missing of [
  ['Event'], ['EventTarget'], ['crypto'], ['reportError', 'queueMicrotask', 'TextEncoder', 'AbortController'],
  ['Event', 'EventTarget', 'crypto', 'TextEncoder', 'AbortController', 'queueMicrotask', 'performance', 'Blob'],
]) {
  test(`the client works without ${missing.join(', ')}`, () => {
    assert.deepEqual(roundTrip(missing), EXPECTED);
  });
}

test('and with all of them', () => {
  assert.deepEqual(roundTrip([]), EXPECTED);
});
