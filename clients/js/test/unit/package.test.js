import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as client from '../../src/tidegate-client.js';
import { Harness } from '../support/harness.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Somebody's project, with the package as it is packed: made from a folder that is not this one. */
let project;

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: project, encoding: 'utf8' });
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${error ?? ''}${stdout}${stderr}`);
  return stdout;
}

before(() => {
  project = mkdtempSync(join(tmpdir(), 'tidegate-client-'));
  const [{ filename }] = JSON.parse(run('npm', 'pack', root, '--json', '--silent'));
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  run('npm', 'install', '--offline', '--no-audit', '--no-fund', `./${filename}`);
  cpSync(join(root, 'test/types'), project, { recursive: true });
  mkdirSync(join(project, 'node_modules/@types'));
  symlinkSync(join(root, 'node_modules/@types/node'), join(project, 'node_modules/@types/node'));
  symlinkSync(join(root, 'node_modules/undici-types'), join(project, 'node_modules/undici-types'));
});

after(() => rmSync(project, { recursive: true }));

test('the package has its licence, its source, and what is made of it', () => {
  const licence = readFileSync(join(project, 'node_modules/tidegate-client/LICENSE'), 'utf8');
  assert.match(licence, /Apache License/);
  const json = readFileSync(join(project, 'node_modules/tidegate-client/package.json'));
  const { main, module, types, exports } = JSON.parse(json);
  for (const file of [main, module, types, ...Object.values(exports['.']).flatMap(Object.values)]) {
    assert.ok(readFileSync(join(project, 'node_modules/tidegate-client', file)).length > 0, file);
  }
});

test('the packed module is had by import and by require, and by Node before it can require an ES module', () => {
  const print = `const { code } = new client.TidegateError('closed', 'x');
    console.log(Object.keys(client).sort().join(), typeof client.connect, code)`;
  const expected = `${Object.keys(client).sort().join()} function closed\n`;
  writeFileSync(join(project, 'try.mjs'), `import * as client from 'tidegate-client';\n${print}`);
  writeFileSync(join(project, 'try.cjs'), `const client = require('tidegate-client');\n${print}`);
  writeFileSync(join(project, 'named.mjs'), `import client from 'tidegate-client/package.json' with { type: 'json' };
    if (client.name !== 'tidegate-client') throw new Error(client.name);`);
  assert.equal(run('node', 'try.mjs'), expected);
  assert.equal(run('node', 'try.cjs'), expected);
  if (process.allowedNodeEnvironmentFlags.has('--experimental-require-module')) {
    assert.equal(run('node', '--no-experimental-require-module', 'try.cjs'), expected);
  }
  run('node', 'named.mjs');
});

/** How projects are set up; all of them check the declarations, too. */
const STRICT = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'];
const NODE16 = ['--module', 'node16', '--target', 'es2022'];
const DOM = ['--lib', 'es2022,dom', '--types', ''];
const projects = {
  'module: node16, by import': ['usage.mts', ...NODE16, ...DOM],
  'module: node16, by require': ['usage.cts', ...NODE16, ...DOM],
  'module: nodenext, by import': ['usage.mts', '--module', 'nodenext', '--target', 'es2022', ...DOM],
  'a bundler': ['usage.mts', '--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2022', ...DOM],
  'Node and its types alone': ['plain.mts', ...NODE16, '--lib', 'es2022', '--types', 'node'],
  'neither a DOM nor Node, by import': ['plain.mts', ...NODE16, '--lib', 'es2022', '--types', ''],
  'neither a DOM nor Node, by require': ['plain.cts', ...NODE16, '--lib', 'es2022', '--types', ''],
};
for (const [name, [file, ...options]] of Object.entries(projects)) {
  test(`the types accept what the module offers, and nothing else: ${name}`, () => {
    const [stem] = file.split('.');
    cpSync(join(project, `${stem}.ts`), join(project, file));
    assert.equal(run('node', join(root, 'node_modules/typescript/bin/tsc'), ...STRICT, ...options, file), '');
  });
}

/** The compiler reads the declarations only. */
test('what the types declare is there', () => {
  const types = readFileSync(join(root, 'src/tidegate-client.d.ts'), 'utf8');
  const exported = [...types.matchAll(/^export (?:function|class) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(exported.sort(), Object.keys(client).sort());
  const members = (name) => {
    const [, body] = new RegExp(`export interface ${name} [^{]*\\{\\n(.*?)\\n\\}`, 's').exec(types);
    return [...body.matchAll(/^ {2}(?:readonly )?(\w+)[:(<]/gm)].map(([, member]) => member);
  };
  const open = new Harness().client();
  const subscription = open.subscribe('tea', () => {});
  for (const [name, object] of [['Client', open], ['Subscription', subscription]]) {
    for (const member of members(name)) assert.ok(member in object, `${name}.${member}`);
  }
  assert.ok(members('Client').length > 10);
  open.close();
});
