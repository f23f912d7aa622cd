import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { connect } from '../../src/tidegate-client.js';
import { PHONE, windows } from '../support/browser.js';
import { SECRET, jwt } from '../support/jwt.js';
import { RUNTIMES, startRedis, startServer, tlsSettings } from '../support/processes.js';

/** The demo page in a real browser, served by real servers. */
const LIMIT = { timeout: 90_000 };

/** Only a server that is gone may be complained of. */
const open = windows((message) =>
  message.text().includes('WebSocket connection') || message.location().url.endsWith('/fleet'));

/** Nobody has signed the certificate of a test. */
const UNSIGNED = { ignoreHTTPSErrors: true };

const live = (page) => page.locator('#chat .state[data-is=live]').waitFor();
const fact = (page, name) => page.locator(`[data-fact=${name}]`).textContent();
const shows = (page, name, value) => page.locator(`[data-fact=${name}]`, { hasText: new RegExp(`^${value}$`) }).waitFor({ state: 'attached' });
const said = (page, text) => page.locator('#chat .log .said:visible', { hasText: text });
const allSaid = (page) => page.locator('#chat .log:not([hidden]) .said .text').allTextContents();

/** With the keyboard alone, from wherever it is. */
async function say(page, text) {
  await page.locator('#chat [name=text]').focus();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

for (const runtime of RUNTIMES) {
  describe(`the page of a server on ${runtime}`, () => {
    let server;
    const ends = [];
    before(async () => {
      server = await startServer({ after: (end) => ends.push(end) }, runtime, { 'tidegate.node': 'pier-1' });
    });
    after(() => Promise.all(ends.map((end) => end())));

    test('is served and connects over TLS, compressed', LIMIT, async (t) => {
      const settings = { ...await tlsSettings(t, runtime), 'tidegate.compression': true };
      const encrypted = await startServer(t, runtime, settings);
      assert.match(encrypted.page, /^https:/);
      const [ann, ben] = [await open(t, encrypted.page, UNSIGNED), await open(t, encrypted.page, UNSIGNED)];
      await Promise.all([live(ann), live(ben)]);
      const hot = `hot ${'and hotter '.repeat(40)}`.trim();
      await say(ann, hot);
      await said(ben, hot).waitFor();
      const agreed = await ben.evaluate((url) => new Promise((resolve, reject) => {
        const socket = new WebSocket(url, 'tidegate.v1');
        socket.onopen = () => { resolve(socket.extensions); socket.close(); };
        socket.onerror = reject;
      }), encrypted.chat);
      assert.match(agreed, /^permessage-deflate/);
    });

    test('shows in one window what is written in another, topic by topic', LIMIT, async (t) => {
      const ann = await open(t, `${server.page}?topic=tea&topic=mate`);
      const ben = await open(t, `${server.page}?topic=mate`, PHONE);
      await Promise.all([live(ann), live(ben)]);
      assert.equal(await fact(ann, 'node'), 'pier-1');
      await ben.locator('#chat [name=user]').fill('ben');
      await say(ben, '<b>hot</b> & strong');
      await said(ben, '<b>hot</b> & strong').and(ben.locator('.mine')).waitFor();
      await ann.locator('.chip', { hasText: 'mate' }).locator('.unread').waitFor();
      await ann.locator('.chip', { hasText: 'tea' }).locator('input').focus();
      await ann.keyboard.press('ArrowRight');
      await said(ann, '<b>hot</b> & strong').waitFor();
      assert.equal(await ann.locator('.who b:visible').textContent(), 'ben');
      // Once the log shows a message, the facts beside it follow at the next look.
      await shows(ben, 'position', await fact(ann, 'position'));

      await ben.locator('.add input').fill('tea');
      await ben.keyboard.press('Enter');
      await ben.waitForURL(/\?topic=mate&topic=tea$/);
      assert.equal(await ben.evaluate(() => document.documentElement.scrollWidth), 360);
      assert.deepEqual([...ann.defects, ...ben.defects], []);
    });

    test('serves the first example of the client as it is copied from its README', LIMIT, async (t) => {
      const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
      const [, html] = /```html\n(.*?)```/s.exec(readme);
      const file = join(mkdtempSync(join(tmpdir(), 'tidegate-readme-')), 'chat.html');
      t.after(() => rmSync(dirname(file), { recursive: true }));
      writeFileSync(file, html.replaceAll('localhost:8080', `localhost:${server.port}`));
      const [ann, ben] = [await open(t, `file://${file}`), await open(t, `file://${file}`)];
      const text = 'from a file';
      await ann.locator('input').fill(text);
      await ann.keyboard.press('Enter');
      for (const page of [ann, ben]) await page.locator('li', { hasText: `ann: ${text}` }).waitFor();
      assert.equal(await ann.locator('input').inputValue(), '');
      assert.deepEqual([...ann.defects, ...ben.defects], []);
    });

    test('shows a broadcast to everybody, reached by keyboard', LIMIT, async (t) => {
      const [ann, ben] = await Promise.all([open(t, server.page), open(t, server.page, PHONE)]);
      await ann.locator('#chat-tab').focus();
      await ann.keyboard.press('ArrowRight');
      await ann.locator('#broadcast .state[data-is=live]').waitFor();
      await ben.locator('#broadcast .state[data-is=live]').waitFor({ state: 'attached' });
      await ann.locator('#broadcast [name=text]').focus();
      await ann.keyboard.type('ahoy');
      await ann.keyboard.press('Enter');
      await ben.locator('#broadcast-tab .unread', { hasText: '1' }).waitFor();
      await ben.locator('#broadcast-tab').tap();
      await ben.locator('#broadcast .said', { hasText: 'ahoy' }).waitFor();
      assert.equal(await ben.evaluate(() => document.documentElement.scrollWidth), 360);
      assert.deepEqual([...ann.defects, ...ben.defects], []);
    });

    test('takes a token for both paths, and says in words what it does not allow', LIMIT, async (t) => {
      const closed = await startServer(t, runtime, { 'tidegate.auth.secret': SECRET, 'tidegate.auth.subscribe': 'tea,secret,/',
        'tidegate.auth.publish': 'tea' });
      const page = await open(t, `${closed.page}?topic=tea&topic=secret&topic=mate`, PHONE);
      const noted = (panel, text) => page.locator(`${panel} .note:visible`, { hasText: text }).first().waitFor();
      const use = async (token) => {
        await page.locator('.key:visible').click();
        await page.keyboard.type(token); // The field has the focus.
        await page.keyboard.press('Enter');
        await page.locator('#access').waitFor({ state: 'hidden' });
        assert.equal(await page.evaluate(() => document.activeElement.className), 'key');
      };
      const select = (topic) => page.locator('.chip', { hasText: topic }).click();
      await noted('#chat', 'If this server requires a token, enter one');
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      // A refused handshake takes a few milliseconds: the page itself notes how wide it is then.
      const widths = await page.evaluate(() => new Promise((resolve) => {
        const state = document.querySelector('#chat .state');
        const seen = {};
        const look = () => {
          seen[state.dataset.is] = document.documentElement.scrollWidth;
          if ('waiting' in seen && 'connecting' in seen) resolve({ waiting: seen.waiting, connecting: seen.connecting });
        };
        new MutationObserver(look).observe(state, { attributes: true });
        look();
      }));
      assert.deepEqual(widths, { waiting: 360, connecting: 360 });
      // A box that is wider than the one around it need not widen the page.
      const fits = await page.locator('#chat .status').evaluate((row) => row.scrollWidth <= row.clientWidth);
      assert.ok(fits);

      await use('no.such.token');
      await noted('#chat', 'The server does not accept the token:');
      await page.locator('#chat .state[data-is=closed]').waitFor();
      await use(jwt('ann', 600));
      await live(page);
      await page.locator('#chat .as', { hasText: /^as ann$/ }).waitFor({ state: 'attached' });
      assert.equal(await page.locator('#chat [name=user]').inputValue(), 'ann');
      await say(page, 'with a token');
      await said(page, 'with a token').and(page.locator('.mine')).waitFor();
      await select('secret');
      await say(page, 'not allowed');
      await noted('#chat', 'Not sent: this token does not allow writing to this topic');
      await select('mate');
      await noted('#chat', 'Not subscribed: this token does not allow reading this topic');
      assert.equal(await width(), 360);

      await page.locator('#broadcast-tab').tap();
      await page.locator('#broadcast .state[data-is=live]').waitFor();
      await page.locator('#broadcast [name=text]').fill('to everybody');
      await page.keyboard.press('Enter');
      await noted('#broadcast', 'Not sent: this token does not allow sending to everybody');
      await use(jwt('ben', 600, { tidegate: { publish: ['/'] } }));
      await page.locator('#broadcast .state[data-is=live]').waitFor();
      await page.locator('#broadcast [name=text]').fill('to everybody');
      await page.keyboard.press('Enter');
      await page.locator('#broadcast .said', { hasText: 'to everybody' }).waitFor();
      await use('no.such.token');
      await noted('#broadcast', 'The server does not accept the token:');

      const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href,
        document.documentElement.outerHTML, [...document.querySelectorAll('input')].map(({ value }) => value)]));
      assert.doesNotMatch(kept, /eyJ|no\.such/);
      assert.deepEqual(page.defects, []);
      assert.doesNotMatch(closed.output, /eyJ|no\.such/);
    });

    test('shows how many are here, and who where users have names', LIMIT, async (t) => {
      const here = (page, text) => page.locator('#chat .here', { hasText: new RegExp(`^${text}$`) }).waitFor();
      const [ann, ben] = await Promise.all([open(t, `${server.page}?topic=room`), open(t, `${server.page}?topic=room`, PHONE)]);
      await Promise.all([here(ann, '2 here'), here(ben, '2 here')]);
      await ann.locator('.add input').fill('empty');
      await ann.keyboard.press('Enter');
      await here(ann, '1 here');
      await ben.close();
      await ann.locator('.chip', { hasText: 'room' }).click();
      await here(ann, '1 here');

      const closed = await startServer(t, runtime, {
        'tidegate.auth.secret': SECRET, 'tidegate.auth.subscribe': 'tea,mate', 'tidegate.auth.presence': 'tea',
        'tidegate.anonymous.subscribe': 'tea', 'tidegate.presence.linger': '1s',
      });
      const page = await open(t, `${closed.page}?topic=tea&topic=mate`, PHONE);
      await page.locator('#chat .note', { hasText: 'Not subscribed' }).first().waitFor({ state: 'attached' }); // To mate.
      assert.equal(await page.locator('#chat .here').isVisible(), false);
      await page.locator('#chat .key').click();
      await page.keyboard.type(jwt('ann', 600));
      await page.keyboard.press('Enter');
      await here(page, '1 hereann');
      const others = ['cleo', 'ben'].map((user) => {
        const client = connect(closed.chat, { WebSocket, token: jwt(user, 600) });
        t.after(() => client.close());
        client.subscribe('tea', () => {});
        return client;
      });
      await here(page, '3 hereannbencleo');
      const nameless = await open(t, `${closed.page}?topic=tea`);
      await here(page, '4 here1 without a tokenannbencleo');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
      others[0].close();
      await here(page, '3 here1 without a tokenannben');
      await page.locator('.chip', { hasText: 'mate' }).click();
      await page.locator('#chat .here').waitFor({ state: 'hidden' });
      // Since there is a token it is read; that who is there may not be seen is no error.
      assert.equal(await page.locator('#chat .note.error:visible').count(), 1);
      assert.deepEqual([...ann.defects, ...page.defects, ...nameless.defects], []);
    });

    test('shows the fleet where the server tells, and nothing of it where it does not', LIMIT, async (t) => {
      const relay = { 'tidegate.relay.url': await startRedis(t), 'tidegate.rebalance.interval': '200ms' };
      const open8080 = { ...relay, 'tidegate.node': 'a-pier', 'tidegate.fleet.public': 'true' };
      const leaving = { ...relay, 'tidegate.node': 'b-pier', 'tidegate.drain.notice': '3s', 'tidegate.drain.window': '0s' };
      const [a, b] = await Promise.all([startServer(t, runtime, open8080), startServer(t, 'se', leaving)]);
      const held = new WebSocket(b.page.replace('http', 'ws'));
      await new Promise((done) => held.once('open', done));
      const page = await open(t, a.page, PHONE);
      const rows = page.locator('#fleet li');
      await rows.filter({ hasText: /^b-pierse1$/ }).waitFor();
      await rows.filter({ hasText: new RegExp(`^a-pier${runtime}2$`) }).waitFor();
      assert.equal(await page.locator('#fleet h2').textContent(), '2 nodes, 3 connections');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);

      b.terminate();
      await rows.and(page.locator('.draining')).filter({ hasText: 'b-pier' }).filter({ hasText: 'leaving' }).waitFor();
      assert.equal(await b.exit, 0);
      await rows.filter({ hasText: 'b-pier' }).waitFor({ state: 'detached' });
      assert.deepEqual(page.defects, []);

      const silent = await open(t, server.page);
      await live(silent);
      assert.equal(await silent.locator('#fleet').isVisible(), false);
      assert.deepEqual(silent.defects, []);
    });

    test('misses nothing while its server drains and comes back', LIMIT, async (t) => {
      const settings = {
        'tidegate.relay.url': await startRedis(t),
        'tidegate.drain.notice': '1s', 'tidegate.drain.window': '100ms', 'tidegate.drain.timeout': '10s',
      };
      const [leaving, other] = await Promise.all([startServer(t, runtime, settings), startServer(t, 'se', settings)]);
      const writer = connect(other.chat, { WebSocket });
      t.after(() => writer.close());
      const page = await open(t, `${leaving.page}?topic=tea`, PHONE);
      await live(page);
      const expected = [];
      const write = async (text) => {
        await writer.publish('tea', text);
        expected.push(text);
      };
      await write('before');
      await said(page, 'before').waitFor();

      leaving.terminate();
      await page.locator('#chat .state[data-is=leaving]').waitFor();
      await write('while it leaves');
      await page.locator('#chat .state[data-is=waiting]').waitFor();
      assert.match(await page.locator('#chat .countdown').textContent(), /^in \d+ s$/);
      assert.equal(await leaving.exit, 0);
      for (const number of [1, 2, 3]) await write(`while it is away ${number}`);
      await say(page, 'written while there is no connection');
      await shows(page, 'pending', '1');

      await startServer(t, runtime, { ...settings, 'tidegate.port': leaving.port });
      await page.evaluate(() => dispatchEvent(new Event('online'))); // As when a network is back: no waiting.
      await live(page);
      expected.push('written while there is no connection');
      await said(page, expected.at(-1)).waitFor();
      await write('after');
      await said(page, 'after').waitFor();
      assert.deepEqual(await allSaid(page), expected);
      await shows(page, 'recovered', '3');
      await shows(page, 'pending', '0');
      assert.equal(await page.locator('.note.error').count(), 0);
      assert.deepEqual(page.defects, []);
    });
  });
}
