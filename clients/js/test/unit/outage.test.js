import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outage } from '../support/outage.js';

/** To choose a ceiling by: CEILINGS=5,10,30 prints what each comes to. */
const { CEILINGS } = process.env;

test('of 10,000 clients whose pods were all gone for 13 s the half is back in 3.5 s, all in 10 s, 1 in 5 a second', async (t) => {
  for (const ceiling of CEILINGS?.split(',') ?? []) {
    const backoff = { base: 500, max: ceiling * 1_000 };
    t.diagnostic(`ceiling ${ceiling} s: ${JSON.stringify(await outage({ clients: 10_000, backoff }))}`);
  }
  const { back, median, max, peak } = await outage({ clients: 10_000 });
  assert.equal(back, 10_000);
  assert.ok(median < 3.5, `half of them after ${median} s`);
  assert.ok(max <= 10.1, `the last one after ${max} s`);
  assert.ok(peak <= 2_000, `${peak} handshakes in one second`);
});
