import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { PHONE, windows } from '../support/browser.js';
import { reaches, startClient } from '../support/client.js';
import { SECRET, jwt } from '../support/jwt.js';
import { RUNTIMES, startRedis, startServer } from '../support/processes.js';

/** The console in a real browser, on the API port of real servers: what a person does who looks after a fleet. */
const LIMIT = { timeout: 90_000 };
const KEY = 'a-key-for-the-console-0123456789-abcd';
const SHOTS = process.env.SHOTS;
const TOPICS = 5_000;
const EACH = 100;

/** A wrong key is refused on purpose. */
const openUrl = windows((message) => message.text().includes('401'));
const open = (t, server, options) => openUrl(t, `http://localhost:${server.apiPort}/`, options);

/** With the keyboard alone: the field has the focus. */
async function enter(page, key = KEY) {
  await page.keyboard.type(key);
  await page.keyboard.press('Enter');
}

const row = (page, section, text) => page.locator(`#${section} tbody tr`, { hasText: text });

for (const runtime of RUNTIMES) {
  describe(`the console of servers on ${runtime}`, () => {
    let east;
    let west;
    const ends = [];
    before(async () => {
      const t = { after: (end) => ends.push(end) };
      const settings = {
        'tidegate.relay.url': await startRedis(t),
        'tidegate.rebalance.interval': '200ms',
        'tidegate.api.port': 0,
        'tidegate.api.keys': KEY,
        'tidegate.auth.secret': SECRET,
        'tidegate.auth.subscribe': '*',
        'tidegate.auth.publish': '*',
      };
      [east, west] = await Promise.all(['east', 'west'].map((node) =>
        startServer(t, runtime, { ...settings, 'tidegate.node': node })));
    });
    after(() => Promise.all(ends.map((end) => end())));

    /** A user in a topic. */
    async function user(t, server, name, topic, listener = () => {}) {
      const client = startClient(t, server.chat, { token: () => jwt(name, 600) });
      client.subscribe(topic, listener);
      await reaches(client, 'live');
      return client;
    }

    test('asks for a key, refuses a wrong one, and forgets it', LIMIT, async (t) => {
      const page = await open(t, east);
      await enter(page, 'x'.repeat(40));
      await page.locator('#access .error', { hasText: 'not a key of this server' }).waitFor();
      await page.locator('#key').fill('');
      await page.locator('#key').focus();
      await enter(page);
      await row(page, 'fleet', 'west').waitFor();
      assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length), 0);
      await page.locator('#leave').click();
      assert.equal(await page.locator('#main').isVisible(), false);
      await page.reload();
      assert.equal(await page.locator('#main').isVisible(), false);
      assert.deepEqual(page.defects, []);
    });

    test('shows the nodes, a topic with its people and messages, and publishes', LIMIT, async (t) => {
      const got = [];
      await user(t, west, 'ann', 'orders', (message) => got.push(message.message));
      const page = await open(t, east, { colorScheme: 'dark' });
      await enter(page);
      for (const node of ['east', 'west']) {
        await row(page, 'fleet', node).locator('td', { hasText: 'serving' }).waitFor();
        assert.match(await row(page, 'fleet', node).textContent(), new RegExp(runtime));
      }
      await row(page, 'find', 'orders').getByRole('link').focus();
      await page.keyboard.press('Enter');
      await page.locator('.people li', { hasText: 'ann · 1 connected' }).waitFor();
      await page.locator('#message').focus();
      await page.keyboard.type('{"total": 9.5, "note": "<b>bold</b>"}');
      await page.keyboard.press('Enter');
      await page.locator('.log .said', { hasText: '{"total":9.5,"note":"<b>bold</b>"}' }).waitFor();
      await page.waitForFunction(() => document.getElementById('message').value === '');
      assert.deepEqual(got, [{ total: 9.5, note: '<b>bold</b>' }]);
      await page.locator('#message').fill('no json');
      await page.keyboard.press('Enter');
      await page.locator('#topic .error', { hasText: 'not JSON' }).waitFor();
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/topic-dark.png` });
      assert.deepEqual(page.defects.filter((text) => !text.includes('400')), []);
    });

    test('stays where it is while 5,000 topics change, by keyboard and at 360 px', { timeout: 180_000 }, async (t) => {
      const name = (i) => `many-${i}-${'x'.repeat(110)}`;
      // On both servers alike, or one hands connections over.
      const servers = [east, west];
      const subscribe = async (topics) => {
        servers.reverse();
        const socket = new WebSocket(`${servers[0].chat}?access_token=${jwt('many', 600)}`, 'tidegate.v1');
        t.after(() => socket.terminate());
        await once(socket, 'open');
        let answers = 0;
        const all = new Promise((resolve) => socket.on('message', (data) => {
          if (JSON.parse(data).type === 'subscribed' && ++answers === topics.length) resolve();
        }));
        for (const topic of topics) socket.send(JSON.stringify({ type: 'subscribe', topic }));
        await all;
      };
      const all = Array.from({ length: TOPICS }, (_, i) => name(i));
      for (let i = 0; i < TOPICS; i += EACH) await subscribe(all.slice(i, i + EACH));
      await subscribe([name(7)]);
      const page = await open(t, east, { viewport: { width: 360, height: 640 }, colorScheme: 'dark' });
      await enter(page);
      await page.locator('[data-sum=topics]', { hasText: /^5,0\d\d topics .* the 200 with the most/ }).waitFor();
      const fits = () => page.locator('#find .scroll').evaluate((box) => box.scrollWidth <= box.clientWidth);
      assert.ok(await fits(), 'how many subscribe is seen beside a long name');

      const focused = () => page.evaluate(() => document.activeElement.textContent);
      const counted = (topic, count) => row(page, 'find', topic).locator('td', { hasText: new RegExp(`^${count}$`) }).waitFor();
      await row(page, 'find', name(7)).getByRole('link').focus();
      await subscribe([name(9)]);
      await subscribe([name(9)]);
      await counted(name(9), 3);
      assert.match(await page.locator('#find tbody tr').first().textContent(), /^many-9-/);
      assert.equal(await focused(), name(7));
      assert.ok(await page.locator('#find .scroll').evaluate((box) => {
        const head = box.querySelector('thead').getBoundingClientRect();
        return document.activeElement.getBoundingClientRect().top >= head.bottom;
      }), 'what has the focus is not under the head');
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/topics-phone.png` });
      await page.keyboard.press('Enter');
      await page.locator('#topic-title', { hasText: name(7) }).waitFor();
      assert.equal(await focused(), `Topic ${name(7)}`);
      assert.match(await page.locator('#as-of').textContent(), /^as of /);
      assert.equal(await page.locator('#status').textContent(), '', 'nothing is read out at each look');
      assert.deepEqual(page.defects, []);
    });

    test('shows the newest messages where more come than it shows', LIMIT, async (t) => {
      const page = await open(t, west);
      await enter(page);
      await page.evaluate(() => { location.hash = '#/topics/busy'; });
      await page.locator('[data-sum=messages]', { hasText: 'none is kept' }).waitFor();
      await page.evaluate(() => {
        window.seen = new Set();
        new MutationObserver((changes) => {
          for (const { addedNodes } of changes) for (const node of addedNodes) window.seen.add(node.querySelector('.said').textContent);
        }).observe(document.querySelector('.log'), { childList: true });
      });
      const entries = Array.from({ length: 300 }, (_, i) => ({ topic: 'busy', message: i }));
      const headers = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' };
      const publish = () => fetch(`http://localhost:${west.apiPort}/api/messages`, { method: 'POST', headers, body: JSON.stringify(entries) });
      // A look that begins before the batch is published ends after it.
      const published = new Promise((resolve, reject) => {
        page.route('**/messages?*', async (route) => {
          await publish().then(resolve, reject);
          await route.continue();
        }, { times: 1 });
      });
      await published;
      await page.locator('.log .said', { hasText: /^299$/ }).waitFor();
      assert.equal(await page.evaluate(() => window.seen.has('150')), false);
      assert.equal(await page.locator('.log li').count(), 100);
      assert.deepEqual(page.defects, []);
    });

    test('finds a user, and throws out on another node after asking', LIMIT, async (t) => {
      const client = await user(t, west, 'eve/ü', 'tea');
      const closed = reaches(client, 'closed');
      const page = await open(t, east, PHONE);
      await page.locator('#key').fill(KEY);
      await page.locator('#access button').tap();
      await page.locator('#user').fill('eve/ü');
      await page.locator('#search button').tap();
      await row(page, 'person', 'west').waitFor();
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'fits 360 px');
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/person-phone.png` });
      await page.locator('#throw-out').tap();
      await page.locator('dialog button', { hasText: 'Cancel' }).tap();
      assert.equal(client.state, 'live');
      await page.locator('#throw-out').tap();
      await page.locator('dialog button', { hasText: /^Close$/ }).tap();
      await closed;
      await page.locator('[data-sum=person]', { hasText: /^0 connections/ }).waitFor();
      assert.deepEqual(page.defects, []);
    });
  });
}
