import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { findChromium, noChromium } from '../testing/find-chromium.mjs';
import { cleanUp, type ProgramOptions } from './built-program.js';
import { openBrowser, openPage, type WatchedPage } from './open-browser.js';
import { startServer, type ServerProcess } from './start-server.js';

/** What a suite in a browser works with. */
export interface BrowserPlace {
  readonly server: ServerProcess;
  readonly browser: Browser;
  /** The page of the test, fresh for each; what goes wrong in it fails the test. */
  readonly watched: WatchedPage;
  readonly page: Page;
  /** Opens an address of the server in the page of the test. */
  open(path: string): Promise<Page>;
  /** Opens a second page for the rest of the test; what goes wrong in it fails the test too. */
  another(): Promise<WatchedPage>;
  /** Starts a server in the place of the one that ended. */
  startAgain(options: ProgramOptions): Promise<void>;
}

export interface BrowserSuiteOptions {
  /** Why it cannot run here, beside a browser that is missing. */
  readonly obstacle?: string | undefined;
  /** Makes the data folder that the server is started on; else it starts on an empty one. */
  readonly data?: () => Promise<string>;
  readonly environment?: Readonly<Record<string, string>> | (() => Promise<Readonly<Record<string, string>>>);
  /** What is there before the first test. */
  readonly prepare?: (place: BrowserPlace) => Promise<void>;
  /** What is closed after the last test, beside the server and the browser. */
  readonly finish?: () => Promise<void>;
  readonly withinMs?: number;
}

/**
 * A suite with a server of its own, one browser, and a fresh page for each test. It is skipped where no Chromium is found.
 *
 * @example browserSuite('keys', {}, (place) => it('are made', async () => { await place.open('/settings/keys'); … }));
 */
export function browserSuite(
  title: string,
  { obstacle, data, environment = {}, prepare, finish, withinMs = 90_000 }: BrowserSuiteOptions,
  define: (place: BrowserPlace) => void,
): void {
  jest.setTimeout(withinMs);
  const executable = findChromium();
  const reason = executable === undefined ? noChromium : obstacle;
  const suite = reason === undefined ? describe : describe.skip;
  suite(reason === undefined ? title : `${title} (skipped: ${reason})`, () => {
    let server: ServerProcess | undefined;
    let browser: Browser | undefined;
    let watched: WatchedPage | undefined;
    const others: WatchedPage[] = [];
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
      another: async () => {
        const other = await openPage(place.browser);
        others.push(other);
        return other;
      },
      startAgain: async (options) => {
        server = await startServer(options);
      },
    };
    beforeAll(async () => {
      const settings = typeof environment === 'function' ? await environment() : environment;
      server = await startServer({ ...(data === undefined ? {} : { data: await data() }), environment: settings });
      browser = await openBrowser(executable ?? '');
      await prepare?.(place);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      await finish?.();
      await cleanUp();
    });
    beforeEach(async () => {
      watched = await openPage(place.browser);
    });
    afterEach(async () => {
      const pages = [place.watched, ...others.splice(0)];
      for (const { page } of pages) await page.close();
      expect(pages.flatMap(({ problems }) => problems())).toEqual([]);
    });
    define(place);
  });
}
