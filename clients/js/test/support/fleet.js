import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';

const schema = JSON.parse(readFileSync(new URL('../../../../docs/protocol.schema.json', import.meta.url)));
const ajv = new Ajv({ allowUnionTypes: true }).addSchema(schema);
const allowed = (frames) => {
  const validate = ajv.getSchema(`${schema.$id}#/$defs/${frames}`);
  return (frame) => {
    assert.ok(validate(frame), `${JSON.stringify(frame)}: ${ajv.errorsText(validate.errors)}`);
  };
};
const ofClient = allowed('clientFrame');
const ofServer = allowed('serverFrame');

/**
 * A fleet of servers in memory that speaks tidegate.v1 as docs/protocol.md has it, and the WebSocket that leads to it.
 * All delays are those of the test's clock, so that a run with a seed is the same every time. Every frame, of either
 * side, is held against the schema.
 *
 * A topic is one stream that all nodes read, each at its own pace. What is kept of it is the topic's log, and a position
 * is an index of the log. Who is in a topic is a second stream, of those who come and go, which a test writes: connections
 * of the fleet are nobody there.
 */
export class Fleet {
  topics = new Map();
  streams = new Map();
  nodes = new Map();
  /** Topic → those who come and go, in their order: {type, user}. */
  presences = new Map();
  /** Users of a page of a list, and ms from one page to the next. */
  page = 500;
  paging = () => 0;
  heartbeatMs = 30_000;
  limits = { message: 65_536, topics: 128, queue: 1 << 20, rate: 0 };
  /** Messages of a topic that are kept. */
  history = 1_000;
  /** ms from one end of a socket to the other. */
  latency = () => 1;
  /** ms from a publish to its delivery by a node. */
  lag = () => 1;
  /** ms from a join or a leave to the moment when a node knows of it. */
  meeting = () => 1;
  /** ms from a subscribe to its answer. */
  subscribing = (_topic, _host) => 0;
  /** What happens to a publish: undefined, or 'refused' or 'unknown', which both answer relay-unavailable. */
  relay = () => undefined;
  /** The servers' clock. */
  timestamp = () => this.time.now;
  /** The subprotocol that is confirmed, where it is not the one that was asked for. */
  speaks;
  /** How a handshake fails, where it does: `close` alone, `error` alone, or both; and the words of the error. */
  failure = { events: ['close'], message: '' };
  /** Whether errors say what they answer; servers before 0.2 do not. */
  answers = true;
  /** Whether a token is asked for, and those that were issued: token → {user, endsAt, subscribe, publish}. */
  closed = false;
  tokens = new Map();
  /** Connections that ended with their token, though its client could have brought another one. */
  expired = 0;
  /** Users who may not be here. */
  banned = new Set();
  /** What sockets were opened with. */
  offers = [];
  /** Everything that clients sent, in order; and when sockets were opened, whatever came of it. */
  sent = [];
  opened = [];

