/** Types of the environment, where it has them: those of a browser, of Node, or else as much as is used here. */
type Global<Name extends string, Plain> =
  typeof globalThis extends { readonly [name in Name]: { prototype: infer Native } } ? Native : Plain;
type NativeEvent = Global<'Event', { readonly type: string }>;
type NativeEventTarget = Global<'EventTarget', { dispatchEvent(event: never): boolean }>;
type NativeAbortSignal = Global<
  'AbortSignal',
  { readonly aborted: boolean; addEventListener(type: 'abort', listener: () => void): void }
>;

/** What `JSON.stringify` takes and `JSON.parse` gives. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * - `idle`: made with `startClosed`, and not opened yet; `reconnect()` opens it.
 * - `connecting`: a socket is being opened.
 * - `resuming`: it is open, and not every topic is subscribed on it yet.
 * - `live`: every topic is subscribed.
 * - `leaving`: live on a node that will leave; at `reconnectAt` the client looks for another one.
 * - `handing-over`: a second connection is being opened, while the first is still read and published on.
 * - `waiting`: there is no connection; the next try is at `reconnectAt`.
 * - `closed`: for good, by `close()` or by the server (close codes 1000, 1002, 1007, 1009 and 4403; and 4401 where the
 *   option `token` is no function).
 */
export type State =
  | 'idle' | 'connecting' | 'resuming' | 'live' | 'leaving' | 'handing-over' | 'waiting' | 'closed';

/**
 * The server's codes, and of the client itself:
 *
 * - `closed`: the client is closed; a publish may or may not have arrived.
 * - `too-large`: the frame is above the server's limit.
 * - `queue-full`: `maxPending` publishes are not acknowledged yet.
 * - `duplicate-id`: a publish with this id is not acknowledged yet.
 * - `timeout`, `aborted`: a publish was given up, by its `timeout` or its `signal`; it may or may not have arrived.
 * - `connection-lost`: the connection ended before a publish with `keep: false` was acknowledged; it may or may not have
 *   arrived. So does `relay-unavailable` reject one. Others are sent again.
 * - `already-subscribed`: the client has the topic already, so `after`, `last` and `presence` come too late.
 * - `unsubscribed`: what was waited for ended with `unsubscribe()`.
 * - `forbidden`: the token does not allow it: a topic to be subscribed, a publish, or to be there at all.
 * - `invalid-token`, `token-expired`: the server does not take a token. Another one is asked for.
 * - `token-failed`: the option `token` threw, rejected, gave no token or did not answer. It is asked again.
 * - `cannot-open`, `no-subprotocol`, `refused`: what is at the URL cannot be opened from here, is no Tidegate, or
 *   answers with an HTTP `status`. The client goes on trying, since the next URL, or the next try, may do.
 */
export type ErrorCode =
  | 'invalid-json' | 'invalid-frame' | 'invalid-topic' | 'too-many-topics' | 'rate-limited' | 'relay-unavailable'
  | 'closed' | 'connection-lost' | 'too-large' | 'queue-full' | 'duplicate-id' | 'timeout' | 'aborted'
  | 'already-subscribed' | 'unsubscribed' | 'forbidden' | 'invalid-token' | 'token-expired' | 'token-failed'
  | 'cannot-open' | 'no-subprotocol' | 'refused';

export class TidegateError extends Error {
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown });
  readonly code: ErrorCode;
}

export interface Message<M = Json, U = Json> {
  readonly topic: string;
  /** Opaque and unique in its topic; the one to resume after. Undefined for a message that is not kept. */
  readonly position: string | undefined;
  readonly message: M;
  /** What the publisher gave, if anything. Where the server asks for tokens: whose token it was. */
  readonly user?: U;
  /** Of the server, in milliseconds since 1970. */
  readonly timestamp: number;
  /**
   * Whether it was published before this connection was there: one that a resume or `last` has brought. An estimate
   * from the server's clock and this one; only for display.
   */
  readonly recovered: boolean;
}

