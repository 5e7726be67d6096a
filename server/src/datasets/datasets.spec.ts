import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { AnyJson } from '../testing/any-json.js';

/** A workflow with a confidential input. */
const secretive: WorkflowDocument = {
  heddle: 2,
  name: 'Secretive',
  nodes: {
    question: {
      type: 'input',
      version: 1,
      config: { fields: [{ name: 'question', type: 'Text', label: 'confidential' }] },
    },
    say: { type: 'prompt', version: 1, config: { template: 'You asked {{ question }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'say.question' },
    { from: 'say.text', to: 'reply.answer' },
  ],
};

describe('datasets', () => {
  let house: TwoProjects;
  let owner: Shown;
  let viewer: Shown;
  let runner: Shown;
  let stranger: Shown;
  let both: Shown;

  beforeAll(async () => {
    house = await openTwoProjects();
    owner = house.person({ [house.alpha]: ['owner'] });
    viewer = house.person({ [house.alpha]: ['viewer'] });
    runner = house.person({ [house.alpha]: ['runner'] });
    stranger = house.person({ [house.beta]: ['owner'] });
    both = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
  });
  afterAll(() => house.close());

  const make = async (who: Shown = owner, project = house.alpha): Promise<string> => {
    const { status, body } = await house.call(who, 'POST', '/api/datasets', { name: 'Questions' }, project);
    expect(status).toBe(201);
    return String(body['id']);
  };

  /** Sends files as the editor and the command do. */
  async function send(
    who: Shown,
    id: string,
    query: string,
    files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>,
  ): Promise<{ status: number; body: AnyJson }> {
    const form = new FormData();
    for (const [name, text] of Object.entries(files)) form.append('files', new Blob([text]), name);
    const { id: _id, ...headers } = who as Shown & { id?: string };
    const response = await fetch(`${house.server.address}/api/datasets/${id}/import${query}`, {
      method: 'POST',
      headers,
      body: form,
    });
    return { status: response.status, body: (await response.json()) as AnyJson };
  }

  const rowsOf = async (id: string, query = ''): Promise<AnyJson> =>
    (await house.call(viewer, 'GET', `/api/datasets/${id}/rows${query}`)).body;

  it('accepts rows, keeps versions, and returns them', async () => {
    const id = await make();
    const first = await send(owner, id, '?label=public&note=start', {
      'a.jsonl': '{"inputs":{"q":"1"}}\n{"inputs":{"q":"2"}}',
    });
    expect(first).toMatchObject({ status: 200, body: { version: 1, rows: 2, added: 2 } });
    const second = await send(owner, id, '?format=csv&mode=replace&split=test', { 'b.csv': 'q,expected\n3,three\n' });
    expect(second.body).toMatchObject({ version: 2, rows: 1, removed: 2 });
    const { body } = await house.call(viewer, 'GET', `/api/datasets/${id}`);
    expect(body).toMatchObject({ name: 'Questions', version: 2, rows: 1 });
    expect(body.versions).toMatchObject([
      { version: 2, note: '' },
      { version: 1, note: 'start' },
    ]);
    expect((await rowsOf(id, '?version=1&limit=1')).rows).toMatchObject([{ inputs: { q: '1' }, label: 'public' }]);
    const page = await rowsOf(id, '?version=1&limit=1');
    expect((await rowsOf(id, `?version=1&after=${page.next}`)).rows).toMatchObject([{ inputs: { q: '2' } }]);
    expect((await rowsOf(id)).rows).toMatchObject([
      { inputs: { q: '3' }, expected: 'three', split: 'test', label: 'internal' },
    ]);
    const events = await house.server.heddle.audit.list({ subject: `dataset:${id}`, kinds: ['dataset'] });
    expect(events.map(({ details }) => details['step'])).toEqual(['rows written', 'rows written', 'made']);
  });

  it('names the invalid lines of a file, and stores nothing of it', async () => {
    const id = await make();
    const lines = `${'{"inputs":{}}\n'.repeat(3)}{"inputs":1}\n`;
    const refused = await send(owner, id, '', { 'a.jsonl': `{"inputs":{"q":"1"}}\n${lines}` });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'dataset_invalid' } } });
    expect(refused.body.error.message).toContain('Line 5: inputs');
    expect((await send(owner, id, '', { 'a.jsonl': '{' })).body.error.message).toContain('Line 1');
    expect((await send(owner, id, '?format=excel', { a: '' })).status).toBe(400);
    expect((await send(owner, id, '?format=beir', { 'queries.jsonl': '' })).status).toBe(422);
    expect((await house.call(owner, 'GET', `/api/datasets/${id}`)).body).toMatchObject({ version: 0, rows: 0 });
  });

  it('is read with the right to values of runs, and changed with the right to change workflows', async () => {
    const id = await make();
    for (const who of [viewer, runner]) {
      expect((await house.call(who, 'GET', `/api/datasets/${id}/rows`)).status).toBe(200);
      expect((await house.call(who, 'POST', '/api/datasets', { name: 'x' })).status).toBe(403);
      expect((await send(who, id, '', { a: '' })).status).toBe(403);
      expect((await house.call(who, 'POST', `/api/datasets/${id}/runs`, { workflow: 'w' })).status).toBe(403);
      expect((await house.call(who, 'DELETE', `/api/datasets/${id}`)).status).toBe(403);
    }
    // A key that may only call published versions reads no rows.
    expect((await house.call(house.key(house.alpha), 'GET', `/api/datasets/${id}/rows`)).status).toBe(403);
  });

  it('is hidden from other projects', async () => {
    const id = await make();
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/rows'],
      ['GET', '/problems'],
      ['GET', '/export'],
      ['POST', '/runs'],
      ['DELETE', ''],
    ] as const) {
      const body = method === 'POST' ? { workflow: 'w' } : undefined;
      expect((await house.call(stranger, method, `/api/datasets/${id}${path}`, body)).status).toBe(404);
    }
    expect((await house.call(stranger, 'GET', '/api/datasets')).body).toEqual({ datasets: [] });
    const own = await make(stranger, house.beta);
    expect((await house.call(stranger, 'GET', '/api/datasets')).body.datasets).toMatchObject([{ id: own }]);
    // A key for one workflow sees no datasets, whose rows can come from other workflows.
    const narrow = house.key(house.alpha, { workflows: ['w'], permissions: ['run:values', 'workflow:write'] });
    expect((await house.call(narrow, 'GET', `/api/datasets/${id}/rows`)).status).toBe(404);
  });

  it('accepts runs of its own project, with their label', async () => {
    const { server, alpha, beta } = house;
    const ours = await house.workflow(alpha, secretive);
    const theirs = await house.workflow(beta, secretive);
    const run = async (workflow: string, question: string): Promise<string> => {
      const { runId } = await server.heddle.runs.start({
        document: secretive,
        workflowId: workflow,
        request: { inputs: { question } },
        trigger: 'api',
      });
      await server.heddle.runs.settled(runId);
      return runId;
    };
    const first = await run(ours, 'One?');
    const second = await run(ours, 'Two?');
    await run(theirs, 'Theirs?');
    const id = await make(both);
    const add = (who: Shown, body: object) => house.call(who, 'POST', `/api/datasets/${id}/runs`, body);
    expect((await add(owner, { workflow: ours, limit: 1, tags: ['new'] })).body).toMatchObject({
      version: 1,
      added: 1,
    });
    expect((await add(owner, { workflow: ours, split: 'test' })).body).toMatchObject({ version: 2, rows: 2 });
    expect((await add(owner, { workflow: ours, since: Date.now() + 1e9 })).body).toMatchObject({
      version: 2,
      added: 0,
    });
    // A person who may read both projects cannot copy runs from one into the other; others do not learn that the workflow exists.
    expect((await add(both, { workflow: theirs })).body).toMatchObject({ version: 2, added: 0 });
    expect((await add(owner, { workflow: theirs })).status).toBe(404);
    expect((await add(owner, { workflow: 'nothing' })).status).toBe(404);
    const { rows } = await rowsOf(id);
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual(
      expect.objectContaining({
        id: first,
        run: first,
        label: 'confidential',
        split: 'test',
        inputs: { question: 'One?' },
        expected: 'You asked One?',
      }),
    );
    expect(rows).toContainEqual(expect.objectContaining({ run: second }));
  });

  it('is exported in each format, and imported again unchanged', async () => {
    const id = await make();
    const text = [
      { id: 'a', inputs: { query: '=1+1' }, expected: 'two', references: [{ document: 'd1', text: 'Sums', grade: 2 }] },
      { id: 'b', inputs: { query: 'x\ty' }, expected: { n: 1 }, label: 'restricted', tags: ['t'] },
    ]
      .map((row) => JSON.stringify(row))
      .join('\n');
    await send(owner, id, '', { 'a.jsonl': text });
    const get = async (query: string): Promise<string> => {
      const { id: _id, ...headers } = viewer as Shown & { id?: string };
      const response = await fetch(`${house.server.address}/api/datasets/${id}/export?${query}`, { headers });
      return response.text();
    };
    for (const format of ['jsonl', 'promptfoo', 'openai', 'messages']) {
      const copy = await make();
      expect(await send(owner, copy, `?format=${format}`, { rows: await get(`format=${format}`) })).toMatchObject({
        body: { version: 1, rows: 2 },
      });
      if (format === 'jsonl' || format === 'promptfoo')
        expect((await rowsOf(copy)).rows).toEqual((await rowsOf(id)).rows);
    }
    // A cell that a spreadsheet would compute is written as text.
    expect(await get('format=csv')).toContain("'=1+1");
    expect(await get('format=trec&part=qrels')).toBe('a 0 d1 2\n');
    expect(await get('format=trec&part=queries')).toBe('a\t=1+1\nb\tx y\n');
    const copy = await make();
    const parts = {
      'queries.jsonl': await get('format=beir&part=queries'),
      'corpus.jsonl': await get('format=beir&part=corpus'),
      'test.tsv': await get('format=beir&part=qrels'),
    };
    await send(owner, copy, '?format=beir', parts);
    expect((await rowsOf(copy)).rows).toMatchObject([
      { id: 'a', references: [{ document: 'd1', text: 'Sums', grade: 2 }], split: 'test' },
    ]);
    expect((await house.call(viewer, 'GET', `/api/datasets/${id}/export?format=beir`)).status).toBe(400);
    expect((await house.call(viewer, 'GET', `/api/datasets/${id}/export?version=9`)).status).toBe(404);
    const [event] = await house.server.heddle.audit.list({ subject: `dataset:${id}`, kinds: ['export'] });
    expect(event?.details).toMatchObject({ format: 'beir', part: 'qrels' });
  });

  it('keeps documents that are judged not relevant in every format that supports them', async () => {
    const id = await make();
    const references = [
      { document: 'right.md', text: 'Yes.' },
      { document: 'wrong.md', text: 'No.', grade: 0 },
    ];
    const row = { id: 'a', inputs: { query: 'Why?' }, references };
    await house.call(owner, 'POST', `/api/datasets/${id}/rows`, { set: [row] });
    const { id: _id, ...headers } = viewer as Shown & { id?: string };
    const get = async (query: string): Promise<string> =>
      (await fetch(`${house.server.address}/api/datasets/${id}/export?${query}`, { headers })).text();
    expect(await get('format=beir&part=qrels')).toContain('a\tright.md\t1\na\twrong.md\t0\n');
    expect(await get('format=trec&part=qrels')).toBe('a 0 right.md 1\na 0 wrong.md 0\n');
    const files = {
      jsonl: { rows: await get('format=jsonl') },
      csv: { 'rows.csv': await get('format=csv') },
      beir: { 'queries.jsonl': await get('format=beir&part=queries'), 'q.tsv': await get('format=beir&part=qrels') },
      trec: { topics: await get('format=trec&part=queries'), qrels: await get('format=trec&part=qrels') },
    };
    for (const [format, parts] of Object.entries(files)) {
      const copy = await make();
      await send(owner, copy, `?format=${format}`, parts);
      const [read] = (await rowsOf(copy)).rows;
      const grades = (read?.['references'] ?? []) as { readonly document: string; readonly grade: number }[];
      expect([format, grades.map(({ document, grade }) => [document, grade])]).toEqual([
        format,
        [
          ['right.md', 1],
          ['wrong.md', 0],
        ],
      ]);
    }
  });

  it('is exported as Parquet, as YAML of promptfoo and with a registry of OpenAI Evals, and imported again unchanged', async () => {
    const id = await make();
    const text = [
      { id: 'a', inputs: { query: 'ünï' }, expected: 'two', references: [{ document: 'd1', text: 'Sums', grade: 2 }] },
      { id: 'b', inputs: { query: 'x', more: [1, { y: true }] }, label: 'restricted', tags: ['t'], split: 'test' },
    ]
      .map((row) => JSON.stringify(row))
      .join('\n');
    await send(owner, id, '', { 'a.jsonl': text });
    const get = async (query: string): Promise<Uint8Array<ArrayBuffer>> => {
      const { id: _id, ...headers } = viewer as Shown & { id?: string };
      const response = await fetch(`${house.server.address}/api/datasets/${id}/export?${query}`, { headers });
      return new Uint8Array(await response.arrayBuffer());
    };
    const files = {
      parquet: { 'rows.parquet': await get('format=parquet') },
      promptfoo: { 'tests.yaml': await get('format=promptfoo&part=yaml') },
      openai: {
        'questions.yaml': await get('format=openai&part=registry'),
        'samples.jsonl': await get('format=openai'),
      },
    };
    for (const [format, given] of Object.entries(files)) {
      const copy = await make();
      expect(await send(owner, copy, `?format=${format}`, given)).toMatchObject({ body: { version: 1, rows: 2 } });
      if (format !== 'openai') expect((await rowsOf(copy)).rows).toEqual((await rowsOf(id)).rows);
    }
    const broken = await send(owner, id, '?format=parquet', { 'rows.parquet': 'no table' });
    expect(broken).toMatchObject({ status: 422, body: { error: { code: 'dataset_invalid' } } });
    expect((await house.call(viewer, 'GET', `/api/datasets/${id}/export?format=parquet&part=yaml`)).status).toBe(400);
  }, 240_000);

  it('reports leaks, and is deleted with all versions', async () => {
    const id = await make();
    await send(owner, id, '', {
      'a.jsonl': '{"id":"a","inputs":{"q":"1"},"split":"train"}\n{"id":"b","inputs":{"q":"1"},"split":"test"}',
    });
    expect((await house.call(viewer, 'GET', `/api/datasets/${id}/problems`)).body).toMatchObject({
      duplicates: 1,
      leaks: 1,
      groups: [{ rows: ['a', 'b'], splits: ['test', 'train'] }],
    });
    expect((await house.call(owner, 'DELETE', `/api/datasets/${id}`)).status).toBe(204);
    expect((await house.call(owner, 'GET', `/api/datasets/${id}`)).status).toBe(404);
    expect(JSON.stringify((await house.call(owner, 'GET', '/api/datasets')).body)).not.toContain(id);
  });
});
