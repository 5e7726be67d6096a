import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from './server-process.mjs';
import { inTemporaryFolder, pubmedQaFolder } from './shared.mjs';

const documentOf = (id) => `${id}.txt`;

const textOf = (sections) => sections.map(({ heading, text }) => `# ${heading}\n\n${text}`).join('\n\n');

/** Sends the abstracts as documents and waits until they are indexed. */
async function importAbstracts({ post, get }, records) {
  await post('/api/collections', { name: 'abstracts', embedding: 'all-minilm-l6-v2' });
  const { jobId } = await post('/api/collections/abstracts/documents', {
    documents: records.map(({ id, sections }) => ({ id: documentOf(id), text: textOf(sections) })),
  });
  await ended(() => get(`/api/jobs/${jobId}`));
}

async function importQuestions({ address, post }, records) {
  const { id } = await post('/api/datasets', { name: 'Questions', description: '' });
  const lines = records.map(({ id: of, question }) =>
    JSON.stringify({ inputs: { question }, references: [{ document: documentOf(of) }] }),
  );
  const form = new FormData();
  form.append('file', new Blob([lines.join('\n')]), 'rows.jsonl');
  const reply = await fetch(`${address}/api/datasets/${id}/import?format=jsonl`, { method: 'POST', body: form });
  if (!reply.ok) throw new Error(await reply.text());
  return id;
}

async function ended(read) {
  for (;;) {
    const found = await read();
    if (found.status === 'done') return found;
    if (found.status === 'failed') throw new Error(found.error?.message);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** 4 indexes × 12 searches. */
const grid = {
  maxTokens: [120, 220],
  overlapTokens: [0, 20],
  mode: ['hybrid', 'dense', 'lexical'],
  weight: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
  diversity: [0],
};

export const cases = [
  {
    name: 'lab',
    title: 'a lab of 49 configurations over 200 questions on 1,000 abstracts',
    run: ({ progress }) =>
      inTemporaryFolder(async (folder) => {
        const data = pubmedQaFolder();
        if (data === undefined) return 'the abstracts are not here (../shared/data/pubmedqa)';
        const records = readFileSync(join(data, 'pubmedqa.jsonl'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
        const server = await startServer(folder);
        progress('importing');
        await importAbstracts(server, records);
        const dataset = await importQuestions(server, records);
        const begin = performance.now();
        const request = { collection: 'abstracts', grid, questions: 200, metric: 'ndcg' };
        const { id } = await server.post(`/api/datasets/${dataset}/labs`, request);
        const lab = await ended(async () => {
          const found = await server.get(`/api/datasets/${dataset}/labs/${id}`);
          const { configurations } = found.report;
          progress(`${configurations.filter(({ status }) => status !== 'waiting').length} of ${configurations.length}`);
          return found;
        });
        const seconds = (performance.now() - begin) / 1_000;
        await server.stop();
        const { configurations } = lab.report;
        return [
          { case: 'lab', unit: 's', samples: [seconds] },
          { case: 'lab-configurations', unit: 'configurations', samples: [configurations.length] },
          {
            case: 'lab-stopped',
            unit: 'of configurations',
            samples: [configurations.filter(({ status }) => status === 'stopped').length / configurations.length],
          },
        ];
      }),
  },
];
