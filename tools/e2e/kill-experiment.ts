import { expect } from '@jest/globals';
import type { ExperimentReply, ExperimentResult, ExperimentRow, RunSummary, WorkflowDocument } from '@heddle/core';
import { temporaryFolder } from './built-program.js';
import { eventually } from './eventually.js';
import type { FakeProvider } from './fake-provider.js';
import { done, publish } from './published-documents.js';
import { post, send } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

/** A workflow without a model: it answers with its question, and the variant answers something else for some rows. */
const quiz: WorkflowDocument = {
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

/** The same workflow with a model before the prompt that variants change, so that all variants of a row share the model's answer. */
const withModel: WorkflowDocument = {
  ...quiz,
  nodes: {
    ...quiz.nodes,
    write: { type: 'generate', version: 1, config: { model: 'far/large', temperature: 0 } },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'answer', type: 'Text' },
          { name: 'written', type: 'Text' },
        ],
      },
    },
  },
  edges: [...quiz.edges, { from: 'ask.question', to: 'write.prompt' }, { from: 'write.text', to: 'reply.written' }],
};

const price = { model: 'large', inputPerMillion: 1_000, outputPerMillion: 1_000, currency: 'USD', asOf: '2026-01-01' };
/** The cost of the 460 tokens of a question to the fake provider. */
const costOfCall = 0.46;

