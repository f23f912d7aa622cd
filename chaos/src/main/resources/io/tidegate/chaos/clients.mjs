// Many clients of clients/js, told what to do on standard input, a command a line:
//   connect INDEX TOPIC TOPIC | publish | stop | end
// and reporting on standard output, an event a line:
//   published INDEX TOPIC NUMBER          before it is handed to the client
//   acknowledged INDEX TOPIC NUMBER POSITION
//   refused INDEX TOPIC NUMBER            by relay-unavailable; the client sends it again
//   received INDEX TOPIC INDEX:NUMBER POSITION
//   lost INDEX TOPIC | live INDEX | gone INDEX | reconnected INDEX | complaint WORDS
import { createHmac } from 'node:crypto';
import { createInterface } from 'node:readline';

const [module, url, interval] = process.argv.slice(2);
const { connect } = await import(module);
const secret = process.env.CROWD_SECRET;
const clients = new Map();
let publishing = false;
let lines = [];

/** Lines leave together: a write for each would cost more than the clients do. */
function report(...words) {
  if (lines.push(words.join(' ')) === 1) {
    setImmediate(() => {
      process.stdout.write(`${lines.join('\n')}\n`);
      lines = [];
    });
  }
}

/** A token that allows everything for 20 s: a JWT with HMAC and SHA-256. */
function token(index) {
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const rights = { subscribe: ['*'], publish: ['*'] };
  const claims = { sub: `node-${index}`, exp: Math.floor(Date.now() / 1000) + 20, tidegate: rights };
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** Reports refused publishes. Their answers have an id, the frames that were sent have the number. */
function refusals(index) {
  const sent = new Map();
  return ({ type, frame }) => {
    if (type === 'send' && frame.type === 'publish') sent.set(frame.id, frame);
    if (type !== 'receive' || !sent.has(frame?.id)) return;
    const { topic, message } = sent.get(frame.id);
    if (frame.type === 'ack') sent.delete(frame.id);
    if (frame.code === 'relay-unavailable') report('refused', index, topic, message.split(':')[1]);
  };
}

function open(index, topics) {
  const debug = refusals(index);
  const client = connect(url, secret === undefined ? { debug } : { debug, token: () => token(index) });
  let served = false;
  let wasServed = false;
  client.addEventListener('statechange', ({ state, previous }) => {
    const serves = ['live', 'leaving', 'handing-over'].includes(state);
    if (serves && wasServed && (!served || previous === 'handing-over')) report('reconnected', index);
    if (serves !== served) report(serves ? 'live' : 'gone', index);
    served = serves;
    wasServed ||= serves;
  });
  client.addEventListener('lost', ({ topic }) => report('lost', index, topic));
  client.addEventListener('error', ({ code, message }) => report('complaint', code, message));
  for (const topic of topics) {
    client.subscribe(topic, ({ position, message }) => report('received', index, topic, message, position));
  }
  clients.set(index, { client, topics });
}

function publishFrom(index, number) {
  if (!publishing) return;
  const { client, topics } = clients.get(index);
  const topic = topics[Math.floor(Math.random() * topics.length)];
  report('published', index, topic, number);
  client.publish(topic, `${index}:${number}`).then(
    ({ position }) => report('acknowledged', index, topic, number, position),
    (error) => publishing && report('complaint', 'publish failed:', error.code, error.message),
  );
  setTimeout(publishFrom, interval * (0.5 + Math.random()), index, number + 1);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, index, ...topics] = line.split(' ');
  if (command === 'connect') open(index, topics);
  if (command === 'publish') {
    publishing = true;
    for (const index of clients.keys()) setTimeout(publishFrom, interval * Math.random(), index, 0);
  }
  if (command === 'stop') publishing = false;
  if (command === 'end') process.exit(0);
}).on('close', () => process.exit(0));
