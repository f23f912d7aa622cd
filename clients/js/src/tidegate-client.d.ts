/** Types of the environment, if it has them: those of a browser or of Node. Otherwise only what this client uses. */
type Global<Name extends string, Plain> =
  typeof globalThis extends { readonly [name in Name]: { prototype: infer Native } } ? Native : Plain;
type NativeEvent = Global<'Event', { readonly type: string }>;
type NativeEventTarget = Global<'EventTarget', { dispatchEvent(event: never): boolean }>;
type NativeAbortSignal = Global<
  'AbortSignal',
  { readonly aborted: boolean; addEventListener(type: 'abort', listener: () => void): void }
>;

/** The values that `JSON.stringify` accepts and `JSON.parse` returns. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * - `idle`: made with `startClosed`, and not opened yet; `reconnect()` opens it.
 * - `connecting`: a socket is being opened.
 * - `resuming`: the socket is open, and not every topic is subscribed on it yet.
 * - `live`: every topic is subscribed.
 * - `leaving`: live on a node that will leave; at `reconnectAt` the client looks for another node.
 * - `handing-over`: a second connection is being opened; the client still reads from the first and publishes on it.
 * - `waiting`: there is no connection; the next try is at `reconnectAt`.
 * - `closed`: for good, by `close()` or by the server (close codes 1000, 1002, 1007, 1009 and 4403; also 4401 if the
 *   option `token` is not a function).
 */
export type State =
  | 'idle' | 'connecting' | 'resuming' | 'live' | 'leaving' | 'handing-over' | 'waiting' | 'closed';

/**
 * The codes of the server, and those of the client itself:
 *
 * - `closed`: the client is closed; a publish may or may not have arrived.
 * - `too-large`: the frame is above the server's limit.
 * - `queue-full`: `maxPending` publishes are not acknowledged yet.
 * - `duplicate-id`: a publish with this id is not acknowledged yet.
 * - `timeout`, `aborted`: a publish was given up, by its `timeout` or its `signal`; it may or may not have arrived.
 * - `connection-lost`: the connection ended before a publish with `keep: false` was acknowledged; it may or may not
 *   have arrived. `relay-unavailable` means the same for such a publish. Other publishes are sent again.
 * - `already-subscribed`: the client already has the topic, so `after`, `last` and `presence` come too late.
 * - `unsubscribed`: `unsubscribe()` was called before the wait ended.
 * - `forbidden`: the token does not allow a subscription, a publish, or the connection itself.
 * - `invalid-token`, `token-expired`: the server refuses a token. The client asks for another one.
 * - `token-failed`: the option `token` threw, rejected, gave no token or did not answer. It is called again.
 * - `cannot-open`, `no-subprotocol`, `refused`: the URL cannot be opened from here, leads to no Tidegate, or answers
 *   with an HTTP `status`. The client continues to try, because the next URL or the next try can succeed.
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
  /** Opaque, and unique in its topic: the position to resume after. Undefined for a message that is not kept. */
  readonly position: string | undefined;
  readonly message: M;
  /** The `user` that the publisher gave, if any. If the server needs tokens: the user of the publisher's token. */
  readonly user?: U;
  /** The server's time, in milliseconds since 1970. */
  readonly timestamp: number;
  /**
   * Whether the message was published before this connection was made: a resume or `last` has brought it. This is an
   * estimate from the server's clock and this clock; use it only for display.
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
  /** Begins after this position of the topic, as `subscription.position` gave it before. */
  after?: string | null | undefined;
  /** Begins with at most this number of the last messages of the server's history: 1 to 100000. Not with `after`. */
  last?: number | null | undefined;
  /** `true`: shows who is in the topic; see `users`, and the events `presence`, `join` and `leave`. */
  presence?: boolean | null | undefined;
}

/** A user in a topic. */
export interface Present {
  /**
   * The number in the last list; 0 for a user who can still come back; 1 for a user who has joined after the list.
   */
  readonly connections: number;
  /**
   * When the user came, in milliseconds since 1970: by the server's clock, or by this clock if the user joined after
   * the list.
   */
  readonly since: number;
}

/** The name of a user, or `null` for all users without a token; on an open server that is everybody. */
export type Users = ReadonlyMap<string | null, Present>;

/**
 * - `waiting`: not subscribed at this moment; it will be.
 * - `live`: subscribed.
 * - `refused`: the server has refused the subscription, as `error` says; or has ended it, because the token no longer
 *   allows it.
 * - `ended`: by `unsubscribe()`, or with the client.
 */
export type SubscriptionState = 'waiting' | 'live' | 'refused' | 'ended';

