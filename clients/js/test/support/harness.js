import { connect } from '../../src/tidegate-client.js';
import { Fleet } from './fleet.js';
import { Time, seeded } from './time.js';

export const URL_A = 'ws://a/chat';
export const URL_B = 'ws://b/chat';

/** A fleet and the clients of it, on one clock. Jitter is the whole of its range, unless a test says otherwise. */
export class Harness {
  time = new Time();
  fleet = new Fleet(this.time);

  /** The client writes what happens to it into `client.events`. */
  client(urls = URL_A, options = {}) {
    const { fleet, time } = this;
    const client = connect(urls, { WebSocket: fleet.WebSocket, global: time, random: () => 1 - 2 ** -32, ...options });
    client.events = [];
    for (const type of ['statechange', 'lost', 'presence', 'join', 'leave', 'shutdown', 'error', 'network']) {
      client.addEventListener(type, (event) => client.events.push(event));
    }
    return client;
  }

  /** A client that is live already, and what it receives on `topic`. */
  async live({ urls = URL_A, topic = 'tea', options = {} } = {}) {
    const client = this.client(urls, options);
    const inbox = this.inbox(client, topic);
    await this.time.advance(100);
    return { client, inbox, subscription: inbox.subscription };
  }

  inbox(client, topic, options) {
    const inbox = [];
    inbox.subscription = client.subscribe(topic, (message) => inbox.push(message), options);
    return inbox;
  }

  /** Published by somebody else. */
  say(message, topic = 'tea', { keep } = {}) {
    return this.fleet.append({ topic, message, keep });
  }
}

export const texts = (inbox) => inbox.map(({ message }) => message);
export const states = (client) => client.events.filter(({ type }) => type === 'statechange').map(({ state }) => state);
export const ofType = (client, type) => client.events.filter((event) => event.type === type);
/** What a promise came to, without waiting for it. */
export function outcome(promise) {
  const result = {};
  promise.then((value) => Object.assign(result, { value }), (error) => Object.assign(result, { error }));
  return result;
}
export { seeded };
