import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const java = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java';

/** The runtimes that this source tree has. */
export const RUNTIMES = ['se', 'mp'].filter((runtime) => existsSync(`${root}${runtime}-server/pom.xml`));

/** A process that is ended with the test, and the line by which it says that it is ready. */
class Daemon {
  output = '';

  constructor(command, args, ready) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TIDEGATE_')));
    this.process = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.exit = new Promise((resolve) => this.process.once('exit', (code, signal) => resolve(code ?? signal)));
    this.ready = new Promise((resolve, reject) => {
      for (const stream of [this.process.stdout, this.process.stderr]) {
        createInterface(stream).on('line', (line) => {
          this.output += `${line}\n`;
          const match = ready.exec(line);
          if (match) resolve(match);
        });
      }
      this.process.once('error', reject);
      this.exit.then((code) => reject(new Error(`${command} ended with ${code}:\n${this.output}`)));
    });
    this.ready.catch(() => {}); // Those who wait for it get the error.
  }

  terminate() {
    this.process.kill('SIGTERM');
  }

  async stop() {
    this.process.kill('SIGKILL');
    await this.exit;
  }
}

/** A Redis on a free port, without persistence. */
export async function startRedis(t) {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const redis = new Daemon('redis-server', args, /Ready to accept connections/);
  t.after(() => redis.stop());
  await redis.ready;
  return `redis://127.0.0.1:${port}`;
}

function jarOf(runtime) {
  const jar = `${root}${runtime}-server/target/tidegate-${runtime}-server.jar`;
  assert.ok(existsSync(jar), `${jar} is missing: build it first, with ./tidegate test or ./tidegate run ${runtime}`);
  return jar;
}

/** What a server needs to speak TLS with a certificate for localhost, as `./tidegate run --tls` makes it. */
export async function tlsSettings(t, runtime) {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  await promisify(execFile)(java, ['-cp', jarOf(runtime), 'io.tidegate.tls.LocalCertificate', folder]);
  return { 'tidegate.tls.certificate': join(folder, 'tls.crt'), 'tidegate.tls.key': join(folder, 'tls.key') };
}

/** A packaged server, as an operator starts it; `port` is a free one unless the settings name it. */
export async function startServer(t, runtime, settings = {}) {
  const jar = jarOf(runtime);
  const all = { 'tidegate.port': 0, 'tidegate.management.port': 0, ...settings };
  const properties = Object.entries(all).map(([key, value]) => `-D${key}=${value}`);
  const server = new Daemon(java, [...properties, '-jar', jar], /wss?:\/\/localhost:(\d+)\//);
  t.after(() => server.stop());
  const [, port] = await server.ready;
  const [, apiPort] = /(?:API|api)\D*https?:\/\/localhost:(\d+)/.exec(server.output) ?? [];
  const s = settings['tidegate.tls.certificate'] ? 's' : '';
  return Object.assign(server, { port, apiPort, page: `http${s}://localhost:${port}/`, chat: `ws${s}://localhost:${port}/chat` });
}

/** Below the ports that the system gives to connections, so that none takes it before Redis listens there. */
async function freePort() {
  const port = 10_240 + Math.floor(Math.random() * 10_000);
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return freePort();
  }
  probe.close();
  await once(probe, 'close');
  return port;
}
