import { BatchPreview, BatchReply, defineNode, localPrincipal, Text, TriggerState } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { TestServer } from '../../testing/test-server.js';
import { echoDocument } from '../../testing/echo-document.js';
import { openPublished, until } from '../testing/open-published.js';

let server: TestServer;
afterEach(() => server.close());

const path = '/api/workflows/echo/batches';
const rows = (...questions: readonly string[]) => questions.map((question) => ({ question }));

async function begin(body: object): Promise<BatchReply> {
  return BatchReply.parse((await server.call('POST', path, body)).body);
}
const reaches = (id: string, is: (batch: BatchReply) => boolean) =>
  until(async () => {
    const batch = BatchReply.parse((await server.call('GET', `${path}/${id}`)).body);
    return is(batch) ? batch : undefined;
  });
const ended = (id: string) => reaches(id, ({ status }) => status === 'done');
const results = async (id: string): Promise<string> => (await fetch(`${server.address}${path}/${id}/results`)).text();

describe('the rows of a batch', () => {
  it('are checked before any run starts, with columns that are guessed or given', async () => {
    server = await openPublished();
    const preview = async (text: string, columns?: object): Promise<BatchPreview> => {
      const form = new FormData();
      form.set('file', new Blob([text]), 'q.csv');
      if (columns !== undefined) form.set('columns', JSON.stringify(columns));
      const reply = await fetch(`${server.address}${path}/preview`, { method: 'POST', body: form });
      return BatchPreview.parse(await reply.json());
    };
    expect(await preview('Question ,note\na,1\nb,2\n')).toMatchObject({
      version: 1,
      rows: 2,
      names: ['Question ', 'note'],
      columns: { question: 'Question ' },
      bad: 0,
      inputs: [{ name: 'question', type: 'Text', isRequired: true }],
      first: [
        { row: 1, inputs: { question: 'a' } },
        { row: 2, inputs: { question: 'b' } },
      ],
      level: 'internal',
    });
    expect(await preview('Question,note\na,\nb,2\n', { question: 'note' })).toMatchObject({
      bad: 1,
      problems: [{ row: 1, message: expect.stringContaining('question') }],
    });
    expect(await server.heddle.runs.list({})).toEqual([]);
    const bad = new FormData();
    bad.set('file', new Blob(['question\na\n']), 'q.csv');
    bad.set('columns', 'nonsense');
    expect((await fetch(`${server.address}${path}/preview`, { method: 'POST', body: bad })).status).toBe(400);
  });
});

describe('the columns of a batch', () => {
  const send = (body: object) => server.call('POST', path, body);

  it('are guessed by name when it begins, as in its preview', async () => {
    server = await openPublished();
    const { id } = await begin({ rows: [{ Question: 'a' }, { Question: 'b' }] });
    await ended(id);
    expect(await results(id)).toContain('You asked: b');
  });

  it('begin no run when they match no input', async () => {
    server = await openPublished();
    const unknown = await send({ rows: [{ Frage: 'a' }], columns: { question: 'Frag' } });
    expect([unknown.status, unknown.body.error.code]).toEqual([422, 'batch_invalid']);
    expect(unknown.body.error.message).toBe("The rows have no column 'Frag'. They have 'Frage'.");
    const unlike = await send({ rows: [{ Frage: 'a' }] });
    expect(unlike.body.error.message).toMatch(
      /^No column of the rows \('Frage'\) has the name of an input .*\(question\)/,
    );
    expect(await server.heddle.runs.list({})).toEqual([]);
  });
});

describe('the download of a batch', () => {
  it('is a destination: withholds what is above its clearance, and records both', async () => {
    server = await openPublished();
    const open = await begin({ rows: rows('secret words') });
    const closed = await begin({ rows: rows('secret words'), clearance: 'public' });
    await Promise.all([ended(open.id), ended(closed.id)]);
    expect(await results(open.id)).toContain('You asked: secret words');
    const held = await results(closed.id);
    expect(held).toContain('label_refused');
    expect(held).not.toContain('secret words');
    const csv = await server.call('GET', `${path}/${closed.id}/results?format=csv`);
    expect(String(csv.body)).not.toContain('secret words');
    const records = await server.heddle.audit.list({ kinds: ['export', 'egress'] });
    expect(records.map(({ act, isAllowed, details }) => [act, isAllowed, details['batch'], details['rows']])).toEqual([
      ['egress', false, closed.id, 1],
      ['export', true, closed.id, undefined],
      ['egress', false, closed.id, 1],
      ['export', true, closed.id, undefined],
      ['export', true, open.id, undefined],
    ]);
  });

  it('never contains more than the clearance of the version allows, whatever the batch asks for', async () => {
    server = await openPublished();
    await server.heddle.workflows.save(
      (await server.heddle.workflows.get('echo')).id,
      echoDocument('Now: '),
      undefined,
    );
    const strict = { acceptDataMap: true, replyClearance: 'public' } as const;
    await server.heddle.publishing.versions.publish('echo', strict, localPrincipal);
    const { id } = await begin({ rows: rows('words'), clearance: 'restricted' });
    await ended(id);
    expect(await results(id)).toContain('label_refused');
    expect(await results(id)).not.toContain('Now: ');
  });
});