export interface Subscription {
  readonly topic: string;
  /** The position of the last kept message that was delivered; undefined until the topic is first subscribed. */
  readonly position: string | undefined;
  readonly state: SubscriptionState;
  /** Why the subscription was refused. */
  readonly error: TidegateError | undefined;
  /**
   * Resolves once the topic is first subscribed, with the position after which messages come, and with whether all
   * messages after `after` are there. Rejects if the subscription is refused or ends before that. You need not wait
   * for it.
   */
  readonly ready: Promise<{ readonly position: string; readonly recovered: boolean }>;
  /**
   * The users in the topic, over the whole fleet, including this client: one map that is kept up to date. Empty
   * before the event `presence`, and undefined if the topic was subscribed without `presence`. Without a connection
   * it stays as it was.
   */
  readonly users: Users | undefined;
  /** Ends delivery to this listener at once. The client leaves the topic with its last listener. */
  unsubscribe(): void;
}

export interface PublishOptions {
  /** Any JSON; says who publishes. */
  user?: unknown;
  /**
   * The id of the message, unique among all publishers of the topic; generated if it is missing. A string of 1 to 128
   * characters or an integer; `7` and `"7"` are different ids.
   */
  id?: string | number | null | undefined;
  /**
   * `false`: delivered in order to the current subscribers, and not kept for later ones. The message has no position,
   * and is sent only once: see `connection-lost` and `relay-unavailable`. `true` by default.
   */
  keep?: boolean | null | undefined;
  /** Rejects with `timeout` if no ack comes within this number of ms; the message may have arrived. */
  timeout?: number | null | undefined;
  /** Rejects with `aborted`, whose `cause` is the signal's reason; the message may have arrived. */
  signal?: NativeAbortSignal | null | undefined;
}

/** The argument of the `debug` hook; `at` is in milliseconds since 1970. A later version can add types. */
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
   * For a server that needs tokens: a function that gives a token. It is called whenever a token is needed:
   *
   * - before a connection, if there is no token or the current one is about to end;
   * - at a random moment between 60 % and 90 % of the token's time;
   * - before the client leaves a server;
   * - if the server asks for another token (close code 4401).
   *
   * If the function throws, rejects or does not answer in 30 s, there is an `error` event with the code
   * `token-failed`, and the function is called again with backoff. All tokens must be of one user: for another user,
   * close this client and open another.
   *
   * Or a token, if there will never be another one: the client ends with it.
   */
  token?: string | (() => string | PromiseLike<string>) | undefined;
  /**
   * How the token travels to the server. By default it is a second subprotocol, which is in no URL. `query`: it is
   * `access_token` in the URL, for a proxy that passes on only one subprotocol. Servers and proxies can log URLs.
   * `client.url` does not show the token.
   */
  tokenIn?: 'subprotocol' | 'query' | undefined;
  /** The constructor of sockets, such as that of `ws`, if there is no global one (Node before 22). */
  WebSocket?: unknown;
  /** How many publishes can wait for their ack; further ones are rejected with `queue-full`. 1000 by default. */
  maxPending?: number | undefined;
  /** The time between two tries: from 0 to `min(max, base × 2^attempt)` ms. 500 and 10000 by default. */
  backoff?: { base?: number | undefined; max?: number | undefined } | undefined;
  /** `true`: nothing is opened before `reconnect()`; the state is `idle` until then. */
  startClosed?: boolean | undefined;
  /** `false`: no warning on the console if the first connection fails. */
  log?: boolean | undefined;
  /** Called with all events: connections, waits, states and frames with their content, but without tokens. */
  debug?: ((event: DebugEvent) => void) | undefined;
  /** A random number from 0 to 1, for the jitter; `Math.random` by default. */
  random?: (() => number) | undefined;
  /**
   * Replaces `globalThis` as the source of `performance`, `Date`, timers, `console`, `navigator`, `document` and the
   * events of the network.
   */
  global?: unknown;
}

