import { connect } from '../tidegate-client.js';
import { recountNameless, showHere } from './here.js';
import { Log, PERHAPS_A_TOKEN, element, plain, secondsUntil, setText } from './log.js';

const WORDS = {
  connecting: 'Connecting', resuming: 'Resuming', live: 'Live', leaving: 'Server is leaving',
  'handing-over': 'Moving to another server', waiting: 'Reconnecting', closed: 'Disconnected',
};

/** Of errors that belong to no publish; of others the server's own words do. */
function words({ code, topic, message }) {
  if (code === 'forbidden' && topic) return 'Not subscribed: this token does not allow reading this topic';
  if (code === 'forbidden') return `This token does not allow access: ${message}`;
  if (code === 'invalid-token') return `The server does not accept the token: ${message}`;
  if (code === 'token-expired') return 'The token has expired: enter a new one';
  return message;
}

const find = (selector) => document.querySelector(`#chat ${selector}`);
const chips = find('fieldset');
const sender = find('.send');
const adder = find('.add');

/** A topic of this page: its chip, its log, and how far it has been read. */
class Room {
  log;
  chip;
  subscription;
  /** Whether this token may see who is here, as far as is known. */
  presence = true;
  #unread = element('span', 'unread');
  #count = 0;

  constructor(topic, onSelect) {
    this.topic = topic;
    this.log = new Log(`Messages of ${topic}`);
    this.radio = Object.assign(element('input', ''), { type: 'radio', name: 'room', value: topic });
    this.radio.addEventListener('change', onSelect);
    this.#unread.hidden = true;
    this.chip = element('label', 'chip', this.radio, topic, this.#unread);
    chips.append(this.chip);
    find('.logs').append(this.log.list);
  }

  show(selected) {
    this.log.list.hidden = !selected;
    this.radio.checked = selected;
    if (selected) this.#setCount(0);
  }

  receive({ user, message, timestamp, recovered }) {
    const name = plain(user ?? 'somebody');
    const tags = recovered ? ['recovered'] : [];
    this.log.say({ user: name, text: plain(message), at: timestamp, tags, mine: name === sender.user.value });
    if (this.log.list.hidden) this.#setCount(this.#count + 1);
  }

  remove() {
    this.subscription?.unsubscribe();
    this.chip.remove();
    this.log.list.remove();
  }

  #setCount(count) {
    this.#count = count;
    this.#unread.hidden = count === 0;
    this.#unread.textContent = count;
  }
}

function heartbeat({ heartbeatAt, heartbeatMs }) {
  if (heartbeatAt !== undefined) return `${Math.round((Date.now() - heartbeatAt) / 1000)} s ago`;
  return heartbeatMs === undefined ? '–' : `every ${heartbeatMs / 1000} s`;
}

export class Chat {
  #rooms = new Map();
  #selected;
  #client;
  #recovered = 0;
  #token;
  #guest = `guest-${Math.floor(100 + Math.random() * 900)}`;
  #isToldOfTokens = false;

