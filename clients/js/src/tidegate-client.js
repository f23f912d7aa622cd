/**
 * A client of Tidegate for browsers and Node: one ES module without dependencies. It speaks the subprotocol tidegate.v1
 * as the server's docs/protocol.md has it; what callers see is typed and described in tidegate-client.d.ts.
 *
 * How nothing is lost, doubled or put out of order:
 *
 * - A Feed is a topic that the application wants, for one listener or several. Its `position` is that of the last
 *   message handed over; each new connection subscribes `after` it.
 * - Two connections are read at once only while a node is left. Both carry the same messages in the same order, so what
 *   the application has is always the longer of two beginnings of one sequence. A message handed over from one is noted
 *   as awaited on the other, and dropped when it comes there.
 * - A message that is not kept has no position. It is taken from the older of the two connections, as long as both are
 *   read; what it says tells one that was handed over already. Its publish is never sent a second time.
 * - A connection that had to skip messages which the other one carries is muted for that topic: only the whole stream
 *   counts.
 * - A publish stays in the PublishQueue, in its order, until its ack. Each new connection sends it again with the same id, by
 *   which the server knows it.
 * - A Room is who is in a topic. A new connection brings a whole list, which is laid over what is known: only what
 *   differs is told. Of two connections the one that serves counts, and the list of the other waits until it does.
 * - Tokens asks the application for a token before the present one ends, and each new one goes to all open connections.
 * - What is sent passes the Pace, which keeps below the server's rate over all connections together.
 *
 * Everything runs on the one thread of JavaScript. Where a listener is called it may
 * call back at once: state is in order before, and looked at again after.
 *
 * The file in sections: what it exports; the environment (Host, Target); the arguments; the Client; topics (Hearing,
 * Subscription, Feed); presence (Room, Roll); publishes (PublishQueue, Pace); Tokens; the Connection.
 */

const SUBPROTOCOL = 'tidegate.v1';
/** Offered while another connection still serves us: a node that would send us on may then refuse. Never confirmed. */
const HAND_OVER_PROTOCOL = 'tidegate.handover';
/** Begins the subprotocol that carries a token: a script can set no header. */
const TOKEN_PROTOCOL = 'tidegate.token.';
/** Full jitter below these; docs/protocol.md says why, with what was measured. */
const BACKOFF = { base: 500, max: 10_000 };
/** From close 1008 (the rate was ignored) to the next try, at least. */
const POLICY_MS = 30_000;
/** A connection that was live for so long was good: the backoff starts again at its base. */
const STEADY_MS = 10_000;
/** From the opening of a socket to `welcome`. */
const CONNECT_MS = 10_000;
/** From a ping that asks whether anybody is there to an answer. */
const PROBE_MS = 5_000;
/** From the error of an open socket to its end, where no close follows. */
const ERROR_MS = 1_000;
/** A server closes a connection that it hands over so long after its moment. */
const SLOT_MS = 2_000;
/** A try needs so much of the slot to come to something. */
const LAST_TRY_MS = 250;
/** For so long at the end of the slot any node does, be it one that sends us on. */
const ANY_NODE_MS = 500;
/** Between two tries within the slot, at most. */
const WITHIN_SLOT_MS = 250;
/** The least wait after `rate-limited`, which counts by the second. */
const RATE_MS = 1_000;
/** A token is renewed at a random moment of these parts of its time: the clients of a fleet must not all ask at once. */
const RENEW = { from: 0.6, to: 0.9 };
/** A token that ends within this time, or this part of all its time, is not used for a new connection. */
const NEAR_END = { ms: 60_000, part: 1 - RENEW.from };
/** The least wait for another token where the application has given the same one again. */
const RENEW_LEAST_MS = 1_000;
/** From the call of the application's token() to its answer. */
const TOKEN_MS = 30_000;
/** One less than the publishes with which a server stops reading: a ping or a subscribe still gets through. */
const UNANSWERED = 63;
/** Longer ones fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;
const MAX_PENDING = 1_000;
/** So many messages that are not kept are remembered of a topic, and so much of the text of each. */
const UNKEPT = 64;
const UNKEPT_TEXT = 256;
const MAX_LAST = 100_000;
/** One node may hear of a user so much later than another: for so long it does not contradict what the other has said. */
const APART_MS = 2_000;
/** A publish may reject with these without anybody there to hear it. */
const UNNOTICED = new Set(['closed', 'aborted', 'connection-lost', 'relay-unavailable']);
/** Close codes: with a new token the client may come back at once; with this token it may not. */
const NEW_TOKEN = 4401;
const NOT_ALLOWED = 4403;
/** Closes after which another try would go the same way. */
const FINAL = new Set([1000, 1002, 1007, 1009, NOT_ALLOWED]);
const LATER = new Set(['rate-limited', 'relay-unavailable']);

// ---- what the module offers

/** What went wrong, with a `code` to tell by: one of the server's, or of this client's (see the types). */
export class TidegateError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = 'TidegateError';
    this.code = code;
  }
}

/** Full jitter: a random time, in ms, that may be twice as long with each attempt (0, 1, …), up to a ceiling. */
export function fullJitter(attempt, random = Math.random, { base = BACKOFF.base, max = BACKOFF.max } = {}) {
  return random() * Math.min(max, base * 2 ** attempt);
}

/** Opens a connection and keeps one open until close(). */
export function connect(urls, options) {
  return new Client(urls, options);
}

// ---- the environment, of which some have less than others

/** The one place that reads a clock. Waits are measured by one that nobody sets; the other is only for display. */
class Host {
  #global;
  #clock;

  constructor(global) {
    this.#global = global;
    this.#clock = typeof global.performance?.now === 'function' ? global.performance : global.Date;
  }

  /** Milliseconds that only ever grow. */
  now() {
    return this.#clock.now();
  }

  /** Milliseconds since 1970, as the machine has them. */
  wall() {
    return this.#global.Date.now();
  }

  setTimeout(run, ms) {
    return this.#global.setTimeout(run, Math.min(Math.max(0, ms), TIMER_MAX_MS));
  }

  clearTimeout(timer) {
    this.#global.clearTimeout(timer);
  }

  /** Listens until the function that it returns is called. */
  listen(target, type, listener) {
    target?.addEventListener?.(type, listener);
    return () => target?.removeEventListener?.(type, listener);
  }

  warn(text) {
    this.#global.console?.warn(text);
  }

  /** Tells the developer of an error in the application's code; outside a page `reportError` may end the process. */
  report(error) {
    if (this.#global.document && typeof this.#global.reportError === 'function') this.#global.reportError(error);
    else this.#global.console?.error(error);
  }

  /** Calls the application's code, whose errors are its own, also those of a promise that it returns. */
  call(run) {
    try {
      const result = run();
      if (typeof result?.then === 'function') result.then(undefined, (error) => this.report(error));
    } catch (error) {
      this.report(error);
    }
  }
}

/** As much of an EventTarget as there is to use, where there is none, as in React Native. */
class PlainTarget {
  #entries = new Map();

  addEventListener(type, listener, options) {
    const entries = this.#entries.get(type) ?? [];
    if (!listener || options?.signal?.aborted || entries.some((entry) => entry.listener === listener)) return;
    this.#entries.set(type, [...entries, { listener, once: options?.once === true }]);
    options?.signal?.addEventListener('abort', () => this.#remove(type, listener));
  }

  removeEventListener(type, listener) {
    this.#remove(type, listener);
  }

  #remove(type, listener) {
    this.#entries.set(type, (this.#entries.get(type) ?? []).filter((entry) => entry.listener !== listener));
  }

  dispatchEvent(event) {
    event.target = event.currentTarget = this;
    for (const entry of this.#entries.get(event.type) ?? []) {
      if (!this.#entries.get(event.type).includes(entry)) continue;
      if (entry.once) this.#remove(event.type, entry.listener);
      entry.listener.call(this, event);
    }
    return true;
  }
}

class PlainEvent {
  constructor(type) {
    this.type = type;
  }
}

const NATIVE = typeof globalThis.EventTarget === 'function' && typeof globalThis.Event === 'function';
const [Target, BaseEvent] = NATIVE ? [globalThis.EventTarget, globalThis.Event] : [PlainTarget, PlainEvent];

class ClientEvent extends BaseEvent {
  constructor(type, fields) {
    super(type);
    Object.assign(this, fields);
  }
}

/** An EventTarget whose listeners may throw: Node would end the process for it. */
class Emitter extends Target {
  #host;
  #guards = new WeakMap();

  constructor(host) {
    super();
    this.#host = host;
  }

