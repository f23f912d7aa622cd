/**
 * A client of Tidegate for browsers and Node: one ES module without dependencies. It speaks the subprotocol tidegate.v1
 * as the server's docs/protocol.md has it; what callers see is typed and described in tidegate-client.d.ts.
 *
 * How nothing is lost, doubled or put out of order:
 *
 * - A Feed is a topic that the application wants. Its `position` is that of the last message handed over; each new
 *   connection subscribes `after` it.
 * - Two connections are read at once only while a node is left. Both carry the same messages in the same order, so what
 *   the application has is always the longer of two beginnings of one sequence. A message handed over from one is noted
 *   as awaited on the other, and dropped when it comes there.
 * - A connection that had to skip messages which the other one carries is muted for that topic: only the whole stream
 *   counts.
 * - A publish stays in the Outbox, in its order, until its ack. Each new connection sends it again with the same id, by
 *   which the server knows it.
 *
 * Everything runs on the one thread of JavaScript. Where application code is called (a listener, a subscriber) it may
 * call back at once: state is in order before, and looked at anew after.
 */

const SUBPROTOCOL = 'tidegate.v1';
const TOPIC = /^[A-Za-z0-9._:-]{1,128}$/;
const BACKOFF_MS = 500;
const BACKOFF_MAX_MS = 30_000;
/** From close 1008 (the rate was ignored) to the next try, at least. */
const POLICY_MS = 30_000;
/** A connection that was live for so long was good: the backoff begins anew. */
const STEADY_MS = 10_000;
/** From the opening of a socket to `welcome`. */
const CONNECT_MS = 10_000;
/** From a ping that asks whether anybody is there to an answer. */
const PROBE_MS = 5_000;
/** The least wait after `rate-limited`, which counts by the second. */
const RATE_MS = 1_000;
/** One less than the publishes with which a server stops reading: a ping or a subscribe still gets through. */
const UNANSWERED = 63;
/** Longer ones fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;
const MAX_PENDING = 1_000;
/** Closes after which another try would go the same way. */
const FINAL = new Set([1000, 1002, 1007, 1009]);
const LATER = new Set(['rate-limited', 'relay-unavailable']);

/** What went wrong, with a `code` to tell by: one of the server's, or of this client's (see the types). */
export class TidegateError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = 'TidegateError';
    this.code = code;
  }
}

/** Full jitter: a random time, in ms, that may be twice as long with each attempt (0, 1, …), up to 30 s. */
export function fullJitter(attempt, random = Math.random) {
  return random() * Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** attempt);
}

/** Opens a connection and keeps one open until close(). */
export function connect(urls, options = {}) {
  return new Client(urls, options);
}

class ClientEvent extends Event {
  constructor(type, fields) {
    super(type);
    Object.assign(this, fields);
  }
}

class Client extends EventTarget {
  #urls;
  #turn;
  #random;
  #host;
  #WebSocket;
  #outbox;
  #feeds = new Map();
  #state = 'connecting';
  /** The connection that is published on. */
  #first = null;
  /** In a hand-over: the connection that is to become the first. */
  #second = null;
  #leaving = false;
  #attempt = 0;
  /** The timer of the next connection, whichever it is to be. */
  #timer;
  #reconnectAt;
  /** No `online` event brings the next try forward to before this. */
  #heldUntil = 0;
  #offline = false;
  /** This clock less the server's, and the way of a message: the least that was seen. */
  #skew;
  #life = new AbortController();