export interface Acknowledgement {
  readonly id: string | number;
  readonly topic: string;
  /** Undefined for a message that is not kept. */
  readonly position: string | undefined;
}

export interface SubscribeOptions {
  /** Begins behind this position of the topic, as `subscription.position` gave it once. */
  after?: string | null | undefined;
  /** Begins with at most so many of the last messages of the server's history: 1 to 100000. Not with `after`. */
  last?: number | null | undefined;
  /** `true`: shows who is in the topic; see `users`, and the events `presence`, `join` and `leave`. */
  presence?: boolean | null | undefined;
}

/** A user in a topic. */
export interface Present {
  /** At the last list; 0 for one who may still come back. 1 for one who has joined since. */
  readonly connections: number;
  /** When the user came, in milliseconds since 1970: by the server's clock, or by this one if the user has joined since. */
  readonly since: number;
}

/** A user by name, or `null` for all who have no token: on an open server that is everybody. */
export type Users = ReadonlyMap<string | null, Present>;

/**
 * - `waiting`: not subscribed at this moment; it will be.
 * - `live`: subscribed.
 * - `refused`: the server has refused it, as `error` says; or has ended it, where the token does not allow it any more.
 * - `ended`: by `unsubscribe()`, or with the client.
 */
export type SubscriptionState = 'waiting' | 'live' | 'refused' | 'ended';

export interface Subscription {
  readonly topic: string;
  /** Of the last kept message that was handed over; undefined until the topic is first subscribed. */
  readonly position: string | undefined;
  readonly state: SubscriptionState;
  /** Why it was refused. */
  readonly error: TidegateError | undefined;
  /**
   * Resolves once the topic is first subscribed, with the position behind which messages come, and whether nothing is
   * missing behind `after`. Rejects where it is refused or ends before that. Nobody need wait for it.
   */
  readonly ready: Promise<{ readonly position: string; readonly recovered: boolean }>;
  /**
   * Who is in the topic, over the whole fleet, this client too: one map that is kept up to date. Empty before the event
   * `presence`, and undefined where the topic was subscribed without `presence`. Without a connection it stays as it was.
   */
  readonly users: Users | undefined;
  /** Nothing is handed over any more, from now on. With its last listener the topic is left. */
  unsubscribe(): void;
}

export interface PublishOptions {
  /** Any JSON; says who publishes. */
  user?: unknown;
  /**
   * The message's own, unique among all publishers of the topic; made up where it is missing. A string of 1 to 128
   * characters or an integer; `7` and `"7"` are two.
   */
  id?: string | number | null | undefined;
  /**
   * `false`: delivered in order to those who are subscribed, and not kept for others. It has no position, and is sent
   * once only: see `connection-lost` and `relay-unavailable`. `true` by default.
   */
  keep?: boolean | null | undefined;
  /** Rejects with `timeout` where no ack has come in so many ms; the message may have arrived. */
  timeout?: number | null | undefined;
  /** Rejects with `aborted`, whose `cause` is the signal's reason; the message may have arrived. */
  signal?: NativeAbortSignal | null | undefined;
}

/** What the `debug` hook is called with; `at` is in milliseconds since 1970. A type may be added at any time. */
export type DebugEvent = { readonly at: number } & (
  | { readonly type: 'connect'; readonly url: string; readonly attempt: number }
  | { readonly type: 'wait'; readonly url: string; readonly ms: number }
  | {
      readonly type: 'end';
      readonly url: string;
      readonly code: number | undefined;
      readonly reason: string;
      readonly status: number | undefined;
    }
  | { readonly type: 'state'; readonly state: State; readonly previous: State }
  | { readonly type: 'send' | 'receive'; readonly url: string; readonly frame: unknown }
);

