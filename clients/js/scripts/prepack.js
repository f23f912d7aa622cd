/**
 * Makes what the package has beside its one source: dist/tidegate-client.cjs and its types for require(), and the
 * licence. npm calls it before it packs; where it stands counts, not where it is called from.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const read = (relative) => readFileSync(path(relative), 'utf8');

/** The module with its exports in the way of CommonJS; it imports nothing. */
function commonJs(source) {
  const names = [];
  const body = source.replace(/^export (class|function) (\w+)/gm, (_, kind, name) => {
    names.push(name);
    return `${kind} ${name}`;
  });
  const left = /^(?:export|import)\b.*/m.exec(body);
  if (left || names.length === 0) throw new Error(`cannot be made CommonJS: ${left?.[0] ?? 'nothing is exported'}`);
  const head = "'use strict';\n// Made from src/tidegate-client.js by scripts/prepack.js.";
  return `${head}\n${body}\nmodule.exports = { ${names.join(', ')} };\n`;
}

mkdirSync(path('dist'), { recursive: true });
writeFileSync(path('dist/tidegate-client.cjs'), commonJs(read('src/tidegate-client.js')));
copyFileSync(path('src/tidegate-client.d.ts'), path('dist/tidegate-client.d.cts'));
// In the repository the licence is at the top; a copy of this folder alone brings its own.
if (existsSync(path('../../LICENSE'))) copyFileSync(path('../../LICENSE'), path('LICENSE'));