  constructor(urls, { WebSocket, random = Math.random, maxPending = MAX_PENDING, global = globalThis }) {
    super();
    this.#host = global;
    this.#WebSocket = WebSocket ?? global.WebSocket;
    if (!this.#WebSocket) throw new TypeError('no WebSocket here, as in Node before 22: give one as options.WebSocket');
    if (!Number.isSafeInteger(maxPending) || maxPending < 1) {
      throw new TypeError(`maxPending must be a whole number above 0, not ${maxPending}`);
    }
    this.#urls = addresses(urls, global.location?.href);
    this.#random = random;
    this.#turn = Math.floor(random() * this.#urls.length) % this.#urls.length;
    this.#outbox = new Outbox(maxPending);
    this.#watch();
    this.#open();
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
    return this.#outbox.size;
  }

  subscribe(topic, onMessage, { after } = {}) {
    if (this.#state === 'closed') throw closedError();
    if (!TOPIC.test(topic)) throw invalidTopic(topic);
    if (typeof onMessage !== 'function') throw new TypeError('onMessage must be a function');
    if (this.#feeds.has(topic)) {
      throw new TidegateError('already-subscribed', `"${topic}" is subscribed already: unsubscribe() that one first`);
    }
    const feed = new Feed(topic, onMessage, after);
    this.#feeds.set(topic, feed);
    this.#reconcile();
    return new Subscription(feed, () => this.#unsubscribe(feed));
  }

  /** Rejects where it can never succeed, and where too many wait. Never throws. */
  async publish(topic, message, { user, id } = {}) {
    if (this.#state === 'closed') throw closedError();
    if (!TOPIC.test(topic)) throw invalidTopic(topic);
    return new Promise((resolve, reject) => {
      this.#outbox.add({ topic, message, user, id, resolve, reject });
      this.#send();
    });
  }

  close() {
    this.#shut('the client was closed', 1000);
  }

  // ---- connections

  #now() {
    return this.#host.Date.now();
  }

  #open() {
    this.#disarm();
    const url = this.#urls[this.#turn];
    const connection = new Connection(url, this.#WebSocket, this.#host, {
      frame: (frame) => this.#received(connection, frame),
      end: (end) => this.#ended(connection, end),
    });
    if (this.#first) this.#second = connection;
    else this.#first = connection;
    this.#become(this.#first === connection ? 'connecting' : 'handing-over');
    connection.open();
  }

  /** Tries again after `wait` ms, and not before `held`, whatever is heard of the network meanwhile. */
  #openLater(wait, held = 0) {
    this.#disarm();
    this.#heldUntil = held;
    this.#reconnectAt = this.#now() + wait;
    this.#timer = this.#host.setTimeout(() => this.#open(), Math.min(wait, TIMER_MAX_MS));
  }

  #disarm() {
    this.#host.clearTimeout(this.#timer);
    this.#timer = this.#reconnectAt = undefined;
  }

  #ended(connection, { code, reason, error }) {
    if (code === 1009) this.#outbox.rejectLargest(connection);
    this.#forget(connection);
    if (FINAL.has(code)) return this.#shut(`the server closed the connection: ${code} ${reason}`.trim(), code);
    if (this.#steady(connection)) this.#attempt = 0;
    if (connection === this.#second) {
      this.#second = null;
      this.#rotate();
      this.#openLater(...this.#waitAfter(connection, code));
      this.#reconcile(); // What the second was asked for alone, the first is asked for again.
    } else if (this.#second) {
      // What was to be a hand-over is an ordinary resume from here on, and under way.
      this.#first = this.#second;
      this.#second = null;
      this.#leaving = false;
      this.#send();
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
    if (error) this.#emit('error', error);
  }

  #rotate() {
    this.#turn = (this.#turn + 1) % this.#urls.length;
  }

  /** How long to wait, and until when at least. */
  #waitAfter(connection, code) {
    const now = this.#now();
    // A node that leaves has given each of its clients a moment of its own, so that they do not all come at once.
    if (code === 1012 && connection.leaveAt > now) return [connection.leaveAt - now, connection.leaveAt];
    const backoff = fullJitter(this.#attempt++, this.#random);
    return code === 1008 ? [POLICY_MS + backoff, now + POLICY_MS] : [backoff];
  }

