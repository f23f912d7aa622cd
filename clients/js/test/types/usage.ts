import { TidegateError, connect, fullJitter } from 'tidegate-client';
import type { Client, DebugEvent, Message, Options, State, Subscription, SubscribeOptions, Users } from 'tidegate-client';

const client: Client = connect(['wss://a.example/chat', new URL('wss://b.example/chat')], { maxPending: 10 });
connect('/chat', { WebSocket, random: () => 0.5 });
const options: Options = {
  backoff: { base: 100, max: 5_000 }, startClosed: true, log: false, maxPending: undefined,
  debug: (event: DebugEvent) => event.type === 'wait' && console.log(event.ms, event.url, event.at),
};
connect('/chat', options).reconnect();
const fetched = async () => (await fetch('/token')).text();
const who: string | undefined = connect('/chat', { token: fetched, tokenIn: 'query' }).user;
connect('/chat', { token: who ?? (() => 'a.b.c') });

const subscription: Subscription = client.subscribe('tea', ({ message, user, position, recovered }) => {
  const text: string | undefined = position;
  const flag: boolean = recovered;
  console.log(message, user, text, flag);
}, { after: localStorage.getItem('position') });
const none: SubscribeOptions = { after: subscription.position };
client.subscribe('tea', async () => {}, none);
client.subscribe('mate', () => {}, { last: 50 });
type Order = { cups: number };
client.subscribe<Order, string>('mate', ({ message }: Message<Order, string>) => message.cups + 1);
const position: string | undefined = subscription.position;
subscription.ready.then(({ position, recovered }) => console.log(position.length, recovered), () => subscription.error?.code);
if (subscription.state === 'refused') client.getSubscription('tea')?.unsubscribe();
subscription.unsubscribe();

client.addEventListener('statechange', ({ state, previous, code, timeStamp }) => {
  const both: [State, State, number | undefined] = [state, previous, code];
  console.log(both, client.reconnectAt, client.node, timeStamp);
});
client.addEventListener('lost', ({ topic, from }) => console.log(topic, from), { once: true });
const room: Users | undefined = client.subscribe('room', () => {}, { presence: true }).users;
for (const [user, { connections, since }] of room ?? []) console.log(user ?? 'guests', connections, new Date(since));
client.addEventListener('presence', ({ topic, users }) => console.log(topic, users.size, users.has(null)));
client.addEventListener('join', ({ topic, user }) => console.log(topic, user?.length));
client.addEventListener('leave', ({ user }) => console.log(user === null));
client.addEventListener('error', { handleEvent: ({ code, status }) => console.log(code === 'refused' && status) });
const target: EventTarget = client;
target.addEventListener('statechange', (event: Event) => console.log(event.type));

async function publish(): Promise<string | undefined> {
  const control = new AbortController();
  try {
    const options = { user: 'ann', id: 7, keep: false, timeout: 5_000, signal: control.signal };
    return (await client.publish('tea', { hot: true }, options)).position;
  } catch (error) {
    if (error instanceof TidegateError && error.code === 'queue-full') return `later ${position}`;
    throw error;
  }
}
void publish().finally(() => client.close());
const wait: number = fullJitter(3, Math.random, { max: 1_000 });
console.log(wait);

// @ts-expect-error a topic is text
client.subscribe(7, () => {});
// @ts-expect-error there is no such event
client.addEventListener('message', ({ data }) => data);
// @ts-expect-error there is no such option
connect('/chat', { retries: 3 });
// @ts-expect-error a token is text
connect('/chat', { token: () => 7 });
// @ts-expect-error there is no such state
const state: State = 'open';
// @ts-expect-error positions are only read
subscription.position = 'k3x9f2-1';
// @ts-expect-error who is there is only read
client.subscribe('tea', () => {}).users?.delete('ann');
// @ts-expect-error that is no position
client.subscribe('tea', () => {}, { after: 42 });
