import { Api, ApiError } from './api.js';
import { bytes, clock, counted, element, fill, link, number } from './view.js';

/** How often each part is asked for, in milliseconds. A part is asked again only once it has been answered. */
const FLEET_MS = 2_000;
const TOPICS_MS = 5_000;
const TOPIC_MS = 1_000;
const PERSON_MS = 2_000;
/** Rows in a table; what is beyond is counted. */
const ROWS = 200;
/** Among the topics; it has no history and no presence. */
const BROADCAST = '/';
/** Messages that stay on the page. */
const MESSAGES = 100;

const byId = (id) => document.getElementById(id);
const main = byId('main');
const access = byId('access');
const status = byId('status');

let api = null;
/** Ends what the present view asks for. */
let view = new AbortController();
let fleetBefore = null;
/** What went wrong the last time, by who asked. */
let troubles = new Map();

// The key

function fail(form, text) {
  const place = form.querySelector('.error') ?? form.parentElement.querySelector('.error');
  place.textContent = text;
  place.hidden = !text;
}

access.addEventListener('submit', async (event) => {
  event.preventDefault();
  const tried = new Api(byId('key').value.trim());
  try {
    await tried.get('fleet');
  } catch (error) {
    fail(access, error.status === 401 ? 'This is not a key of this server.' : error.message);
    return;
  }
  api = tried;
  access.reset();
  fail(access, '');
  access.hidden = true;
  main.hidden = false;
  byId('leave').hidden = false;
  show();
  main.focus();
});

byId('leave').addEventListener('click', () => leave(''));

function leave(why) {
  view.abort();
  api = null;
  fleetBefore = null;
  main.hidden = true;
  byId('leave').hidden = true;
  access.hidden = false;
  byId('as-of').textContent = '';
  status.textContent = '';
  fail(access, why);
  byId('key').focus();
}

// What is shown: #/ the topics, #/topics/NAME, #/users/NAME

function place() {
  const [, kind = '', name = ''] = location.hash.split('/');
  try {
    return { kind, name: decodeURIComponent(name) };
  } catch {
    return { kind: '', name: '' };
  }
}

function show() {
  if (!api) return;
  view.abort();
  view = new AbortController();
  troubles = new Map();
  const { kind, name } = place();
  byId('find').hidden = kind === 'topics' || kind === 'users';
  byId('topic').hidden = kind !== 'topics';
  byId('person').hidden = kind !== 'users';
  repeat(FLEET_MS, showFleet);
  if (kind === 'topics') showTopic(name);
  else if (kind === 'users') showPerson(name);
  else repeat(TOPICS_MS, showTopics);
}

window.addEventListener('hashchange', () => {
  show();
  // Else the focus is lost with the link that was followed.
  main.querySelector('section:not([hidden]) h2[tabindex]')?.focus();
});

/** Does it again and again until another view is shown; hidden pages ask nothing. */
async function repeat(every, ask) {
  const { signal } = view;
  while (!signal.aborted) {
    if (!document.hidden) {
      try {
        await ask(signal);
        if (!signal.aborted) tell(ask, '');
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiError && error.status === 401) return leave('The key is not valid any more.');
        tell(ask, error.message);
      }
    }
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, every);
      signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
    });
  }
}

/** Only trouble is read out, once: an hour that changes every second would be, too. */
function tell(who, trouble) {
  if (trouble) troubles.set(who, trouble);
  else troubles.delete(who);
  const [first = ''] = troubles.values();
  if (status.textContent !== first) status.textContent = first;
  if (!trouble) byId('as-of').textContent = `as of ${clock(Date.now())}`;
}

// The fleet

const state = (node) => {
  if (node.draining) return ['draining', 'warn'];
  if (node.relay === 'down') return ['relay down', 'bad'];
  return node.silent ? [`silent for ${Math.round(node.ageMs / 1_000)} s`, 'warn'] : ['serving', ''];
};

async function showFleet(signal) {
  const [known, asked] = await Promise.all([api.get('fleet', signal), api.get('nodes', signal)]);
  const now = performance.now();
  const told = new Map(asked.nodes.map((node) => [node.node, node]));
  const before = fleetBefore;
  fleetBefore = { now, told };
  const nodes = known.nodes.map((node) => ({ ...node, silent: !told.has(node.node), ...told.get(node.node) }));
  const rate = (node, what) => {
    const earlier = before?.told.get(node.node);
    if (!earlier || node.silent || node[what] < earlier[what]) return '';
    return number(Math.round((node[what] - earlier[what]) / ((now - before.now) / 1_000)));
  };
  fill(byId('fleet').querySelector('tbody'), nodes.map((node) => {
    const [text, tone] = state(node);
    return element('tr', { 'data-key': node.node }, [
      element('th', { scope: 'row' }, node.node),
      element('td', { class: tone }, text),
      element('td', { class: 'number' }, `${number(node.connections)} of ${number(node.limit)}`),
      element('td', { class: 'number' }, rate(node, 'received')),
      element('td', { class: 'number' }, rate(node, 'sent')),
      element('td', { class: 'number' }, node.silent ? '' : bytes(node.queueBytes)),
      element('td', {}, node.runtime),
      element('td', {}, node.version ?? ''),
    ]);
  }));
  const sum = nodes.reduce((all, node) => all + node.connections, 0);
  sumUp('fleet', `${counted(nodes.length, 'node')}, ${counted(sum, 'connection')}, answered by ${known.node}`);
}