  #steady(connection) {
    return connection.liveAt !== undefined && this.#now() - connection.liveAt >= STEADY_MS;
  }

  /** Nothing more comes of this connection. */
  #forget(connection) {
    connection.drop();
    this.#outbox.unsend(connection);
    for (const feed of this.#feeds.values()) feed.forget(connection);
  }

  /** Whether all that is wanted is subscribed on the newest connection; then it is the one that counts. */
  #settle() {
    const newest = this.#second ?? this.#first;
    if (!newest?.welcome || [...this.#feeds.values()].some((feed) => !newest.carries(feed, 'on'))) return;
    newest.liveAt ??= this.#now();
    if (newest === this.#second) {
      const old = this.#first;
      this.#first = newest;
      this.#second = null;
      this.#leaving = false;
      this.#forget(old);
      this.#send();
    }
    if (this.#first.leaveAt === undefined) this.#become('live');
    else this.#leave();
  }

  /** Waits for the moment that the first connection was given, then opens the second. */
  #leave() {
    if (this.#leaving || this.#second) return;
    this.#leaving = true;
    if (this.#steady(this.#first)) this.#attempt = 0;
    this.#rotate();
    this.#openLater(Math.max(0, this.#first.leaveAt - this.#now()), this.#first.leaveAt);
    this.#become('leaving');
  }

  #shut(reason, code) {
    if (this.#state === 'closed') return;
    this.#disarm();
    this.#life.abort();
    for (const connection of [this.#first, this.#second]) connection?.drop();
    this.#first = this.#second = null;
    this.#feeds.clear();
    this.#outbox.rejectAll(new TidegateError('closed', reason));
    this.#become('closed', code, reason);
  }

  /** The page's way of knowing better than a timer. */
  #watch() {
    const { signal } = this.#life;
    const host = this.#host;
    const probe = () => {
      this.#first?.probe();
      this.#second?.probe();
    };
    const network = (offline) => {
      this.#offline = offline;
      if (!offline && this.#timer !== undefined && this.#now() >= this.#heldUntil) this.#open();
      probe();
      this.#emit('network', { offline });
    };
    this.#offline = host.navigator?.onLine === false;
    host.addEventListener?.('online', () => network(false), { signal });
    host.addEventListener?.('offline', () => network(true), { signal });
    host.document?.addEventListener?.(
      'visibilitychange', () => host.document.visibilityState === 'visible' && probe(), { signal });
  }

  // ---- topics

  #unsubscribe(feed) {
    if (this.#feeds.get(feed.topic) !== feed) return;
    this.#feeds.delete(feed.topic);
    this.#reconcile();
    this.#settle();
  }

  /** Asks for what is wanted and not there, and ends what is there and not wanted. */
  #reconcile() {
    const newest = this.#second?.welcome ? this.#second : this.#first;
    for (const connection of [this.#first, this.#second]) {
      if (!connection?.welcome || connection.isPaused()) continue;
      for (const [topic, entry] of connection.topics) {
        if (entry.state !== 'on' || this.#feeds.get(topic) === entry.feed) continue;
        entry.state = 'leaving';
        connection.send({ type: 'unsubscribe', topic });
      }
      if (connection !== newest) continue;
      for (const feed of this.#feeds.values()) if (!connection.topics.has(feed.topic)) this.#ask(connection, feed);
    }
  }

  #ask(connection, feed) {
    const after = feed.position;
    // Two presents cannot be laid over each other: where there is no position yet, only the newest connection counts.
    if (after === undefined && connection === this.#second) this.#mute(this.#first, feed);
    const entry = { feed, after, state: 'asked', resumed: after !== undefined, askedAt: this.#now() };
    connection.topics.set(feed.topic, entry);
    connection.send({ type: 'subscribe', topic: feed.topic, after });
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
   * @param after what was asked for, where this answers it
   */
  #gap(connection, entry, position, after) {
    const { feed } = entry;
    const other = this.#other(connection, feed);
    if (other && connection === this.#first) {
      this.#mute(connection, feed); // The second was asked for all of it.
    } else if (!feed.covers(connection, position, after)) {
      if (other) this.#mute(other, feed);
      const from = feed.position;
      feed.position = position;
      this.#emit('lost', { topic: feed.topic, from, position });
    }
  }

  // ---- what the server says

  #received(connection, frame) {
    switch (frame.type) {
      case 'welcome':
        connection.welcomed(frame);
        this.#reconcile();
        this.#send();
        if (connection === this.#first) this.#become('resuming');
        return this.#settle();
      case 'subscribed':
        return this.#subscribed(connection, frame);
      case 'unsubscribed':
        connection.topics.delete(frame.topic);
        this.#reconcile();
        return this.#settle();
      case 'message':
        return this.#message(connection, frame);
      case 'ack':
        connection.refusals = 0;
        this.#outbox.resolve(frame);
        return this.#send();
      case 'heartbeat':
        connection.heartbeatAt = this.#now();
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
    const asked = entry.state === 'asked' ? entry.after : undefined;
    entry.state = 'on';
    connection.refusals = 0;
    if (this.#feeds.get(topic) !== entry.feed) {
      this.#reconcile();
    } else if (recovered === false) {
      entry.resumed = false;
      this.#gap(connection, entry, position, asked);
    } else {
      entry.feed.position ??= position;
    }
    this.#settle();
  }

  #message(connection, { type: _, ...message }) {
    const entry = connection.topics.get(message.topic);
    const feed = this.#feeds.get(message.topic);
    if (!feed || entry?.feed !== feed) return;
    if (!entry.resumed) this.#compareClocks(message.timestamp);
    message.recovered = entry.resumed && message.timestamp + (this.#skew ?? 0) < entry.askedAt;
    feed.take(connection, this.#other(connection, feed), message);
  }

  #compareClocks(timestamp) {
    const apart = this.#now() - timestamp;
    if (!(this.#skew <= apart)) this.#skew = apart;
  }

  #notice(connection, { message, reconnectAfterMs }) {
    const wait = Number.isFinite(reconnectAfterMs) ? Math.max(0, reconnectAfterMs) : 0;
    connection.leaveAt = this.#now() + wait;
    this.#emit('shutdown', { message, reconnectAfterMs: wait, node: connection.welcome?.node });
    if (connection === this.#first) this.#leave();
  }

  /** Something was not done: it is done later where that can help, and otherwise told to whoever wanted it. */
  #refused(connection, { code, message, id, topic }) {
    const later = LATER.has(code);
    if (later) this.#slowDown(connection, code);
    if (id !== undefined) {
      if (later) this.#outbox.unsend(connection, id);
      else this.#outbox.reject(id, new TidegateError(code, message));
      return this.#send();
    }
    const entry = connection.topics.get(topic);
    if (entry?.state === 'leaving') {
      entry.state = 'on';
    } else if (entry?.state === 'asked') {
      connection.topics.delete(topic);
      if (!later) this.#notSubscribed(entry, { code, message, topic });
    } else if (!later) {
      this.#emit('error', { code, message, topic });
    }
    this.#reconcile();
    this.#settle();
  }

  #notSubscribed({ feed, after }, error) {
    if (this.#feeds.get(error.topic) !== feed) return;
    if (error.code === 'invalid-frame' && after !== undefined) {
      // A position of another time: what came after it cannot be had, which is a loss like any other.
      feed.position = undefined;
      this.#emit('lost', { topic: feed.topic, from: after, position: undefined });
    } else {
      this.#feeds.delete(error.topic);
      this.#emit('error', error);
    }
  }

  /** Nothing is asked of this connection for a while. */
  #slowDown(connection, code) {
    if (connection.isPaused()) return;
    const least = code === 'rate-limited' ? RATE_MS : 0;
    connection.pause(least + fullJitter(connection.refusals++, this.#random), () => {
      this.#reconcile();
      this.#send();
    });
  }

  // ---- publishes

  #send() {
    if (this.#first?.welcome && !this.#first.isPaused()) this.#outbox.sendOn(this.#first);
  }

  // ---- telling the application

  #become(state, code, reason) {
    const previous = this.#state;
    if (previous === 'closed' || previous === state) return;
    this.#state = state;
    this.#emit('statechange', { state, previous, code, reason });
  }

  #emit(type, fields) {
    this.dispatchEvent(new ClientEvent(type, fields));
  }
}

/** What subscribe() returns. */
class Subscription {
  #feed;
  #end;

  constructor(feed, end) {
    this.#feed = feed;
    this.#end = end;
  }

  get topic() {
    return this.#feed.topic;
  }

  get position() {
    return this.#feed.position;
  }

  unsubscribe() {
    this.#end();
  }
}

/** A topic that is wanted, and how far the application has it. */
class Feed {
  #onMessage;
  /** Position → the connection on which that message is still to come, to be dropped there. */
  #awaited = new Map();

  constructor(topic, onMessage, after) {
    this.topic = topic;
    this.position = after;
    this.#onMessage = onMessage;
  }

  take(connection, other, message) {
    const { position } = message;
    if (this.#awaited.get(position) === connection) {
      this.#awaited.delete(position);
      return;
    }
    if (other) this.#awaited.set(position, other);
    this.position = position;
    try {
      this.#onMessage(message);
    } catch (error) {
      queueMicrotask(() => { throw error; }); // As for any event listener: reported, and nobody else's business.
    }
  }

  /** Whether the other connection has brought all up to where this one begins; then nothing is missing. */
  covers(connection, position, after) {
    return position === after || this.#awaited.get(position) === connection;
  }

  forget(connection) {
    for (const [position, awaitedOn] of this.#awaited) if (awaitedOn === connection) this.#awaited.delete(position);
  }
}

/** Publishes without an ack, in the order in which they were asked for. */
class Outbox {
  #entries = new Map();
  #max;
  #prefix = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(36)).join('');
  #count = 0;

  constructor(max) {
    this.#max = max;
  }

  get size() {
    return this.#entries.size;
  }

  add({ topic, message, user, id = `${this.#prefix}-${++this.#count}`, resolve, reject }) {
    if (this.size >= this.#max) {
      return reject(new TidegateError('queue-full', `${this.#max} publishes are not acknowledged yet: publish later`));
    }
    if (!(typeof id === 'string' ? id.length > 0 && id.length <= 128 : Number.isSafeInteger(id))) {
      const message = `id must be a string of 1 to 128 characters or an integer, not ${JSON.stringify(id)}`;
      return reject(new TidegateError('invalid-frame', message));
    }
    if (this.#entries.has(String(id))) {
      return reject(new TidegateError('duplicate-id', `a publish with the id "${id}" is not acknowledged yet`));
    }
    let text;
    try {
      const json = JSON.stringify(message);
      if (json === undefined) throw new TypeError(`${typeof message} has no JSON`);
      text = `${JSON.stringify({ type: 'publish', topic, user, id }).slice(0, -1)},"message":${json}}`;
    } catch (cause) {
      return reject(new TidegateError('invalid-frame', `message and user must be JSON: ${cause.message}`, { cause }));
    }
    const bytes = new TextEncoder().encode(text).length;
    this.#entries.set(String(id), { id, text, bytes, resolve, reject, on: null });
  }

  /** Sends what is not on its way, as much as may be unanswered at once. */
  sendOn(connection) {
    const { message: limit } = connection.welcome.limits;
    for (const entry of this.#entries.values()) {
      if (connection.unanswered >= UNANSWERED) return;
      if (entry.on) continue;
      if (entry.bytes > limit) {
        const message = `the publish "${entry.id}" is a frame of ${entry.bytes} bytes; allowed are ${limit}`;
        this.reject(entry.id, new TidegateError('too-large', message));
      } else {
        entry.on = connection;
        connection.unanswered++;
        connection.sendText(entry.text);
      }
    }
  }

  /** Has one sent again that was answered, or all of a connection that will answer none. */
  unsend(connection, id) {
    for (const entry of id === undefined ? this.#entries.values() : [this.#entries.get(String(id))]) {
      if (entry?.on === connection) this.#answered(entry);
    }
  }

  resolve({ type: _, ...ack }) {
    this.#remove(ack.id)?.resolve(ack);
  }

  reject(id, error) {
    this.#remove(id)?.reject(error);
  }

  rejectAll(error) {
    for (const { id } of this.#entries.values()) this.reject(id, error);
  }

  /** Close 1009 says that one was too large, not which; whatever the limit is, the largest is above it. */
  rejectLargest(connection) {
    const sent = [...this.#entries.values()].filter((entry) => entry.on === connection);
    const largest = sent.reduce((a, b) => (a && a.bytes >= b.bytes ? a : b), undefined);
    if (!largest) return;
    const message = `the publish "${largest.id}" is a frame of ${largest.bytes} bytes: too large for the server`;
    this.reject(largest.id, new TidegateError('too-large', message));
  }

  #remove(id) {
    const entry = this.#entries.get(String(id));
    if (!entry) return undefined;
    this.#entries.delete(String(id));
    this.#answered(entry);
    return entry;
  }

  #answered(entry) {
    if (entry.on) entry.on.unanswered--;
    entry.on = null;
  }
}

/** One WebSocket, from its opening until `end` is called or drop(); and what its server knows of us. */
class Connection {
  /** Topic → {feed, state, …}. `asked`: no answer yet. `on`: messages come. `leaving`: not answered either. */
  topics = new Map();
  welcome;
  heardAt;
  heartbeatAt;
  liveAt;
  leaveAt;
  unanswered = 0;
  refusals = 0;
  #WebSocket;
  #host;
  #listener;
  #socket;
  #over = false;
  #deadline;
  #watchdog;
  #pause;

  constructor(url, WebSocket, host, listener) {
    this.url = url;
    this.#WebSocket = WebSocket;
    this.#host = host;
    this.#listener = listener;
  }

  open() {
    if (this.#over) return;
    let socket;
    try {
      socket = this.#socket = new this.#WebSocket(this.url, SUBPROTOCOL);
    } catch (cause) {
      // A page on https: may not open ws:, for example.
      const error = { code: 'cannot-open', message: `${this.url} cannot be opened: ${cause.message}` };
      return queueMicrotask(() => this.#end({ error }));
    }
    socket.onopen = () => {
      if (socket.protocol === SUBPROTOCOL) return;
      this.#end({ error: { code: 'no-subprotocol', message: `${this.url} does not speak ${SUBPROTOCOL}` } });
    };
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code, reason }) => this.#end({ code, reason });
    socket.onerror = () => {}; // A close always follows.
    this.#watchUntil(this.#host.Date.now() + CONNECT_MS);
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
    this.#socket.send(text);
  }

  /** Asks whether anybody is there. */
  probe() {
    if (!this.welcome) return;
    const now = this.#host.Date.now();
    if (now < this.#deadline) this.send({ type: 'ping' });
    this.#watchUntil(Math.min(this.#deadline, now + PROBE_MS));
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

  #take(data) {
    if (this.#over) return;
    this.#heard();
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return; // Binary, or of no server of ours.
    }
    if (this.welcome || frame?.type === 'welcome') this.#listener.frame(frame);
  }

  #heard() {
    this.heardAt = this.#host.Date.now();
    if (this.welcome) this.#deadline = this.heardAt + 2 * this.welcome.heartbeatMs;
  }

  /** Ends the connection where nothing comes until then; what does come moves the deadline, not the timer. */
  #watchUntil(deadline) {
    this.#deadline = deadline;
    this.#host.clearTimeout(this.#watchdog);
    const left = Math.max(0, deadline - this.#host.Date.now());
    this.#watchdog = this.#host.setTimeout(() => {
      if (this.#host.Date.now() < this.#deadline) this.#watchUntil(this.#deadline);
      else this.#end({ reason: 'nothing came for too long' });
    }, Math.min(left, TIMER_MAX_MS));
  }
}

function closedError() {
  return new TidegateError('closed', 'this client is closed');
}

function invalidTopic(topic) {
  return new TidegateError('invalid-topic', `"${topic}" is no topic: 1 to 128 of the characters A-Z a-z 0-9 . _ : -`);
}

/** Absolute ws: or wss: URLs, from one or several that may be relative to the page. */
function addresses(urls, base) {
  const given = [urls].flat();
  if (given.length === 0) throw new TypeError('connect() needs at least one URL');
  return given.map((text) => {
    let url;
    try {
      url = new URL(text, base);
    } catch (cause) {
      throw new TypeError(`"${text}" is no URL, such as wss://example.com/chat`, { cause });
    }
    url.protocol = { 'http:': 'ws:', 'https:': 'wss:' }[url.protocol] ?? url.protocol;
    if (!/^wss?:$/.test(url.protocol)) throw new TypeError(`"${text}" must begin with ws:// or wss://`);
    if (url.searchParams.has('topic')) throw new TypeError(`"${text}" must have no topic: call subscribe()`);
    url.hash = '';
    return url.href;
  });
}