  addEventListener(type, listener, options) {
    super.addEventListener(type, this.#guard(listener), options);
  }

  removeEventListener(type, listener, options) {
    super.removeEventListener(type, this.#guard(listener), options);
  }

  #guard(listener) {
    if (listener === null || listener === undefined) return null;
    if (typeof listener !== 'function' && typeof listener !== 'object') {
      throw new TypeError(`listener must be a function, not ${shown(listener)}`);
    }
    if (!this.#guards.has(listener)) {
      this.#guards.set(listener, (event) => this.#host.call(() => (
        typeof listener === 'function' ? listener.call(this, event) : listener.handleEvent(event))));
    }
    return this.#guards.get(listener);
  }
}

/** Of no other client: what begins the ids that are made up. */
function uniquePrefix() {
  const bytes = new Uint8Array(12);
  if (globalThis.crypto?.getRandomValues) globalThis.crypto.getRandomValues(bytes);
  else bytes.forEach((_, i) => { bytes[i] = Math.random() * 256; });
  return [...bytes].map((byte) => byte.toString(36)).join('');
}

/** Of well-formed text. */
function utf8Length(text) {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}

// ---- arguments: what cannot be meant or cannot travel is refused at once

const TOPIC = /^[A-Za-z0-9._:-]{1,128}$/;
/** As a JWT has them; all of them may stand in a subprotocol and in a URL. */
const TOKEN = /^[A-Za-z0-9._-]+$/;
/** With the flag u, halves of a pair match only where the other half is missing. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;
const OF_JSON = new Set(['Object', 'Array', 'String', 'Number', 'Boolean']);

function shown(value) {
  if (typeof value === 'string') return JSON.stringify(value.length > 140 ? `${value.slice(0, 140)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : 'an object';
}

function isNone(value) {
  return value === undefined || value === null;
}

/** A TypeError unless `value` is none or `isMeant`. */
function check(name, value, allowed, isMeant) {
  if (!isNone(value) && !isMeant(value)) throw new TypeError(`${name} must be ${allowed}, not ${shown(value)}`);
}

const isFunction = (value) => typeof value === 'function';
const isObject = (value) => typeof value === 'object';
const isBoolean = (value) => typeof value === 'boolean';
const isDuration = (value) => typeof value === 'number' && value >= 1 && value <= TIMER_MAX_MS;
const isWholeFrom1To = (max) => (value) => Number.isSafeInteger(value) && value >= 1 && value <= max;
const isToken = (value) => typeof value === 'string' && TOKEN.test(value);
const isText = (value, max) => typeof value === 'string' && value.length > 0 && value.length <= max
  && !LONE_SURROGATE.test(value);
const DURATION = `a number of milliseconds from 1 to ${TIMER_MAX_MS}`;

function checkOptions(options) {
  check('options', options, 'an object', isObject);
  return options ?? {};
}

function checkTopic(topic) {
  if (typeof topic === 'string' && TOPIC.test(topic)) return;
  const allowed = 'it must be a string of 1 to 128 of the characters A-Z a-z 0-9 . _ : -';
  throw new TidegateError('invalid-topic', `${shown(topic)} is no topic: ${allowed}`);
}

function checkSubscribe(listener, { after, last, presence }) {
  if (!isFunction(listener)) throw new TypeError(`listener must be a function, not ${shown(listener)}`);
  check('after', after, 'a position: a string of 1 to 64 characters', (value) => isText(value, 64));
  check('last', last, `a whole number from 1 to ${MAX_LAST}`, isWholeFrom1To(MAX_LAST));
  check('presence', presence, 'true or false', isBoolean);
  if (!isNone(after) && !isNone(last)) throw new TypeError('after and last exclude each other: give one of them');
}

function checkPublish({ id, keep, timeout, signal }) {
  if (!isNone(id) && !Number.isSafeInteger(id) && !isText(id, 128)) {
    const allowed = 'a string of 1 to 128 characters of valid Unicode, or a safe integer';
    throw new TidegateError('invalid-frame', `id must be ${allowed}, not ${shown(id)}`);
  }
  if (!isNone(keep) && !isBoolean(keep)) {
    throw new TidegateError('invalid-frame', `keep must be true or false, not ${shown(keep)}`);
  }
  check('timeout', timeout, DURATION, isDuration);
  check('signal', signal, 'an AbortSignal',
    (value) => isBoolean(value.aborted) && isFunction(value.addEventListener));
}

/** A TypeError unless it can be a token; its words do not show it. */
function checkToken(name, token) {
  const what = typeof token === 'string' ? 'text with another character, or none' : shown(token);
  if (!isToken(token)) throw new TypeError(`${name} must be a token of the characters A-Z a-z 0-9 . _ -, not ${what}`);
}

function checkConnect({ WebSocket, random, maxPending, global, backoff, startClosed, log, debug, token, tokenIn }) {
  check('options.WebSocket', WebSocket, 'a constructor of sockets', isFunction);
  check('options.random', random, 'a function', isFunction);
  check('options.maxPending', maxPending, 'a whole number above 0', isWholeFrom1To(Number.MAX_SAFE_INTEGER));
  check('options.global', global, 'an object', (value) => isObject(value) || isFunction(value));
  check('options.backoff', backoff, 'an object with base and max', isObject);
  check('options.backoff.base', backoff?.base, DURATION, isDuration);
  check('options.backoff.max', backoff?.max, DURATION, isDuration);
  check('options.startClosed', startClosed, 'true or false', isBoolean);
  check('options.log', log, 'true or false', isBoolean);
  check('options.debug', debug, 'a function', isFunction);
  if (!isNone(token) && !isFunction(token)) checkToken('options.token, if it is no function,', token);
  check('options.tokenIn', tokenIn, '"subprotocol" or "query"', (value) => ['subprotocol', 'query'].includes(value));
}

/** The JSON of a value; what JSON.stringify would leave out or replace is refused, but for undefined properties. */
function jsonOf(name, value) {
  const refuse = (what, key) => {
    const where = key === '' ? '' : ` (at ${shown(key)})`;
    throw new TidegateError('invalid-frame', `${name} must be JSON, which cannot hold ${what}${where}`);
  };
  try {
    return JSON.stringify(value, function checked(key, converted) {
      if (LONE_SURROGATE.test(key)) refuse('half of a surrogate pair in a name', key);
      if (ArrayBuffer.isView(this[key])) refuse('binary data', key);
      switch (typeof converted) {
        case 'string':
          if (LONE_SURROGATE.test(converted)) refuse('half of a surrogate pair', key);
          break;
        case 'number':
          if (!Number.isFinite(converted)) refuse(String(converted), key);
          break;
        case 'undefined':
          if (key === '' || Array.isArray(this)) refuse('undefined', key);
          break;
        case 'object': {
          const kind = Object.prototype.toString.call(converted).slice(8, -1);
          if (converted !== null && !OF_JSON.has(kind)) refuse(`what is of the type ${kind}`, key);
          break;
        }
        case 'boolean':
          break;
        default:
          refuse(`what is of the type ${typeof converted}`, key);
      }
      return converted;
    });
  } catch (cause) {
    if (cause instanceof TidegateError) throw cause;
    throw new TidegateError('invalid-frame', `${name} must be JSON: ${cause.message}`, { cause });
  }
}

function publishText(topic, message, { user, keep }, id) {
  const rest = [
    isNone(keep) ? '' : `,"keep":${keep}`,
    user === undefined ? '' : `,"user":${jsonOf('user', user)}`,
    `,"message":${jsonOf('message', message)}}`,
  ];
  return `{"type":"publish","topic":${JSON.stringify(topic)},"id":${JSON.stringify(id)}${rest.join('')}`;
}

/** Absolute ws: or wss: URLs, from one or several that may be relative to the page. */
function addresses(urls, base) {
  const given = Array.isArray(urls) ? urls : [urls];
  if (given.length === 0) throw new TypeError('connect() needs at least one URL');
  return given.map((one) => address(one, base));
}

