import { HttpAgent, type BaseEvent, type HttpAgentConfig } from '@ag-ui/client';
import { EventSchemas } from '@ag-ui/core/schemas';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { everyProject, KeyScopes, type LanguageModel, type WorkflowDocument } from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel, type FakeReply } from '@heddle/core/testing';
import { standardNodes } from '@heddle/nodes';
import { remembering, recall } from '../../security/testing/memory-nodes.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import { chatWorkflow, hubOf } from '../testing/open-channels.js';
import { until } from '../testing/open-published.js';
import { withhold } from '../testing/withhold.js';

const text = (name: string) => ({ name, type: 'Text' });
/** Rewrites the draft in the state with the user's message. */
const shared: WorkflowDocument = {
  heddle: 2,
  name: 'Shared',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [text('draft'), text('wish')] } },
    write: { type: 'prompt', version: 1, config: { template: '{{ draft }}, {{ wish }}' } },
    reply: { type: 'output', version: 1, config: { fields: [text('answer'), text('draft')] } },
  },
  edges: [
    { from: 'asked.draft', to: 'write.draft' },
    { from: 'asked.wish', to: 'write.wish' },
    { from: 'write.text', to: 'reply.draft' },
    { from: 'asked.wish', to: 'reply.answer' },
  ],
};
const approved: WorkflowDocument = {
  heddle: 2,
  name: 'Approved',
  nodes: {
    letter: { type: 'input', version: 1, config: { fields: [text('letter')] } },
    ask: {
      type: 'human-input',
      version: 1,
      config: {
        title: 'May it be sent?',
        form: { type: 'object', properties: { note: { type: 'string', title: 'Note' } } },
      },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'sent', type: 'Json' }, text('by')] } },
  },
  edges: [
    { from: 'letter.letter', to: 'ask.value' },
    { from: 'ask.approve', to: 'reply.sent' },
    { from: 'ask.by', to: 'reply.by' },
  ],
};

