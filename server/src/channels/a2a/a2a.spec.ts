import { Role, TaskState, type Message, type Part, type StreamResponse, type Task } from '@a2a-js/sdk';
import { ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory, type Client } from '@a2a-js/sdk/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { everyProject, KeyScopes, type LanguageModel, type WorkflowDocument } from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel, type FakeReply } from '@heddle/core/testing';
import { standardNodes } from '@heddle/nodes';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import { chatWorkflow, hubOf } from '../testing/open-channels.js';
import { until } from '../testing/open-published.js';
import { approvedLetter } from '../testing/approved-letter.js';
import { withhold } from '../testing/withhold.js';

const text = (name: string) => ({ name, type: 'Text' });
/** A workflow with two named inputs and two outputs. */
const letter: WorkflowDocument = {
  heddle: 2,
  name: 'Letter',
  description: 'Writes a letter.',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [text('draft'), text('wish')] } },
    write: { type: 'prompt', version: 1, config: { template: '{{ draft }}, {{ wish }}' } },
    reply: { type: 'output', version: 1, config: { fields: [text('answer'), text('draft')] } },
  },
  edges: [
    { from: 'asked.draft', to: 'write.draft' },
    { from: 'asked.wish', to: 'write.wish' },
    { from: 'write.text', to: 'reply.answer' },
    { from: 'asked.draft', to: 'reply.draft' },
  ],
};
const partOf = (content: NonNullable<Part['content']>): Part => ({
  content,
  metadata: undefined,
  filename: '',
  mediaType: '',
});
const says = (value: string, more: Partial<Message> = {}): Message => ({
  messageId: crypto.randomUUID(),
  contextId: '',
  taskId: '',
  role: Role.ROLE_USER,
  metadata: undefined,
  extensions: [],
  referenceTaskIds: [],
  parts: [partOf({ $case: 'text', value })],
  ...more,
});
const send = (message: Message, returnImmediately = false) => ({
  tenant: '',
  message,
  metadata: undefined,
  configuration: { acceptedOutputModes: [], taskPushNotificationConfig: undefined, returnImmediately },
});
const textsOf = ({ artifacts }: Task) =>
  Object.fromEntries(
    artifacts.map(({ name, parts }) => [name, parts.map(({ content }) => content?.value as unknown).join('')]),
  );
const asTask = (result: Task | Message): Task => {
  if (!('status' in result)) throw new Error('This is no task.');
  return result;
};

