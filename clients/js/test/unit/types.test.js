import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as client from '../../src/tidegate-client.js';
import { Harness } from '../support/harness.js';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

test('the types accept what the module offers, and nothing else', () => {
  const tsc = spawnSync(process.execPath, [path('../../node_modules/typescript/bin/tsc'), '-p', path('../types')]);
  assert.equal(tsc.stdout.toString(), '');
  assert.equal(tsc.status, 0);
});

/** The compiler reads the declarations only. */
test('what the types declare is there', () => {
  const types = readFileSync(path('../../src/tidegate-client.d.ts'), 'utf8');
  const exported = [...types.matchAll(/^export (?:function|class) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(exported.sort(), Object.keys(client).sort());
  const members = (name) => {
    const [, body] = new RegExp(`export interface ${name} [^{]*\\{\\n(.*?)\\n\\}`, 's').exec(types);
    return [...body.matchAll(/^ {2}(?:readonly )?(\w+)[:(<]/gm)].map(([, member]) => member);
  };
  const harness = new Harness();
  const open = harness.client();
  const subscription = open.subscribe('tea', () => {});
  for (const [name, object] of [['Client', open], ['Subscription', subscription]]) {
    for (const member of members(name)) assert.ok(member in object, `${name}.${member}`);
  }
  assert.ok(members('Client').length > 10);
  open.close();
});
