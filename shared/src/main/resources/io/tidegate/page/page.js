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
new Chat(topics.length ? new Set(topics) : ['chat-messages']);
new Broadcast(() => {
  if (!panel(unread.parentElement).hidden) return;
  unread.textContent = unread.hidden ? '1' : String(Number(unread.textContent) + 1);
  unread.hidden = false;
});
watchFleet();
