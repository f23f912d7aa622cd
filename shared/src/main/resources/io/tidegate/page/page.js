import { Broadcast } from './broadcast.js';
import { Chat } from './chat.js';
import { watchFleet } from './fleet.js';

const TOPIC = /^[A-Za-z0-9._:-]{1,128}$/;

const tabs = [...document.querySelectorAll('[role=tab]')];
const panel = (tab) => document.getElementById(tab.getAttribute('aria-controls'));
const unread = document.querySelector('#broadcast-tab .unread');

function select(tab) {
  for (const each of tabs) {
    const selected = each === tab;
    each.ariaSelected = String(selected);
    each.tabIndex = selected ? 0 : -1;
    panel(each).hidden = !selected;
  }
  if (tab.id === 'broadcast-tab') unread.hidden = true;
}

for (const [i, tab] of tabs.entries()) {
  tab.addEventListener('click', () => select(tab));
  tab.addEventListener('keydown', ({ key }) => {
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[key];
    if (to === undefined) return;
    const next = tabs[to % tabs.length];
    select(next);
    next.focus();
  });
}

const topics = new URLSearchParams(location.search).getAll('topic').filter((topic) => TOPIC.test(topic));
const chat = new Chat(topics.length ? new Set(topics) : ['chat-messages']);
const broadcast = new Broadcast(() => {
  if (!panel(unread.parentElement).hidden) return;
  unread.textContent = unread.hidden ? '1' : String(Number(unread.textContent) + 1);
  unread.hidden = false;
});
watchFleet();

/** One token for both paths. It is kept in memory only, and not shown again. */
const access = document.getElementById('access');
const keys = [...document.querySelectorAll('.key')];

function showAccess(shown) {
  access.hidden = !shown;
  for (const key of keys) key.ariaExpanded = String(shown);
  if (shown) access.token.focus();
  else keys.find((key) => key.offsetParent)?.focus();
}

for (const key of keys) key.addEventListener('click', () => showAccess(access.hidden));
access.addEventListener('keydown', ({ key }) => key === 'Escape' && showAccess(false));
access.addEventListener('submit', (event) => {
  event.preventDefault();
  const token = access.token.value.trim() || undefined;
  access.reset();
  showAccess(false);
  for (const each of [chat, broadcast]) each.use(token);
});