describe('the A2A channel, called by the client of the protocol', () => {
  let house: TwoProjects;
  let key: Shown;
  let slugs: Readonly<Record<'chat' | 'guarded' | 'letter' | 'approved', string>>;
  let script: readonly FakeReply[] = [];
  let asked = 0;
  let gate: Promise<void> | undefined;
  const model = createFakeLanguageModel(() => script[Math.min(asked++, script.length - 1)] ?? 'x');
  const gated: LanguageModel = {
    ...model,
    async *generate(...call) {
      for await (const event of model.generate(...call)) {
        yield event;
        if (event.type === 'text') await gate;
      }
    },
  };

  beforeAll(async () => {
    house = await openTwoProjects({
      models: hubOf(gated, createFakeEmbedder({ dimensions: 8 })),
      nodes: [...standardNodes, withhold],
      settings: { HEDDLE_RATE_PER_MINUTE: '100000' },
    });
    house.server.heddle.grants.set('model', 'fake', [everyProject]);
    const slugOf = async (document: WorkflowDocument): Promise<string> =>
      (await house.published(house.alpha, document)).slug;
    slugs = {
      chat: await slugOf(chatWorkflow()),
      guarded: await slugOf({ ...chatWorkflow('SECRET'), name: 'Guarded' }),
      letter: await slugOf(letter),
      approved: await slugOf(approvedLetter),
    };
    key = house.key(house.alpha, { permissions: ['run:published', 'human-input:answer', 'speak-for-users'] });
  });
  afterAll(() => house.close());
  beforeEach(() => {
    [script, asked, gate] = [['In Paris.'], 0, undefined];
  });

  /** A client that finds the agent by its card. */
  function clientOf(slug: string, headers = key, legacy = false): Promise<Client> {
    const { id: _id, ...who } = headers;
    const fetchImpl: typeof fetch = (url, init) => {
      const sent = new Headers(init?.headers);
      for (const [name, value] of Object.entries(who)) sent.set(name, value);
      if (legacy) sent.delete('a2a-version');
      return fetch(url, { ...init, headers: sent });
    };
    const legacyCompat = { enabled: legacy };
    const factory = new ClientFactory({
      transports: [new JsonRpcTransportFactory({ fetchImpl, legacyCompat })],
      cardResolver: new DefaultAgentCardResolver({ fetchImpl, legacyCompat }),
    });
    return factory.createFromUrl(`${house.server.address}/v1/workflows/${slug}/a2a/`, '.well-known/agent-card.json');
  }
  const sendTo = async (slug: string, message: Message, headers = key): Promise<Task> =>
    asTask(await (await clientOf(slug, headers)).sendMessage(send(message)));
  async function collect(events: AsyncIterable<StreamResponse>): Promise<StreamResponse[]> {
    const all: StreamResponse[] = [];
    for await (const event of events) all.push(event);
    return all;
  }
  /** Joins the artifacts of a stream to texts, as a client does. */
  function built(events: readonly StreamResponse[]): Record<string, string> {
    const texts: Record<string, string> = {};
    for (const { payload } of events)
      if (payload?.$case === 'artifactUpdate') {
        const { append, artifact } = payload.value;
        const piece = artifact?.parts.map(({ content }) => content?.value as unknown).join('') ?? '';
        const name = artifact?.artifactId ?? '';
        texts[name] = append ? `${texts[name]}${piece}` : piece;
      }
    return texts;
  }
  const stateOf = (event: StreamResponse | undefined): TaskState | undefined =>
    event?.payload?.$case === 'statusUpdate' ? event.payload.value.status?.state : undefined;

  it('shows a card to callers who may run the workflow', async () => {
    const client = await clientOf(slugs.letter);
    const card = await client.getAgentCard();
    expect(card).toMatchObject({
      name: 'Letter',
      description: 'Writes a letter.',
      version: '1',
      capabilities: { streaming: true, pushNotifications: false },
      skills: [{ id: slugs.letter, name: 'Letter' }],
    });
    expect(await client.getAgentCard()).toEqual(card);
    await expect(clientOf(slugs.letter, {})).rejects.toThrow(/401/);
    await expect(clientOf(slugs.letter, house.key(house.beta))).rejects.toThrow(/404/);
    await expect(clientOf('none')).rejects.toThrow(/404/);
  });

  it('answers a message with a task, its artifacts and its usage, and returns the task again', async () => {
    const client = await clientOf(slugs.letter);
    const data = partOf({ $case: 'data', value: { draft: 'Dear Ada' } });
    const message = says('be short');
    const task = asTask(await client.sendMessage(send({ ...message, parts: [data, ...message.parts] })));
    expect(task.status?.state).toBe(TaskState.TASK_STATE_COMPLETED);
    expect(textsOf(task)).toEqual({ answer: 'Dear Ada, be short', draft: 'Dear Ada' });
    expect(task.metadata).toMatchObject({ heddle: { runId: task.id, version: 1 } });
    expect(await client.getTask({ tenant: '', id: task.id })).toEqual(task);
    // The same message, sent again after a lost reply, returns the same task.
    expect(await client.sendMessage(send({ ...message, parts: [data, ...message.parts] }))).toEqual(task);
  });

  it('streams a task, and withholds what a node withholds', async () => {
    script = [{ text: ['The code is ', 'SEC', 'RET-17'] }];
    const events = await collect((await clientOf(slugs.guarded)).sendMessageStream(send(says('What is the code?'))));
    expect(events[0]?.payload?.$case).toBe('task');
    expect(stateOf(events.at(-1))).toBe(TaskState.TASK_STATE_COMPLETED);
    expect(built(events)).toEqual({ answer: 'The code is ' });
    expect(JSON.stringify(events)).not.toMatch(/SECRET|RET-17/);
  });

  it('continues after a cut: the same task from its beginning', async () => {
    script = [{ text: ['One ', 'two ', 'three.'] }];
    let open = (): void => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const client = await clientOf(slugs.chat);
    let id = '';
    for await (const { payload } of client.sendMessageStream(send(says('Count.')))) {
      if (payload?.$case === 'task') ({ id } = payload.value);
      if (payload?.$case === 'artifactUpdate') break;
    }
    const rest: StreamResponse[] = [];
    for await (const event of client.resubscribeTask({ tenant: '', id })) {
      rest.push(event);
      open();
    }
    expect(built(rest)).toEqual({ answer: 'One two three.' });
    expect(stateOf(rest.at(-1))).toBe(TaskState.TASK_STATE_COMPLETED);
    await expect(collect(client.resubscribeTask({ tenant: '', id }))).rejects.toThrow(/has ended/);
  });

  it('continues a context, and passes its messages to a workflow without a memory', async () => {
    const first = await sendTo(slugs.chat, says('I am Ada.'));
    const second = await sendTo(slugs.chat, says('Who am I?', { contextId: first.contextId }));
    expect(second.contextId).toBe(first.contextId);
    expect(model.requests.at(-1)?.messages.map(({ content }) => content)).toEqual([
      ...['I am Ada.', 'In Paris.'],
      'Who am I?',
    ]);
    const own = await sendTo(slugs.chat, says('Hello', { contextId: 'my-context' }));
    const again = await sendTo(slugs.chat, says('Again', { contextId: 'my-context' }));
    expect([own.contextId, again.contextId]).toEqual(['my-context', 'my-context']);
    expect(model.requests.at(-1)?.messages).toHaveLength(3);
    const ada = { ...key, 'heddle-end-user': 'ada' };
    await sendTo(slugs.chat, says('Mine', { contextId: 'my-context' }), ada);
    expect(model.requests.at(-1)?.messages).toHaveLength(1);
    await expect(sendTo(slugs.chat, says('x', { contextId: first.contextId }), ada)).rejects.toThrow(
      /thread_not_found/,
    );
  });

  it('asks its client for input, and continues with the answer', async () => {
    const asks = await sendTo(slugs.approved, says('Dear Ada'));
    expect(asks.status?.state).toBe(TaskState.TASK_STATE_INPUT_REQUIRED);
    expect(asks.status?.message?.parts.map(({ content }) => content?.value as unknown)).toEqual([
      'May it be sent?',
      { schema: expect.objectContaining({ properties: { choice: expect.anything() } }) },
    ]);
    const answer = { taskId: asks.id };
    await expect(sendTo(slugs.approved, says('Perhaps', answer))).rejects.toThrow(/fits no choice/);
    const done = await sendTo(slugs.approved, says('Approve', answer));
    expect(done.status?.state).toBe(TaskState.TASK_STATE_COMPLETED);
    expect(textsOf(done)).toMatchObject({ sent: 'Dear Ada' });
    await expect(sendTo(slugs.approved, says('Approve', answer))).rejects.toThrow(/has ended/);
  });

  it('cancels a task, once', async () => {
    script = [{ text: ['One '], hangs: true }];
    const client = await clientOf(slugs.chat);
    const { id } = asTask(await client.sendMessage(send(says('Wait.'), true)));
    const cancelled = await client.cancelTask({ tenant: '', id, metadata: undefined });
    expect(cancelled.status?.state).toBe(TaskState.TASK_STATE_CANCELED);
    await expect(client.cancelTask({ tenant: '', id, metadata: undefined })).rejects.toThrow(/has ended/);
  });

  it('shows no task to another caller, and asks only callers who may answer', async () => {
    const { id } = await sendTo(slugs.approved, says('Dear Ada'));
    const others: readonly Shown[] = [
      house.key(house.alpha, { permissions: ['run:published', 'human-input:answer'] }),
      { ...key, 'heddle-end-user': 'eve' },
    ];
    for (const headers of others) {
      const client = await clientOf(slugs.approved, headers);
      const tries = [
        client.getTask({ tenant: '', id }),
        client.cancelTask({ tenant: '', id, metadata: undefined }),
        client.sendMessage(send(says('Approve', { taskId: id }))),
        collect(client.resubscribeTask({ tenant: '', id })),
      ];
      for (const attempt of await Promise.allSettled(tries))
        expect(attempt).toMatchObject({
          status: 'rejected',
          reason: { message: expect.stringMatching(/run_not_found/) },
        });
    }
    const other = await clientOf(slugs.chat);
    await expect(other.getTask({ tenant: '', id })).rejects.toThrow();
    const powerless = await sendTo(slugs.approved, says('Dear Ada'), house.key(house.alpha));
    expect(powerless.status?.state).toBe(TaskState.TASK_STATE_WORKING);
    expect(JSON.stringify(powerless)).not.toContain('May it be sent?');
  });

  it('reports a failed run as a failed task, and a request that starts no run as an error', async () => {
    await expect(sendTo(slugs.letter, says('no draft'))).rejects.toThrow(/input_missing/);
    script = [{ text: 'x', hangs: true }];
    const { keys, users } = house.server.heddle.parts.identity;
    const owner = `user:${(await users.list())[0]?.id ?? ''}`;
    const doomed = await keys.create({ name: 'doomed', owner, project: house.alpha, scopes: KeyScopes.parse({}) });
    const client = await clientOf(slugs.chat, { authorization: `Bearer ${doomed.secret}` });
    const seen: StreamResponse[] = [];
    const running = (async () => {
      for await (const event of client.sendMessageStream(send(says('Wait.')))) seen.push(event);
    })();
    await until(() => (seen.length > 1 ? true : undefined));
    await keys.revoke(doomed.key.id);
    await expect(running).rejects.toThrow(/forbidden/);
  });

  it('serves clients of version 0.3', async () => {
    const client = await clientOf(slugs.chat, key, true);
    const task = asTask(await client.sendMessage(send(says('Where is the office?'))));
    expect(task.status?.state).toBe(TaskState.TASK_STATE_COMPLETED);
    expect(textsOf(task)).toEqual({ answer: 'In Paris.' });
    expect(built(await collect(client.sendMessageStream(send(says('Where?')))))).toEqual({ answer: 'In Paris.' });
    expect(asTask(await client.getTask({ tenant: '', id: task.id })).id).toBe(task.id);
  });

  const rpc = (method: string, params: unknown, version = '1.0', body: object = {}) =>
    house.call({ ...key, 'a2a-version': version }, 'POST', `/v1/workflows/${slugs.chat}/a2a`, {
      jsonrpc: '2.0',
      id: 7,
      method,
      params,
      ...body,
    });
  const message = { messageId: 'm', role: 'ROLE_USER', parts: [{ text: 'x' }] };

  it.each([
    ['a message without parts', 'SendMessage', { message: { ...message, parts: [] } }, -32602],
    ['no message', 'SendMessage', {}, -32602],
    ['a long id', 'SendMessage', { message: { ...message, messageId: 'x'.repeat(300) } }, -32602],
    ['an address of a file', 'SendMessage', { message: { ...message, parts: [{ url: 'http://10.0.0.1/' }] } }, -32005],
    ['an unknown task', 'GetTask', { id: 'none' }, -32001],
    ['an unknown method', 'Think', {}, -32601],
    ['parameters of another form', 'GetTask', ['x'], -32602],
    ['notifications', 'CreateTaskPushNotificationConfig', { taskId: 'x', url: 'http://10.0.0.1/' }, -32003],
    ['a list', 'ListTasks', {}, -32004],
  ])('refuses %s with the error of the protocol', async (_name, method, params, code) => {
    const reply = await rpc(method, params);
    expect(reply.body).toMatchObject({ jsonrpc: '2.0', id: 7, error: { code } });
    expect(reply.headers.get('x-request-id')).toMatch(/^req_/);
  });

  it('refuses another version, and another form of request', async () => {
    expect((await rpc('GetTask', { id: 'x' }, '2.0')).body).toMatchObject({ error: { code: -32009 } });
    expect((await rpc('GetTask', { id: 'x' }, '1.0', { jsonrpc: '1.0' })).body).toHaveProperty('error');
    expect((await rpc('', {}, '0.3')).body).toHaveProperty('error');
  });
});
