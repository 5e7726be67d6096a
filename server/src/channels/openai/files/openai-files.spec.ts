import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HeddleError, type GuardedWrite, type LabelLevel, type WorkflowDocument } from '@heddle/core';
import OpenAI, { toFile } from 'openai';
import { filesHolding } from '../../../testing/files-holding.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../../../security/testing/two-projects.js';

/** A workflow that answers with the last text of the user, as a chat model would. */
const echoes = (name: string, label: LabelLevel = 'internal'): WorkflowDocument => ({
  heddle: 2,
  name,
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text', label }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [{ from: 'asked.text', to: 'reply.answer' }],
});

interface Given {
  readonly model: string;
  readonly text: string;
  readonly more?: object;
}
const chatLine = (id: string, { model, text, more }: Given): object => ({
  custom_id: id,
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model, messages: [{ role: 'user', content: text }], ...more },
});
const jsonl = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

describe('/v1/files and /v1/batches', () => {
  let house: TwoProjects;
  let model: string;
  let secret: string;
  let client: OpenAI;
  let workflowId: string;
  beforeAll(async () => {
    house = await openTwoProjects({ settings: { HEDDLE_UPLOAD_LIMIT: '1mb' } });
    const made = await house.published(house.alpha, echoes('Echoes'));
    ({ slug: model, id: workflowId } = made);
    secret = (await house.published(house.alpha, echoes('Secrets', 'confidential'))).slug;
    client = clientOf(house.key(house.alpha));
  });
  afterAll(() => house.close());

  const clientOf = ({ authorization = '' }: Shown): OpenAI =>
    new OpenAI({ apiKey: authorization.replace('Bearer ', ''), baseURL: `${house.server.address}/v1`, maxRetries: 0 });
  const send = async (lines: readonly object[] | string, by = client): Promise<OpenAI.FileObject> => {
    const text = typeof lines === 'string' ? lines : jsonl(lines);
    return by.files.create({ file: await toFile(Buffer.from(text), 'requests.jsonl'), purpose: 'batch' });
  };
  const begin = (file: string, endpoint: OpenAI.BatchCreateParams['endpoint'] = '/v1/chat/completions', by = client) =>
    by.batches.create({ input_file_id: file, endpoint, completion_window: '24h', metadata: { name: 'Nightly' } });
  const ended = async (id: string): Promise<OpenAI.Batch> => {
    for (let attempt = 0; attempt < 1_000; attempt += 1) {
      const batch = await client.batches.retrieve(id);
      if (batch.status === 'completed' || batch.status === 'cancelled') return batch;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('The batch did not end.');
  };
  const linesOf = async (file: string | null | undefined): Promise<readonly unknown[]> => {
    const text = await (await client.files.content(file ?? '')).text();
    return text
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  };

  it('keeps a file until it is deleted, and lists it', async () => {
    const text = jsonl([chatLine('a', { model, text: 'Why?' })]);
    const file = await send(text);
    expect(file).toMatchObject({ object: 'file', purpose: 'batch', filename: 'requests.jsonl', status: 'processed' });
    expect(file.bytes).toBe(Buffer.byteLength(text));
    expect(file.expires_at).toBe(file.created_at + 30 * 86_400);
    expect(await (await client.files.content(file.id)).text()).toBe(text);
    const listed: string[] = [];
    for await (const { id } of client.files.list({ purpose: 'batch', limit: 1 })) listed.push(id);
    expect(listed).toContain(file.id);
    expect(await client.files.delete(file.id)).toEqual({ id: file.id, object: 'file', deleted: true });
    await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404, code: 'file_not_found' });
    const who = house.person({ [house.alpha]: ['owner'] });
    const { body } = await house.call(who, 'GET', '/api/audit?kind=erase&limit=1');
    expect(body.records).toMatchObject([{ subject: `openai-file:${file.id}`, details: { step: 'file deleted' } }]);
  });

  it('answers each request with a run of the workflow, in a file of results', async () => {
    const file = await send([chatLine('one', { model, text: 'First' }), chatLine('two', { model, text: 'Second' })]);
    const begun = await begin(file.id);
    expect(begun).toMatchObject({ object: 'batch', input_file_id: file.id, request_counts: { total: 2 } });
    const batch = await ended(begun.id);
    expect(batch).toMatchObject({
      status: 'completed',
      error_file_id: null,
      request_counts: { total: 2, completed: 2, failed: 0 },
      metadata: { name: 'Nightly' },
    });
    const lines = await linesOf(batch.output_file_id);
    expect(lines).toMatchObject([
      {
        custom_id: 'one',
        error: null,
        response: {
          status_code: 200,
          body: {
            object: 'chat.completion',
            model,
            choices: [{ message: { content: 'First' }, finish_reason: 'stop' }],
          },
        },
      },
      { custom_id: 'two', response: { body: { choices: [{ message: { content: 'Second' } }] } } },
    ]);
    const file2 = await client.files.retrieve(batch.output_file_id ?? '');
    expect(file2.purpose).toBe('batch_output');
    const seen: string[] = [];
    for await (const { id } of client.batches.list({ limit: 1 })) seen.push(id);
    expect(seen).toContain(batch.id);
  });

  it('writes results once, even if its file was deleted meanwhile, and gives the same ones after it ended', async () => {
    const file = await send([chatLine('one', { model, text: 'Kept' })]);
    const { id } = await begin(file.id);
    await client.files.delete(file.id);
    const [first, second] = await Promise.all([ended(id), ended(id)]);
    expect(first.output_file_id).toBe(second.output_file_id);
    const lines = await linesOf(first.output_file_id);
    expect(lines).toMatchObject([
      { custom_id: 'one', response: { body: { choices: [{ message: { content: 'Kept' } }] } } },
    ]);
    const later = await client.batches.retrieve(id);
    expect(later).toEqual(first);
    expect(await linesOf(later.output_file_id)).toEqual(lines);
    const written: string[] = [];
    for await (const { id: file2, filename } of client.files.list()) if (filename.startsWith(id)) written.push(file2);
    expect(written).toEqual([first.output_file_id]);
  });

  it('answers requests for responses', async () => {
    const line = { custom_id: 'r', method: 'POST', url: '/v1/responses', body: { model, input: 'In short?' } };
    const { id } = await begin((await send([line])).id, '/v1/responses');
    expect(await linesOf((await ended(id)).output_file_id)).toMatchObject([
      {
        custom_id: 'r',
        response: { body: { object: 'response', status: 'completed', output: [{ content: [{ text: 'In short?' }] }] } },
      },
    ]);
  });

  it('withholds an answer above the clearance of files, as an error', async () => {
    const { id } = await begin((await send([chatLine('x', { model: secret, text: 'canary' })])).id);
    const batch = await ended(id);
    expect(batch.output_file_id).toBeNull();
    const lines = await linesOf(batch.error_file_id);
    expect(lines).toMatchObject([{ custom_id: 'x', response: { body: { error: { code: 'label_refused' } } } }]);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('ends when it is cancelled, and cannot be cancelled twice', async () => {
    const many = Array.from({ length: 300 }, (_, index) => chatLine(`n${index}`, { model, text: 'Wait' }));
    const { id } = await begin((await send(many)).id);
    const cancelled = await client.batches.cancel(id).catch((error: unknown) => error);
    const batch = await ended(id);
    if (cancelled instanceof OpenAI.APIError) expect(cancelled).toMatchObject({ status: 409, code: 'conflict' });
    else {
      expect(batch.status).toBe('cancelled');
      expect(batch.cancelling_at).not.toBeNull();
      expect(await linesOf(batch.error_file_id)).toContainEqual(
        expect.objectContaining({ response: null, error: expect.objectContaining({ code: 'batch_cancelled' }) }),
      );
    }
    const { total, completed = 0, failed = 0 } = batch.request_counts ?? { total: -1 };
    expect([total, completed + failed]).toEqual([300, 300]);
    await expect(client.batches.cancel(id)).rejects.toMatchObject({ status: 409 });
  });

  it('begins in one commit with its audit event: without the event there is no batch, and nothing runs', async () => {
    const { parts, runs } = house.server.heddle;
    const files: { insertBatch: (batch: never) => GuardedWrite } = parts.channels.openAiFiles.write;
    const { insertBatch } = files;
    const owner = house.person({ [house.alpha]: ['owner'] });
    const batches = async (): Promise<unknown> =>
      (await house.call(owner, 'GET', `/api/workflows/${workflowId}/batches`, undefined, house.alpha)).body;
    const before = await batches();
    const ranBefore = (await runs.list({ limit: 1_000 })).length;
    // The commit fails after the batch has begun.
    files.insertBatch = () => ({
      sql: 'SELECT 1 WHERE 1 = 0',
      values: {},
      rows: 1,
      otherwise: () => new HeddleError('storage_full', 'The disk is full.'),
    });
    try {
      const { id } = await send([chatLine('a', { model, text: 'Never' })]);
      await expect(begin(id)).rejects.toMatchObject({ code: 'storage_full' });
    } finally {
      files.insertBatch = insertBatch;
    }
    expect(await batches()).toEqual(before);
    expect((await runs.list({ limit: 1_000 })).length).toBe(ranBefore);
    expect(await parts.channels.batches.unfinished()).toEqual([]);
  });

  it.each([
    ['no JSON', () => 'nothing\n', 'batch_invalid'],
    ['no requests', () => '\n', 'batch_invalid'],
    ['a line without an id', () => jsonl([{ ...chatLine('a', { model, text: 'a' }), custom_id: '' }]), 'batch_invalid'],
    ['an id twice', () => jsonl(['a', 'a'].map((id) => chatLine(id, { model, text: 'a' }))), 'batch_invalid'],
    [
      'another route',
      () => jsonl([{ ...chatLine('a', { model, text: 'a' }), url: '/v1/embeddings' }]),
      'batch_invalid',
    ],
    ['a stream', () => jsonl([chatLine('a', { model, text: 'a', more: { stream: true } })]), 'batch_invalid'],
    [
      'two models',
      () => jsonl([model, secret].map((name, i) => chatLine(`${i}`, { model: name, text: 'a' }))),
      'batch_invalid',
    ],
    [
      'a setting that is not supported',
      () => jsonl([chatLine('a', { model, text: 'a', more: { n: 2 } })]),
      'batch_invalid',
    ],
    [
      'a model that is not there',
      () => jsonl([chatLine('a', { model: 'none', text: 'a' })]),
      expect.stringMatching(/model_unknown|forbidden/),
    ],
  ])('starts nothing for a file with %s', async (_what, content, code) => {
    const file = await send(content());
    await expect(begin(file.id)).rejects.toMatchObject({ code });
  });

  it('accepts an expiry without its anchor, and refuses an unknown anchor', async () => {
    const upload = async (fields: Readonly<Record<string, string>>): Promise<Response> => {
      const body = new FormData();
      for (const [name, value] of Object.entries({ purpose: 'batch', ...fields })) body.set(name, value);
      body.set('file', new Blob(['{}\n']), 'a.jsonl');
      const headers = { authorization: `Bearer ${client.apiKey}` };
      return fetch(`${client.baseURL}/files`, { method: 'POST', headers, body });
    };
    const made = (await (await upload({ 'expires_after[seconds]': '3600' })).json()) as OpenAI.FileObject;
    expect(made.expires_at).toBe(made.created_at + 3600);
    const refused: readonly Readonly<Record<string, string>>[] = [
      { 'expires_after[anchor]': 'now' },
      { 'expires_after[seconds]': '3600.5' },
    ];
    for (const fields of refused)
      expect(await (await upload(fields)).json()).toMatchObject({ error: { param: 'expires_after' } });
  });

  it('refuses another purpose, another window, a file that is too large, and an expiry that is too long', async () => {
    const file = await toFile(Buffer.from('{}\n'), 'a.jsonl');
    await expect(client.files.create({ file, purpose: 'fine-tune' })).rejects.toMatchObject({ param: 'purpose' });
    const late = { anchor: 'created_at' as const, seconds: 99_999_999 };
    await expect(client.files.create({ file, purpose: 'batch', expires_after: late })).rejects.toMatchObject({
      status: 400,
      param: 'expires_after',
    });
    await expect(send('x'.repeat(1_100_000))).rejects.toMatchObject({ status: 413 });
    const { id } = await send([chatLine('a', { model, text: 'a' })]);
    const window = { input_file_id: id, endpoint: '/v1/chat/completions' as const, completion_window: '1h' as '24h' };
    await expect(client.batches.create(window)).rejects.toMatchObject({ status: 400, param: 'completion_window' });
  });

  it('shows nothing to another key, another project, a key without the right, or an anonymous caller', async () => {
    const file = await send([chatLine('a', { model, text: 'Mine' })]);
    const batch = await ended((await begin(file.id)).id);
    const others = [house.key(house.alpha), house.key(house.beta)].map(clientOf);
    for (const other of others) {
      for (const id of [file.id, batch.output_file_id ?? '']) {
        await expect(other.files.retrieve(id)).rejects.toMatchObject({ status: 404, code: 'file_not_found' });
        await expect(other.files.content(id)).rejects.toMatchObject({ status: 404 });
        await expect(other.files.delete(id)).rejects.toMatchObject({ status: 404 });
      }
      await expect(other.batches.retrieve(batch.id)).rejects.toMatchObject({ status: 404, code: 'batch_not_found' });
      await expect(other.batches.cancel(batch.id)).rejects.toMatchObject({ status: 404 });
      await expect(begin(file.id, '/v1/chat/completions', other)).rejects.toMatchObject({ code: 'file_not_found' });
      expect((await other.files.list()).data).toEqual([]);
      expect((await other.batches.list()).data).toEqual([]);
    }
    // For a workflow of another project, the answer is the same as for one that does not exist.
    const stranger = clientOf(house.key(house.beta));
    const theirs = await send([chatLine('a', { model, text: 'a' })], stranger);
    await expect(begin(theirs.id, '/v1/chat/completions', stranger)).rejects.toMatchObject({
      code: expect.stringMatching(/model_unknown|not_found|forbidden/),
    });
    const reader = clientOf(house.key(house.alpha, { permissions: ['run:read'] }));
    await expect(send([chatLine('a', { model, text: 'a' })], reader)).rejects.toMatchObject({ status: 403 });
    const nobody = client.withOptions({ apiKey: 'none' });
    await expect(nobody.files.list()).rejects.toMatchObject({ status: 401 });
  });

  it('works with a key limited to this workflow, and not with a key limited to another', async () => {
    const narrow = clientOf(house.key(house.alpha, { workflows: [workflowId] }));
    const file = await send([chatLine('a', { model, text: 'a' })], narrow);
    expect(await begin(file.id, '/v1/chat/completions', narrow)).toMatchObject({ object: 'batch' });
    const other = await send([chatLine('a', { model: secret, text: 'a' })], narrow);
    await expect(begin(other.id, '/v1/chat/completions', narrow)).rejects.toMatchObject({
      code: expect.stringMatching(/model_unknown|not_found|forbidden/),
    });
  });

  it('erases the files of a person who is forgotten, with their content', async () => {
    const person = house.person({ [house.alpha]: ['runner'] });
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new Blob([jsonl([chatLine('a', { model, text: 'personal canary' })])]), 'mine.jsonl');
    const sent = await fetch(`${house.server.address}/v1/files`, { method: 'POST', headers: person, body: form });
    expect([sent.status, await sent.json()]).toMatchObject([200, { filename: 'mine.jsonl' }]);
    const folder = house.server.heddle.settings.dataFolder;
    expect(filesHolding('personal canary', folder)).not.toEqual([]);
    const owner = house.person({ [house.alpha]: ['owner'] });
    const { status } = await house.call(owner, 'POST', '/api/people/forget', { subject: `user:${person.id}` });
    expect(status).toBe(200);
    expect(filesHolding('personal canary', folder)).toEqual([]);
    expect((await house.call(person, 'GET', '/v1/files')).body.data).toEqual([]);
  });

  it('removes files when they expire', async () => {
    const file = await toFile(Buffer.from('{}\n'), 'a.jsonl');
    const kept = await client.files.create({
      file,
      purpose: 'batch',
      expires_after: { anchor: 'created_at', seconds: 3600 },
    });
    const { storage, channels } = house.server.heddle.parts;
    const owner = { owner: 'nobody', project: 'default' };
    expect(await channels.openAiFiles.findFile(kept.id, owner, 0)).toBeUndefined();
    await storage.removeExpiredFiles?.((kept.created_at + 3599) * 1000);
    expect(await client.files.retrieve(kept.id)).toMatchObject({ id: kept.id });
    await storage.removeExpiredFiles?.((kept.created_at + 3602) * 1000);
    await expect(client.files.retrieve(kept.id)).rejects.toMatchObject({ status: 404 });
  });
});
