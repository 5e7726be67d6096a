import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { endWithParent } from '../../../child/end-with-parent.js';
import { openDatabase } from '../../../database/open-database.js';
import { sqliteTables } from '../../../database/sqlite-tables.js';
import { createDocuments } from '../../../documents/index.js';
import { createPassageHeaders } from '../../../stores/collections/passage-headers.js';
import { createEmbeddedStore } from '../../../vectors/embedded/embedded-store.js';
import { createCollections } from '../../create-collections.js';
import { headedDocuments, headerOf, passageOf } from './headed-documents.js';

// Imports documents whose passages get headers. A file beside stands for the model's bill: it names each passage that was asked about and each that was kept.
endWithParent();
const [, , folder = ''] = process.argv;
const bill = (line: string): void => {
  appendFileSync(join(folder, 'bill'), `${line}\n`);
  process.send?.({ line });
};
const database = openDatabase(join(folder, 'heddle.db'));
const cache = createPassageHeaders(sqliteTables(database));
const info = {
  ...{ destination: { name: 'writer', clearance: 'restricted', isLocal: false } as const, contextTokens: 2_000 },
};
let calls = 0;
const collections = createCollections({
  embedded: createEmbeddedStore({ file: join(folder, 'collections.db') }),
  documents: createDocuments(),
  embedder: () => Promise.resolve(createFakeEmbedder({ id: 'fake' })),
  tokenizer: () => Promise.resolve(createFakeTokenizer()),
  headers: {
    cache: {
      ...cache,
      keep: async (collection, document, texts) => {
        await cache.keep(collection, document, texts);
        for (const text of texts.values()) bill(`kept ${passageOf(text)}`);
      },
    },
    describe: () => Promise.resolve(info),
    model: () =>
      Promise.resolve({
        ...info,
        write: async ({ prompt }) => {
          const passage = passageOf(/<passage-[^>]+>([^<]*)/.exec(prompt)?.[1] ?? '');
          bill(`asked ${passage}`);
          // Calls end in another order than they began.
          calls += 1;
          await pause(3 * (calls % 4));
          return headerOf(passage);
        },
      }),
  },
});
const isThere = (await collections.list()).length > 0;
const header = { model: 'writer' };
const splitter = { kind: 'markdown', maxTokens: 32, overlapTokens: 0, header } as const;
const collection = isThere
  ? await collections.open('faq')
  : await collections.create({ name: 'faq', embedding: 'fake', splitter });
const report = await collection.ingest(headedDocuments);
bill(report.failed === 0 ? 'done' : `failed ${JSON.stringify(report.failures)}`);
setInterval(() => undefined, 1_000);