export interface Options {
  /**
   * For a server that asks for tokens: gives one, and is called as often as one is needed. That is before a connection
   * where there is none or it is about to end, at a random moment between 60 % and 90 % of its time, before a server is
   * left, and where the server asks for another one (close code 4401). What it throws or rejects with is told by `error`
   * with the code `token-failed`, and it is called again with backoff; so it is where it does not answer in 30 s. All of
   * them must be of one user: for another one, close this client and open another.
   *
   * Or a token, where there will never be another one: the client ends with it.
   */
  token?: string | (() => string | PromiseLike<string>) | undefined;
  /**
   * How the token travels to the server: by default as a second subprotocol, which is in no URL; `query`: as
   * `access_token` in the URL, for a proxy that does not let more than one subprotocol pass. Servers and proxies may log
   * URLs. `client.url` does not show it.
   */
  tokenIn?: 'subprotocol' | 'query' | undefined;
  /** The constructor of sockets, such as that of `ws`, where there is no global one (Node before 22). */
  WebSocket?: unknown;
  /** How many publishes may wait for their ack; more are rejected with `queue-full`. 1000 by default. */
  maxPending?: number | undefined;
  /** Of the time between two tries: from 0 to `min(max, base × 2^attempt)` ms. 500 and 10000 by default. */
  backoff?: { base?: number | undefined; max?: number | undefined } | undefined;
  /** `true`: nothing is opened before `reconnect()`; the state is `idle` until then. */
  startClosed?: boolean | undefined;
  /** `false`: no warning on the console where the first connection fails. */
  log?: boolean | undefined;
  /** Called with all that happens: connections, waits, states and frames, with what they carry, but for tokens. */
  debug?: ((event: DebugEvent) => void) | undefined;
  /** From 0 to 1, for the jitter; `Math.random` by default. */
  random?: (() => number) | undefined;
  /**
   * In place of `globalThis`: where `performance`, `Date`, timers, `console`, `navigator`, `document` and the network's
   * events come from.
   */
  global?: unknown;
}

export interface ClientEventMap {
  statechange: NativeEvent & {
    readonly state: State;
    readonly previous: State;
    /** The close code that led here, if one did, and the words that came with it. */
    readonly code?: number | undefined;
    readonly reason?: string | undefined;
  };
  /**
   * Messages of the topic are missing: all behind `from` up to and with `position`, as far as they are known. There is
   * no gap without this event.
   */
  lost: NativeEvent & {
    readonly topic: string;
    readonly from: string | undefined;
    readonly position: string | undefined;
  };
  /**
   * The whole list of a topic's users has come: once it is subscribed, and again on each new connection, behind the
   * `leave` and `join` of each user by whom it differs from what was known. The first one brings no `join`.
   */
  presence: NativeEvent & { readonly topic: string; readonly users: Users };
  /** A user has come, or has left: never one who only moves to another server, or comes back in time. */
  join: NativeEvent & { readonly topic: string; readonly user: string | null };
  leave: NativeEvent & { readonly topic: string; readonly user: string | null };
  /** The node is about to leave. The client does what is needed. */
  shutdown: NativeEvent & {
    readonly message: string;
    readonly reconnectAfterMs: number;
    readonly node: string | undefined;
  };
  /**
   * Something cannot be done and belongs to no publish: a topic that the server refuses is not subscribed any more; or
   * there is no token, or the server does not take it.
   */
  error: NativeEvent & {
    readonly code: ErrorCode;
    readonly message: string;
    readonly topic?: string | undefined;
    /** Of HTTP, with `refused`. Browsers never tell it, and Node's own WebSocket does not; `ws` does. */
    readonly status?: number | undefined;
  };
  /** The browser says that the network is gone, or back. Connections are checked, not given up. */
  network: NativeEvent & { readonly offline: boolean };
}

export type ClientEventListener<T extends keyof ClientEventMap> =
  | ((event: ClientEventMap[T]) => void)
  | { handleEvent(event: ClientEventMap[T]): void };

interface ListenerOptions {
  capture?: boolean;
  once?: boolean;
  passive?: boolean;
  signal?: NativeAbortSignal;
}

