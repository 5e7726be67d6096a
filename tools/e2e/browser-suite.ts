import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { findChromium, noChromium } from '../testing/find-chromium.mjs';
import { onTestFailure } from '../testing/one-realm/on-test-failure.mjs';
import { cleanUp, type ProgramOptions } from './built-program.js';
import { openBrowser, openPage, type WatchedPage } from './open-browser.js';
import { startServer, type ServerProcess } from './start-server.js';

/** The server, browser and page of a suite. */
export class BrowserFixture {
  #server: ServerProcess | undefined;
  #browser: Browser | undefined;
  #watched: WatchedPage | undefined;
  readonly #others: WatchedPage[] = [];

  get server(): ServerProcess {
    return started(this.#server);
  }
  get browser(): Browser {
    return started(this.#browser);
  }
  /** The page of the test, new for each test. A problem in it fails the test. */
  get watched(): WatchedPage {
    return started(this.#watched);
  }
  get page(): Page {
    return this.watched.page;
  }

  /** Opens a path of the server in the page of the test. */
  async open(path: string): Promise<Page> {
    await this.page.goto(`${this.server.address}${path}`);
    return this.page;
  }

  /** Opens a second page for the rest of the test. A problem in it fails the test too. */
  async another(): Promise<WatchedPage> {
    const other = await openPage(this.browser);
    this.#others.push(other);
    return other;
  }

  /** Starts a server to replace one that has ended. */
  async startAgain(options: ProgramOptions): Promise<void> {
    this.#server = await startServer(options);
  }

  async begin(options: ProgramOptions, executable: string): Promise<void> {
    await this.startAgain(options);
    this.#browser = await openBrowser(executable);
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.stop();
  }

  async beginTest(): Promise<void> {
    this.#watched = await openPage(this.browser);
  }

  /** Gives the text of all pages of the test, for a failure. */
  async shown(): Promise<string> {
    const pages = await Promise.all(
      [this.watched, ...this.#others].map(async ({ page, problems }) => {
        const text = await page.locator('body').innerText({ timeout: 5_000 });
        return [page.url(), ...problems(), text.replaceAll(/\n\s*\n/g, '\n').slice(0, 3_000)].join('\n');
      }),
    );
    return `The browser shows:\n${pages.join('\n\n')}`;
  }

  /** Closes the pages of the test; returns their problems. */
  async endTest(): Promise<readonly string[]> {
    const pages = [this.watched, ...this.#others.splice(0)];
    for (const { page } of pages) await page.close();
    return pages.flatMap(({ problems }) => problems());
  }
}

function started<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('The suite has not begun.');
  return thing;
}

interface BrowserSuiteOptions {
  /** The reason why the suite cannot run here, apart from a missing browser. */
  readonly obstacle?: string | undefined;
  /** Makes the data folder of the server; by default, it is empty. */
  readonly data?: () => Promise<string>;
  readonly environment?: Readonly<Record<string, string>> | (() => Promise<Readonly<Record<string, string>>>);
  readonly prepare?: (fixture: BrowserFixture) => Promise<void>;
  readonly finish?: () => Promise<void>;
  readonly withinMs?: number;
}

/**
 * Defines a suite with its own server, one browser, and a new page for each test. It is skipped if no Chromium is found.
 *
 * @example browserSuite('keys', {}, (fixture) => it('are made', async () => { await fixture.open('/settings/keys'); … }));
 */
export function browserSuite(
  title: string,
  { obstacle, data, environment = {}, prepare, finish, withinMs = 180_000 }: BrowserSuiteOptions,
  define: (fixture: BrowserFixture) => void,
): void {
  jest.setTimeout(withinMs);
  const executable = findChromium();
  const reason = executable === undefined ? noChromium : obstacle;
  const suite = reason === undefined ? describe : describe.skip;
  suite(reason === undefined ? title : `${title} (skipped: ${reason})`, () => {
    const fixture = new BrowserFixture();
    onTestFailure(() => fixture.shown());
    beforeAll(async () => {
      const settings = typeof environment === 'function' ? await environment() : environment;
      await fixture.begin({ data: await data?.(), environment: settings }, executable ?? '');
      await prepare?.(fixture);
    });
    afterAll(async () => {
      await fixture.end();
      await finish?.();
      await cleanUp();
    });
    beforeEach(() => fixture.beginTest());
    afterEach(async () => expect(await fixture.endTest()).toEqual([]));
    define(fixture);
  });
}
