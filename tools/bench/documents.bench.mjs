import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { inTemporaryFolder, openHub, sample, pubmedQaFolder } from './shared.mjs';

/** Imports the abstracts into a new collection and gives the measurements. */
async function ingestAbstracts(folder, hub, file, progress) {
  const { createCollections } = await import('@heddle/adapters/collections');
  const { createDocuments, readFolder } = await import('@heddle/adapters/documents');
  const { createEmbeddedStore } = await import('@heddle/adapters/vectors');
  const documents = createDocuments();
  const store = createEmbeddedStore({ file: join(folder, 'collections.db') });
  const collections = createCollections({
    embedded: store,
    documents,
    embedder: (id) => hub.embedder(id),
    tokenizer: (id) => hub.tokenizer(id),
  });
  const collection = await collections.create({ name: 'abstracts', embedding: 'all-minilm-l6-v2' });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 100);
  const begin = performance.now();
  const report = await collection.ingest(readFolder([file]), {
    onProgress: (state) => progress(`${state.done} documents`),
  });
  const seconds = (performance.now() - begin) / 1000;
  clearInterval(watch);
  delay.disable();
  const close = async () => {
    await documents.close();
    await store.close();
  };
  return { collection, report, seconds, peakMb: peak / 2 ** 20, longestMs: delay.max / 1e6, close };
}

/** Measures the embedding model alone, through its host, on the same texts, to compare the import with it. */
async function bareSpeed(hub, collection) {
  const embedder = await hub.embedder('all-minilm-l6-v2');
  const tokenizer = await hub.tokenizer('all-minilm-l6-v2');
  const texts = [];
  for (const { id } of (await collection.documents({ limit: 1000 })).slice(0, 150))
    texts.push(...(await collection.passages(id)).map((passage) => passage.text));
  const tokens = texts.reduce((sum, text) => sum + tokenizer.count(text), 0);
  const begin = performance.now();
  await embedder.embed(texts, { kind: 'passage' });
  return (tokens * 1000) / (performance.now() - begin);
}

export const cases = [
  {
    name: 'ingest',
    title: '1,000 abstracts: speed, memory, event loop, and whether their questions find them',
    run: ({ progress }) =>
      inTemporaryFolder(async (folder) => {
        const data = pubmedQaFolder();
        if (data === undefined) return 'the abstracts are not here (../shared/data/pubmedqa)';
        const hub = await openHub(folder);
        if (typeof hub === 'string') return hub;
        const file = join(data, 'pubmedqa.jsonl');
        await (await hub.embedder('all-minilm-l6-v2')).embed(['warm'], { kind: 'passage' });
        const { collection, report, seconds, peakMb, longestMs, close } = await ingestAbstracts(
          folder,
          hub,
          file,
          progress,
        );
        progress('the model alone');
        const bare = await bareSpeed(hub, collection);
        progress('asking');
        const records = readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
        const ranks = [];
        const times = await sample(records.length, 0, async (index) => {
          const found = await collection.search({ query: records[index].question, k: 20 });
          const documents = [...new Set(found.map((passage) => passage.document))];
          ranks.push(documents.findIndex((document) => document.endsWith(`#${records[index].id}`)));
        });
        const within = (count) => ranks.filter((rank) => rank >= 0 && rank < count).length / ranks.length;
        await close();
        await hub.close();
        return [
          { case: 'ingest-documents', unit: 'documents/s', samples: [report.done / seconds] },
          {
            case: 'ingest-tokens',
            unit: 'tokens/s',
            samples: [report.tokens / seconds],
            against: { name: 'the model alone', samples: [bare] },
          },
          { case: 'ingest-peak-memory', unit: 'MB', samples: [peakMb] },
          { case: 'ingest-longest-block', unit: 'ms', samples: [longestMs] },
          { case: 'hybrid-first', unit: 'of questions', samples: [within(1)] },
          { case: 'hybrid-first-five', unit: 'of questions', samples: [within(5)] },
          { case: 'hybrid-query', unit: 'ms', samples: times },
        ];
      }),
  },
];