  constructor(time) {
    this.time = time;
    const fleet = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url, protocol) {
        super(fleet, url, protocol);
      }
    };
  }

  /** A token that counts for so long; the functions say whether a topic is allowed. */
  issue({ user = 'ann', ms = 20_000, subscribe = () => true, publish = () => true, presence = () => true } = {}) {
    const token = `token.${user}.${this.tokens.size + 1}`;
    this.tokens.set(token, { user, endsAt: this.time.performance.now() + ms, subscribe, publish, presence });
    return token;
  }

  /** Who brings this token, or the code of what is wrong with it. */
  check(token) {
    const known = this.tokens.get(token);
    if (!known) return 'invalid-token';
    if (this.banned.has(known.user)) return 'forbidden';
    return known.endsAt <= this.time.performance.now() ? 'token-expired' : known;
  }

  node(host) {
    if (!this.nodes.has(host)) this.nodes.set(host, new Node(this, host));
    return this.nodes.get(host);
  }

  log(topic) {
    if (!this.topics.has(topic)) this.topics.set(topic, []);
    return this.topics.get(topic);
  }

  /** Kept messages and others, in their order: {id, frame, behind}, where `behind` counts the kept ones before it. */
  stream(topic) {
    if (!this.streams.has(topic)) this.streams.set(topic, []);
    return this.streams.get(topic);
  }

  append({ topic, user, message, id, keep = true }) {
    const log = this.log(topic);
    const known = id === undefined || !keep ? -1 : log.findIndex((entry) => entry.id === id);
    if (known >= 0) return position(known);
    for (const node of this.nodes.values()) node.read(topic); // From here on a node that has not read it is behind.
    const behind = log.length;
    const at = keep ? position(behind) : undefined;
    const frame = { type: 'message', topic, position: at, user, message, timestamp: this.timestamp() };
    const stream = this.stream(topic);
    const entry = { id, frame, behind, end: stream.length + 1 };
    stream.push(entry);
    if (keep) log.push(entry);
    for (const node of this.nodes.values()) this.time.setTimeout(() => node.deliver(), this.lag());
    return at;
  }

  presence(topic) {
    if (!this.presences.has(topic)) this.presences.set(topic, []);
    return this.presences.get(topic);
  }

  /** Users come to a topic or leave it, one after the other. */
  join(topic, ...users) {
    this.#comeOrGo('join', topic, users);
  }

  leave(topic, ...users) {
    this.#comeOrGo('leave', topic, users);
  }

  #comeOrGo(type, topic, users) {
    for (const node of this.nodes.values()) node.met(topic);
    for (const user of users) this.presence(topic).push({ type, user, since: this.time.now, at: this.time.performance.now() });
    for (const node of this.nodes.values()) this.time.setTimeout(() => node.meet(topic), this.meeting());
  }

  /** user → since, of those who are there by the first so many changes. */
  present(topic, count = Infinity) {
    const users = new Map();
    for (const { type, user, since } of this.presence(topic).slice(0, count)) {
      if (type === 'join') users.set(user, since);
      else users.delete(user);
    }
    return users;
  }

  /** How many of the kept messages are among so many of the stream. */
  kept(topic, count) {
    const next = this.stream(topic)[count];
    return next ? next.behind : this.log(topic).length;
  }
}

const position = (index) => `k3x9f2-${index + 1}`;
/** Of a position, or undefined where it is none. */
export const index = (text) => (/^k3x9f2-\d+$/.test(text) ? Number(text.slice(7)) - 1 : undefined);

class Node {
  connections = new Set();
  up = true;
  leaving = false;
  /** Sockets neither open nor fail. */
  hangs = false;
  #read = new Map();
  #met = new Map();

  constructor(fleet, host) {
    this.fleet = fleet;
    this.host = host;
  }

  /** How many messages of the topic's stream this node has delivered. */
  read(topic) {
    if (!this.#read.has(topic)) this.#read.set(topic, this.fleet.stream(topic).length);
    return this.#read.get(topic);
  }

  /** How many of the topic's joins and leaves this node knows. */
  met(topic) {
    if (!this.#met.has(topic)) this.#met.set(topic, this.fleet.presence(topic).length);
    return this.#met.get(topic);
  }

  /** Brings those who are shown the topic's presence to the present. */
  meet(topic) {
    const news = this.fleet.presence(topic).slice(this.met(topic));
    this.#met.set(topic, this.fleet.presence(topic).length);
    for (const connection of this.connections) connection.meet(topic, news);
  }

  #readAll() {
    for (const [topic, stream] of this.fleet.streams) this.#read.set(topic, stream.length);
  }

  /** Brings every connection to the present. */
  deliver() {
    this.#readAll();
    for (const connection of this.connections) connection.deliver();
  }

  /** The relay was away: nobody here gets what this node has not delivered yet, and all are told. */
  gap() {
    this.#readAll();
    for (const connection of this.connections) connection.skip();
  }

  /** SIGTERM: each connection gets a moment of its own. */
  leave(moment = () => 5_000) {
    this.leaving = true;
    for (const connection of this.connections) {
      const reconnectAfterMs = moment();
      connection.send({ type: 'server-shutdown', message: 'Server restarting, please reconnect', reconnectAfterMs });
      this.fleet.time.setTimeout(() => connection.end(1012), reconnectAfterMs + 2_000);
    }
  }

  crash() {
    this.up = false;
    for (const connection of [...this.connections]) connection.end(1006);
  }

  restart() {
    this.up = true;
    this.leaving = this.hangs = false;
  }
}

/** The server's end of a socket. */
class Peer {
  /** Topic → index, in its stream, of the next message to deliver. */
  next = new Map();
  /** Topics whose presence is shown. */
  shown = new Set();
  unanswered = 0;
  /** Topic → the publishes that came behind a subscribe which is not answered. */
  #behind = new Map();
  /** Of the server's rate limit: when the next message would be due were all evenly spread. */
  #due = 0;
  #refused = 0;