export interface ClientEventMap {
  statechange: NativeEvent & {
    readonly state: State;
    readonly previous: State;
    /** The close code that led to this state, if any, and its text. */
    readonly code?: number | undefined;
    readonly reason?: string | undefined;
  };
  /**
   * Messages of the topic are missing: all after `from` up to and including `position`, as far as these are known.
   * Every gap has this event.
   */
  lost: NativeEvent & {
    readonly topic: string;
    readonly from: string | undefined;
    readonly position: string | undefined;
  };
  /**
   * The whole list of a topic's users has come: when the topic is subscribed, and again on each new connection.
   * Before it come `leave` and `join` for each difference from the known list. The first list brings no `join`.
   */
  presence: NativeEvent & { readonly topic: string; readonly users: Users };
  /**
   * A user has come, or has left. There is no event if the user only moves to another server, or comes back in time.
   */
  join: NativeEvent & { readonly topic: string; readonly user: string | null };
  leave: NativeEvent & { readonly topic: string; readonly user: string | null };
  /** The node is about to leave. The client does what is needed. */
  shutdown: NativeEvent & {
    readonly message: string;
    readonly reconnectAfterMs: number;
    readonly node: string | undefined;
  };
  /**
   * Something failed that belongs to no publish: the server refuses a topic, which is then no longer subscribed; or
   * there is no token, or the server refuses it.
   */
  error: NativeEvent & {
    readonly code: ErrorCode;
    readonly message: string;
    readonly topic?: string | undefined;
    /** The HTTP status, with `refused`. Browsers and Node's own WebSocket do not tell it; `ws` does. */
    readonly status?: number | undefined;
  };
  /**
   * The browser says that the network is gone, or is back. The client checks its connections and does not close them.
   */
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

/** An `EventTarget` with the events of {@link ClientEventMap}. If a listener throws, the error is only reported. */
export interface Client extends NativeEventTarget {
  readonly state: State;
  /** Names of the node and of the connection, for logs; undefined while there is no connection. */
  readonly node: string | undefined;
  readonly connection: string | undefined;
  /**
   * The user of the token by which the server knows this client; undefined if the server needs no token, or there is
   * no connection.
   */
  readonly user: string | undefined;
  readonly url: string | undefined;
  /** When anything last arrived from the server, in milliseconds since 1970. */
  readonly heardAt: number | undefined;
  /** When the last heartbeat came; undefined before the first one of this connection. */
  readonly heartbeatAt: number | undefined;
  /** The time from one heartbeat to the next. A connection on which nothing arrives for twice this time is dead. */
  readonly heartbeatMs: number | undefined;
  /** When the next connection will be tried, in milliseconds since 1970. */
  readonly reconnectAt: number | undefined;
  /** Whether the browser says that it is offline. */
  readonly offline: boolean;
  /** How many publishes are not acknowledged yet. */
  readonly pending: number;

  /**
   * Begins at the present, after `after`, or with the `last` messages. Messages come one by one, in the order of the
   * topic, each once, also over reconnects. If a listener throws, or its promise rejects, the error is only reported.
   *
   * A second call for a topic adds a listener, which gets the messages from then on. It cannot use `after` or `last`,
   * and can use `presence` only if the topic has it.
   *
   * @throws TidegateError `invalid-topic`, `already-subscribed`, `closed`
   * @throws TypeError for another wrong argument
   */
  subscribe<M = Json, U = Json>(
    topic: string,
    listener: (message: Message<M, U>) => void,
    options?: SubscribeOptions | null,
  ): Subscription;

  /** The oldest subscription of the topic that has not ended, if any. */
  getSubscription(topic: string): Subscription | undefined;

  /**
   * Resolves once the server has the message. Until then the client sends it again on each new connection with the
   * same id, and the server publishes it once (with `keep: false` it is sent only once). Messages are published in
   * the order of the calls, except around an outage of the server's relay, and not faster than the server's rate
   * allows.
   *
   * Rejects with a TidegateError
   *
   * - if it can never succeed (`invalid-topic`, `invalid-frame`, `duplicate-id`, `too-large`, `forbidden`, `closed`);
   * - if it is given up (`timeout`, `aborted`);
   * - if a message that is not kept was not acknowledged (`connection-lost`, `relay-unavailable`);
   * - at once if too many publishes wait (`queue-full`): try again when an earlier one resolves.
   *
   * Rejects with a TypeError for a wrong `timeout` or `signal`. A promise that nobody waits for can reject with
   * `closed`, `aborted`, `connection-lost` or `relay-unavailable` without an unhandled rejection.
   */
  publish(topic: string, message: unknown, options?: PublishOptions | null): Promise<Acknowledgement>;

  /**
   * Opens a new connection at once, instead of the current connection or of waiting for the next try, and resumes on
   * it.
   *
   * @throws TidegateError `closed`
   */
  reconnect(): void;

  /** Closes the client for good. Unacknowledged publishes are rejected with `closed`. */
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
 * Opens a connection and keeps it open until `close()`.
 *
 * @param urls of `/chat`, of one server or several. The first one is chosen at random, and after each failure the
 *     next one is used. `https:` means `wss:`, and in a page a URL can be relative to it
 * @throws TypeError for a wrong URL or option
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
