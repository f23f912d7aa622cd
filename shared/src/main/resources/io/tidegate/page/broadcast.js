import { fullJitter } from '../tidegate-client.js';
import { Log, PERHAPS_A_TOKEN, secondsUntil, setText } from './log.js';

const STEADY_MS = 10_000; // a connection that held so long was good: the backoff starts again
const FINAL = {
  1000: 'closed', 1002: 'protocol error', 1007: 'not UTF-8', 1008: 'refused by policy', 1009: 'message too large',
  4401: 'send a new token', 4403: 'not allowed',
};
const OF_TOKEN = { 4401: 'The server does not accept the token', 4403: 'This token does not allow access' };
const WORDS = {
  connecting: 'Connecting', live: 'Live', leaving: 'Server is leaving', waiting: 'Reconnecting', closed: 'Disconnected',
};

const find = (selector) => document.querySelector(`#broadcast ${selector}`);

function hex(bytes) {
  const shown = [...bytes.slice(0, 32)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${bytes.length} bytes: ${shown}${bytes.length > 32 ? ' …' : ''}`;
}

/** The path without a protocol: what comes is shown, what was missed is missed. */
export class Broadcast {
  #log = new Log('Broadcast messages');
  #onMessage;
  #socket;
  #timer;
  #attempt = 0;
  #openedAt;
  #retryAt;
  #leaveAt;
  #token;
  #isToldOfTokens = false;
  #hasSaid = false;

  constructor(onMessage) {
    this.#onMessage = onMessage;
    find('.logs').append(this.#log.list);
    find('.send').addEventListener('submit', (event) => { event.preventDefault(); this.#say(); });
    find('.toggle').addEventListener('click', () => (this.#state() === 'closed' ? this.#open() : this.#stop()));
    addEventListener('online', () => this.#state() === 'waiting' && this.#open());
    setInterval(() => this.#show(), 250);
    this.#open();
  }

  #state() {
    if (this.#socket) return this.#openedAt === undefined ? 'connecting' : this.#leaveAt ? 'leaving' : 'live';
    return this.#retryAt === undefined ? 'closed' : 'waiting';
  }

  #open() {
    clearTimeout(this.#timer);
    this.#retryAt = this.#leaveAt = this.#openedAt = undefined;
    const url = new URL('./', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.search = url.hash = '';
    if (this.#token) url.searchParams.set('access_token', this.#token);
    this.#hasSaid = false;
    const socket = this.#socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const ifCurrent = (listener) => (event) => socket === this.#socket && listener(event);
    socket.onopen = ifCurrent(() => {
      this.#openedAt = Date.now();
      this.#log.note('Connected');
      this.#show();
    });
    socket.onmessage = ifCurrent(({ data }) => this.#receive(data));
    socket.onclose = ifCurrent((event) => this.#closed(event));
    this.#show();
  }

  /** From now on; undefined: none. */
  use(token) {
    this.#token = token;
    this.#socket?.close(1000);
    this.#open();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#socket = this.#retryAt = undefined;
    this.#log.note('Disconnected');
    this.#show();
  }

  #closed({ code, reason }) {
    const openedAt = this.#openedAt;
    this.#socket = undefined;
    const words = reason || (FINAL[code] ?? '');
    const why = code === 1006 ? 'Connection lost' : `Closed: ${code} ${words}`;
    if (code in OF_TOKEN) this.#log.note(`${OF_TOKEN[code]}: ${words}`, 'error');
    else if (openedAt) this.#log.note(why, 'alert');
    else if (!this.#token && !this.#isToldOfTokens) {
      this.#isToldOfTokens = true;
      this.#log.note(PERHAPS_A_TOKEN, 'alert');
    }
    if (Date.now() - openedAt >= STEADY_MS) this.#attempt = 0;
    if (!(code in FINAL)) {
      // A server that leaves has given each of its clients a moment of its own.
      const slot = this.#leaveAt - Date.now();
      const wait = code === 1012 && slot > 0 ? slot : fullJitter(this.#attempt++);
      this.#retryAt = Date.now() + wait;
      this.#timer = setTimeout(() => this.#open(), wait);
    }
    this.#show();
  }

  #say() {
    const { text } = find('.send');
    if (text.value === '' || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(text.value);
    this.#hasSaid = true;
    text.value = '';
    text.focus();
  }

  #receive(data) {
    let frame;
    try { frame = JSON.parse(data); } catch { /* a broadcast may be anything */ }
    if (frame?.type === 'heartbeat') return;
    if (frame?.type === 'server-shutdown') {
      this.#leaveAt = Date.now() + (Number(frame.reconnectAfterMs) || 0);
      this.#log.note(String(frame.message), 'alert');
    } else if (frame?.type === 'error' && typeof frame.code === 'string') {
      // Why a connection ends is told with its end; before anything was sent here, and of a token, it is that.
      if (!this.#hasSaid || frame.code.includes('token')) return;
      const why = frame.code === 'forbidden' ? 'this token does not allow sending to everybody' : frame.message;
      this.#log.note(`Not sent: ${why}`, 'error');
    } else {
      this.#log.say({ text: typeof data === 'string' ? data : hex(new Uint8Array(data)) });
      this.#onMessage();
    }
  }

  #show() {
    const state = this.#state();
    const until = this.#retryAt ?? (state === 'leaving' ? this.#leaveAt : undefined);
    find('.state').dataset.is = state;
    setText(find('.state'), WORDS[state]);
    setText(find('.countdown'), until ? `in ${secondsUntil(until)}` : '');
    setText(find('.toggle'), state === 'closed' ? 'Connect' : 'Disconnect');
    find('.send button').disabled = this.#openedAt === undefined || !this.#socket;
  }
}
