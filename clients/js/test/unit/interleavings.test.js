import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachSeed } from '../support/chaos.js';
import { ofType } from '../support/harness.js';

test('with enough history nothing is lost, repeated or out of order, whatever happens', async () => {
  await forEachSeed({ history: Infinity, gaps: false, refusals: false, unkept: 0.3 }, (run) => {
    assert.deepEqual(ofType(run.client, 'lost'), []);
    run.checkOrder();
  });
});

test('where the relay refuses some publishes, all arrive in the end, once', async () => {
  await forEachSeed({ history: Infinity, gaps: false, refusals: true, unkept: 0.3 }, (run) => {
    assert.deepEqual(ofType(run.client, 'lost'), []);
  });
});

test('where history is short, each gap is announced as such', async () => {
  await forEachSeed({ history: 3, gaps: false, refusals: false, unkept: 0.3 });
});

test('where nodes miss messages, each gap is announced as such', async () => {
  await forEachSeed({ history: 20, gaps: true, refusals: true, unkept: 0.3 });
});
