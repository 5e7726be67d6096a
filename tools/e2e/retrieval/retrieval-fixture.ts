import { createCollections } from '@heddle/adapters/collections';
import { createDocuments } from '@heddle/adapters/documents';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import type { Collections, Embedder, Graphs, ModelHub } from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { resumeRun, startRun } from '@heddle/engine';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest } from '@jest/globals';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startTestServer, type TestServer } from '../../../server/src/testing/test-server.js';
import { findChromium, noChromium } from '../../testing/find-chromium.mjs';
import { cleanUp, root, temporaryFolder } from '../built-program.js';
import { eventually } from '../eventually.js';
import { openBrowser, openPage, type WatchedPage } from '../open-browser.js';
import { createStarterDouble } from '../starter-double.js';

const topics = ['tides', 'glaciers', 'looms', 'violins', 'comets', 'harbours'] as const;
const towns = ['Bergen', 'Lisbon', 'Kyoto', 'Quito', 'Accra'] as const;
const pairs = topics.flatMap((topic, at) => towns.map((town, of) => ({ topic, town, count: at * 10 + of + 100 })));

/**
 * A server with a collection of thirty documents, a labelled question for each, and two embedding models; the model `noise` finds little.
 */
interface RetrievalFixture {
  readonly page: Page;
  readonly dataset: string;
  open(path: string): Promise<Page>;
  call(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
}

/** A server that closes together with its stores. */
interface Opened {
  readonly server: TestServer;
  close(): Promise<void>;
}

/** Opens a server with real collections whose embedding models are doubles. */
async function openServer(): Promise<Opened> {
  const models = twoEmbedders();
  const stores = new Set<ReturnType<typeof createEmbeddedStore>>();
  const documents = createDocuments();
  // The collections need the graphs of the server, which is created after them.
  const graphsNow = (): Graphs => server.heddle.parts.graphs;
  const graphs: Graphs = {
    get store() {
      return graphsNow().store;
    },
    describe: (id) => graphsNow().describe(id),
    model: (collection, id) => graphsNow().model(collection, id),
  };
  const open = (file: string, wrap: (embedder: Embedder) => Embedder = (one) => one) => {
    const store = createEmbeddedStore({ file });
    stores.add(store);
    const collections: Collections = createCollections({
      embedded: store,
      documents,
      graphs,
      tokenizer: () => Promise.resolve(createFakeTokenizer()),
      embedder: async (id) => wrap(await models.embedder(id)),
    });
    return { ...collections, close: () => store.close() };
  };
  const server = await startTestServer({
    models,
    engine: { startRun, resumeRun },
    withStandardNodes: true,
    collections: open(join(temporaryFolder(), 'collections.db')),
    openCollections: (file, wrap) => Promise.resolve(open(file, wrap)),
    editor: join(root, 'editor', 'dist'),
  });
  return {
    server,
    close: async () => {
      await server.close();
      await documents.close();
      for (const store of stores) await store.close();
    },
  };
}

/** Defines a suite with one such server for all tests and a new page for each. It is skipped if no Chromium is found. */
export function retrievalSuite(title: string, define: (fixture: RetrievalFixture) => void): void {
  jest.setTimeout(240_000);
  const executable = findChromium();
  (executable === undefined ? describe.skip : describe)(
    executable === undefined ? `${title} (skipped: ${noChromium})` : title,
    () => {
      let opened: Opened;
      let browser: Browser;
      let watched: WatchedPage;
      let dataset = '';
      const call: RetrievalFixture['call'] = async (method, path, body) => {
        const reply = await opened.server.call(method, path, body);
        if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
        return reply.body as Record<string, unknown>; // the server's own JSON
      };
      beforeAll(async () => {
        opened = await openServer();
        dataset = await fill(call);
        browser = await openBrowser(executable ?? '');
      });
      afterAll(async () => {
        await browser.close();
        await opened.close();
        await cleanUp();
      });
      beforeEach(async () => {
        watched = await openPage(browser);
      });
      afterEach(async () => {
        await watched.page.close();
        expect(watched.problems()).toEqual([]);
      });
      define({
        get page() {
          return watched.page;
        },
        get dataset() {
          return dataset;
        },
        call,
        open: async (path) => {
          await watched.page.goto(`${opened.server.address}${path}`);
          return watched.page;
        },
      });
    },
  );
}

/** Makes doubles of the starter models, and a second embedding model whose vectors have two dimensions. */
function twoEmbedders(): ModelHub {
  const double = createStarterDouble();
  return {
    ...double,
    list: async () => {
      const all = await double.list();
      const noise = all
        .filter(({ card }) => card.kind === 'embed')
        .map((state) => ({ ...state, card: { ...state.card, id: 'noise', title: 'Noise', isStarter: false } }));
      return [...all, ...noise];
    },
    embedder: (id) => Promise.resolve(createFakeEmbedder({ id, dimensions: id === 'noise' ? 2 : 256 })),
  };
}

/** Creates the collection and the dataset; returns the id of the dataset. */
async function fill(call: RetrievalFixture['call']): Promise<string> {
  await call('POST', '/api/collections', { name: 'notes', title: 'Field notes', embedding: 'all-minilm-l6-v2' });
  await call('POST', '/api/collections/notes/documents', {
    documents: pairs.map(({ topic, town, count }) => ({
      id: `${topic}-${town}.md`,
      text: `# Notes of ${town}\n\nThe ${topic} near ${town} were counted ${count} times in spring. ${'They are old and well known. '.repeat(12)}`,
    })),
  });
  await eventually(
    'full collection',
    async () => ((await call('GET', '/api/collections/notes'))['documents'] === pairs.length ? true : undefined),
    90_000,
  );
  const dataset = String((await call('POST', '/api/datasets', { name: 'Questions about the notes' }))['id']);
  await call('POST', `/api/datasets/${dataset}/rows`, {
    set: pairs.map(({ topic, town }) => ({
      inputs: { question: `How often were the ${topic} near ${town} counted?` },
      references: [{ document: `${topic}-${town}.md` }],
    })),
  });
  return dataset;
}
