// Where there is no DOM, as in React Native and in Node without its types.
import { connect } from 'tidegate-client';

const client = connect('wss://a.example/chat');
client.addEventListener('statechange', ({ type, state }) => [type.length, state]);
client.subscribe('tea', ({ message }) => message, { after: null });
void client.publish('tea', 1, { timeout: 1_000 }).then(({ position }) => position);

// @ts-expect-error there is no such member
client.retries = 3;
