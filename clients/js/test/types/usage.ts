import { TidegateError, connect, fullJitter } from 'tidegate-client';
import type { Client, Message, State, Subscription } from 'tidegate-client';

const client: Client = connect(['wss://a.example/chat', new URL('wss://b.example/chat')], { maxPending: 10 });
connect('/chat', { WebSocket, random: () => 0.5 });

const subscription: Subscription = client.subscribe('tea', ({ message, user, position, recovered }) => {
  const text: string = position;
  const flag: boolean = recovered;
  console.log(message, user, text, flag);
}, { after: 'k3x9f2-41' });
type Order = { cups: number };
client.subscribe<Order, string>('mate', ({ message }: Message<Order, string>) => message.cups + 1);
const position: string | undefined = subscription.position;
subscription.unsubscribe();

client.addEventListener('statechange', ({ state, previous, code }) => {
  const both: [State, State, number | undefined] = [state, previous, code];
  console.log(both, client.reconnectAt, client.node);
});
client.addEventListener('lost', ({ topic, from }) => console.log(topic, from), { once: true });
client.addEventListener('error', ({ code }) => code === 'too-many-topics');

async function publish(): Promise<string> {
  try {
    return (await client.publish('tea', { hot: true }, { user: 'ann', id: 7 })).position;
  } catch (error) {
    if (error instanceof TidegateError && error.code === 'queue-full') return `later ${position}`;
    throw error;
  }
}
void publish().finally(() => client.close());
const wait: number = fullJitter(3);
console.log(wait);

// @ts-expect-error a topic is text
client.subscribe(7, () => {});
// @ts-expect-error there is no such event
client.addEventListener('message', ({ data }) => data);
// @ts-expect-error there is no such option
connect('/chat', { retries: 3 });
// @ts-expect-error there is no such state
const state: State = 'open';
// @ts-expect-error positions are only read
subscription.position = 'k3x9f2-1';