/** Each run costs two dollars, and fails for `bad` while `state.isBroken`. */
function pricey() {
  const state = { isBroken: true };
  const node = defineNode({
    type: 'pricey',
    version: 1,
    category: 'data',
    title: 'Pricey',
    summary: 'Of tests.',
    role: 'step',
    effects: [],
    config: z.object({}),
    inputs: { text: Text },
    outputs: { text: Text },
    run({ inputs, context }) {
      context.report({ inputTokens: 1, outputTokens: 1, cost: 2 });
      if (inputs.text.includes('bad') && state.isBroken) return Promise.reject(new Error('It is broken.'));
      return Promise.resolve({ text: inputs.text });
    },
  });
  return { state, node };
}

describe('a batch with a budget', () => {
  const openPricey = async () => {
    const { node, state } = pricey();
    server = await openPublished({ nodes: [...standardNodes, node], engine: { startRun, resumeRun } });
    const echo = echoDocument();
    const document = {
      ...echo,
      nodes: { ...echo.nodes, pricey: { type: 'pricey', version: 1, config: {} } },
      edges: [
        { from: 'question.question', to: 'pricey.text' },
        { from: 'pricey.text', to: 'say.question' },
        { from: 'say.text', to: 'reply.answer' },
      ],
    };
    await server.heddle.workflows.save((await server.heddle.workflows.get('echo')).id, document, undefined);
    await server.heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
    return state;
  };

  it('is done, and not paused, when its last row costs what is left', async () => {
    await openPricey();
    const { id } = await begin({ rows: rows('a', 'b'), concurrency: 1, budget: 4 });
    const over = await reaches(id, ({ status }) => status !== 'running');
    expect(over).toMatchObject({ status: 'done', cost: 4, rows: { done: 2, waiting: 0 } });
    expect(over.reason).toBeUndefined();
    await until(async () => (await server.heddle.jobs.list()).find(({ status }) => status === 'done'));
    const steps = (await server.heddle.audit.list({ kinds: ['job'] })).map(({ details }) => details['step']);
    expect(steps).not.toContain('batch paused');
  });

  it.each([3, 4])(
    'of $%d pauses when its runs have cost it, gives the reason, and goes on with a larger budget',
    async (budget) => {
      const state = await openPricey();
      const { id } = await begin({ rows: rows('a', 'b', 'c', 'd bad'), concurrency: 1, budget });
      const paused = await reaches(id, ({ status }) => status === 'paused');
      expect(paused).toMatchObject({
        cost: 4,
        budget,
        reason: expect.stringContaining(`$${budget}`),
        rows: { done: 2 },
      });
      const change = (what: string, body?: object) => server.call('POST', `${path}/${id}/${what}`, body);
      expect((await change('resume')).body.error.code).toBe('conflict');
      expect((await change('resume', { budget: 100 })).status).toBe(200);
      const over = await ended(id);
      expect(over).toMatchObject({ budget: 100, cost: expect.any(Number), rows: { done: 3, failed: 1 } });
      expect(over.reason).toBeUndefined();
      // The cost of a failed row stays counted when the row runs again.
      state.isBroken = false;
      expect((await change('retry', { budget: over.cost })).body.error.code).toBe('conflict');
      expect((await change('retry')).status).toBe(200);
      expect(await reaches(id, (batch) => batch.rows.done === 4)).toMatchObject({ cost: over.cost + 2 });
      const steps = (await server.heddle.audit.list({ kinds: ['job'] })).map(({ who, details }) => [
        who,
        details['step'],
      ]);
      expect(steps).toEqual([
        ['local', 'batch retried'],
        ['local', 'batch resumed'],
        ['heddle', 'batch paused'],
        ['local', 'batch begun'],
      ]);
    },
  );
});

describe('a batch that is over', () => {
  it('is removed with its rows, which is recorded; its runs stay', async () => {
    server = await openPublished();
    const { id } = await begin({ rows: rows('a') });
    await ended(id);
    expect((await server.call('DELETE', `${path}/${id}`)).status).toBe(204);
    expect((await server.call('GET', `${path}/${id}`)).status).toBe(404);
    expect(await server.heddle.runs.list({})).toHaveLength(1);
    expect((await server.heddle.audit.list({ kinds: ['job'] }))[0]).toMatchObject({
      details: { step: 'batch removed' },
    });
  });
});

describe('the topic of a workflow’s triggers', () => {
  it('reports a batch from its beginning to its end, and webhooks only by name', async () => {
    server = await openPublished();
    const { heddle } = server;
    const { id: workflow } = await heddle.workflows.get('echo');
    const seen: TriggerState[] = [];
    const stop = heddle.topics.watch(`triggers:${workflow}`, (states) =>
      seen.push(...states.map((state) => TriggerState.parse(state))),
    );
    const { body: hook } = await server.call('POST', '/api/workflows/echo/hooks', { name: 'Shop' });
    await server.call('POST', `/api/workflows/echo/hooks/${hook.id}/try`, { body: { question: 'secret words' } });
    const { id } = await begin({ rows: rows('a', 'b') });
    await until(() => seen.find((state) => 'batch' in state && state.batch.rows.done === 2));
    expect(seen).toContainEqual({ channel: hook.id });
    await server.call('DELETE', `${path}/${id}`);
    await until(() => seen.find((state) => 'removed' in state && state.removed === id));
    expect(JSON.stringify(seen)).not.toContain('secret words');
    stop();
  });
});