function sumUp(what, text) {
  document.querySelector(`[data-sum=${what}]`).textContent = text;
}

// Topics

byId('search').addEventListener('submit', (event) => {
  event.preventDefault();
  const user = byId('user').value.trim();
  if (user) {
    byId('user').value = '';
    location.hash = `#/users/${encodeURIComponent(user)}`;
  } else {
    show();
  }
});

async function showTopics(signal) {
  const topics = await api.topics(byId('prefix').value.trim(), signal);
  topics.list.sort((one, other) => other.subscribers - one.subscribers || (one.topic < other.topic ? -1 : 1));
  fill(byId('find').querySelector('tbody'), topics.list.slice(0, ROWS).map((topic) => element('tr', { 'data-key': topic.topic }, [
    element('th', { scope: 'row', class: 'wide' }, [
      topic.topic === BROADCAST ? '/ (broadcast)' : link(`#/topics/${encodeURIComponent(topic.topic)}`, topic.topic)]),
    element('td', { class: 'number' }, number(topic.subscribers)),
  ])));
  const shown = topics.list.length > ROWS ? `, the ${ROWS} with the most subscribers` : '';
  sumUp('topics', `${number(topics.list.length)}${topics.more ? ' or more' : ''} topics with subscribers${shown}`);
}

// One topic

byId('publish').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const field = byId('message');
  try {
    await api.publish(place().name, field.value);
    field.value = '';
    fail(form, '');
  } catch (error) {
    fail(form, error.message);
  }
});

function showTopic(name) {
  const section = byId('topic');
  byId('topic-title').textContent = `Topic ${name}`;
  const log = section.querySelector('.log');
  log.replaceChildren();
  section.querySelector('.people').replaceChildren();
  for (const what of ['messages', 'presence']) sumUp(what, '');
  let after = null;
  repeat(TOPIC_MS, async (signal) => {
    let page = await api.messages(name, after, MESSAGES, signal);
    const gap = after !== null && !page.complete && page.messages.length === 0;
    const behind = after !== null && !page.complete && page.messages.length > 0;
    // More have come than the page holds: the newest alone, or each look would show what is older.
    if (behind) page = await api.messages(name, null, MESSAGES, signal);
    after = page.position;
    const shown = new Set([...log.children].map((item) => item.dataset.key));
    const unseen = page.messages.filter((message) => !shown.has(message.position));
    const fresh = unseen.map((message) => element('li', { 'data-key': message.position }, [
      element('span', { class: 'of' }, [
        `${clock(message.timestamp)}${message.user === undefined ? '' : ` · ${text(message.user)}`}`]),
      element('span', { class: 'said' }, JSON.stringify(message.message)),
    ]));
    if (gap) fresh.push(element('li', { class: 'warn' }, 'Some messages are not kept any more.'));
    log.prepend(...fresh.reverse());
    while (log.children.length > MESSAGES) log.lastElementChild.remove();
    const most = behind ? `the newest ${MESSAGES}; more come than are shown` : `the newest first, ${MESSAGES} at most`;
    sumUp('messages', log.children.length === 0 ? 'none is kept' : most);
  });
  repeat(TOPICS_MS, async (signal) => {
    const there = await api.presence(name, ROWS, signal);
    fill(section.querySelector('.people'), there.users.map((present) => element('li', { 'data-key': JSON.stringify(present.user) }, [
      present.user === null
        ? 'without a token'
        : link(`#/users/${encodeURIComponent(present.user)}`, present.user),
      ` · ${present.connections === 0 ? 'may come back' : `${number(present.connections)} connected`}`,
    ])));
    sumUp('presence', `${counted(there.count, 'user')}${there.next === null ? '' : `, the first ${ROWS}`}`);
  });
}

const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

// One user

function confirmed(question) {
  const dialog = byId('confirm');
  byId('confirm-text').textContent = question;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

async function throwOut(question, request) {
  const section = byId('person');
  if (!await confirmed(question)) return;
  try {
    await request();
    fail(section, '');
    show();
  } catch (error) {
    fail(section, error.message);
  }
}

byId('throw-out').addEventListener('click', () => {
  const { name } = place();
  throwOut(`Close all connections of ${name}? They do not come back by themselves.`, () => api.throwOutUser(name));
});

function showPerson(name) {
  const section = byId('person');
  byId('person-title').textContent = `User ${name}`;
  section.querySelector('tbody').replaceChildren();
  sumUp('person', '');
  fail(section, '');
  repeat(PERSON_MS, async (signal) => {
    const { connections } = await api.connections(name, signal);
    fill(section.querySelector('tbody'), connections.slice(0, ROWS).map((one) => {
      const close = element('button', { type: 'button', class: 'danger', 'aria-label': `Close ${one.connection}` }, 'Close');
      close.addEventListener('click', () =>
        throwOut(`Close the connection ${one.connection}?`, () => api.throwOutConnection(one.connection)));
      return element('tr', { 'data-key': one.connection }, [
        element('th', { scope: 'row', class: 'wide' }, one.connection),
        element('td', {}, [close]),
        element('td', {}, one.node),
        element('td', {}, new Date(one.since).toLocaleString()),
        element('td', { class: 'number' }, bytes(one.bytesWaiting)),
        element('td', { class: 'wide' }, one.topics.flatMap((topic, i) => [
          i === 0 ? '' : ', ', link(`#/topics/${encodeURIComponent(topic)}`, topic)])),
      ]);
    }));
    sumUp('person', counted(connections.length, 'connection'));
  });
}

byId('key').focus();