  constructor(topics) {
    sender.user.value = this.#guest;
    sender.addEventListener('submit', (event) => { event.preventDefault(); this.#say(); });
    adder.addEventListener('submit', (event) => { event.preventDefault(); this.#add(); });
    find('.leave').addEventListener('click', () => this.#leave());
    find('.toggle').addEventListener('click', () => {
      if (this.#client.state === 'closed') this.#open();
      else this.#client.close();
    });
    this.#open();
    for (const topic of topics) this.#enter(topic);
    this.#select([...this.#rooms.values()][0]);
    setInterval(() => this.#show(), 250);
    recountNameless(() => this.#client.state === 'live' && this.#selected, (room) => {
      room.subscription.unsubscribe();
      this.#subscribe(room);
    });
  }

  /** From now on; undefined: none. The topics go on where they are. */
  use(token) {
    const before = this.#client;
    this.#token = token;
    this.#open();
    before.close();
  }

  /** Also after a disconnect: each topic goes on where it was left. */
  #open() {
    const client = this.#client = connect('chat', { token: this.#token });
    client.addEventListener('statechange', (event) => client === this.#client && this.#changed(event));
    client.addEventListener('shutdown', ({ node }) => this.#tellAll(`Server ${node ?? ''} is about to leave`, 'alert'));
    client.addEventListener('lost', ({ topic }) => this.#rooms.get(topic)
      ?.log.note('Some messages are lost: history does not reach back to where this page was', 'error'));
    client.addEventListener('error', (event) => this.#failed(event));
    for (const type of ['presence', 'join', 'leave']) client.addEventListener(type, () => this.#showHere());
    for (const room of this.#rooms.values()) {
      room.presence = true;
      this.#subscribe(room);
    }
    this.#show();
  }

  /** Who may read a topic need not be allowed to see who is there. */
  #failed({ code, topic, message }) {
    const room = this.#rooms.get(topic);
    if (code === 'forbidden' && room?.presence) {
      room.presence = false;
      this.#subscribe(room);
      this.#showHere();
    } else {
      (room ?? this.#selected)?.log.note(words({ code, topic, message }), 'error');
    }
  }

  #subscribe(room) {
    const { presence } = room;
    const after = room.subscription?.position;
    room.subscription = this.#client.subscribe(room.topic, (message) => {
      if (message.recovered) this.#recovered++;
      room.receive(message);
    }, { after, presence });
  }

  #changed({ state, previous, code, reason }) {
    if (state === 'waiting') {
      this.#recovered = 0;
      const why = code && code !== 1006 ? ` (${code})` : '';
      if (previous !== 'connecting') this.#tellAll(`Connection lost${why}`, 'alert');
      else if (!this.#token && !this.#isToldOfTokens) {
        this.#isToldOfTokens = true;
        this.#tellAll(PERHAPS_A_TOKEN, 'alert');
      }
    }
    if (state === 'live') {
      this.#isToldOfTokens = true; // This server needs none.
      this.#tellAll(`Connected to ${this.#client.node}`);
    }
    if (state === 'closed') this.#tellAll(`Disconnected: ${reason}`, code === 1000 ? '' : 'error');
    this.#show();
  }

  #tellAll(text, kind) {
    for (const { log } of this.#rooms.values()) log.note(text, kind);
  }

  #enter(topic) {
    let room = this.#rooms.get(topic);
    if (!room) {
      room = new Room(topic, () => this.#select(room));
      this.#rooms.set(topic, room);
      if (this.#client.state !== 'closed') this.#subscribe(room);
    }
    return room;
  }

  #select(room) {
    this.#selected = room;
    for (const each of this.#rooms.values()) each.show(each === room);
    const url = new URL(location.href);
    url.searchParams.delete('topic');
    for (const topic of this.#rooms.keys()) url.searchParams.append('topic', topic);
    history.replaceState(null, '', url);
    find('.leave').disabled = this.#rooms.size < 2;
    find('.leave').ariaLabel = `Leave ${room.topic}`;
    this.#show();
    this.#showHere();
  }

  #add() {
    this.#select(this.#enter(adder.topic.value));
    adder.reset();
    sender.text.focus();
  }

  #leave() {
    this.#selected.remove();
    this.#rooms.delete(this.#selected.topic);
    this.#select([...this.#rooms.values()][0]);
    this.#selected.radio.focus();
  }

  #say() {
    const { user, text } = sender;
    const { log, topic } = this.#selected;
    if (text.value === '') return;
    this.#client.publish(topic, text.value, { user: user.value })
      .catch(({ code, message }) => {
        const why = code === 'forbidden' ? 'this token does not allow writing to this topic' : message;
        log.note(`Not sent: ${why}`, 'error');
      });
    text.value = '';
    text.focus();
    this.#show();
  }

  #show() {
    const client = this.#client;
    const state = find('.state');
    state.dataset.is = client.state;
    setText(state, WORDS[client.state] + (client.offline ? ', offline' : ''));
    setText(find('.countdown'), client.reconnectAt ? `in ${secondsUntil(client.reconnectAt)}` : '');
    setText(find('.toggle'), client.state === 'closed' ? 'Connect' : 'Disconnect');
    sender.querySelector('button').disabled = client.state === 'closed';
    this.#showUser(client.user);
    const fact = (name, text) => setText(find(`[data-fact=${name}]`), text);
    fact('node', client.node ?? '–');
    fact('position', this.#selected?.subscription?.position ?? '–');
    fact('heartbeat', heartbeat(client));
    find('[data-fact=heartbeat]').classList.toggle('late', Date.now() - client.heardAt > 1.5 * client.heartbeatMs);
    fact('recovered', String(this.#recovered));
    fact('pending', String(client.pending));
  }

  #showHere() {
    showHere(this.#selected, this.#client.user);
  }

  /** With a token the server says who writes. */
  #showUser(user) {
    setText(find('.as'), user === undefined ? '' : `as ${user}`);
    const { user: field } = sender;
    const isProven = user !== undefined || (field.readOnly && this.#token !== undefined);
    if (user !== undefined) field.value = user;
    else if (field.readOnly && !isProven) field.value = this.#guest;
    field.readOnly = isProven;
  }
}