async function connect(server: ServerProcess, { address }: FakeProvider): Promise<void> {
  const connection = { id: 'far', kind: 'openai-compatible', baseUrl: address, models: [{ name: 'large' }] };
  await done(post(server, '/api/connections', connection));
  const put = (path: string, body: unknown) =>
    send(server, path, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect((await put('/api/connections/far', { ...connection, prices: [price] })).status).toBe(200);
  expect((await put('/api/connections/far/key', { value: 'k' })).status).toBe(204);
}

/** The figures that two experiments on the same rows must share; latencies differ from run to run. */
const tableOf = ({ table }: ExperimentResult): unknown => ({
  scores: table.scores.filter(({ metric }) => metric === 'exact'),
  better: table.comparisons
    .filter(({ metric }) => metric === 'exact')
    .map(({ interval, p, rows }) => ({ interval, p, rows })),
});

async function importRows(server: ServerProcess, count: number): Promise<string> {
  const { id } = await done<{ id: string }>(post(server, '/api/datasets', { name: 'Rows', description: '' }));
  const lines = Array.from({ length: count }, (_, at) =>
    JSON.stringify({ id: `r${at}`, inputs: { question: `q${at}` }, expected: at % 3 === 0 ? `Q: q${at}` : `q${at}` }),
  );
  const form = new FormData();
  form.append('file', new Blob([lines.join('\n')]), 'rows.jsonl');
  const reply = await fetch(`${server.address}/api/datasets/${id}/import?format=jsonl`, { method: 'POST', body: form });
  expect(reply.status).toBeLessThan(300);
  return id;
}

/** The number of parallel runs. */
const concurrency = 8;

const begin = (server: ServerProcess, dataset: string): Promise<ExperimentReply> =>
  done<ExperimentReply>(
    post(server, '/api/experiments', {
      name: 'Kills',
      dataset,
      concurrency,
      evaluators: [{ kind: 'exact' }],
      variants: [{ workflow: 'quiz' }, { workflow: 'quiz', set: { 'say.template': 'Q: {{ question }}' } }],
    }),
  );

const endOf = (server: () => ServerProcess, id: string): Promise<ExperimentResult> =>
  eventually('end of the experiment', async () => {
    const result = await done<ExperimentResult>(send(server(), `/api/experiments/${id}/result`));
    return result.isFinal ? result : undefined;
  });

async function rowsOf(server: ServerProcess, id: string): Promise<readonly ExperimentRow[]> {
  const { rows } = await done<{ rows: ExperimentRow[] }>(send(server, `/api/experiments/${id}/rows?limit=1000`));
  return rows;
}

/** Runs an experiment, kills the server `kills` times meanwhile, and compares the result with that of an undisturbed experiment. */
export async function killExperiment({
  rows: count,
  kills,
  provider,
}: {
  readonly rows: number;
  readonly kills: number;
  /** The provider of a model whose answers the variants of a row share. */
  readonly provider?: FakeProvider;
}): Promise<void> {
  const data = temporaryFolder();
  let server = await startServer({ data });
  if (provider !== undefined) await connect(server, provider);
  await publish(server, 'quiz', provider === undefined ? quiz : withModel);
  const dataset = await importRows(server, count);
  const calm = await begin(server, dataset);
  const expected = await endOf(() => server, calm.id);
  const askedBefore = provider?.questions.length ?? 0;
  const { id } = await begin(server, dataset);
  for (let kill = 1; kill <= kills; kill += 1) {
    const due = Math.floor((kill * 2 * count) / (kills + 1));
    await eventually(`${due} ended cells`, async () => {
      const { cells } = await done<ExperimentReply>(send(server, `/api/experiments/${id}`));
      return cells.done >= due ? true : undefined;
    });
    await server.kill();
    server = await startServer({ data });
  }
  const result = await endOf(() => server, id);
  expect(tableOf(result)).toEqual(tableOf(expected));
  const rows = await rowsOf(server, id);
  const cells = rows.flatMap((row) => row.cells);
  expect(rows).toHaveLength(count);
  expect(cells.every(({ state, attempt }) => state === 'done' && attempt === 1)).toBe(true);
  // Each cell must have its own run, and there must be no other runs.
  const mine = new Set(cells.map(({ runId }) => runId));
  expect(mine.size).toBe(2 * count);
  expect(await runsOf(server, id)).toEqual([...mine].sort());
  if (provider !== undefined) {
    const asked = provider.questions.slice(askedBefore);
    const lost = kills * concurrency;
    checkReuse(rows, await done<ExperimentReply>(send(server, `/api/experiments/${id}`)), {
      asked: asked.length,
      lost,
    });
    // Only calls that were in progress at a kill are repeated.
    expect(new Set(asked.map((question) => JSON.stringify(question))).size).toBe(count);
    expect(asked.length).toBeLessThanOrEqual(count + lost);
  }
  expect(await server.stop()).toBe(0);
}

/**
 * Checks that one run of each row called the model and the other one reused its answer. An answer may be requested again if a kill came
 * after its own run had it and before the others could reuse it. The cost of each call is counted once, as spent or as saved.
 */
function checkReuse(
  rows: readonly ExperimentRow[],
  { cost, saved }: ExperimentReply,
  { asked, lost }: { readonly asked: number; readonly lost: number },
): void {
  const cells = rows.flatMap((row) => row.cells);
  expect(cells.filter(({ values }) => Math.abs((values['run.cost'] ?? 0) - costOfCall) > 1e-9)).toEqual([]);
  const reused = rows.map((row) => row.cells.flatMap((cell) => cell.reused ?? []));
  for (const one of reused.flat())
    expect([one.nodes, Math.round(one.cost * 1e6), one.tokens]).toEqual([1, 460_000, 460]);
  expect(reused.filter(({ length }) => length > 1)).toEqual([]);
  const count = reused.flat().length;
  expect(rows.length - count).toBeLessThanOrEqual(lost);
  expect(saved.cost).toBeCloseTo(count * costOfCall, 6);
  expect(cost.runs).toBeCloseTo((cells.length - count) * costOfCall, 6);
  expect(asked).toBeGreaterThanOrEqual(cells.length - count);
}

async function runsOf(server: ServerProcess, id: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let before: string | undefined; ;) {
    const page = before === undefined ? '' : `&before=${before}`;
    const { runs, next } = await done<{ runs: RunSummary[]; next?: string }>(
      send(server, `/api/runs?limit=1000&trigger=test${page}`),
    );
    for (const { runId, caller } of runs) if (caller?.subject === `experiment:${id}`) found.push(runId);
    if (next === undefined) return found.sort();
    before = next;
  }
}
