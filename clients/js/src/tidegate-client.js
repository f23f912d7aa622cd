/**
 * A client of Tidegate for browsers and Node: one ES module without dependencies. It speaks the subprotocol
 * tidegate.v1 as the server's docs/protocol.md specifies it. Types and descriptions for callers are in
 * tidegate-client.d.ts.
 *
 * These rules prevent loss, duplicates and a wrong order:
 *
 * - A Feed is a topic that the application wants, for one listener or several. Its `position` is that of the last
 *   delivered message; each new connection subscribes `after` it.
 * - Two connections are read at once only while the client leaves a node. Both carry the same messages in the same
 *   order, so the application always has the longer of two beginnings of one sequence. A message that one connection
 *   delivers is noted as awaited on the other, and is dropped when it comes there.
 * - A message that is not kept has no position. It is taken from the older of the two connections, as long as both
 *   are read; its content shows whether it was already delivered. Its publish is never sent a second time.
 * - A connection that had to skip messages which the other connection carries is muted for that topic: only the whole
 *   stream counts.
 * - A publish stays in the PublishQueue, in its order, until its ack. Each new connection sends it again with the
 *   same id, so that the server recognizes it.
 * - TopicUsers are the users in a topic. A new connection brings a whole list, which is compared with the known list: only
 *   the differences are told. Of two connections, the serving one counts; the list of the other waits until that one
 *   serves.
 * - Tokens asks the application for a token before the current token ends, and each new token goes to all open
 *   connections.
 * - All sent frames pass the Pace, which keeps below the server's rate over all connections together.
 *
 * Everything runs on the one thread of JavaScript. A listener can call the client back at once: the state is
 * consistent before each call, and checked again after it.
 *
 * The sections of this file: the exports; the environment (Host, Target); the arguments; the Client; topics (Hearing,
 * Subscription, Feed); presence (TopicUsers, UserList); publishes (PublishQueue, Pace); Tokens; the Connection.
 */

const SUBPROTOCOL = 'tidegate.v1';
/** Offered while another connection serves this client: a node that soon leaves may then refuse. Never confirmed. */
const HAND_OVER_PROTOCOL = 'tidegate.handover';
/** The prefix of the subprotocol that carries a token: a script cannot set a header. */
const TOKEN_PROTOCOL = 'tidegate.token.';
/** Full jitter below these times; docs/protocol.md has the reason and the measurements. */
const BACKOFF = { base: 500, max: 10_000 };
/** The least time from close 1008 (the rate was exceeded) to the next try. */
const POLICY_MS = 30_000;
/** A connection that was live for this time was good: the backoff starts again at its base. */
const STEADY_MS = 10_000;
/** The time from the opening of a socket to `welcome`. */
const CONNECT_MS = 10_000;
/** The time from a ping that checks the connection to an answer. */
const PROBE_MS = 5_000;
/** The time from the error of an open socket to its end, if no close follows. */
const ERROR_MS = 1_000;
/** A server closes a connection that it hands over this time after its moment. */
const SLOT_MS = 2_000;
/** A try needs this part of the slot to have a chance. */
const LAST_TRY_MS = 250;
/** At the end of the slot the client takes any node for this time, also one that soon leaves. */
const ANY_NODE_MS = 500;
/** The longest wait between two tries within the slot. */
const WITHIN_SLOT_MS = 250;
/** The least wait after `rate-limited`: the server counts by the second. */
const RATE_MS = 1_000;
/**
 * A token is renewed at a random moment between these parts of its time: the clients of a fleet must not all ask at
 * once.
 */
const RENEW = { from: 0.6, to: 0.9 };
/** A token that ends within this time, or within this part of its whole time, is not used for a new connection. */
const NEAR_END = { ms: 60_000, part: 1 - RENEW.from };
/** The least wait for another token if the application has given the same token again. */
const RENEW_LEAST_MS = 1_000;
/** The time limit for the answer of the application's token(). */
const TOKEN_MS = 30_000;
/**
 * One less than the number of unanswered publishes at which a server stops reading: a ping or a subscribe still gets
 * through.
 */
