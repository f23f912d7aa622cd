import { element, setText } from './log.js';

const SLOWEST_MS = 60_000;

const aside = document.getElementById('fleet');
const counted = (number, word) => `${number.toLocaleString()} ${word}${number === 1 ? '' : 's'}`;

function row({ node, runtime, connections, limit, draining }, most) {
  const bar = element('meter', '');
  Object.assign(bar, { max: Math.max(1, most), value: connections, ariaHidden: 'true' });
  const state = draining ? [element('span', 'tag', 'leaving')] : [];
  const item = element('li', draining ? 'draining' : '', element('b', '', node), element('span', 'runtime', runtime), ...state,
    bar, element('span', 'count', connections.toLocaleString()));
  item.title = `${node}: ${connections.toLocaleString()} of ${counted(limit, 'connection')}`;
  return item;
}

function show({ nodes }) {
  const sum = nodes.reduce((all, { connections }) => all + connections, 0);
  const most = Math.max(...nodes.map(({ connections }) => connections));
  setText(aside.querySelector('h2'), `${counted(nodes.length, 'node')}, ${counted(sum, 'connection')}`);
  aside.querySelector('ul').replaceChildren(...nodes.map((node) => row(node, most)));
  aside.hidden = false;
}

/**
 * The nodes of the fleet, asked for as often as they report to each other, while somebody looks. A server that does not
 * tell (404) is asked once.
 */
export async function watchFleet() {
  let wait = 2_000;
  for (;;) {
    try {
      const answer = await fetch('fleet', { signal: AbortSignal.timeout(5_000) });
      if (answer.status === 404) return void (aside.hidden = true);
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const fleet = await answer.json();
      show(fleet);
      wait = Math.max(1_000, fleet.intervalMs);
    } catch {
      wait = Math.min(SLOWEST_MS, wait * 2);
    }
    await new Promise((done) => setTimeout(done, wait));
    if (document.hidden) await new Promise((done) => document.addEventListener('visibilitychange', done, { once: true }));
  }
}