/** Takes a URL apart by itself: that of React Native cannot. */
function address(given, base) {
  const text = typeof given === 'string' ? given.trim() : given?.href;
  if (/[?&]access_token=/.test(text)) throw new TypeError('a URL must have no access_token: give options.token');
  if (typeof text !== 'string') throw new TypeError(`a URL must be a string or a URL, not ${shown(given)}`);
  let absolute = text;
  try {
    if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) absolute = new URL(text, base).href;
    else new URL(text);
  } catch (cause) {
    throw new TypeError(`${shown(text)} is no URL, such as wss://example.com/chat`, { cause });
  }
  const [, , secure, rest] = /^(ws|http)(s?):\/\/([^#]+)/i.exec(absolute) ?? [];
  if (rest === undefined) throw new TypeError(`${shown(text)} must begin with ws:// or wss://`);
  if (/[?&]topic(=|&|$)/.test(rest)) throw new TypeError(`${shown(text)} must have no topic: call subscribe()`);
  return `ws${secure.toLowerCase()}://${rest}`;
}

function closedError() {
  return new TidegateError('closed', 'this client is closed');
}

// ---- the client

class Client extends Emitter {
  #urls;
  #turn;
  #random;
  #global;
  #host;
  #WebSocket;
  #backoff;
  #log;
  #debug;
  #publishQueue;
  #pace;
  /** None where the application has given no token. */
  #tokens;
  #feeds = new Map();
  #state = 'idle';
  /** The connection that is published on. */
  #first = null;
  /** In a hand-over: the connection that is to become the first. */
  #second = null;
  #leaving = false;
  /** Connections that failed since one was good; and those of this hand-over, which count for themselves. */
  #attempt = 0;
  #moves = 0;
  /** The timer of the next connection, whichever it is to be. */
  #timer;
  #reconnectAt;
  /** No `online` event brings the next try forward to before this. */
  #heldUntil = 0;
  /** The timer of what waits for its turn by the pace. */
  #turnTimer;
  /** The timer of the next new token, and when it would be without a hand-over. */
  #renewTimer;
  #renewAt;
  /** Tokens that could not be had or were refused since one was good; and closes that asked for a new one. */
  #renewals = 0;
  #refusals = 0;
  #offline = false;
  #wasWelcome = false;
  #warned = false;
  /** This clock less the server's, and the way of a message: the least that was seen. */
  #skew;
  #stopWatching = [];

  constructor(urls, given) {
    const options = checkOptions(given);
    checkConnect(options);
    const global = options.global ?? globalThis;
    const host = new Host(global);
    super(host);
    this.#global = global;
    this.#host = host;
    this.#WebSocket = options.WebSocket ?? global.WebSocket;
    if (!this.#WebSocket) throw new TypeError('no WebSocket here, as in Node before 22: give one as options.WebSocket');
    this.#urls = addresses(urls, global.location?.href);
    this.#random = options.random ?? Math.random;
    this.#turn = Math.floor(this.#random() * this.#urls.length) % this.#urls.length;
    this.#backoff = { base: options.backoff?.base ?? BACKOFF.base, max: options.backoff?.max ?? BACKOFF.max };
    this.#log = options.log ?? true;
    this.#debug = options.debug ?? undefined;
    this.#publishQueue = new PublishQueue(options.maxPending ?? MAX_PENDING, host);
    this.#pace = new Pace(host);
    if (!isNone(options.token)) {
      this.#tokens = new Tokens(options.token, options.tokenIn === 'query', host, {
        isNew: () => this.#newToken(),
        failed: (error) => this.#state !== 'closed' && this.#emit('error', error),
      });
    }
    this.#watch();
    if (!options.startClosed) this.#open();
  }

  get state() {
    return this.#state;
  }

  get node() {
    return this.#first?.welcome?.node;
  }

  get connection() {
    return this.#first?.welcome?.connection;
  }

  get user() {
    return this.#first?.welcome?.user;
  }

  get url() {
    return this.#first?.url;
  }

  get heardAt() {
    return this.#first?.welcome && this.#first.heardAt;
  }

  get heartbeatAt() {
    return this.#first?.heartbeatAt;
  }

  get heartbeatMs() {
    return this.#first?.welcome?.heartbeatMs;
  }

  get reconnectAt() {
    return this.#reconnectAt;
  }

  get offline() {
    return this.#offline;
  }

  get pending() {
    return this.#publishQueue.size;
  }

  subscribe(topic, listener, given) {
    const options = checkOptions(given);
    checkTopic(topic);
    checkSubscribe(listener, options);
    if (this.#state === 'closed') throw closedError();
    let feed = this.#feeds.get(topic);
    if (feed && !(isNone(options.after) && isNone(options.last) && (!options.presence || feed.room))) {
      const message = `"${topic}" is subscribed already, by one subscription of the server: only the first subscribe() `
        + 'may name after or last, or begin with presence';
      throw new TidegateError('already-subscribed', message);
    }
    if (!feed) {
      const tell = (type, fields) => this.#emit(type, { topic, ...fields });
      const room = options.presence ? new Room(this.#host, tell) : undefined;
      feed = new Feed(topic, options.after ?? undefined, options.last ?? undefined, room);
      this.#feeds.set(topic, feed);
    }
    const hearing = new Hearing(feed, listener, {
      isLive: () => [this.#first, this.#second].some((connection) => connection?.carries(feed, 'on')),
      end: () => this.#unsubscribe(feed, hearing),
    });
    feed.add(hearing);
    this.#proceed();
    return hearing.subscription;
  }

  getSubscription(topic) {
    return this.#feeds.get(topic)?.hearings[0].subscription;
  }

  /** Rejects where it can never succeed, and where too many wait. Never throws. */
  publish(topic, message, options) {
    return this.#publishQueue.promise((answer) => {
      checkTopic(topic);
      const checked = checkOptions(options);
      checkPublish(checked);
      if (this.#state === 'closed') throw closedError();
      this.#publishQueue.add(topic, message, checked, answer);
      this.#send();
    });
  }

  reconnect() {
    if (this.#state === 'closed') throw closedError();
    for (const connection of [this.#first, this.#second]) if (connection) this.#forget(connection);
    this.#first = this.#second = null;
    this.#leaving = false;
    this.#attempt = this.#refusals = 0;
    this.#open();
  }

  close() {
    this.#shut('the client was closed', 1000);
  }

  // ---- connections

  #open() {
    this.#disarm();
    const url = this.#urls[this.#turn];
    const connection = new Connection(url, this.#WebSocket, this.#host, {
      frame: (frame) => this.#received(connection, frame),
      end: (end) => this.#ended(connection, end),
      trace: this.#debug && ((type, frame) => this.#trace(type, { url, frame })),
    });
    if (this.#first) this.#second = connection;
    else this.#first = connection;
    connection.handsOver =
      connection === this.#second && this.#host.now() < this.#first.leaveAt + SLOT_MS - ANY_NODE_MS;
    this.#trace('connect', { url, attempt: this.#second ? this.#moves : this.#attempt });
    this.#become(this.#first === connection ? 'connecting' : 'handing-over');
    this.#openWithToken(connection);
  }

  /** At once where there is a token that will last; otherwise once there is another one. */
  #openWithToken(connection) {
    if (!this.#tokens) return connection.open();
    if (!this.#tokens.isNearEnd(this.#host.now())) return connection.open(this.#tokens);
    this.#tokens.ask().then(
      () => connection.open(this.#tokens),
      // The login service may be away: a token that still counts is better than none.
      ({ message }) => (this.#tokens.isOver() ? connection.fail(message) : connection.open(this.#tokens)),
    );
  }

  /** Tries again after `wait` ms, and not before `held`, whatever is heard of the network meanwhile. */
  #openLater(wait, held = 0) {
    this.#disarm();
    this.#heldUntil = held;
    this.#reconnectAt = this.#host.wall() + wait;
    this.#timer = this.#host.setTimeout(() => this.#open(), wait);
    this.#trace('wait', { url: this.#urls[this.#turn], ms: wait });
  }

  #disarm() {
    this.#host.clearTimeout(this.#timer);
    this.#timer = this.#reconnectAt = undefined;
  }

  #ended(connection, { code, reason, status, error = connection.refusal(code, reason) }) {
    const { url } = connection;
    this.#trace('end', { url, code, reason, status });
    const isOfToken = !connection.isTried || code === NEW_TOKEN || code === NOT_ALLOWED;
    this.#warnOnce(url, error?.message ?? (reason || `close code ${code}, and no more is known`), isOfToken);
    if (code === 1009) this.#publishQueue.rejectLargest(connection);
    this.#forget(connection);
    if (code === NEW_TOKEN) this.#tokens?.forget(connection.token);
    if (FINAL.has(code) || (code === NEW_TOKEN && this.#tokens?.isFixed)) {
      this.#shut(`the server closed the connection: ${code} ${reason}`.trim(), code);
      const expired = code === NEW_TOKEN ? { code: 'token-expired', message: reason } : undefined;
      return void ((error ?? expired) && this.#emit('error', error ?? expired));
    }
    if (this.#steady(connection)) this.#attempt = 0;
    if (this.#steady(connection, RENEW_LEAST_MS)) this.#refusals = 0;
    if (connection === this.#second) {
      this.#second = null;
      this.#rotate();
      this.#openLater(...this.#waitAfter(connection, code, this.#first.leaveAt + SLOT_MS));
      this.#proceed(); // What the second was asked for alone, the first is asked for again.
    } else if (this.#second) {
      // What was to be a hand-over is an ordinary resume from here on, and under way.
      this.#first = this.#second;
      this.#second = null;
      this.#leaving = false;
      this.#proceed();
      this.#become(this.#first.welcome ? 'resuming' : 'connecting', code, reason);
      this.#settle();
    } else {
      if (!this.#leaving) this.#rotate();
      // A hand-over between two tries has its next one already.
      if (this.#state !== 'handing-over' || code === 1008) this.#openLater(...this.#waitAfter(connection, code));
      this.#first = null;
      this.#leaving = false;
      this.#become('waiting', code, reason);
    }
    // A token may have ended while there was no connection: another one is asked for, and no more has happened.
    if (error && (error.code !== 'token-expired' || this.#refusals > 1)) this.#emit('error', error);
  }

  #rotate() {
    this.#turn = (this.#turn + 1) % this.#urls.length;
  }

  #jitter(attempt) {
    return fullJitter(attempt, this.#random, this.#backoff);
  }

  /**
   * How long to wait, and until when at least.
   *
   * @param slotEnd in a hand-over: when the server will close the first connection
   */
  #waitAfter(connection, code, slotEnd) {
    const now = this.#host.now();
    // A node that leaves has given each of its clients a moment of its own, so that they do not all come at once.
    if (code === 1012 && connection.leaveAt > now) return [connection.leaveAt - now, connection.leaveAt];
    if (code === 1008) return [POLICY_MS + this.#jitter(this.#attempt++), now + POLICY_MS];
    if (code === NEW_TOKEN && this.#refusals++ === 0) return [0];
    if (slotEnd === undefined) return [this.#jitter(this.#attempt++)];
    // Earlier failures are no reason to be without a connection when the first one ends.
    const left = slotEnd - LAST_TRY_MS - now;
    if (left <= 0) return [Math.max(0, slotEnd - now) + this.#jitter(this.#attempt++)];
    this.#moves++;
    return [this.#random() * Math.min(WITHIN_SLOT_MS, left)];
  }

  #steady(connection, ms = STEADY_MS) {
    return connection.liveAt !== undefined && this.#host.now() - connection.liveAt >= ms;
  }

  /** Nothing more comes of this connection. */
  #forget(connection) {
    connection.drop();
    this.#publishQueue.unsend(connection);
    for (const feed of this.#feeds.values()) feed.forget(connection);
  }

  #settle() {
    this.#settleConnections();
    for (const feed of this.#feeds.values()) this.#settlePresence(feed);
  }

  /** Whether all that is wanted is subscribed on the newest connection; then it is the one that counts. */
  #settleConnections() {
    const newest = this.#second ?? this.#first;
    if (!newest?.welcome || [...this.#feeds.values()].some((feed) => !newest.carries(feed, 'on'))) return;
    newest.liveAt ??= this.#host.now();
    if (newest === this.#second) {
      const old = this.#first;
      this.#first = newest;
      this.#second = null;
      this.#leaving = false;
      this.#forget(old);
      this.#send();
    }
    if (this.#first?.leaveAt === undefined) this.#become('live');
    else this.#leave();
  }

  /** Waits for the moment that the first connection was given, then opens the second. */
  #leave() {
    if (this.#leaving || this.#second) return;
    this.#leaving = true;
    this.#moves = 0;
    if (this.#steady(this.#first)) this.#attempt = 0;
    this.#rotate();
    this.#openLater(Math.max(0, this.#first.leaveAt - this.#host.now()), this.#first.leaveAt);
    this.#planRenewal();
    this.#become('leaving');
  }

  #shut(reason, code) {
    if (this.#state === 'closed') return;
    this.#disarm();
    this.#host.clearTimeout(this.#turnTimer);
    this.#host.clearTimeout(this.#renewTimer);
    for (const stop of this.#stopWatching) stop();
    for (const connection of [this.#first, this.#second]) connection?.drop();
    this.#first = this.#second = null;
    const error = new TidegateError('closed', reason);
    const feeds = [...this.#feeds.values()];
    this.#feeds.clear();
    for (const feed of feeds) feed.end('ended', error);
    this.#publishQueue.rejectAll(error);
    this.#become('closed', code, reason);
  }

  /** The page's way of knowing better than a timer. */
  #watch() {
    const { document, navigator } = this.#global;
    const probe = () => {
      for (const connection of [this.#first, this.#second]) if (connection?.probe()) this.#pace.spend();
    };
    const network = (offline) => {
      this.#offline = offline;
      if (!offline && this.#timer !== undefined && this.#host.now() >= this.#heldUntil) this.#open();
      probe();
      this.#emit('network', { offline });
    };
    this.#offline = navigator?.onLine === false;
    this.#stopWatching = [
      this.#host.listen(this.#global, 'online', () => network(false)),
      this.#host.listen(this.#global, 'offline', () => network(true)),
      this.#host.listen(document, 'visibilitychange', () => document.visibilityState === 'visible' && probe()),
    ];
  }

  // ---- tokens

  /** The application has given one: all that is open goes on with it. */
  #newToken() {
    this.#host.clearTimeout(this.#renewTimer);
    this.#renewTimer = this.#renewAt = undefined;
    for (const connection of [this.#first, this.#second]) if (connection?.welcome) this.#offerToken(connection);
  }

  /** Also one that the connection has already: the answer says how long it counts. */
  #offerToken(connection) {
    if (connection.offer(this.#tokens?.text)) this.#pace.spend();
  }

  /** The server has said how long the token of this connection counts. */
  #tokenCounts(connection, expiresInMs) {
    if (expiresInMs === undefined || !this.#tokens?.tell(connection.token, expiresInMs)) return;
    const { from, to } = RENEW;
    this.#renewAt ??= this.#host.now() + (from + (to - from) * this.#random()) * expiresInMs;
    this.#planRenewal();
  }

  /** At its moment; in a hand-over such that the second connection neither waits for a token nor takes one that ends soon. */
  #planRenewal() {
    if (this.#renewAt === undefined) return;
    const leaveAt = this.#leaving ? this.#first.leaveAt : undefined;
    let at = this.#renewAt;
    if (leaveAt !== undefined && this.#tokens.isNearEnd(leaveAt + SLOT_MS)) {
      const wait = Math.min(leaveAt - this.#host.now(), this.#tokens.lifetime / 2);
      at = Math.min(at, leaveAt - this.#random() * wait);
    }
    this.#renewLater(at - this.#host.now());
  }

  #renewLater(wait) {
    this.#host.clearTimeout(this.#renewTimer);
    this.#renewTimer = this.#host.setTimeout(() => this.#renew(), wait);
  }

  /** Without a connection there is nothing to renew: the next one asks for what it needs. */
  #renew() {
    this.#renewAt = undefined;
    if (this.#state === 'closed' || !this.#first?.welcome) return;
    const { text } = this.#tokens;
    const failed = () => this.#state !== 'closed' && this.#renewLater(this.#jitter(this.#renewals++));
    this.#tokens.ask().then(() => {
      if (this.#state === 'closed' || this.#tokens.text !== text) return;
      this.#renewLater(Math.max(RENEW_LEAST_MS, RENEW.from * this.#tokens.left()));
    }, failed);
  }

  #tokenRefused(connection, { code, message }) {
    this.#tokens?.forget(connection.offered);
    connection.offered = undefined;
    this.#renewLater(this.#jitter(this.#renewals++));
    this.#emit('error', { code, message });
  }

  // ---- topics

  #unsubscribe(feed, hearing) {
    if (!feed.remove(hearing) || this.#feeds.get(feed.topic) !== feed) return;
    this.#feeds.delete(feed.topic);
    this.#proceed();
    this.#settle();
  }

  /** Does all that can be done now: topics first, so that what is published behind a subscribe() reaches it. */
  #proceed() {
    this.#reconcile();
    this.#send();
  }

  /** Asks for what is wanted and not there, and ends what is there and not wanted. */
  #reconcile() {
    const newest = this.#second?.welcome ? this.#second : this.#first;
    // Two presents cannot be laid over each other: in a hand-over a topic begins on the first connection, and the
    // second is asked for it behind the position that the first has answered.
    const isFor = (connection, feed) => connection === (feed.position === undefined ? this.#first : newest);
    for (const connection of [this.#first, this.#second]) {
      if (!connection?.welcome || connection.isPaused()) continue;
      for (const [topic, entry] of connection.topics) {
        if (entry.state !== 'on' || this.#feeds.get(topic) === entry.feed) continue;
        if (!this.#isTurn()) return;
        entry.state = 'leaving';
        connection.send({ type: 'unsubscribe', topic });
      }
      for (const feed of this.#feeds.values()) {
        if (connection.topics.has(feed.topic) || !isFor(connection, feed)) continue;
        if (!this.#isTurn()) return;
        this.#ask(connection, feed);
      }
    }
  }

  #ask(connection, feed) {
    const after = feed.position;
    const last = after === undefined ? feed.last : undefined;
    const resumed = after !== undefined || last !== undefined;
    const [presence, roll] = feed.room ? [true, new Roll()] : [];
    connection.topics.set(feed.topic, { feed, after, roll, state: 'asked', resumed, askedAt: this.#host.now() });
    connection.send({ type: 'subscribe', topic: feed.topic, after, last, presence });
  }

  #mute(connection, feed) {
    if (!connection.carries(feed)) return;
    connection.topics.get(feed.topic).feed = null;
    feed.forget(connection);
  }

  /** The other connection, where it carries that feed too. */
  #other(connection, feed) {
    const other = connection === this.#first ? this.#second : this.#first;
    return other?.carries(feed) ? other : null;
  }

  /**
   * This connection delivers what comes behind `position`, and has skipped something in front of it.
   *
   * @param after what was asked for, where this answers it
   * @return whether the application misses something
   */
  #gap(connection, entry, position, after) {
    const { feed } = entry;
    const other = this.#other(connection, feed);
    if (other && connection === this.#first) {
      this.#mute(connection, feed); // The second was asked for all of it.
      return false;
    }
    if (feed.covers(connection, position, after)) return false;
    if (other) this.#mute(other, feed);
    const from = feed.position;
    feed.position = position;
    this.#emit('lost', { topic: feed.topic, from, position });
    return true;
  }

  // ---- what the server says

  #received(connection, frame) {
    switch (frame.type) {
      case 'welcome':
        this.#wasWelcome = true;
        connection.welcomed(frame);
        this.#pace.limit(frame.limits.rate);
        this.#tokenCounts(connection, frame.expiresInMs);
        if (this.#tokens?.text !== connection.token) this.#offerToken(connection); // There is a new one since.
        this.#proceed();
        if (connection === this.#first) this.#become('resuming');
        return this.#settle();
      case 'subscribed':
        return this.#subscribed(connection, frame);
      case 'unsubscribed':
        connection.topics.delete(frame.topic);
        this.#proceed();
        return this.#settle();
      case 'message':
        return this.#message(connection, frame);
      case 'presence':
      case 'join':
      case 'leave':
        return this.#presence(connection, frame);
      case 'ack':
        connection.refusals = 0;
        this.#publishQueue.resolve(frame);
        return this.#send();
      case 'token':
        this.#renewals = this.#refusals = 0;
        connection.tokenTaken();
        return this.#tokenCounts(connection, frame.expiresInMs);
      case 'heartbeat':
        connection.heartbeatAt = this.#host.wall();
        return this.#compareClocks(frame.timestamp);
      case 'server-shutdown':
        return this.#notice(connection, frame);
      case 'error':
        return this.#refused(connection, frame);
      default: // `pong` has done its work by coming; what is unknown is for newer clients.
    }
  }

  #subscribed(connection, { topic, position, recovered }) {
    const entry = connection.topics.get(topic);
    if (!entry || entry.state === 'leaving') return;
    const { feed } = entry;
    const asked = entry.state === 'asked' ? entry.after : undefined;
    entry.state = 'on';
    connection.refusals = 0;
    if (this.#feeds.get(topic) === feed) {
      let isLost = false;
      if (recovered === false) {
        entry.resumed = false;
        isLost = this.#gap(connection, entry, position, asked);
      } else {
        feed.position ??= position;
      }
      feed.answered({ position, recovered: !isLost });
    }
    this.#proceed();
    this.#settle();
  }

  #message(connection, { type: _, ...message }) {
    const entry = connection.topics.get(message.topic);
    const feed = this.#feeds.get(message.topic);
    if (!feed || entry?.feed !== feed) return;
    if (!entry.resumed) this.#compareClocks(message.timestamp);
    const isKept = message.position !== undefined;
    if (isKept ? !feed.take(connection, this.#other(connection, feed), message.position)
      : this.#isReadElsewhere(connection, feed) || !feed.takeUnkept(connection, message)) return;
    const skew = this.#skew ?? this.#host.now() - this.#host.wall();
    message.recovered = isKept && entry.resumed && message.timestamp + skew < entry.askedAt;
    for (const hearing of feed.hearings) {
      if (hearing.isHeard) this.#host.call(() => hearing.listener(message));
    }
  }

  #presence(connection, { type, topic, user, users, more, joined = [], left = [] }) {
    const { feed, roll } = connection.topics.get(topic) ?? {};
    if (!roll || !feed || this.#feeds.get(topic) !== feed) return;
    if (users) {
      roll.page(users, more);
      return this.#settlePresence(feed);
    }
    const gone = type === 'leave' ? [user] : left;
    const come = type === 'join' ? [user] : joined;
    for (const one of gone) roll.leave(one);
    for (const one of come) roll.join(one, this.#host.wall());
    feed.room.changed(roll, [...gone, ...come]);
  }

  /** Has a room follow the connection that serves it, once the whole list has come there. */
  #settlePresence(feed) {
    const serving = feed.room && [this.#first, this.#second].find((one) => one?.carries(feed, 'on'));
    const roll = serving?.topics.get(feed.topic).roll;
    if (roll?.isWhole) feed.room.follow(roll);
  }

  /** Of two connections the older one brings what is not kept. */
  #isReadElsewhere(connection, feed) {
    return connection === this.#second && this.#first.carries(feed, 'on');
  }

  #compareClocks(timestamp) {
    const apart = this.#host.now() - timestamp;
    if (!(this.#skew <= apart)) this.#skew = apart;
  }

  #notice(connection, { message, reconnectAfterMs }) {
    const wait = Number.isFinite(reconnectAfterMs) ? Math.max(0, reconnectAfterMs) : 0;
    connection.leaveAt = this.#host.now() + wait;
    this.#emit('shutdown', { message, reconnectAfterMs: wait, node: connection.welcome?.node });
    if (connection === this.#first) this.#leave();
  }

  /** Something was not done: it is done later where that can help, and otherwise told to those who wanted it. */
  #refused(connection, { code, message, id, topic, answers: given }) {
    const later = LATER.has(code);
    if (later) this.#slowDown(connection, code);
    const entry = connection.topics.get(topic);
    const answers = given ?? typeAnswered(code, id, topic);
    if (answers === 'publish' && id !== undefined) {
      if (later) this.#publishQueue.postpone(connection, { id, code, message });
      else this.#publishQueue.reject(id, new TidegateError(code, message));
    } else if (answers === 'unsubscribe' && entry?.state === 'leaving') {
      // What is not refused for now alone was not subscribed any more.
      if (later) entry.state = 'on';
      else connection.topics.delete(topic);
    } else if (answers === 'subscribe' && entry?.state === 'asked') {
      connection.topics.delete(topic);
      if (!later) this.#notSubscribed(entry, { code, message, topic });
    } else if (answers === 'token') {
      this.#tokenRefused(connection, { code, message });
    } else if (answers === undefined && code === 'forbidden' && topic !== undefined) {
      // A subscription has ended, by a token that does not allow it. One that is being left is answered besides.
      if (entry?.state !== 'on') return;
      connection.topics.delete(topic);
      if (entry.feed) this.#notSubscribed(entry, { code, message, topic });
    } else if (answers === undefined && code === 'token-expired') {
      return; // The close that follows says what is to be done.
    } else if (!later) {
      this.#emit('error', { code, message, topic });
    }
    this.#proceed();
    this.#settle();
  }

  #notSubscribed({ feed, after }, error) {
    if (this.#feeds.get(error.topic) !== feed) return;
    if (error.code === 'invalid-frame' && after !== undefined) {
      // A position of another time: what came after it cannot be had, which is a loss like any other.
      feed.position = undefined;
      feed.isLost = true;
      this.#emit('lost', { topic: feed.topic, from: after, position: undefined });
    } else {
      this.#feeds.delete(error.topic);
      feed.end('refused', new TidegateError(error.code, error.message));
      this.#emit('error', error);
    }
  }

  /** Nothing is asked of this connection for a while. */
  #slowDown(connection, code) {
    if (connection.isPaused()) return;
    const least = code === 'rate-limited' ? RATE_MS : 0;
    connection.pause(least + this.#jitter(connection.refusals++), () => this.#proceed());
  }

  // ---- publishes

  #send() {
    const first = this.#first;
    if (!first?.welcome || first.isPaused()) return;
    this.#publishQueue.sendOn(first, () => this.#isTurn(), (topic) => {
      // It would be published before its own subscriber is there.
      const feed = this.#feeds.get(topic);
      return feed !== undefined && feed.position === undefined && !first.carries(feed);
    });
  }

  /** Whether one more frame may be sent now; where not, all is looked at again once it may. */
  #isTurn() {
    const wait = this.#pace.take();
    if (wait === 0) return true;
    this.#turnTimer ??= this.#host.setTimeout(() => {
      this.#turnTimer = undefined;
      this.#proceed();
    }, wait);
    return false;
  }

  // ---- telling the application

  #become(state, code, reason) {
    const previous = this.#state;
    if (previous === 'closed' || previous === state) return;
    this.#state = state;
    this.#trace('state', { state, previous });
    this.#emit('statechange', { state, previous, code, reason });
  }

  #emit(type, fields) {
    this.dispatchEvent(new ClientEvent(type, fields));
  }

  /** Later than what it tells of: the hook can disturb nothing. */
  #trace(type, fields) {
    if (!this.#debug) return;
    const event = { type, at: this.#host.wall(), ...fields };
    Promise.resolve().then(() => this.#host.call(() => this.#debug(event)));
  }

  /** A first connection that fails is mostly a wrong URL or token, which would otherwise be an endless silence. */
  #warnOnce(url, why, isOfToken) {
    if (!this.#log || this.#wasWelcome || this.#warned) return;
    this.#warned = true;
    const check = isOfToken ? 'what options.token gives' : 'that a Tidegate server runs there, that the path ends in '
      + '/chat, that its tidegate.origins allows this page, and whether it asks for a token';
    this.#host.warn(`tidegate-client: no connection to ${url} (${why}). Check ${check}. This is logged once; `
      + 'connect(url, { log: false }) turns it off.');
  }
}

/** For servers whose errors do not say it; those that know rights do, unless it answers nothing. */
function typeAnswered(code, id, topic) {
  if (code === 'forbidden' && id === undefined) return undefined;
  return id !== undefined ? 'publish' : topic !== undefined ? 'subscribe' : undefined;
}

// ---- topics

/** One listener of a feed, from subscribe() to its end. */
class Hearing {
  subscription = new Subscription(this);
  isHeard = true;
  error;
  #isLive;
  #position;
  #endState;
  #answer;

  constructor(feed, listener, { isLive, end }) {
    this.feed = feed;
    this.listener = listener;
    this.unsubscribe = end;
    this.#isLive = isLive;
    this.ready = new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
    });
    this.ready.catch(() => {}); // Nobody need wait for it.
  }

  get position() {
    return this.isHeard ? this.feed.position : this.#position;
  }

  get state() {
    return this.#endState ?? (this.#isLive() ? 'live' : 'waiting');
  }

  answered(answer) {
    this.#answer.resolve(answer);
  }

  end(state, error) {
    this.#position = this.feed.position;
    this.isHeard = false;
    this.#endState = state;
    if (state === 'refused') this.error = error;
    this.#answer.reject(error);
  }
}

/** What subscribe() returns: as much of a hearing as is for callers. */
class Subscription {
  #hearing;

  constructor(hearing) {
    this.#hearing = hearing;
  }

  get topic() {
    return this.#hearing.feed.topic;
  }

  get position() {
    return this.#hearing.position;
  }

  get ready() {
    return this.#hearing.ready;
  }

  get state() {
    return this.#hearing.state;
  }

  get error() {
    return this.#hearing.error;
  }

  get users() {
    return this.#hearing.feed.room?.users;
  }

  unsubscribe() {
    if (this.#hearing.isHeard) this.#hearing.unsubscribe();
  }
}

/** A topic that is wanted, and how far the application has it. */
class Feed {
  /** A new array for each change: one that is being gone through stays as it is. */
  hearings = [];
  /** Whether what came after the position that it began with could not be had. */
  isLost = false;
  #isAnswered = false;
  /** Connection → the positions that are still to come there, to be dropped. */
  #awaited = new Map();
  /** What was handed over last of what is not kept: {connection, text}. */
  #unkept = [];

  constructor(topic, position, last, room) {
    this.topic = topic;
    this.position = position;
    this.last = last;
    this.room = room;
  }

  add(hearing) {
    this.hearings = [...this.hearings, hearing];
    if (this.#isAnswered) hearing.answered({ position: this.position, recovered: true });
  }

  /** Whether that was the last one. */
  remove(hearing) {
    this.hearings = this.hearings.filter((one) => one !== hearing);
    hearing.end('ended', new TidegateError('unsubscribed', `"${this.topic}" was unsubscribed before it was ready`));
    if (this.hearings.length > 0) return false;
    this.room?.end();
    return true;
  }

  answered({ position, recovered }) {
    this.#isAnswered = true;
    for (const hearing of this.hearings) hearing.answered({ position, recovered: recovered && !this.isLost });
  }

  end(state, error) {
    this.room?.end();
    for (const hearing of this.hearings) hearing.end(state, error);
  }

  /**
   * Whether a message is to be handed over; it counts as handed over then.
   *
   * @param other the other connection that carries this feed, if any
   */
  take(connection, other, position) {
    if (this.#awaited.get(connection)?.delete(position)) return false;
    if (other) {
      if (!this.#awaited.has(other)) this.#awaited.set(other, new Set());
      this.#awaited.get(other).add(position);
    }
    this.position = position;
    return true;
  }

  /** The same for one that is not kept: it has no position, and may be missed, but not doubled or put out of order. */
  takeUnkept(connection, { timestamp, user, message }) {
    if (this.#awaited.get(connection)?.size > 0) return false; // Another connection is further already.
    const text = JSON.stringify([timestamp, user, message]).slice(0, UNKEPT_TEXT);
    const known = this.#unkept.findIndex((earlier) => earlier.connection !== connection && earlier.text === text);
    if (known >= 0) {
      this.#unkept.splice(known, 1);
      return false;
    }
    this.#unkept.push({ connection, text });
    if (this.#unkept.length > UNKEPT) this.#unkept.shift();
    return true;
  }

  /** Whether the other connection has brought all up to where this one begins; then nothing is missing. */
  covers(connection, position, after) {
    return position === after || this.#awaited.get(connection)?.has(position) === true;
  }

  forget(connection) {
    this.#awaited.delete(connection);
  }
}

// ---- presence

/** Who is in a topic as one connection has told it: a list in pages, and what has changed since. */
class Roll {
  users = new Map();
  isWhole = false;
  /** Whether a room has taken this list. */
  isTaken = false;
  /** While pages are still to come: of whom something newer than these was heard. */
  #newer;

  page(users, more) {
    if (!this.#newer) {
      this.users = new Map();
      this.#newer = new Set();
    }
    for (const { user, connections, since } of users) {
      if (!this.#newer.has(user)) this.users.set(user, { connections, since });
    }
    this.isWhole = !more;
    this.isTaken = false;
    if (this.isWhole) this.#newer = undefined;
  }

  join(user, since) {
    this.#newer?.add(user);
    if (!this.users.has(user)) this.users.set(user, { connections: 1, since });
  }

  leave(user) {
    this.#newer?.add(user);
    this.users.delete(user);
  }
}

/**
 * Who is in a topic as the application knows it, from one connection to the next. Nodes hear of a join or a leave at
 * different moments, so a connection may bring once more what another one has brought, or not have it yet: what would
 * take back something that another one has just said is looked at again a little later.
 */
class Room {
  users = new Map();
  #host;
  #tell;
  #roll;
  /** Where and when the first list came, and what was told lately: user → {roll, at}, the oldest first. */
  #begun;
  #told = new Map();
  #doubtful = new Set();
  #timer;

  constructor(host, tell) {
    this.#host = host;
    this.#tell = tell;
  }

  /** From here on this is what counts. */
  follow(roll) {
    if (roll.isTaken) return;
    roll.isTaken = true;
    this.#roll = roll;
    if (this.#begun) {
      this.#compare([...this.users.keys(), ...roll.users.keys()]);
    } else {
      this.#begun = { roll, at: this.#host.now() };
      for (const [user, present] of roll.users) this.users.set(user, present);
    }
    if (this.#roll === roll) this.#tell('presence', { users: this.users });
  }

  changed(roll, users) {
    if (roll === this.#roll && roll.isWhole) this.#compare(users);
  }

  end() {
    this.#roll = undefined;
    this.#host.clearTimeout(this.#timer);
  }

  #compare(users) {
    const roll = this.#roll;
    // Who is told of one may end it all, or begin another connection.
    for (const user of users) if (this.#roll === roll) this.#compareOne(user);
  }

  #compareOne(user) {
    const present = this.#roll.users.get(user);
    if (Boolean(present) === this.users.has(user)) {
      if (present) this.users.set(user, present);
      return;
    }
    const now = this.#host.now();
    const { roll, at } = this.#told.get(user) ?? this.#begun;
    if (roll !== this.#roll && now - at < APART_MS) return this.#doubt(user);
    this.#remember(user, now);
    if (present) this.users.set(user, present);
    else this.users.delete(user);
    this.#tell(present ? 'join' : 'leave', { user });
  }

  #remember(user, now) {
    this.#told.delete(user);
    this.#told.set(user, { roll: this.#roll, at: now });
    for (const [earlier, { at }] of this.#told) {
      if (now - at < APART_MS) return;
      this.#told.delete(earlier);
    }
  }

  #doubt(user) {
    this.#doubtful.add(user);
    this.#timer ??= this.#host.setTimeout(() => {
      this.#timer = undefined;
      const users = [...this.#doubtful];
      this.#doubtful.clear();
      if (this.#roll.isWhole) this.#compare(users);
    }, APART_MS);
  }
}

// ---- publishes

/** Publishes without an ack, in the order in which they were asked for. */
class PublishQueue {
  /** Id → {id, topic, text, on, …}. One that was given up stays until the server has answered it. */
  #entries = new Map();
  #waiting = 0;
  #max;
  #host;
  #prefix = uniquePrefix();
  #count = 0;

  constructor(max, host) {
    this.#max = max;
    this.#host = host;
  }

  get size() {
    return this.#waiting;
  }

  /** A promise, rejected with what `begin` throws. */
  promise(begin) {
    const answer = {};
    const promise = new Promise((resolve, reject) => {
      answer.resolve = resolve;
      answer.reject = (error) => {
        if (UNNOTICED.has(error.code)) promise.catch(() => {});
        reject(error);
      };
    });
    try {
      begin(answer);
    } catch (error) {
      answer.reject(error);
    }
    return promise;
  }

  add(topic, message, options, answer) {
    if (this.size >= this.#max) {
      throw new TidegateError('queue-full', `${this.#max} publishes are not acknowledged yet: publish later`);
    }
    const { timeout, signal } = options;
    const id = options.id ?? `${this.#prefix}-${++this.#count}`;
    if (this.#entries.has(id)) {
      throw new TidegateError('duplicate-id', `a publish with the id ${shown(id)} is not acknowledged yet`);
    }
    if (signal?.aborted) throw abortedError(signal);
    const text = publishText(topic, message, options, id);
    const isKept = options.keep !== false;
    const bytes = utf8Length(text);
    const entry = { id, topic, text, bytes, isKept, answer, isOver: false, on: null, timer: undefined };
    this.#entries.set(id, entry);
    this.#waiting++;
    if (!isNone(timeout)) {
      const error = new TidegateError('timeout', `the publish ${shown(id)} was not acknowledged in ${timeout} ms`);
      entry.timer = this.#host.setTimeout(() => this.#giveUp(entry, error), timeout);
    }
    if (signal) entry.stop = this.#host.listen(signal, 'abort', () => this.#giveUp(entry, abortedError(signal)));
  }

  /** Sends what is not on its way, as much as may be unanswered at once, and as `isTurn` says. */
  sendOn(connection, isTurn, isHeld) {
    const { message: limit } = connection.welcome.limits;
    for (const entry of this.#entries.values()) {
      if (connection.unanswered >= UNANSWERED) return;
      if (entry.on || isHeld(entry.topic)) continue;
      if (entry.bytes > limit) {
        const message = `the publish ${shown(entry.id)} is a frame of ${entry.bytes} bytes; allowed are ${limit}`;
        this.reject(entry.id, new TidegateError('too-large', message));
      } else {
        if (!isTurn()) return;
        entry.on = connection;
        connection.unanswered++;
        connection.sendText(entry.text);
      }
    }
  }

  /** Has all sent again of a connection that will answer none. */
  unsend(connection) {
    for (const entry of [...this.#entries.values()]) {
      if (entry.on === connection) this.#again(entry, 'connection-lost', 'the connection ended before its answer');
    }
  }

  /** Has one sent again that could not be done. */
  postpone(connection, { id, code, message }) {
    const entry = this.#entries.get(id);
    if (entry?.on === connection) this.#again(entry, code, message);
  }

  /** The server remembers no message that it does not keep: sent again, it could be published twice. */
  #again(entry, code, message) {
    if (!entry.isKept && code !== 'rate-limited') this.reject(entry.id, new TidegateError(code, message));
    else this.#answered(entry);
    if (entry.isOver) this.#entries.delete(entry.id);
  }

  resolve({ id, topic, position }) {
    this.#remove(id, ({ answer }) => answer.resolve({ id, topic, position }));
  }

  reject(id, error) {
    this.#remove(id, ({ answer }) => answer.reject(error));
  }

  rejectAll(error) {
    for (const id of [...this.#entries.keys()]) this.reject(id, error);
  }

  /** Close 1009 says that one was too large, not which; whatever the limit is, the largest is above it. */
  rejectLargest(connection) {
    const sent = [...this.#entries.values()].filter((entry) => entry.on === connection);
    const largest = sent.reduce((a, b) => (a && a.bytes >= b.bytes ? a : b), undefined);
    if (!largest) return;
    const message = `the publish ${shown(largest.id)} is a frame of ${largest.bytes} bytes: too large for the server`;
    this.reject(largest.id, new TidegateError('too-large', message));
  }

  #giveUp(entry, error) {
    if (!entry.on) return this.reject(entry.id, error);
    this.#finish(entry);
    entry.text = undefined;
    entry.answer.reject(error);
  }

  #remove(id, settle) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#answered(entry);
    if (entry.isOver) return;
    this.#finish(entry);
    settle(entry);
  }

  #finish(entry) {
    entry.isOver = true;
    this.#waiting--;
    this.#host.clearTimeout(entry.timer);
    entry.stop?.();
  }

  #answered(entry) {
    if (entry.on) entry.on.unanswered--;
    entry.on = null;
  }
}

function abortedError(signal) {
  return new TidegateError('aborted', 'the publish was aborted', { cause: signal.reason });
}

/**
 * Keeps what is sent below the server's rate: a bucket of half a second's messages, filled at 95 % of the rate. The
 * server allows a second's at once to each new connection; so it sees no excess either where the network delays some
 * messages and delivers them together. It is one bucket for all connections, and a new one does not fill it.
 */
class Pace {
  #host;
  #perSecond = 0;
  #level = 0;
  #at = 0;

  constructor(host) {
    this.#host = host;
  }

  /** @param rate messages a second, 0 for no limit */
  limit(rate) {
    const perSecond = Number.isFinite(rate) && rate > 0 ? 0.95 * rate : 0;
    if (perSecond === this.#perSecond) return;
    this.#fill();
    if (this.#perSecond === 0) this.#level = Infinity;
    this.#perSecond = perSecond;
    this.#fill();
  }

  /** Takes one message: 0, or how many ms there are to wait for it. */
  take() {
    if (this.#perSecond === 0) return 0;
    this.#fill();
    // A thousandth less than one: what the division has rounded is not worth another wait.
    if (this.#level < 0.999) return Math.ceil((1 - this.#level) / this.#perSecond * 1_000);
    this.#level--;
    return 0;
  }

  /** Takes one that cannot wait. */
  spend() {
    this.#fill();
    this.#level--;
  }

  #fill() {
    const now = this.#host.now();
    const filled = this.#level + (now - this.#at) / 1_000 * this.#perSecond;
    this.#level = Math.min(Math.max(1, this.#perSecond / 2), filled);
    this.#at = now;
  }
}

// ---- tokens

/** The application's tokens: asked for once for all that need one at the same time. */
class Tokens {
  /** The present one, if any. */
  text;
  /** How long a server has said that it counts, at first; of one that no server has seen yet, the longest before it. */
  lifetime;
  /** Whether there will never be another one. */
  isFixed;
  isInQuery;
  #isTold = false;
  #longest;
  #endsAt;
  #source;
  #host;
  #listener;
  #asking;

  constructor(source, isInQuery, host, listener) {
    this.isFixed = typeof source === 'string';
    if (this.isFixed) this.text = source;
    this.isInQuery = isInQuery;
    this.#source = source;
    this.#host = host;
    this.#listener = listener;
  }

  /** A promise of the moment when there is another one, or the same again. */
  ask() {
    this.#asking ??= this.#answer().then((text) => {
      this.#asking = undefined;
      if (text === this.text) return;
      this.text = text;
      this.#isTold = false;
      this.lifetime = this.#longest;
      this.#endsAt = this.#longest && this.#host.now() + this.#longest;
      this.#listener.isNew();
    }, (cause) => {
      this.#asking = undefined;
      const error = new TidegateError('token-failed', `options.token failed: ${cause?.message ?? cause}`, { cause });
      this.#listener.failed({ code: error.code, message: error.message });
      throw error;
    });
    return this.#asking;
  }

  #answer() {
    let timer;
    return new Promise((resolve, reject) => {
      timer = this.#host.setTimeout(() => reject(new Error(`no answer in ${TOKEN_MS / 1_000} s`)), TOKEN_MS);
      Promise.resolve().then(() => this.#source()).then((text) => {
        checkToken('what it gives', text);
        resolve(text);
      }).catch(reject);
    }).finally(() => this.#host.clearTimeout(timer));
  }

  /** Whether this is the present one. */
  tell(text, expiresInMs) {
    if (this.isFixed || text !== this.text) return false;
    this.#endsAt = this.#host.now() + expiresInMs;
    if (!this.#isTold) this.lifetime = expiresInMs;
    this.#isTold = true;
    this.#longest = Math.max(this.#longest ?? 0, expiresInMs);
    return true;
  }

  /** A server does not take it. */
  forget(text) {
    if (text !== this.text || this.isFixed) return;
    this.text = this.#endsAt = undefined;
  }

  left() {
    return this.#endsAt - this.#host.now();
  }

  isOver() {
    return this.text === undefined || this.left() <= 0;
  }

  isNearEnd(at) {
    if (this.isFixed) return false;
    return this.text === undefined || this.#endsAt - at < Math.min(NEAR_END.ms, NEAR_END.part * this.lifetime);
  }
}

// ---- one WebSocket

/** One WebSocket, from its opening until `end` is called or drop(); and what its server knows of us. */
class Connection {
  /** Topic → {feed, state, …}. `asked`: no answer yet. `on`: messages come. `leaving`: not answered either. */
  topics = new Map();
  welcome;
  /** These two are of the wall clock, for display; the next two are not. */
  heardAt;
  heartbeatAt;
  liveAt;
  leaveAt;
  /** The token by which the server knows us, and one that it has not answered yet. */
  token;
  offered;
  /** Whether a socket was to be opened, and it is not only a token that could not be had. */
  isTried = false;
  /** Whether another connection serves us meanwhile, for long enough that this one may be refused. */
  handsOver = false;
  unanswered = 0;
  refusals = 0;
  #WebSocket;
  #host;
  #listener;
  #socket;
  #isOpen = false;
  #over = false;
  #deadline;
  #watchdog;
  #pause;
  /** Why the server does not let us in. */
  #refusal;

  constructor(url, WebSocket, host, listener) {
    this.url = url;
    this.#WebSocket = WebSocket;
    this.#host = host;
    this.#listener = listener;
  }

  open({ text, isInQuery } = {}) {
    if (this.#over) return;
    this.isTried = true;
    this.token = text;
    const url = text && isInQuery ? `${this.url}${this.url.includes('?') ? '&' : '?'}access_token=${text}` : this.url;
    const more = this.handsOver ? [HAND_OVER_PROTOCOL] : [];
    if (text && !isInQuery) more.push(`${TOKEN_PROTOCOL}${text}`);
    const protocols = more.length > 0 ? [SUBPROTOCOL, ...more] : SUBPROTOCOL;
    let socket;
    try {
      socket = this.#socket = new this.#WebSocket(url, protocols);
    } catch (cause) {
      // A page on https: may not open ws:, for example.
      const message = `${this.url} cannot be opened: ${this.#withoutToken(cause.message)}`;
      const error = { code: 'cannot-open', message };
      Promise.resolve().then(() => this.#end({ reason: message, error }));
      return;
    }
    socket.onopen = () => {
      this.#isOpen = true;
      if (socket.protocol !== SUBPROTOCOL) this.#end(this.#noSubprotocol());
    };
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code, reason }) => this.#end({ code, reason });
    socket.onerror = (event) => {
      this.#failed(this.#withoutToken(event?.message || event?.error?.message || event?.error?.code || ''));
    };
    this.#watchUntil(this.#host.now() + CONNECT_MS, `no answer of a server in ${CONNECT_MS / 1_000} s`);
  }

  /** There is nothing to be opened with. */
  fail(reason) {
    this.#end({ reason });
  }

  /** What others say of a socket may show its URL or its subprotocols. */
  #withoutToken(text) {
    return this.token ? text.split(this.token).join('…') : text;
  }

  /** Sends a new token where the server waits for one; whether a frame was sent for it. */
  offer(token) {
    if (this.welcome.expiresInMs === undefined || !token || token === this.offered) return false;
    this.offered = token;
    this.send({ type: 'token', token });
    return true;
  }

  tokenTaken() {
    this.token = this.offered ?? this.token;
    this.offered = undefined;
  }

  /** The error to tell of a close that says that this client is not let in. */
  refusal(code, reason) {
    if (code === NOT_ALLOWED) return this.#refusal ?? { code: 'forbidden', message: reason || 'not allowed' };
    return code === NEW_TOKEN && !this.welcome ? this.#refusal : undefined;
  }

  welcomed(frame) {
    this.welcome = frame;
    this.#heard();
    this.#watchUntil(this.#deadline);
  }

  send(frame) {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text) {
    if (this.#over) return;
    if (this.#listener.trace) {
      const frame = JSON.parse(text);
      this.#listener.trace('send', frame.type === 'token' ? { ...frame, token: '…' } : frame);
    }
    this.#socket.send(text);
  }

  /** Asks whether anybody is there; whether a frame was sent for it. */
  probe() {
    if (!this.welcome) return false;
    const now = this.#host.now();
    const asks = now < this.#deadline;
    if (asks) this.send({ type: 'ping' });
    this.#watchUntil(Math.min(this.#deadline, now + PROBE_MS));
    return asks;
  }

  pause(ms, then) {
    this.#pause = this.#host.setTimeout(() => {
      this.#pause = undefined;
      then();
    }, ms);
  }

  isPaused() {
    return this.#pause !== undefined;
  }

  /** Whether this feed's messages come here, or will; with a state, whether they are in it. */
  carries(feed, state) {
    const entry = this.topics.get(feed.topic);
    return entry?.feed === feed && (state ? entry.state === state : entry.state !== 'leaving');
  }

  drop() {
    if (this.#over) return;
    this.#over = true;
    this.#host.clearTimeout(this.#watchdog);
    this.#host.clearTimeout(this.#pause);
    this.#socket?.close(1000);
  }

  #end(end) {
    if (this.#over) return;
    this.drop();
    this.#listener.end(end);
  }

  /** A close follows at once, but not everywhere: in Node 22.8 none follows a connection that failed. */
  #failed(reason) {
    if (this.#over) return;
    if (this.#isOpen) return this.#watchUntil(Math.min(this.#deadline, this.#host.now() + ERROR_MS), reason);
    const [, digits] = /unexpected server response: (\d{3})/i.exec(reason) ?? [];
    const status = digits && Number(digits);
    if (/no subprotocol|invalid subprotocol|sent protocols/i.test(reason)) return this.#end(this.#noSubprotocol());
    if (!status) return this.#end({ code: 1006, reason });
    const message = `${this.url} answered with HTTP ${status}`;
    // 503 says that the server is full or leaves, which is no error of anybody's.
    const error = status === 503 ? undefined : { code: 'refused', message, status };
    return this.#end({ code: 1006, reason: `HTTP ${status}`, status, error });
  }

  #noSubprotocol() {
    const message = `${this.url} does not speak ${SUBPROTOCOL}: is it the /chat of a Tidegate server?`;
    return { reason: message, error: { code: 'no-subprotocol', message } };
  }

  #take(data) {
    if (this.#over) return;
    this.#heard();
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return; // Binary, or of no server of ours.
    }
    this.#listener.trace?.('receive', frame);
    if (this.welcome || frame?.type === 'welcome') this.#listener.frame(frame);
    else if (frame?.type === 'error') this.#refusal = { code: frame.code, message: frame.message };
  }

  #heard() {
    this.heardAt = this.#host.wall();
    if (this.welcome) this.#deadline = this.#host.now() + 2 * this.welcome.heartbeatMs;
  }

  /** Ends the connection where nothing comes until then; what does come moves the deadline, not the timer. */
  #watchUntil(deadline, reason = 'nothing came for too long') {
    this.#deadline = deadline;
    this.#host.clearTimeout(this.#watchdog);
    this.#watchdog = this.#host.setTimeout(() => {
      if (this.#host.now() < this.#deadline) this.#watchUntil(this.#deadline, reason);
      else this.#end({ reason });
    }, deadline - this.#host.now());
  }
}