const UNANSWERED = 63;
/** Timers that are longer than this fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;
const MAX_PENDING = 1_000;
/**
 * The number of remembered messages that are not kept for each topic, and the remembered length of the text of each.
 */
const UNKEPT = 64;
const UNKEPT_TEXT = 256;
const MAX_LAST = 100_000;
/** One node can hear of a user this much later than another. For this time it does not contradict the other node. */
const APART_MS = 2_000;
/** A publish can reject with these codes without an unhandled rejection. */
const UNNOTICED = new Set(['closed', 'aborted', 'connection-lost', 'relay-unavailable']);
/** Close codes: with a new token the client can come back at once; with this token it cannot. */
const NEW_TOKEN = 4401;
const NOT_ALLOWED = 4403;
/** Close codes after which another try would fail in the same way. */
const FINAL = new Set([1000, 1002, 1007, 1009, NOT_ALLOWED]);
const LATER = new Set(['rate-limited', 'relay-unavailable']);

// ---- the exports

/** An error with a `code`: one of the server's codes, or of this client's (see the types). */
export class TidegateError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = 'TidegateError';
    this.code = code;
  }
}

/** Full jitter: a random time in ms. Its maximum doubles with each attempt (0, 1, …), up to a ceiling. */
export function fullJitter(attempt, random = Math.random, { base = BACKOFF.base, max = BACKOFF.max } = {}) {
  return random() * Math.min(max, base * 2 ** attempt);
}

/** Opens a connection and keeps it open until close(). */
export function connect(urls, options) {
  return new Client(urls, options);
}

// ---- the environment, which differs between platforms

/** The only code that reads a clock. Waits use a clock that nobody sets; the wall clock is only for display. */
class Host {
  #global;
  #clock;

  constructor(global) {
    this.#global = global;
    this.#clock = typeof global.performance?.now === 'function' ? global.performance : global.Date;
  }

  /** Monotonic milliseconds. */
  now() {
    return this.#clock.now();
  }

  /** Milliseconds since 1970, by the machine's clock. */
  wall() {
    return this.#global.Date.now();
  }

  setTimeout(run, ms) {
    return this.#global.setTimeout(run, Math.min(Math.max(0, ms), TIMER_MAX_MS));
  }

  clearTimeout(timer) {
    this.#global.clearTimeout(timer);
  }

  /** Listens until the returned function is called. */
  listen(target, type, listener) {
    target?.addEventListener?.(type, listener);
    return () => target?.removeEventListener?.(type, listener);
  }

  warn(text) {
    this.#global.console?.warn(text);
  }

