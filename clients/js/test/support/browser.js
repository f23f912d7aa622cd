import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

export const PHONE = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };

/** Playwright brings none of its own; as root, Chromium starts only without its sandbox. */
const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--no-first-run'],
};

/**
 * One browser for the tests of a file: opens windows of their own, whose defects a test looks at. `isExpected` says of an error on
 * the console whether it is one that the test brings about.
 */
export function windows(isExpected) {
  let browser;
  before(async () => {
    browser = await chromium.launch(CHROMIUM);
  });
  after(() => browser?.close());
  return async (t, url, options) => {
    const context = await browser.newContext(options);
    t.after(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.defects = [];
    page.on('pageerror', (error) => page.defects.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isExpected(message)) page.defects.push(message.text());
    });
    await page.goto(url);
    return page;
  };
}