  constructor(node, socket, token) {
    this.node = node;
    this.fleet = node.fleet;
    this.socket = socket;
    node.connections.add(this);
    const { heartbeatMs, limits, closed } = this.fleet;
    this.access = closed ? this.fleet.check(token) : undefined;
    if (typeof this.access === 'string') return this.#refuse(this.access);
    const { user } = this.access ?? {};
    const expiresInMs = this.#expiresInMs();
    const names = { connection: `c-${node.connections.size}`, node: node.host };
    this.send({ type: 'welcome', ...names, heartbeatMs, limits, user, expiresInMs });
    this.#beat();
    this.#expire();
  }

  #refuse(code) {
    this.error({ code, message: `${code} it is` });
    this.end(code === 'forbidden' ? 4403 : 4401, `${code} it is`);
  }

  #expiresInMs() {
    return this.access && this.access.endsAt - this.fleet.time.performance.now();
  }

  #expire() {
    if (!this.access) return;
    this.fleet.time.setTimeout(() => {
      if (!this.node.connections.has(this)) return;
      if (this.#expiresInMs() > 0) return this.#expire();
      if (!this.socket.blackholed) this.fleet.expired++;
      this.#refuse('token-expired');
    }, this.#expiresInMs());
  }

  token({ token }) {
    const access = this.fleet.closed ? this.fleet.check(token) : 'invalid-token';
    if (typeof access === 'string' || access.user !== this.access.user) {
      return this.error({ code: 'invalid-token', message: 'no token of ours' }, 'token');
    }
    this.access = access;
    for (const topic of [...this.next.keys()]) {
      if (access.subscribe(topic) && (!this.shown.has(topic) || access.presence(topic))) continue;
      this.next.delete(topic);
      this.shown.delete(topic);
      this.error({ code: 'forbidden', message: 'subscribing is not allowed', topic });
    }
    this.send({ type: 'token', expiresInMs: this.#expiresInMs() });
  }

  #beat() {
    this.fleet.time.setTimeout(() => {
      if (!this.node.connections.has(this)) return;
      this.send({ type: 'heartbeat', timestamp: this.fleet.timestamp() });
      this.#beat();
    }, this.fleet.heartbeatMs);
  }

  send(frame) {
    ofServer(frame);
    this.socket.toClient(() => this.socket.onmessage({ data: JSON.stringify(frame) }));
  }

  end(code, reason) {
    if (!this.node.connections.delete(this)) return;
    this.socket.toClient(() => this.socket.closed(code, reason));
  }

  receive(frame) {
    if (!this.node.connections.has(this)) return;
    ofClient(frame);
    this.fleet.sent.push(frame);
    if (this.#isTooFast(frame)) return;
    this[frame.type](frame);
  }

  /** As the server does it: a second's messages at once, and closed where as many are refused. */
  #isTooFast({ type, id, topic }) {
    const { rate } = this.fleet.limits;
    if (rate === 0) return false;
    const now = this.fleet.time.performance.now();
    const from = Math.max(now, this.#due);
    if (from - now <= 1_000 - 1_000 / rate) {
      this.#due = from + 1_000 / rate;
      return false;
    }
    this.error({ code: 'rate-limited', message: 'slower', id, topic }, type);
    if (++this.#refused > Math.max(10, rate)) this.end(1008);
    return true;
  }

  error(error, answers) {
    this.send({ type: 'error', ...error, answers: this.fleet.answers ? answers : undefined });
  }

  ping() {
    this.send({ type: 'pong' });
  }

  subscribe(frame) {
    const behind = [];
    this.#behind.set(frame.topic, behind);
    this.fleet.time.setTimeout(() => {
      this.#begin(frame);
      if (this.#behind.get(frame.topic) === behind) this.#behind.delete(frame.topic);
      for (const each of behind) this.#append(each);
    }, this.fleet.subscribing(frame.topic, this.node.host));
  }

  #begin({ topic, after, last, presence }) {
    if (this.access && !(this.access.subscribe(topic) && (!presence || this.access.presence(topic)))) {
      return this.error({ code: 'forbidden', message: 'subscribing is not allowed', topic }, 'subscribe');
    }
    const read = this.node.read(topic);
    const from = index(after);
    if (after !== undefined && from === undefined) {
      const message = '"after" is not a position of this server; allowed is a position that the server has sent';
      return this.error({ code: 'invalid-frame', message, topic }, 'subscribe');
    }
    // A client may be ahead of this node, which then needs no history for it.
    const log = this.fleet.log(topic);
    const kept = this.fleet.kept(topic, read);
    const oldest = Math.min(kept, log.length - this.fleet.history);
    const recovered = from === undefined || from + 1 >= oldest;
    this.shown.delete(topic);
    if (presence) this.#list(topic);
    const begin = from === undefined ? Math.max(Math.min(kept, Math.max(0, oldest)), kept - (last ?? 0))
      : recovered ? from + 1 : kept;
    this.next.set(topic, read);
    this.send({ type: 'subscribed', topic, position: position(begin - 1), recovered });
    for (const { frame } of log.slice(begin, kept)) this.send(frame);
    this.next.set(topic, begin > kept ? log[begin - 1].end : read);
    this.deliver();
  }

  /** The list of now, of which pages that are read slowly come between the changes that follow it. */
  #list(topic) {
    const users = [...this.fleet.present(topic, this.node.met(topic))];
    this.shown.add(topic);
    const send = (from) => {
      if (!this.shown.has(topic)) return;
      const page = users.slice(from, from + this.fleet.page).map(([user, since]) => ({ user, connections: 1, since }));
      const more = from + this.fleet.page < users.length;
      this.send({ type: 'presence', topic, users: page, more });
      if (!more) return;
      const pause = this.fleet.paging();
      if (pause === 0) send(from + this.fleet.page);
      else this.fleet.time.setTimeout(() => send(from + this.fleet.page), pause);
    };
    send(0);
  }

  /** One frame each, or one for all where there are many. */
  meet(topic, news) {
    if (!this.shown.has(topic)) return;
    if (news.length <= 3) return void news.forEach(({ type, user }) => this.send({ type, topic, user }));
    const last = new Map(news.map(({ type, user }) => [user, type]));
    const [joined, left] = ['join', 'leave'].map((type) => [...last.keys()].filter((user) => last.get(user) === type));
    this.send({ type: 'presence', topic, joined, left });
  }

  unsubscribe({ topic }) {
    this.shown.delete(topic);
    if (!this.next.delete(topic)) {
      return this.error({ code: 'invalid-topic', message: '"topic" is not subscribed', topic }, 'unsubscribe');
    }
    const end = this.fleet.kept(topic, this.node.read(topic));
    this.send({ type: 'unsubscribed', topic, position: position(end - 1), recovered: true });
  }

  publish(frame) {
    if (++this.unanswered >= 64) throw new Error('a server would read no more');
    const behind = this.#behind.get(frame.topic);
    if (behind) behind.push(frame);
    else this.#append(frame);
  }

  #append(frame) {
    if (!this.node.connections.has(this)) return;
    if (this.access && !this.access.publish(frame.topic)) {
      this.unanswered--;
      return this.error({ code: 'forbidden', message: 'publishing is not allowed', id: frame.id, topic: frame.topic }, 'publish');
    }
    const fate = this.fleet.relay();
    const kept = fate === 'refused' ? undefined : this.fleet.append(frame);
    this.fleet.time.setTimeout(() => {
      this.unanswered--;
      const { id, topic } = frame;
      if (fate) this.error({ code: 'relay-unavailable', message: 'the relay is away', id, topic }, 'publish');
      else this.send({ type: 'ack', id, topic, position: kept });
    }, this.fleet.lag());
  }

  deliver() {
    for (const [topic, next] of this.next) {
      const read = this.node.read(topic);
      for (const { frame } of this.fleet.stream(topic).slice(next, read)) this.send(frame);
      this.next.set(topic, Math.max(next, read));
    }
  }

  skip() {
    for (const [topic, next] of this.next) {
      const read = this.node.read(topic);
      if (read <= next) continue;
      this.next.set(topic, read);
      this.send({ type: 'subscribed', topic, position: position(this.fleet.kept(topic, read) - 1), recovered: false });
    }
  }
}

/** As much of a browser's WebSocket as there is to use, over a network with delays that keeps the order. */
class FakeSocket {
  protocol = '';
  readyState = 0;
  #fleet;
  #peer;
  #arrival = { client: 0, server: 0 };
  /** Nothing arrives any more, and nobody is told. */
  blackholed = false;

  constructor(fleet, url, protocols) {
    this.#fleet = fleet;
    this.url = url;
    fleet.offers.push({ url, protocols });
    const [protocol, ...more] = [protocols].flat();
    const offered = more.find((each) => each.startsWith('tidegate.token.'));
    const token = new URL(url).searchParams.get('access_token') ?? offered?.slice('tidegate.token.'.length);
    const node = fleet.node(new URL(url).host);
    fleet.last = this;
    fleet.opened.push(fleet.time.performance.now());
    if (node.hangs) return;
    this.toClient(() => {
      if (this.readyState > 0) return; // Closed before it was open.
      if (!node.up || node.leaving || (fleet.closed && !token)) return this.#refuse();
      this.protocol = fleet.speaks ?? protocol;
      this.readyState = 1;
      this.#peer = new Peer(node, this, token);
      this.onopen();
    });
  }

  send(text) {
    if (this.readyState === 0) throw new Error('InvalidStateError');
    if (this.readyState === 1) this.#carry('server', () => this.#peer.receive(JSON.parse(text)));
  }

  close() {
    if (this.readyState > 1) return;
    this.readyState = 2;
    const peer = this.#peer;
    this.#carry('server', () => {
      peer?.node.connections.delete(peer);
      this.toClient(() => this.closed(1000));
    });
  }

  #refuse() {
    const { events, message } = this.#fleet.failure;
    this.readyState = 3;
    if (events.includes('error')) this.onerror({ type: 'error', message });
    if (events.includes('close')) this.onclose({ code: 1006, reason: '' });
  }

  closed(code, reason = '') {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose({ code, reason });
  }

  toClient(arrive) {
    this.#carry('client', () => this.readyState < 3 && arrive());
  }

  #carry(end, arrive) {
    const { time } = this.#fleet;
    const now = time.performance.now();
    const at = Math.max(now + this.#fleet.latency(), this.#arrival[end]);
    this.#arrival[end] = at;
    time.setTimeout(() => this.blackholed || arrive(), at - now);
  }
}
