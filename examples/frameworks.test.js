import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from '../clients/js/src/tidegate-client.js';
import { startServer } from '../clients/js/test/support/processes.js';

/** The Java client as a bean, in applications that were built as users build them. */
const here = fileURLToPath(new URL('.', import.meta.url));
const WebSocket = createRequire(`${here}../clients/js/package.json`)('ws');
const java = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java';

const APPLICATIONS = {
  'Spring Boot': ['-cp', `${here}spring-boot/target/news-on-spring-boot-1.jar:${here}spring-boot/target/dependency/*`,
    'com.example.news.NewsApplication'],
  Quarkus: ['-jar', `${here}quarkus/target/quarkus-app/quarkus-run.jar`],
};

for (const [name, args] of Object.entries(APPLICATIONS)) {
  test(`${name} reads the news of before, and those that come`, { timeout: 90_000 }, async (t) => {
    const server = await startServer(t, 'se');
    const client = connect(server.chat, { WebSocket });
    t.after(() => client.close());
    await client.publish('news', 'of before');

    const application = spawn(java, args, { env: { ...process.env, TIDEGATE_URL: server.chat }, stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => application.kill('SIGKILL'));
    const exit = new Promise((done) => application.once('exit', done));
    const lines = [];
    const waiting = new Set();
    createInterface(application.stdout).on('line', (line) => {
      lines.push(line);
      waiting.forEach((look) => look());
    });
    const says = (text) => new Promise((done, fail) => {
      const look = () => lines.some((line) => line.includes(text)) && done();
      waiting.add(look);
      exit.then((code) => fail(new Error(`ended with ${code}:\n${lines.join('\n')}`)));
      look();
    });
    await says('News: "of before"');
    await client.publish('news', 'of now');
    await says('News: "of now"');

    application.kill('SIGTERM');
    assert.ok([0, 143].includes(await exit), 'the client keeps no application from ending');
  });
}