describe('the AG-UI channel, called by the client of the protocol', () => {
  let house: TwoProjects;
  let key: Shown;
  let slugs: Readonly<Record<'chat' | 'guarded' | 'shared' | 'approved' | 'memory', string>>;
  let script: readonly FakeReply[] = [];
  let asked = 0;
  /** When set, the model waits for it after its first text. */
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
      nodes: [...standardNodes, withhold, recall],
      settings: { HEDDLE_RATE_PER_MINUTE: '100000' },
    });
    house.server.heddle.grants.set('model', 'fake', [everyProject]);
    const slugOf = async (document: WorkflowDocument): Promise<string> =>
      (await house.published(house.alpha, document)).slug;
    slugs = {
      chat: await slugOf(chatWorkflow()),
      guarded: await slugOf({ ...chatWorkflow('SECRET'), name: 'Guarded' }),
      shared: await slugOf(shared),
      approved: await slugOf(approved),
      memory: await slugOf(remembering),
    };
    key = house.key(house.alpha, { permissions: ['run:published', 'human-input:answer', 'speak-for-users'] });
  });
  afterAll(() => house.close());
  beforeEach(() => {
    [script, asked, gate] = [['In Paris.'], 0, undefined];
    // The client prints every failure before it throws.
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  /** An agent and the events that it receives; each must be valid in the protocol. */
  function agentOf(slug: string, { headers = key, ...config }: Partial<HttpAgentConfig> = {}) {
    const { id: _id, ...who } = headers;
    const agent = new HttpAgent({ url: `${house.server.address}/v1/workflows/${slug}/ag-ui`, headers: who, ...config });
    const events: BaseEvent[] = [];
    agent.subscribe({
      onEvent: ({ event }) => {
        EventSchemas.parse(event);
        events.push(event);
      },
    });
    return { agent, events };
  }
  const say = (agent: HttpAgent, content: string, id = crypto.randomUUID()): void =>
    agent.setMessages([...agent.messages, { id, role: 'user', content }]);
  const typesOf = (events: readonly BaseEvent[]): readonly string[] => events.map(({ type }) => type);
  const textsOf = ({ messages }: HttpAgent) => messages.map(({ role, content }) => [role, content]);

  it('answers with a message and steps, and returns the outputs of the run at the end', async () => {
    const { agent, events } = agentOf(slugs.chat);
    script = [{ text: ['In ', 'Paris', '.'] }];
    say(agent, 'Where is the office?');
    const { result } = await agent.runAgent();
    expect(result).toEqual({ answer: 'In Paris.' });
    expect(textsOf(agent)).toEqual([
      ['user', 'Where is the office?'],
      ['assistant', 'In Paris.'],
    ]);
    expect(new Set(typesOf(events))).toEqual(
      new Set(
        ['RUN_STARTED', 'STEP_STARTED', 'STEP_FINISHED', 'RUN_FINISHED'].concat(
          ['START', 'CONTENT', 'END'].map((part) => `TEXT_MESSAGE_${part}`),
        ),
      ),
    );
    expect(events.at(-1)).toMatchObject({
      outcome: { type: 'success' },
      usage: [{ outputTokens: expect.any(Number) }],
    });
  });

  it('withholds what a node withholds', async () => {
    const { agent, events } = agentOf(slugs.guarded);
    script = [{ text: ['The code is ', 'SEC', 'RET-17'] }];
    say(agent, 'What is the code?');
    await agent.runAgent();
    expect(textsOf(agent)[1]).toEqual(['assistant', 'The code is ']);
    expect(JSON.stringify(events)).not.toMatch(/SECRET|RET-17/);
  });

  it('shares the state: its members are inputs, and outputs become members', async () => {
    const { agent, events } = agentOf(slugs.shared, { initialState: { draft: 'Dear Ada', colour: 'blue' } });
    say(agent, 'be short');
    await agent.runAgent();
    expect(agent.state).toEqual({ draft: 'Dear Ada, be short', colour: 'blue' });
    expect(textsOf(agent).at(-1)).toEqual(['assistant', 'be short']);
    expect(typesOf(events)).toContain('STATE_DELTA');
  });

  it('reports the error of a run, and refuses a run that it cannot start with problem details', async () => {
    const { agent } = agentOf(slugs.shared);
    say(agent, 'no draft');
    const failed: unknown = await agent.runAgent().catch((error: unknown) => error);
    expect(String(failed)).toMatch(/input_missing/);
    const { agent: other } = agentOf('none');
    await expect(other.runAgent()).rejects.toThrow(/404/);
    const { agent: nobody } = agentOf(slugs.chat, { headers: {} });
    await expect(nobody.runAgent()).rejects.toThrow(/401/);
    const { agent: foreign } = agentOf(slugs.chat, { headers: house.key(house.beta) });
    await expect(foreign.runAgent()).rejects.toThrow(/404/);
  });

  it('continues after a cut: the same run, the whole text, and nothing twice', async () => {
    const { agent } = agentOf(slugs.chat);
    script = [{ text: ['One ', 'two ', 'three.'] }];
    let open = (): void => undefined;
    gate = new Promise((resolve) => (open = resolve));
    say(agent, 'Count.');
    const runId = crypto.randomUUID();
    const cut = agent.runAgent({ runId }, { onTextMessageContentEvent: () => agent.abortRun() });
    await cut.catch(() => undefined);
    expect(textsOf(agent).at(-1)).toEqual(['assistant', expect.stringMatching(/^One ?$/)]);
    const { agent: again, events } = agentOf(slugs.chat, {
      threadId: agent.threadId,
      initialMessages: [...agent.messages],
    });
    const rest = again.runAgent({ runId });
    open();
    await rest;
    expect(textsOf(again)).toEqual([
      ['user', 'Count.'],
      ['assistant', 'One two three.'],
    ]);
    expect(typesOf(events)).toContain('MESSAGES_SNAPSHOT');
    expect(model.requests.filter(({ messages }) => JSON.stringify(messages).includes('Count.'))).toHaveLength(1);
  });

  it('follows a run from the last event that a client has', async () => {
    const { agent, events } = agentOf(slugs.chat);
    say(agent, 'Where?');
    const runId = crypto.randomUUID();
    await agent.runAgent({ runId });
    const { agent: again, events: rest } = agentOf(slugs.chat, {
      headers: { ...key, 'Last-Event-ID': '1000000' },
      threadId: agent.threadId,
      initialMessages: agent.messages.slice(0, 1),
    });
    await again.runAgent({ runId });
    expect(typesOf(events)).toContain('STEP_STARTED');
    expect(typesOf(rest)).not.toContain('STEP_STARTED');
    expect(textsOf(again)).toEqual(textsOf(agent));
  });

  it('asks its client by an interrupt, and continues with the answer', async () => {
    const { agent } = agentOf(slugs.approved);
    say(agent, 'Dear Ada');
    await agent.runAgent();
    const [interrupt] = agent.pendingInterrupts;
    expect(interrupt).toMatchObject({
      reason: 'human_input',
      message: 'May it be sent?',
      responseSchema: { properties: { note: { type: 'string' }, choice: { type: 'string' } } },
    });
    const interruptId = interrupt?.id ?? '';
    const wrong = agent.runAgent({ resume: [{ interruptId, status: 'resolved', payload: { choice: 'maybe' } }] });
    await expect(wrong).rejects.toThrow(/human_input_invalid/);
    const payload = { choice: 'approve', note: 'Go' };
    const resume = [{ interruptId, status: 'resolved' as const, payload }];
    const { result } = await agent.runAgent({ resume });
    expect(result).toMatchObject({ sent: 'Dear Ada' });
    expect(agent.pendingInterrupts).toEqual([]);
    // The same answer, sent again after a lost reply, follows the run.
    expect((await agent.runAgent({ resume })).result).toEqual(result);
  });

  it('ends a run whose question is abandoned, and begins another run with the next message', async () => {
    const { agent, events } = agentOf(slugs.approved);
    say(agent, 'Dear Eve');
    await agent.runAgent();
    const cancel = (): { interruptId: string; status: 'cancelled' }[] =>
      agent.pendingInterrupts.map(({ id: interruptId }) => ({ interruptId, status: 'cancelled' }));
    await agent.runAgent({ resume: cancel() });
    expect(events.at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'cancelled' } });
    await agent.runAgent();
    say(agent, 'Dear Bob');
    await agent.runAgent({ resume: cancel() });
    expect(agent.pendingInterrupts).toHaveLength(1);
  });

  it('shows no question to a caller who may not answer it, and takes no answer from another caller', async () => {
    const { agent } = agentOf(slugs.approved);
    say(agent, 'Dear Ada');
    await agent.runAgent();
    const resume = agent.pendingInterrupts.map(({ id: interruptId }) => ({
      interruptId,
      status: 'resolved' as const,
      payload: { choice: 'approve' },
    }));
    const others: readonly Shown[] = [
      house.key(house.alpha, { permissions: ['run:published', 'human-input:answer'] }),
      { ...key, 'heddle-end-user': 'eve' },
      house.key(house.beta),
    ];
    for (const headers of others) {
      const { agent: other } = agentOf(slugs.approved, { headers, threadId: agent.threadId });
      await expect(other.runAgent({ resume })).rejects.toThrow(/404/);
    }
    const { agent: powerless } = agentOf(slugs.approved, { headers: house.key(house.alpha) });
    say(powerless, 'Dear Ada');
    const seen: BaseEvent[] = [];
    await powerless.runAgent({}, { onEvent: ({ event }) => void seen.push(event) }).catch(() => undefined);
    expect(seen.at(-1)).toMatchObject({ type: 'RUN_ERROR', code: 'conflict' });
    expect(JSON.stringify(seen)).not.toContain('May it be sent?');
  });

  it('keeps the threads of callers apart when they use the same name', async () => {
    const threadId = crypto.randomUUID();
    const callers: readonly Shown[] = [key, { ...key, 'heddle-end-user': 'ada' }, house.key(house.alpha)];
    const threads: string[] = [];
    for (const headers of callers)
      for (const fact of ['blue', 'green']) {
        const { agent, events } = agentOf(slugs.memory, { headers, threadId, initialState: { question: fact } });
        say(agent, fact);
        await agent.runAgent();
        const started = events[0] as BaseEvent & { metadata: { heddle: { thread: string } } };
        threads.push(started.metadata.heddle.thread);
      }
    expect(new Set(threads).size).toBe(3);
    const [own = '', , foreign = ''] = threads;
    const { agent: byId } = agentOf(slugs.memory, { threadId: own });
    await byId.runAgent();
    const { agent: stranger } = agentOf(slugs.memory, { threadId: foreign });
    await expect(stranger.runAgent()).rejects.toThrow(/thread_not_found/);
    const { body } = await house.call(key, 'GET', `/v1/threads/${own}`);
    expect(body).toMatchObject({ id: own });
  });

  it('ends the stream of a key that is revoked', async () => {
    const { keys, users } = house.server.heddle.parts.identity;
    const owner = (await users.list())[0]?.id ?? '';
    const scopes = KeyScopes.parse({});
    const doomed = await keys.create({ name: 'doomed', owner: `user:${owner}`, project: house.alpha, scopes });
    const headers = { authorization: `Bearer ${doomed.secret}` };
    const { agent, events } = agentOf(slugs.chat, { headers });
    script = [{ text: ['One '], hangs: true }];
    say(agent, 'Wait.');
    const running = agent.runAgent().catch(() => undefined);
    await until(() => (typesOf(events).includes('TEXT_MESSAGE_CONTENT') ? true : undefined));
    await keys.revoke(doomed.key.id);
    await running;
    expect(events.at(-1)).toMatchObject({ type: 'RUN_ERROR', code: 'forbidden' });
  });

  it.each([
    [{ threadId: 't', runId: 'r' }, 'messages'],
    [{ threadId: 't', runId: 'r', messages: [{ role: 'king', id: '1' }] }, 'role'],
    [{ threadId: 't', runId: '', messages: [] }, 'runId'],
    [{ threadId: 't', runId: 'r', messages: [], resume: [{ interruptId: 'x', status: 'resolved' }] }, 'interrupts'],
    [
      {
        threadId: 't',
        runId: 'r',
        messages: [
          { id: '1', role: 'user', content: [{ type: 'image', source: { type: 'url', value: 'http://10.0.0.1/' } }] },
        ],
      },
      'does not fetch',
    ],
  ])('refuses %j and names what is wrong', async (body, said) => {
    const reply = await house.call(key, 'POST', `/v1/workflows/${slugs.chat}/ag-ui`, body);
    expect(reply.status).toBe(400);
    expect(JSON.stringify(reply.body)).toContain(said);
    expect(reply.headers.get('x-request-id')).toMatch(/^req_/);
  });
});
