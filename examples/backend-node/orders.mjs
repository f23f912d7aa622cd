/** A back end in Node: publishes one message and many, reads them back, sees who listens. Node 20 or later, no library. */
const API = process.env.TIDEGATE_API ?? 'http://localhost:8090/api';
const KEY = process.env.TIDEGATE_API_KEY; // One of tidegate.api.keys.

async function ask(method, path, body, headers) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${API}${path}`, {
      method, body: body && JSON.stringify(body), headers: { authorization: `Bearer ${KEY}`, ...type, ...headers },
    });
    if (response.ok) return response.status === 204 ? undefined : response.json();
    const { title, detail } = await response.json();
    // Nobody knows whether it was published: with the same key and the same ids it may be sent again.
    if (response.status !== 503 || attempt === 5) throw new Error(`${response.status} ${title}: ${detail}`);
    await new Promise((done) => setTimeout(done, Number(response.headers.get('retry-after')) * 1_000));
  }
}

const order = await ask('POST', '/topics/orders/messages', { total: 9.5 }, { 'idempotency-key': 'order-17' });
console.log('published at', order.position);

const results = await ask('POST', '/messages', [
  { topic: 'orders', message: { total: 3 }, id: 'order-18' },
  { topic: 'stock', message: { tea: 41 }, user: 'shop', id: 'stock-7' },
]);
console.log('batch:', results.map(({ status }) => status).join(' '));

const { messages } = await ask('GET', `/topics/orders/messages?after=${order.position}`);
console.log('behind it:', JSON.stringify(messages.map(({ message }) => message)));

const { count, users } = await ask('GET', '/topics/orders/presence');
console.log('present:', count, users.map(({ user, connections }) => `${user} (${connections})`).join(', '));
