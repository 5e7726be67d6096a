import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { root } from './built-program.js';

const screenshots = join(root, '.nx', 'screenshots');

/** A page, with all problems that occurred in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught exceptions and violations of the content security policy. */
  readonly problems: () => readonly string[];
  /** Ignores messages of the browser about something that the test caused, also those that come later. */
  readonly forgive: (pattern: RegExp) => void;
}

/** Starts the browser in headless mode. */
export function openBrowser(executablePath: string): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
  ];
  return chromium.launch({ executablePath, args });
}

/** Opens a page in a new context, without stored data of other pages. */
export async function openPage(browser: Browser): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.once('close', () => void context.close().catch(() => undefined));
  const seen: string[] = [];
  // A page may still write to a closing socket while it is left.
  const forgiven: RegExp[] = [/^WebSocket is already in CLOSING or CLOSED state\.$/];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') seen.push(message.text());
  });
  page.on('pageerror', (error) => seen.push(error.message));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`Refused by the content policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  return {
    page,
    problems: () => seen.filter((problem) => !forgiven.some((pattern) => pattern.test(problem))),
    forgive: (pattern) => void forgiven.push(pattern),
  };
}

/** Saves a screenshot in `.nx/screenshots` if `HEDDLE_TEST_PICTURES=1` is set, because each one takes a second. */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  if (process.env['HEDDLE_TEST_PICTURES'] !== '1') return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}