  /**
   * Reports an error in the application's code to the developer; outside a page `reportError` can end the process.
   */
  report(error) {
    if (this.#global.document && typeof this.#global.reportError === 'function') this.#global.reportError(error);
    else this.#global.console?.error(error);
  }

  /** Calls the application's code and reports its errors, also those of a promise that it returns. */
  call(run) {
    try {
      const result = run();
      if (typeof result?.then === 'function') result.then(undefined, (error) => this.report(error));
    } catch (error) {
      this.report(error);
    }
  }
}

/** The part of EventTarget that is used here, for platforms without it, such as React Native. */
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

/** An EventTarget whose listeners can throw: Node would end the process for that. */
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

/** The prefix of generated ids, which no other client has. */
function uniquePrefix() {
  const bytes = new Uint8Array(12);
  if (globalThis.crypto?.getRandomValues) globalThis.crypto.getRandomValues(bytes);
  else bytes.forEach((_, i) => { bytes[i] = Math.random() * 256; });
  return [...bytes].map((byte) => byte.toString(36)).join('');
}

/** The argument must be well-formed text. */
function utf8Length(text) {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}

// ---- arguments: wrong values, and values that cannot be sent, are refused at once

const TOPIC = /^[A-Za-z0-9._:-]{1,128}$/;
/** The characters of a JWT; all of them are allowed in a subprotocol and in a URL. */
const TOKEN = /^[A-Za-z0-9._-]+$/;
/** With the flag u, half of a surrogate pair matches only if the other half is missing. */
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

/** Throws a TypeError unless `value` is undefined or `isMeant`. */
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

/** Throws a TypeError unless it can be a token; the message does not show the token. */
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

/**
 * The JSON of a value. Values that JSON.stringify would leave out or replace are refused, except undefined
 * properties.
 */
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

/** Absolute ws: or wss: URLs, from one or several URLs that can be relative to the page. */
function addresses(urls, base) {
  const given = Array.isArray(urls) ? urls : [urls];
  if (given.length === 0) throw new TypeError('connect() needs at least one URL');
  return given.map((one) => address(one, base));
}

/** Parses a URL without the URL class: the one of React Native cannot. */
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
  /** Undefined if the application has given no token. */
  #tokens;
  #feeds = new Map();
  #state = 'idle';
  /** The connection on which the client publishes. */
  #first = null;
  /** In a hand-over: the connection that will become the first. */
  #second = null;
  #leaving = false;
  /**
   * The number of failed connections after the last good one, and the number in this hand-over, which is counted
   * separately.
   */
  #attempt = 0;
  #moves = 0;
  /** The timer of the next connection, first or second. */
  #timer;
  #reconnectAt;
  /** An `online` event does not bring the next try forward to before this time. */
  #heldUntil = 0;
  /** The timer of frames that wait because of the pace. */
  #turnTimer;
  /** The timer of the next new token, and its time without a hand-over. */
  #renewTimer;
  #renewAt;
  /**
   * The number of missing or refused tokens after the last good one, and the number of closes that asked for a new
   * token.
   */
  #renewals = 0;
  #refusals = 0;
  #offline = false;
  #wasWelcome = false;
  #warned = false;
  /** This clock minus the server's clock, plus the travel time of a message: the least value that was seen. */
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
    if (feed && !(isNone(options.after) && isNone(options.last) && (!options.presence || feed.topicUsers))) {
      const message = `"${topic}" is subscribed already, by one subscription of the server: only the first subscribe() `
        + 'may name after or last, or begin with presence';
      throw new TidegateError('already-subscribed', message);
    }
    if (!feed) {
      const tell = (type, fields) => this.#emit(type, { topic, ...fields });
      const topicUsers = options.presence ? new TopicUsers(this.#host, tell) : undefined;
      feed = new Feed(topic, options.after ?? undefined, options.last ?? undefined, topicUsers);
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

  /** Rejects if it can never succeed, and if too many publishes wait. Never throws. */
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

  /** Connects at once if there is a token that lasts; otherwise when there is another token. */
  #openWithToken(connection) {
    if (!this.#tokens) return connection.open();
    if (!this.#tokens.isNearEnd(this.#host.now())) return connection.open(this.#tokens);
    this.#tokens.ask().then(
      () => connection.open(this.#tokens),
      // The login service may be down: a token that is still valid is better than none.
      ({ message }) => (this.#tokens.isOver() ? connection.fail(message) : connection.open(this.#tokens)),
    );
  }

  /** Tries again after `wait` ms, and not before `held`, for any news of the network. */
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
    this.#warnOnce(url, error?.message ?? (reason || `close code ${code}, without a reason`), isOfToken);
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
      this.#proceed(); // Requests that only the second connection got are repeated on the first.
    } else if (this.#second) {
      // The hand-over becomes an ordinary resume that is under way.
      this.#first = this.#second;
      this.#second = null;
      this.#leaving = false;
      this.#proceed();
      this.#become(this.#first.welcome ? 'resuming' : 'connecting', code, reason);
      this.#settle();
    } else {
      if (!this.#leaving) this.#rotate();
      // A hand-over between two tries already has a timer for the next try.
      if (this.#state !== 'handing-over' || code === 1008) this.#openLater(...this.#waitAfter(connection, code));
      this.#first = null;
      this.#leaving = false;
      this.#become('waiting', code, reason);
    }
    // A token may have ended while there was no connection: only another token is needed.
    if (error && (error.code !== 'token-expired' || this.#refusals > 1)) this.#emit('error', error);
  }

  #rotate() {
    this.#turn = (this.#turn + 1) % this.#urls.length;
  }

  #jitter(attempt) {
    return fullJitter(attempt, this.#random, this.#backoff);
  }

  /**
   * The time to wait, and the earliest time of the next try.
   *
   * @param slotEnd in a hand-over: when the server will close the first connection
   */
  #waitAfter(connection, code, slotEnd) {
    const now = this.#host.now();
    // A node that leaves has given each of its clients a separate moment, so that they do not all come at once.
    if (code === 1012 && connection.leaveAt > now) return [connection.leaveAt - now, connection.leaveAt];
    if (code === 1008) return [POLICY_MS + this.#jitter(this.#attempt++), now + POLICY_MS];
    if (code === NEW_TOKEN && this.#refusals++ === 0) return [0];
    if (slotEnd === undefined) return [this.#jitter(this.#attempt++)];
    // Earlier failures must not leave the client without a connection when the first one ends.
    const left = slotEnd - LAST_TRY_MS - now;
    if (left <= 0) return [Math.max(0, slotEnd - now) + this.#jitter(this.#attempt++)];
    this.#moves++;
    return [this.#random() * Math.min(WITHIN_SLOT_MS, left)];
  }

  #steady(connection, ms = STEADY_MS) {
    return connection.liveAt !== undefined && this.#host.now() - connection.liveAt >= ms;
  }

  /** This connection has ended. */
  #forget(connection) {
    connection.drop();
    this.#publishQueue.unsend(connection);
    for (const feed of this.#feeds.values()) feed.forget(connection);
  }

  #settle() {
    this.#settleConnections();
    for (const feed of this.#feeds.values()) this.#settlePresence(feed);
  }

  /** Checks whether all wanted topics are subscribed on the newest connection; that connection then counts. */
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

  /** Waits for the moment that the server gave the first connection, then opens the second. */
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

  /** The events of the page, which know more than a timer. */
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

  /** The application has given a token: all open connections take it. */
  #newToken() {
    this.#host.clearTimeout(this.#renewTimer);
    this.#renewTimer = this.#renewAt = undefined;
    for (const connection of [this.#first, this.#second]) if (connection?.welcome) this.#offerToken(connection);
  }

  /** Also sends a token that the connection already has: the answer says how long it is valid. */
  #offerToken(connection) {
    if (connection.offer(this.#tokens?.text)) this.#pace.spend();
  }

  /** The server has said how long the token of this connection is valid. */
  #tokenCounts(connection, expiresInMs) {
    if (expiresInMs === undefined || !this.#tokens?.tell(connection.token, expiresInMs)) return;
    const { from, to } = RENEW;
    this.#renewAt ??= this.#host.now() + (from + (to - from) * this.#random()) * expiresInMs;
    this.#planRenewal();
  }

  /**
   * Renews at the planned moment. In a hand-over, earlier: the second connection must neither wait for a token nor
   * take one that ends soon.
   */
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

  /** Without a connection no token is renewed: the next connection asks for the token that it needs. */
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

  /**
   * Does everything that can be done now. Topics come first, so that a publish after a subscribe() reaches that
   * subscription.
   */
  #proceed() {
    this.#reconcile();
    this.#send();
  }

  /** Subscribes wanted topics that are missing, and unsubscribes topics that are no longer wanted. */
  #reconcile() {
    const newest = this.#second?.welcome ? this.#second : this.#first;
    // Two beginnings at the present cannot be merged. In a hand-over a topic begins on the first connection, and the
    // second subscribes it after the position that the first has answered.
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
    const [presence, list] = feed.topicUsers ? [true, new UserList()] : [];
    connection.topics.set(feed.topic, { feed, after, list, state: 'asked', resumed, askedAt: this.#host.now() });
    connection.send({ type: 'subscribe', topic: feed.topic, after, last, presence });
  }

  #mute(connection, feed) {
    if (!connection.carries(feed)) return;
    connection.topics.get(feed.topic).feed = null;
    feed.forget(connection);
  }

  /** The other connection, if it also carries that feed. */
  #other(connection, feed) {
    const other = connection === this.#first ? this.#second : this.#first;
    return other?.carries(feed) ? other : null;
  }

  /**
   * This connection delivers the messages after `position`, and has skipped messages before it.
   *
   * @param after the requested position, if this answers a request
   * @return whether the application misses something
   */
  #gap(connection, entry, position, after) {
    const { feed } = entry;
    const other = this.#other(connection, feed);
    if (other && connection === this.#first) {
      this.#mute(connection, feed); // The second connection subscribed all of it.
      return false;
    }
    if (feed.covers(connection, position, after)) return false;
    if (other) this.#mute(other, feed);
    const from = feed.position;
    feed.position = position;
    this.#emit('lost', { topic: feed.topic, from, position });
    return true;
  }

  // ---- frames of the server

  #received(connection, frame) {
    switch (frame.type) {
      case 'welcome':
        this.#wasWelcome = true;
        connection.welcomed(frame);
        this.#pace.limit(frame.limits.rate);
        this.#tokenCounts(connection, frame.expiresInMs);
        if (this.#tokens?.text !== connection.token) this.#offerToken(connection); // There is a newer token.
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
      default: // A `pong` needs no action; unknown types are for newer clients.
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
    const { feed, list } = connection.topics.get(topic) ?? {};
    if (!list || !feed || this.#feeds.get(topic) !== feed) return;
    if (users) {
      list.page(users, more);
      return this.#settlePresence(feed);
    }
    const gone = type === 'leave' ? [user] : left;
    const come = type === 'join' ? [user] : joined;
    for (const one of gone) list.leave(one);
    for (const one of come) list.join(one, this.#host.wall());
    feed.topicUsers.changed(list, [...gone, ...come]);
  }

  /** Makes the users of a topic follow the connection that serves it, once the whole list has come there. */
  #settlePresence(feed) {
    const serving = feed.topicUsers && [this.#first, this.#second].find((one) => one?.carries(feed, 'on'));
    const list = serving?.topics.get(feed.topic).list;
    if (list?.isWhole) feed.topicUsers.follow(list);
  }

  /** Of two connections, the older one brings messages that are not kept. */
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

  /** The server refused a request: it is repeated later if that can help; otherwise the application is told. */
  #refused(connection, { code, message, id, topic, answers: given }) {
    const later = LATER.has(code);
    if (later) this.#slowDown(connection, code);
    const entry = connection.topics.get(topic);
    const answers = given ?? typeAnswered(code, id, topic);
    if (answers === 'publish' && id !== undefined) {
      if (later) this.#publishQueue.postpone(connection, { id, code, message });
      else this.#publishQueue.reject(id, new TidegateError(code, message));
    } else if (answers === 'unsubscribe' && entry?.state === 'leaving') {
      // A topic that is not only refused for now was no longer subscribed.
      if (later) entry.state = 'on';
      else connection.topics.delete(topic);
    } else if (answers === 'subscribe' && entry?.state === 'asked') {
      connection.topics.delete(topic);
      if (!later) this.#notSubscribed(entry, { code, message, topic });
    } else if (answers === 'token') {
      this.#tokenRefused(connection, { code, message });
    } else if (answers === undefined && code === 'forbidden' && topic !== undefined) {
      // A token that does not allow the subscription has ended it. If the topic is being left, that has its own
      // answer.
      if (entry?.state !== 'on') return;
      connection.topics.delete(topic);
      if (entry.feed) this.#notSubscribed(entry, { code, message, topic });
    } else if (answers === undefined && code === 'token-expired') {
      return; // The close that follows decides the next step.
    } else if (!later) {
      this.#emit('error', { code, message, topic });
    }
    this.#proceed();
    this.#settle();
  }

  #notSubscribed({ feed, after }, error) {
    if (this.#feeds.get(error.topic) !== feed) return;
    if (error.code === 'invalid-frame' && after !== undefined) {
      // The position is from an earlier history: the messages after it are lost, like in any other loss.
      feed.position = undefined;
      feed.isLost = true;
      this.#emit('lost', { topic: feed.topic, from: after, position: undefined });
    } else {
      this.#feeds.delete(error.topic);
      feed.end('refused', new TidegateError(error.code, error.message));
      this.#emit('error', error);
    }
  }

  /** Sends nothing on this connection for a while. */
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
      // It would be published before its own subscriber exists.
      const feed = this.#feeds.get(topic);
      return feed !== undefined && feed.position === undefined && !first.carries(feed);
    });
  }

  /** Whether one more frame can be sent now; if not, everything is checked again when it can. */
  #isTurn() {
    const wait = this.#pace.take();
    if (wait === 0) return true;
    this.#turnTimer ??= this.#host.setTimeout(() => {
      this.#turnTimer = undefined;
      this.#proceed();
    }, wait);
    return false;
  }

  // ---- events for the application

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

  /** Called later than the event: the hook cannot disturb anything. */
  #trace(type, fields) {
    if (!this.#debug) return;
    const event = { type, at: this.#host.wall(), ...fields };
    Promise.resolve().then(() => this.#host.call(() => this.#debug(event)));
  }

  /**
   * The usual cause of a failed first connection is a wrong URL or token. Without this warning there would be only
   * silence.
   */
  #warnOnce(url, why, isOfToken) {
    if (!this.#log || this.#wasWelcome || this.#warned) return;
    this.#warned = true;
    const check = isOfToken ? 'what options.token gives' : 'that a Tidegate server runs there, that the path ends in '
      + '/chat, that its tidegate.origins allows this page, and whether it requires a token';
    this.#host.warn(`tidegate-client: no connection to ${url} (${why}). Check ${check}. This is logged once; `
      + 'connect(url, { log: false }) turns it off.');
  }
}

/**
 * For servers whose errors do not have this field. Servers that know rights send it, unless the error answers
 * nothing.
 */
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
    this.ready.catch(() => {}); // Callers need not wait for it.
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

/** The result of subscribe(): the part of a hearing that callers use. */
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
    return this.#hearing.feed.topicUsers?.users;
  }

  unsubscribe() {
    if (this.#hearing.isHeard) this.#hearing.unsubscribe();
  }
}

/** A wanted topic, and the position that the application has reached. */
class Feed {
  /** Each change makes a new array, so that a loop over the old one is not disturbed. */
  hearings = [];
  /** Whether messages after its first position were lost. */
  isLost = false;
  #isAnswered = false;
  /** Connection → the positions that will still come there and must be dropped. */
  #awaited = new Map();
  /** The last delivered messages that are not kept: {connection, text}. */
  #unkept = [];

  constructor(topic, position, last, topicUsers) {
    this.topic = topic;
    this.position = position;
    this.last = last;
    this.topicUsers = topicUsers;
  }

  add(hearing) {
    this.hearings = [...this.hearings, hearing];
    if (this.#isAnswered) hearing.answered({ position: this.position, recovered: true });
  }

  /** Returns whether that was the last one. */
  remove(hearing) {
    this.hearings = this.hearings.filter((one) => one !== hearing);
    hearing.end('ended', new TidegateError('unsubscribed', `"${this.topic}" was unsubscribed before it was ready`));
    if (this.hearings.length > 0) return false;
    this.topicUsers?.end();
    return true;
  }

  answered({ position, recovered }) {
    this.#isAnswered = true;
    for (const hearing of this.hearings) hearing.answered({ position, recovered: recovered && !this.isLost });
  }

  end(state, error) {
    this.topicUsers?.end();
    for (const hearing of this.hearings) hearing.end(state, error);
  }

  /**
   * Whether a message must be delivered; it then counts as delivered.
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

  /**
   * The same for a message that is not kept: it has no position. It can be missed, but must not be duplicated or put
   * out of order.
   */
  takeUnkept(connection, { timestamp, user, message }) {
    if (this.#awaited.get(connection)?.size > 0) return false; // Another connection is already further.
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

  /** Whether the other connection has delivered everything up to the start of this one; then nothing is missing. */
  covers(connection, position, after) {
    return position === after || this.#awaited.get(connection)?.has(position) === true;
  }

  forget(connection) {
    this.#awaited.delete(connection);
  }
}

// ---- presence

/** The users in a topic as one connection has told them: a list in pages, and later changes. */
class UserList {
  users = new Map();
  isWhole = false;
  /** Whether TopicUsers have taken this list. */
  isTaken = false;
  /** While pages are still to come: the users with newer events than these pages. */
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
 * The users in a topic as the application knows them, from one connection to the next. Nodes hear of a join or a
 * leave at different moments. So a connection can repeat an event of another connection, or not have it yet. A change
 * that would revert a recent event of another connection is checked again a little later.
 */
class TopicUsers {
  users = new Map();
  #host;
  #tell;
  #list;
  /** The place and time of the first list, and the recent events: user → {list, at}, oldest first. */
  #begun;
  #told = new Map();
  #unchecked = new Set();
  #timer;

  constructor(host, tell) {
    this.#host = host;
    this.#tell = tell;
  }

  /** From now on this list counts. */
  follow(list) {
    if (list.isTaken) return;
    list.isTaken = true;
    this.#list = list;
    if (this.#begun) {
      this.#compare([...this.users.keys(), ...list.users.keys()]);
    } else {
      this.#begun = { list, at: this.#host.now() };
      for (const [user, present] of list.users) this.users.set(user, present);
    }
    if (this.#list === list) this.#tell('presence', { users: this.users });
  }

  changed(list, users) {
    if (list === this.#list && list.isWhole) this.#compare(users);
  }

  end() {
    this.#list = undefined;
    this.#host.clearTimeout(this.#timer);
  }

  #compare(users) {
    const list = this.#list;
    // A listener can close the client, or open another connection.
    for (const user of users) if (this.#list === list) this.#compareOne(user);
  }

  #compareOne(user) {
    const present = this.#list.users.get(user);
    if (Boolean(present) === this.users.has(user)) {
      if (present) this.users.set(user, present);
      return;
    }
    const now = this.#host.now();
    const { list, at } = this.#told.get(user) ?? this.#begun;
    if (list !== this.#list && now - at < APART_MS) return this.#checkLater(user);
    this.#remember(user, now);
    if (present) this.users.set(user, present);
    else this.users.delete(user);
    this.#tell(present ? 'join' : 'leave', { user });
  }

  #remember(user, now) {
    this.#told.delete(user);
    this.#told.set(user, { list: this.#list, at: now });
    for (const [earlier, { at }] of this.#told) {
      if (now - at < APART_MS) return;
      this.#told.delete(earlier);
    }
  }

  #checkLater(user) {
    this.#unchecked.add(user);
    this.#timer ??= this.#host.setTimeout(() => {
      this.#timer = undefined;
      const users = [...this.#unchecked];
      this.#unchecked.clear();
      if (this.#list.isWhole) this.#compare(users);
    }, APART_MS);
  }
}

// ---- publishes

/** Publishes without an ack, in the order of the calls. */
class PublishQueue {
  /** Id → {id, topic, text, on, …}. A publish that was given up stays until the server has answered it. */
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

  /** A promise that is rejected with the error that `begin` throws. */
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

  /** Sends publishes that are not under way, up to the limit of unanswered ones, and as `isTurn` allows. */
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

  /** Sends all publishes of a connection again that will answer none. */
  unsend(connection) {
    for (const entry of [...this.#entries.values()]) {
      if (entry.on === connection) this.#again(entry, 'connection-lost', 'the connection ended before its answer');
    }
  }

  /** Sends a publish again that failed. */
  postpone(connection, { id, code, message }) {
    const entry = this.#entries.get(id);
    if (entry?.on === connection) this.#again(entry, code, message);
  }

  /**
   * The server does not remember messages that it does not keep: sent again, such a message could be published twice.
   */
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

  /** Close 1009 means that a publish was too large, but not which. The largest is above any limit. */
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
 * Keeps the sent frames below the server's rate: a bucket of half a second's messages, filled at 95 % of the rate.
 * The server allows a second's messages at once on each new connection. So it sees no excess even if the network
 * delays some messages and delivers them together. There is one bucket for all connections, and a new connection does
 * not fill it.
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

  /** Takes one message: returns 0, or the ms to wait for it. */
  take() {
    if (this.#perSecond === 0) return 0;
    this.#fill();
    // A thousandth less than one: a rounding error of the division is not worth another wait.
    if (this.#level < 0.999) return Math.ceil((1 - this.#level) / this.#perSecond * 1_000);
    this.#level--;
    return 0;
  }

  /** Takes a message that cannot wait. */
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

/** The application's tokens: the application is asked once for all that need a token at the same time. */
class Tokens {
  /** The current token, if any. */
  text;
  /**
   * The validity that a server has told first; for a token that no server has seen, the longest validity before it.
   */
  lifetime;
  /** Whether there will never be another token. */
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

  /** A promise of the moment when there is another token, or the same token again. */
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

  /** Whether this is the current token. */
  tell(text, expiresInMs) {
    if (this.isFixed || text !== this.text) return false;
    this.#endsAt = this.#host.now() + expiresInMs;
    if (!this.#isTold) this.lifetime = expiresInMs;
    this.#isTold = true;
    this.#longest = Math.max(this.#longest ?? 0, expiresInMs);
    return true;
  }

  /** A server refuses the token. */
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

/**
 * One WebSocket, from its opening until `end` is called or drop(), and the knowledge of its server about this client.
 */
class Connection {
  /**
   * Topic → {feed, state, …}. `asked`: not answered yet. `on`: messages come. `leaving`: unsubscribe has no answer yet.
   */
  topics = new Map();
  welcome;
  /** These two are wall-clock times, for display; the next two are not. */
  heardAt;
  heartbeatAt;
  liveAt;
  leaveAt;
  /** The token by which the server knows this client, and a token that it has not answered yet. */
  token;
  offered;
  /** Whether a socket was to be opened; false if only a token was missing. */
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
  /** The reason why the server does not let this client in. */
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
      // For example, a page on https: is not allowed to open ws:.
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
    this.#watchUntil(this.#host.now() + CONNECT_MS, `no answer from a server in ${CONNECT_MS / 1_000} s`);
  }

  /** The connection cannot be opened, for example without a token. */
  fail(reason) {
    this.#end({ reason });
  }

  /** Messages of the platform about a socket can show its URL or its subprotocols. */
  #withoutToken(text) {
    return this.token ? text.split(this.token).join('…') : text;
  }

  /** Sends a new token if the server waits for one; returns whether a frame was sent for it. */
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

  /** The error for a close that means that this client is not let in. */
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

  /** Checks the connection with a ping; returns whether a frame was sent for it. */
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

  /** Whether this feed's messages come here, or will come; with a state, whether the feed is in that state. */
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

  /** A close follows at once, but not on every platform: in Node 22.8 no close follows a failed connection. */
  #failed(reason) {
    if (this.#over) return;
    if (this.#isOpen) return this.#watchUntil(Math.min(this.#deadline, this.#host.now() + ERROR_MS), reason);
    const [, digits] = /unexpected server response: (\d{3})/i.exec(reason) ?? [];
    const status = digits && Number(digits);
    if (/no subprotocol|invalid subprotocol|sent protocols/i.test(reason)) return this.#end(this.#noSubprotocol());
    if (!status) return this.#end({ code: 1006, reason });
    const message = `${this.url} answered with HTTP ${status}`;
    // 503 means that the server is full or leaves, which is not an error.
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
      return; // Binary, or not a Tidegate server.
    }
    this.#listener.trace?.('receive', frame);
    if (this.welcome || frame?.type === 'welcome') this.#listener.frame(frame);
    else if (frame?.type === 'error') this.#refusal = { code: frame.code, message: frame.message };
  }

  #heard() {
    this.heardAt = this.#host.wall();
    if (this.welcome) this.#deadline = this.#host.now() + 2 * this.welcome.heartbeatMs;
  }

  /** Ends the connection if nothing arrives until then; arriving frames move the deadline, not the timer. */
  #watchUntil(deadline, reason = 'nothing came for too long') {
    this.#deadline = deadline;
    this.#host.clearTimeout(this.#watchdog);
    this.#watchdog = this.#host.setTimeout(() => {
      if (this.#host.now() < this.#deadline) this.#watchUntil(this.#deadline, reason);
      else this.#end({ reason });
    }, deadline - this.#host.now());
  }
}
