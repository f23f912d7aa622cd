import { element } from './log.js';

const NAMED = 12;
const RECOUNT_MS = 5_000;

const line = document.querySelector('#chat .here');
let next;
let last;

/** Who is in the selected topic: users by name, and the number of connections without a token. Drawn once a frame. */
export function showHere(room, me) {
  if (!next) requestAnimationFrame(draw);
  next = { room, me };
}

function draw() {
  const { room, me } = next;
  next = undefined;
  const users = room?.subscription?.users;
  // Before its list has come; this page is on that, too.
  if (users?.size === 0 && room === last) return;
  last = room;
  const names = [...users?.keys() ?? []].filter((user) => user !== null).sort();
  const nameless = users?.get(null)?.connections ?? 0;
  line.hidden = names.length + nameless === 0;
  const own = names.includes(me) ? [me] : [];
  const others = names.filter((name) => name !== me);
  const named = [...own, ...others].slice(0, NAMED).map((name) => element('span', name === me ? 'me' : '', name));
  const rest = (number, words) => (number > 0 ? [element('span', 'rest', `${number.toLocaleString()} ${words}`)] : []);
  line.replaceChildren(
    element('b', '', `${(names.length + nameless).toLocaleString()} here`),
    ...names.length > 0 ? rest(nameless, 'without a token') : [], // The numbers first: a phone has no room for all names.
    ...named,
    ...rest(names.length - named.length, 'more'),
  );
}

/** Joins and leaves are told of names alone. How many have none is in a new list, which `ask` is to bring. */
export function recountNameless(room, ask) {
  setInterval(() => {
    if (!document.hidden && room()?.subscription?.users?.has(null)) ask(room());
  }, RECOUNT_MS);
}