/** An `EventTarget`, whose events are those of {@link ClientEventMap}. A listener that throws is reported, no more. */
export interface Client extends NativeEventTarget {
  readonly state: State;
  /** Names of the node and of the connection, for logs; undefined while there is no connection. */
  readonly node: string | undefined;
  readonly connection: string | undefined;
  /** Whose token the server knows this client by; undefined where it asks for none, or there is no connection. */
  readonly user: string | undefined;
  readonly url: string | undefined;
  /** When anything was last heard of the server, in milliseconds since 1970. */
  readonly heardAt: number | undefined;
  /** When the last heartbeat came; undefined before the first one of this connection. */
  readonly heartbeatAt: number | undefined;
  /** From one heartbeat to the next. A connection on which nothing at all comes for twice this time is dead. */
  readonly heartbeatMs: number | undefined;
  /** When the next connection will be tried, in milliseconds since 1970. */
  readonly reconnectAt: number | undefined;
  /** What the browser says of the network. */
  readonly offline: boolean;
  /** How many publishes are not acknowledged yet. */
  readonly pending: number;

  /**
   * Begins at the present, behind `after`, or with the `last` messages. Messages come one by one, in the order of the
   * topic, each once, over reconnects too. A listener that throws, or whose promise rejects, is reported, no more.
   *
   * A topic that is subscribed already gets one listener more: it hears what comes from now on, and may name neither
   * `after` nor `last`, and `presence` only where the topic has it.
   *
   * @throws TidegateError `invalid-topic`, `already-subscribed`, `closed`
   * @throws TypeError for another argument that cannot be meant
   */
  subscribe<M = Json, U = Json>(
    topic: string,
    listener: (message: Message<M, U>) => void,
    options?: SubscribeOptions | null,
  ): Subscription;

  /** The oldest one of the topic that has not ended, if any. */
  getSubscription(topic: string): Subscription | undefined;

  /**
   * Resolves once the server has the message; until then it is sent again on each new connection, with the same id, and
   * published once (with `keep: false` it is sent once only). Messages are published in the order of the calls, not
   * above the server's rate, except around an outage of the server's relay.
   *
   * Rejects with a TidegateError where it can never succeed (`invalid-topic`, `invalid-frame`, `duplicate-id`,
   * `too-large`, `forbidden`, `closed`), where it is given up (`timeout`, `aborted`), where one that is not kept was
   * not acknowledged (`connection-lost`, `relay-unavailable`), and at once where too much waits (`queue-full`): try
   * again when an earlier one resolves. With a TypeError for a `timeout` or `signal` that cannot be meant. A promise
   * that nobody waits for may reject unnoticed with `closed`, `aborted`, `connection-lost` or `relay-unavailable`.
   */
  publish(topic: string, message: unknown, options?: PublishOptions | null): Promise<Acknowledgement>;

  /**
   * Opens a new connection at once, in place of what there is or of waiting for the next try, and resumes on it.
   *
   * @throws TidegateError `closed`
   */
  reconnect(): void;

  /** Closes for good. What is not acknowledged is rejected with `closed`. */
  close(): void;

  addEventListener<T extends keyof ClientEventMap>(
    type: T,
    listener: ClientEventListener<T> | null,
    options?: boolean | ListenerOptions,
  ): void;
  removeEventListener<T extends keyof ClientEventMap>(
    type: T,
    listener: ClientEventListener<T> | null,
    options?: boolean | { capture?: boolean },
  ): void;
}

/**
 * Opens a connection and keeps one open until `close()`.
 *
 * @param urls of `/chat`, of one server or of several, of which one is taken at random and the next after each failure;
 *     `https:` means `wss:`, and in a page a URL may be relative to it
 * @throws TypeError for a URL or an option that cannot be meant
 */
export function connect(
  urls: string | { readonly href: string } | readonly (string | { readonly href: string })[],
  options?: Options | null,
): Client;

/** Full jitter: a random time from 0 to `min(max, base × 2^attempt)`, in milliseconds; by default 500 and 10000. */
export function fullJitter(
  attempt: number,
  random?: () => number,
  backoff?: { base?: number | undefined; max?: number | undefined },
): number;
