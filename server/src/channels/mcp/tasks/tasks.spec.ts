import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everyProject, type LanguageModel, type WorkflowDocument } from '@heddle/core';
import { createFakeClock, createFakeEmbedder, createFakeLanguageModel } from '@heddle/core/testing';
import { standardNodes } from '@heddle/nodes';
import type { AnyJson } from '../../../testing/any-json.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../../../security/testing/two-projects.js';
import { chatWorkflow, hubOf } from '../../testing/open-channels.js';
import { approvedLetter as approved } from '../../testing/approved-letter.js';
import { askMcp, takesTasks } from '../../testing/ask-mcp.js';
import { until } from '../../testing/open-published.js';

/** Asks two questions at once; a model runs after the first answer. */
const askedTwice: WorkflowDocument = {
  heddle: 2,
  name: 'Asked twice',
  nodes: {
    letter: { type: 'input', version: 1, config: { fields: [{ name: 'letter', type: 'Text' }] } },
    one: { type: 'human-input', version: 1, config: { title: 'Is it polite?' } },
    two: { type: 'human-input', version: 1, config: { title: 'Is it short?' } },
    words: { type: 'prompt', version: 1, config: { template: '{{ letter }}' } },
    write: { type: 'generate', version: 1, config: { model: 'fake' } },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'sent', type: 'Text' },
          { name: 'short', type: 'Json' },
        ],
      },
    },
  },
  edges: [
    { from: 'letter.letter', to: 'one.value' },
    { from: 'letter.letter', to: 'two.value' },
    { from: 'one.approve', to: 'words.letter' },
    { from: 'words.messages', to: 'write.messages' },
    { from: 'write.text', to: 'reply.sent' },
    { from: 'two.approve', to: 'reply.short' },
  ],
};
const asksToo = { ...takesTasks, elicitation: { form: {} } };

