import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { cleanUp, type ProgramOptions } from './built-program.js';
import { findBrowser, openBrowser, openPage, type WatchedPage } from './open-browser.js';
import { startServer, type ServerProcess } from './start-server.js';

const noBrowser = 'no browser was found: install Chromium or Chrome, or name one in CHROME_PATH';

/** What a suite in a browser works with. */
export interface BrowserPlace {
  readonly server: ServerProcess;
  readonly browser: Browser;
  /** The page of the test, fresh for each; what goes wrong in it fails the test. */
  readonly watched: WatchedPage;
  readonly page: Page;
  /** Opens an address of the server in the page of the test. */
  open(path: string): Promise<Page>;
  /** Starts a server in the place of the one that ended. */
  startAgain(options: ProgramOptions): Promise<void>;
}

export interface BrowserSuiteOptions {
  /** Why it cannot run here, beside a browser that is missing. */
  readonly obstacle?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | (() => Promise<Readonly<Record<string, string>>>);
  /** What is there before the first test. */
  readonly prepare?: (place: BrowserPlace) => Promise<void>;
  readonly withinMs?: number;
}

/**
 * A suite with a server of its own, one browser, and a fresh page for each test. It is skipped where no Chromium is found.
 *
 * @example browserSuite('keys', {}, (place) => it('are made', async () => { await place.open('/settings/keys'); … }));
 */
export function browserSuite(
  title: string,
  { obstacle, environment = {}, prepare, withinMs = 90_000 }: BrowserSuiteOptions,
  define: (place: BrowserPlace) => void,
): void {
  jest.setTimeout(withinMs);
  const executable = findBrowser();
  const reason = executable === undefined ? noBrowser : obstacle;
  const suite = reason === undefined ? describe : describe.skip;
  suite(reason === undefined ? title : `${title} (skipped: ${reason})`, () => {
    let server: ServerProcess | undefined;
    let browser: Browser | undefined;
    let watched: WatchedPage | undefined;
    const there = <Thing>(thing: Thing | undefined): Thing => {
      if (thing === undefined) throw new Error('It is there once the suite has begun.');
      return thing;
    };
    const place: BrowserPlace = {
      get server() {
        return there(server);
      },
      get browser() {
        return there(browser);
      },
      get watched() {
        return there(watched);
      },
      get page() {
        return there(watched).page;
      },
      open: async (path) => {
        await place.page.goto(`${place.server.address}${path}`);
        return place.page;
      },
      startAgain: async (options) => {
        server = await startServer(options);
      },
    };
    beforeAll(async () => {
      const settings = typeof environment === 'function' ? await environment() : environment;
      server = await startServer({ environment: settings });
      browser = await openBrowser(executable ?? '');
      await prepare?.(place);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      await cleanUp();
    });
    beforeEach(async () => {
      watched = await openPage(place.browser);
    });
    afterEach(async () => {
      await place.page.close();
      expect(place.watched.problems()).toEqual([]);
    });
    define(place);
  });
}
