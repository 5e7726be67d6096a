import { browserSuite, type BrowserFixture } from './browser-suite.js';
import { callJson } from './server-calls.js';
import { report, talk } from './share-documents.js';
import { startShareProvider, type ShareProvider } from './share-provider.js';
import type { ServerProcess } from './start-server.js';

/** A server that publishes a chat and a form, with a function that creates share links. */
interface ShareFixture {
  readonly server: ServerProcess;
  readonly provider: ShareProvider;
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Creates a link; returns its address and token. */
  share(
    workflow: string,
    config?: object,
  ): Promise<{ readonly url: string; readonly token: string; readonly id: string }>;
  publish(slug: string, document: object): Promise<void>;
}

/**
 * Defines a browser suite whose server shares workflows.
 *
 * @example shareSuite('a chat', {}, (fixture, { page }) => it('greets', async () => { await page.goto((await fixture.share('talk')).url); … }));
 */
export function shareSuite(
  title: string,
  {
    prepare,
    finish,
  }: { readonly prepare?: (fixture: ShareFixture) => Promise<void>; readonly finish?: () => Promise<void> },
  define: (fixture: ShareFixture, browser: BrowserFixture) => void,
): void {
  let provider: ShareProvider | undefined;
  const fixtureOf = (browser: BrowserFixture): ShareFixture => {
    const call: ShareFixture['call'] = (method, path, body) => callJson(browser.server, method, path, body);
    return {
      get server() {
        return browser.server;
      },
      get provider() {
        if (provider === undefined) throw new Error('It is there once the suite has begun.');
        return provider;
      },
      call,
      async publish(slug, document) {
        await call('POST', '/api/workflows', { document, slug });
        await call('POST', `/api/workflows/${slug}/publish`, { acceptDataMap: true });
      },
      async share(workflow, config = {}) {
        const made = await call('POST', `/api/workflows/${workflow}/shares`, { name: 'Link', ...config });
        const token = String(made['token']);
        return { url: `${browser.server.address}/share/${token}`, token, id: String(made['id']) };
      },
    };
  };
  browserSuite(
    title,
    {
      withinMs: 120_000,
      prepare: async (browser) => {
        provider = await startShareProvider();
        const fixture = fixtureOf(browser);
        await fixture.call('POST', '/api/connections', {
          id: 'office',
          title: 'The office',
          kind: 'openai-compatible',
          baseUrl: provider.address,
          isLocal: true,
        });
        await fixture.publish('talk', talk());
        await fixture.publish('report', report);
        await prepare?.(fixture);
      },
      finish: async () => {
        await provider?.stop();
        await finish?.();
      },
    },
    (browser) => define(fixtureOf(browser), browser),
  );
}