describe('tool calls that become tasks', () => {
  let house: TwoProjects;
  let key: Shown;
  let slugs: Readonly<Record<'chat' | 'approved' | 'twice', string>>;
  let gate: Promise<void> | undefined;
  let failure: Error | undefined;
  let atGate = 0;
  // The clock moves only when a test moves it.
  const clock = createFakeClock(Date.now());
  const model = createFakeLanguageModel(() => 'In Paris.');
  const gated: LanguageModel = {
    ...model,
    async *generate(...call) {
      for await (const event of model.generate(...call)) {
        yield event;
        if (event.type !== 'text') continue;
        atGate += 1;
        await gate;
        if (failure !== undefined) throw failure;
      }
    },
  };

  beforeAll(async () => {
    house = await openTwoProjects({
      models: hubOf(gated, createFakeEmbedder({ dimensions: 8 })),
      nodes: standardNodes,
      clock,
      settings: { HEDDLE_RATE_PER_MINUTE: '100000' },
    });
    house.server.heddle.grants.set('model', 'fake', [everyProject]);
    const slugOf = async (document: WorkflowDocument): Promise<string> =>
      (await house.published(house.alpha, document)).slug;
    slugs = { chat: await slugOf(chatWorkflow()), approved: await slugOf(approved), twice: await slugOf(askedTwice) };
    key = house.key(house.alpha, { permissions: ['run:published', 'human-input:answer', 'speak-for-users'] });
  });
  afterAll(() => house.close());

  type Asking = { readonly headers?: Shown; readonly capabilities?: object };
  const ask = (method: string, params: Record<string, unknown>, { headers = key, capabilities }: Asking = {}) =>
    askMcp(house.server.address, method, params, { headers, ...(capabilities === undefined ? {} : { capabilities }) });
  const call = (name: string, given: object, options: Asking = {}) =>
    ask('tools/call', { name, arguments: given }, options);
  const question = { messages: [{ role: 'user', content: 'Where?' }] };
  const get = async (taskId: string, options: Asking = {}): Promise<AnyJson> =>
    (await ask('tasks/get', { taskId }, options)).result;
  const ended = (taskId: string): Promise<AnyJson> =>
    until<unknown>(async () => {
      const task = await get(taskId);
      return task.status === 'working' ? undefined : (task as unknown);
    });

  /** Calls a tool whose model waits; `open` lets the model continue. */
  async function slow(options: Asking = {}): Promise<{ reply: Promise<AnyJson>; open: () => void }> {
    let open = (): void => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const before = atGate;
    const reply = call(slugs.chat, question, options);
    await until(() => (atGate > before ? true : undefined));
    return { reply, open };
  }

  /** A call that has become a task; `open` lets its model continue. */
  async function begin(options: Asking = {}): Promise<{ task: AnyJson; open: () => void }> {
    const { reply, open } = await slow(options);
    let isOver = false;
    void reply.finally(() => (isOver = true));
    await until(async () => {
      await clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return isOver ? true : undefined;
    });
    return { task: (await reply).result, open };
  }

  it('answers a quick call at once, and a slow call with a task if the client supports tasks', async () => {
    gate = undefined;
    expect((await call(slugs.chat, question)).result).toMatchObject({
      resultType: 'complete',
      structuredContent: { answer: 'In Paris.' },
    });
    const { task, open } = await begin();
    expect(task).toEqual({
      resultType: 'task',
      status: 'working',
      taskId: expect.any(String),
      ttlMs: null,
      pollIntervalMs: 1_000,
      createdAt: expect.any(String),
      lastUpdatedAt: expect.any(String),
      _meta: expect.anything(),
    });
    expect(await get(task.taskId)).toMatchObject({ resultType: 'complete', status: 'working' });
    open();
    expect(await ended(task.taskId)).toMatchObject({
      resultType: 'complete',
      status: 'completed',
      result: { content: [{ type: 'text', text: 'In Paris.' }], structuredContent: { answer: 'In Paris.' } },
    });
    // A client without the extension waits for its result.
    const { reply, open: letGo } = await slow({ capabilities: {} });
    await clock.advance(5_000);
    letGo();
    expect((await reply).result).toMatchObject({ resultType: 'complete', content: [{ text: 'In Paris.' }] });
  });

  it('returns the error of a run as the result of its call', async () => {
    failure = new Error('broken');
    const { task, open } = await begin();
    open();
    const { status, result } = await ended(task.taskId);
    failure = undefined;
    expect([status, result.isError]).toEqual(['completed', true]);
  });

  it('cancels the run of a task, and reports the task as cancelled', async () => {
    const { task, open } = await begin();
    expect((await ask('tasks/cancel', { taskId: task.taskId })).result).toMatchObject({ resultType: 'complete' });
    open();
    expect(await ended(task.taskId)).toMatchObject({ status: 'cancelled' });
    // A cancelled task stays as it is.
    expect((await ask('tasks/cancel', { taskId: task.taskId })).error).toBeUndefined();
    expect((await house.server.heddle.runs.summary(task.taskId)).status).toBe('cancelled');
  });

  it("asks the user of a task, ignores the answers of others, and continues with the user's answer", async () => {
    const { result: task } = await call(slugs.approved, { letter: 'Dear Ada' }, { capabilities: asksToo });
    expect(task).toMatchObject({ resultType: 'task', status: 'working' });
    const waiting: AnyJson = await until<unknown>(async () => {
      const now = await get(task.taskId, { capabilities: asksToo });
      return now.status === 'input_required' ? (now as unknown) : undefined;
    });
    const [[request, shown] = ['', {}]] = Object.entries(waiting.inputRequests as Record<string, AnyJson>);
    expect(shown).toMatchObject({ method: 'elicitation/create', params: { message: 'May it be sent?' } });
    // The value in question is not sent to the client.
    expect(JSON.stringify(waiting)).not.toContain('Dear Ada');
    const answer = (by: string, content: object, action = 'accept') =>
      ask('tasks/update', { taskId: task.taskId, inputResponses: { [by]: { action, content } } });
    expect((await answer('another', { choice: 'approve' })).result).toMatchObject({ resultType: 'complete' });
    expect((await answer(request, {}, 'decline')).error).toBeUndefined();
    expect((await get(task.taskId, { capabilities: asksToo })).inputRequests).toHaveProperty([request]);
    // A client that cannot ask its user gets the address at which the question is answered.
    expect(await get(task.taskId)).toMatchObject({
      status: 'working',
      statusMessage: expect.stringContaining('/inbox?run='),
    });
    expect((await answer(request, { choice: 'approve' })).result).toMatchObject({ resultType: 'complete' });
    expect(await ended(task.taskId)).toMatchObject({
      status: 'completed',
      result: { structuredContent: { sent: 'Dear Ada' } },
    });
  });

  it('keeps asking the unanswered question while the run works on an answer', async () => {
    let open = (): void => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const asks = { capabilities: asksToo };
    const { result: task } = await call(slugs.twice, { letter: 'Dear Ada' }, asks);
    const questions = async (): Promise<Readonly<Record<string, string>>> => {
      const { inputRequests = {} } = await get(task.taskId, asks);
      return Object.fromEntries(
        Object.entries(inputRequests as Record<string, AnyJson>).map(([id, { params }]) => [
          String(params.message),
          id,
        ]),
      );
    };
    const both = await until(async () => {
      const found = await questions();
      return Object.keys(found).length === 2 ? found : undefined;
    });
    const approve = (title: string) => {
      const inputResponses = { [both[title] ?? '']: { action: 'accept', content: { choice: 'approve' } } };
      return ask('tasks/update', { taskId: task.taskId, inputResponses });
    };
    const before = atGate;
    try {
      await approve('Is it polite?');
      expect([(await get(task.taskId, asks)).status, Object.keys(await questions())]).toEqual([
        'input_required',
        ['Is it short?'],
      ]);
      await until(() => (atGate > before ? true : undefined));
      expect(Object.keys(await questions())).toEqual(['Is it short?']);
      await approve('Is it short?');
      expect(await get(task.taskId, asks)).toMatchObject({ status: 'working', pollIntervalMs: 1_000 });
    } finally {
      open();
    }
    expect(await ended(task.taskId)).toMatchObject({
      status: 'completed',
      result: { structuredContent: { sent: 'In Paris.', short: 'Dear Ada' } },
    });
  });

  it('needs the extension for tasks', async () => {
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel'])
      expect((await ask(method, { taskId: 'x', inputResponses: {} }, { capabilities: {} })).error).toMatchObject({
        code: -32021,
        data: { requiredCapabilities: takesTasks },
      });
  });

  it('finds no task of another key, project, user or channel, and answers as for one that does not exist', async () => {
    const ann = { ...key, 'heddle-end-user': 'ann' };
    const { task, open } = await begin({ headers: ann });
    open();
    await until(async () => ((await get(task.taskId, { headers: ann })).status === 'completed' ? true : undefined));
    const byWeb = await house.call(key, 'POST', `/v1/workflows/${slugs.chat}`, question);
    const all = { permissions: ['run:published', 'run:read', 'run:control', 'speak-for-users'] } as const;
    const others: readonly Shown[] = [
      key,
      { ...key, 'heddle-end-user': 'zoe' },
      { ...house.key(house.alpha, { permissions: [...all.permissions] }), 'heddle-end-user': 'ann' },
      { ...house.key(house.beta, { permissions: [...all.permissions] }), 'heddle-end-user': 'ann' },
    ];
    const known = new Set<string>();
    for (const headers of others)
      for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel'])
        for (const taskId of [task.taskId, byWeb.body.runId, 'run-that-is-not', '', '../x', 'é'.repeat(200)]) {
          const reply = await ask(method, { taskId: String(taskId), inputResponses: {} }, { headers });
          // A task id that is not ASCII does not fit the header, and is refused earlier.
          if (reply.error?.code !== -32020) known.add(JSON.stringify(reply.error));
        }
    expect([...known]).toEqual([JSON.stringify({ code: -32602, message: 'The caller has no task with this id.' })]);
    expect((await get(task.taskId, { headers: ann })).status).toBe('completed');
  });

  it('finds no task of a deleted workflow', async () => {
    const { task, open } = await begin();
    open();
    expect((await ended(task.taskId)).status).toBe('completed');
    await house.server.heddle.workflows.delete(slugs.chat, undefined);
    expect((await ask('tasks/get', { taskId: task.taskId })).error?.code).toBe(-32602);
  });
});
