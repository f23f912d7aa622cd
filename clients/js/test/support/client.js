import WebSocket from 'ws';
import { connect } from '../../src/tidegate-client.js';

/**
 * A client of real servers that begins at the first of its URLs; `cut` ends its connection without a word. `ca` is the certificate to which
 * theirs must lead.
 */
export function startClient(t, urls, { ca, ...options } = {}) {
  const first = [0];
  const sockets = [];
  class Socket extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols, { ca });
      sockets.push(this);
    }
  }
  const client = connect(urls, { WebSocket: Socket, random: () => first.pop() ?? Math.random(), ...options });
  t.after(() => client.close());
  return Object.assign(client, { cut: () => sockets.at(-1).terminate(), extensions: () => sockets.at(-1).extensions });
}

/** Resolves once the client is in that state. */
export function reaches(client, state) {
  return new Promise((resolve) => {
    if (client.state === state) return resolve();
    client.addEventListener('statechange', function listen(event) {
      if (event.state !== state) return;
      client.removeEventListener('statechange', listen);
      resolve();
    });
  });
}
