/** What `JSON.stringify` takes and `JSON.parse` gives. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * - `connecting`: a socket is being opened.
 * - `resuming`: it is open, and not every topic is subscribed on it yet.
 * - `live`: every topic is subscribed.
 * - `leaving`: live on a node that will leave; at `reconnectAt` the client looks for another one.
 * - `handing-over`: a second connection is being opened, while the first is still read and published on.
 * - `waiting`: there is no connection; the next try is at `reconnectAt`.
 * - `closed`: for good, by `close()` or by the server (close codes 1000, 1002, 1007 and 1009).
 */
export type State = 'connecting' | 'resuming' | 'live' | 'leaving' | 'handing-over' | 'waiting' | 'closed';

/**
 * The server's codes, and of the client itself:
 *
 * - `closed`: the client is closed; a publish may or may not have arrived.
 * - `too-large`: the frame is above the server's limit.
 * - `queue-full`: `maxPending` publishes are not acknowledged yet.
 * - `duplicate-id`: a publish with this id is not acknowledged yet.
 * - `already-subscribed`: this client has the topic already.
 * - `cannot-open`, `no-subprotocol`: what is at the URL cannot be opened from here, or is no Tidegate. The client goes
 *   on trying, since the next URL, or the next try, may do.
 */
export type ErrorCode =
  | 'invalid-json' | 'invalid-frame' | 'invalid-topic' | 'too-many-topics' | 'rate-limited' | 'relay-unavailable'
  | 'closed' | 'too-large' | 'queue-full' | 'duplicate-id' | 'already-subscribed' | 'cannot-open' | 'no-subprotocol';

export class TidegateError extends Error {
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown });
  readonly code: ErrorCode;
}

export interface Message<M = Json, U = Json> {
  readonly topic: string;
  /** Opaque and unique in its topic; the one to resume after. */
  readonly position: string;
  readonly message: M;
  /** What the publisher gave, if anything. */
  readonly user?: U;
  /** Of the server, in milliseconds since 1970. */
  readonly timestamp: number;
  /**
   * Whether it was published before this connection was there: one that a resume has brought back. An estimate from the
   * server's clock and this one; only for display.
   */
  readonly recovered: boolean;
}

export interface Acknowledgement {
  readonly id: string | number;
  readonly topic: string;
  readonly position: string;
}

export interface Subscription {
  readonly topic: string;
  /** Of the last message that was handed over; undefined until the topic is first subscribed. */
  readonly position: string | undefined;
  /** Nothing is handed over any more, from now on. */
  unsubscribe(): void;
}

export interface Options {
  /** The constructor of sockets, such as that of `ws`, where there is no global one (Node before 22). */
  WebSocket?: unknown;
  /** How many publishes may wait for their ack; more are rejected with `queue-full`. 1000 by default. */
  maxPending?: number;
  /** From 0 to 1, for the jitter; `Math.random` by default. */
  random?: () => number;
  /** In place of `globalThis`: where `Date`, timers, `navigator`, `document` and the network's events come from. */
  global?: unknown;
}

export interface ClientEventMap {
  statechange: Event & {
    readonly state: State;
    readonly previous: State;
    /** The close code that led here, if one did, and the words that came with it. */
    readonly code?: number;
    readonly reason?: string;
  };
  /**
   * Messages of the topic are missing: all behind `from` up to and with `position`, as far as they are known. There is
   * no gap without this event.
   */
  lost: Event & { readonly topic: string; readonly from: string | undefined; readonly position: string | undefined };
  /** The node is about to leave. The client does what is needed. */
  shutdown: Event & { readonly message: string; readonly reconnectAfterMs: number; readonly node: string | undefined };
  /** Something cannot be done and belongs to no publish: a topic that the server refuses is not subscribed any more. */
  error: Event & { readonly code: ErrorCode; readonly message: string; readonly topic?: string };
  /** The browser says that the network is gone, or back. Connections are checked, not given up. */
  network: Event & { readonly offline: boolean };
}

/** An `EventTarget`, whose events are those of {@link ClientEventMap}. */
export interface Client {
  readonly state: State;
  /** Names of the node and of the connection, for logs; undefined while there is no connection. */
  readonly node: string | undefined;
  readonly connection: string | undefined;
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
   * Begins at the present, or behind `after`, a position of this topic. Messages come one by one, in the order of the
   * topic, each once, over reconnects too.
   *
   * @throws TidegateError `invalid-topic`, `already-subscribed`, `closed`
   */
  subscribe<M = Json, U = Json>(
    topic: string,
    onMessage: (message: Message<M, U>) => void,
    options?: { after?: string },
  ): Subscription;

  /**
   * Resolves once the server has the message; until then it is sent again on each new connection, with the same id, and
   * published once. Messages are published in the order of the calls, except around an outage of the server's relay.
   *
   * Rejects with a TidegateError where it can never succeed (`invalid-topic`, `invalid-frame`, `duplicate-id`,
   * `too-large`, `closed`), and at once where too much waits (`queue-full`): try again when an earlier one resolves.
   *
   * @param options.id the message's own, unique among all publishers of the topic; made up where it is missing
   */
  publish(
    topic: string,
    message: unknown,
    options?: { user?: unknown; id?: string | number },
  ): Promise<Acknowledgement>;

  /** Closes for good. What is not acknowledged is rejected with `closed`. */
  close(): void;

  addEventListener<T extends keyof ClientEventMap>(
    type: T,
    listener: ((event: ClientEventMap[T]) => void) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<T extends keyof ClientEventMap>(
    type: T,
    listener: ((event: ClientEventMap[T]) => void) | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Opens a connection and keeps one open until `close()`.
 *
 * @param urls of `/chat`, of one server or of several, of which one is taken at random and the next after each failure;
 *     `https:` means `wss:`, and in a page a URL may be relative to it
 * @throws TypeError for a URL or an option that cannot be meant
 */
export function connect(urls: string | URL | readonly (string | URL)[], options?: Options): Client;

/** Full jitter: a random time from 0 to `min(30 s, 0.5 s × 2^attempt)`, in milliseconds. */
export function fullJitter(attempt: number, random?: () => number): number;
