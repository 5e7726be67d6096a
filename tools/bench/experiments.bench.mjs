import { findChromium, noChromium } from '../testing/find-chromium.mjs';
import { processorMs, startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';

/** A workflow without a model. */
const quiz = {
  heddle: 2,
  name: 'Quiz',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    say: { type: 'prompt', version: 1, config: { template: '{{ question }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'ask.question', to: 'say.question' },
    { from: 'say.text', to: 'reply.answer' },
  ],
};

async function importRows({ address, post }, count) {
  const { id } = await post('/api/datasets', { name: 'Rows', description: '' });
  const lines = Array.from({ length: count }, (_, at) =>
    JSON.stringify({ inputs: { question: `q${at}` }, expected: at % 3 === 0 ? `Q: q${at}` : `q${at}` }),
  );
  const form = new FormData();
  form.append('file', new Blob([lines.join('\n')]), 'rows.jsonl');
  const reply = await fetch(`${address}/api/datasets/${id}/import?format=jsonl`, { method: 'POST', body: form });
  if (!reply.ok) throw new Error(await reply.text());
  return id;
}

async function runExperiment({ post, get }, workflow, dataset, variants) {
  const begin = performance.now();
  const { id } = await post('/api/experiments', {
    name: 'Bench',
    dataset,
    concurrency: 32,
    evaluators: [{ kind: 'exact' }],
    variants: Array.from({ length: variants }, (_, at) => ({
      workflow,
      version: 'draft',
      set: at === 0 ? {} : { 'say.template': `${'Q'.repeat(at)}: {{ question }}` },
    })),
  });
  for (;;) {
    const { status } = await get(`/api/experiments/${id}`);
    if (status === 'done') return { id, ms: performance.now() - begin };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Opens the page of an experiment until rows are shown, each time in an empty browser profile. The first time does not count. */
async function openPage(browser, server, id) {
  const times = [];
  const processor = [];
  for (let round = 0; round <= 5; round += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const before = processorMs(server.pid);
    const begin = performance.now();
    await page.goto(`${server.address}/quality/experiments/${id}`, { waitUntil: 'commit' });
    // Checked at each frame, because a locator checks only twice a second.
    await page.waitForFunction(() => document.querySelectorAll('.experiments_experiment-row').length > 5);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    if (round > 0) {
      times.push(performance.now() - begin);
      processor.push(processorMs(server.pid) - before);
    }
    await context.close();
  }
  return { times, processor };
}

export const cases = [
  {
    name: 'experiment-page',
    title: 'the page of an experiment of 10,000 rows x 2 variants in a browser: until rows are shown',
    run: async () => {
      const executablePath = findChromium();
      if (executablePath === undefined) return noChromium;
      const { chromium } = await import('playwright-core');
      return inTemporaryFolder(async (folder) => {
        const server = await startServer(folder);
        const { id: workflow } = await server.post('/api/workflows', { document: quiz });
        const { id } = await runExperiment(server, workflow, await importRows(server, 10_000), 2);
        const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
        try {
          const { times, processor } = await openPage(browser, server, id);
          return [
            { case: 'experiment-page-10000', unit: 'ms', samples: times },
            { case: 'experiment-page-10000-server', unit: 'ms', samples: processor },
          ];
        } finally {
          await browser.close();
          await server.stop();
        }
      });
    },
  },
  {
    name: 'experiment',
    title: 'an experiment of 1,000 rows x 3 variants of a workflow without a model; opening the table of 10,000 rows',
    run: () =>
      inTemporaryFolder(async (folder) => {
        const server = await startServer(folder);
        const { id: workflow } = await server.post('/api/workflows', { document: quiz });
        const small = await importRows(server, 1_000);
        const times = [];
        for (let round = 0; round < 3; round += 1)
          times.push((await runExperiment(server, workflow, small, 3)).ms / 1_000);
        const large = await runExperiment(server, workflow, await importRows(server, 10_000), 2);
        const computed = performance.now();
        await server.get(`/api/experiments/${large.id}/result`);
        const first = performance.now() - computed;
        const opened = [];
        for (let round = 0; round < 5; round += 1) {
          const begin = performance.now();
          await server.get(`/api/experiments/${large.id}/result`);
          await server.get(`/api/experiments/${large.id}/rows?changed=any&limit=500`);
          opened.push(performance.now() - begin);
        }
        await server.stop();
        return [
          { case: 'experiment-3000-runs', unit: 's', samples: times },
          { case: 'experiment-table-10000-first', unit: 'ms', samples: [first] },
          { case: 'experiment-table-10000', unit: 'ms', samples: opened },
        ];
      }),
  },
];
