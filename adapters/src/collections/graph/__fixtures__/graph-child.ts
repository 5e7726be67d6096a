import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { endWithParent } from '../../../child/end-with-parent.js';
import { openDatabase } from '../../../database/open-database.js';
import { sqliteTables } from '../../../database/sqlite-tables.js';
import { createDocuments } from '../../../documents/index.js';
import { createGraphStore } from '../../../stores/collections/graph-store.js';
import { createFakeGraphs } from '../../../testing/fake-graphs.js';
import { createEmbeddedStore } from '../../../vectors/embedded/embedded-store.js';
import { createCollections } from '../../create-collections.js';
import { graphDocuments, replyFor } from './graph-documents.js';

// Finds the entities of a collection. A file beside stands for the model's bill: it names each passage that was asked about or stored, and each document that was kept.
endWithParent();
const [, , folder = ''] = process.argv;
const bill = (line: string): void => {
  appendFileSync(join(folder, 'bill'), `${line}\n`);
  process.send?.({ line });
};
const store = createGraphStore(sqliteTables(openDatabase(join(folder, 'heddle.db'))));
let calls = 0;
const fake = createFakeGraphs(
  {
    ...store,
    keep: async (collection, of, parts) => {
      bill(`keeps a part of ${of.document}`);
      await store.keep(collection, of, parts);
      for (const { found } of parts) for (const { target } of found.relations) bill(`stored ${target}`);
    },
    write: async (collection, found) => {
      bill(`writes ${found.document}`);
      await store.write(collection, found);
      bill(`kept ${found.document}`);
    },
  },
  async ({ prompt }) => {
    const reply = replyFor(prompt);
    bill(`asked ${reply.passage}`);
    // Calls end in another order than they began.
    calls += 1;
    await pause(3 * (calls % 4));
    return reply.text;
  },
);
fake.current.isLocal = false;
const collections = createCollections({
  embedded: createEmbeddedStore({ file: join(folder, 'collections.db') }),
  documents: createDocuments(),
  embedder: () => Promise.resolve(createFakeEmbedder({ id: 'fake' })),
  tokenizer: () => Promise.resolve(createFakeTokenizer()),
  graphs: fake.graphs,
});
const isThere = (await collections.list()).length > 0;
const splitter = { kind: 'markdown', maxTokens: 32, overlapTokens: 0 } as const;
const collection = isThere
  ? await collections.open('faq')
  : await collections.create({ name: 'faq', embedding: 'fake', splitter });
await collection.ingest(graphDocuments);
await collection.graph?.set({ model: 'reader' });
const state = await collection.graph?.fill();
bill(state?.missing === 0 ? 'done' : `failed ${JSON.stringify(state)}`);
setInterval(() => undefined, 1_000);
