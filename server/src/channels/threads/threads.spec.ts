import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { labelOf, type WorkflowDocument } from '@heddle/core';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import type { AnyJson } from '../../testing/any-json.js';

/** Answers a question with a template, without a memory node. */
const echo: WorkflowDocument = {
  heddle: 2,
  name: 'Echo',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    say: { type: 'prompt', version: 1, config: { template: 'You said {{ question }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'asked.question', to: 'say.question' },
    { from: 'say.text', to: 'reply.answer' },
  ],
};

/** Waits for a person before it answers. */
const asking: WorkflowDocument = {
  heddle: 2,
  name: 'Asking',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    ask: { type: 'human-input', version: 1, config: { title: 'May I?' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Json' }] } },
  },
  edges: [
    { from: 'asked.question', to: 'ask.value' },
    { from: 'ask.answer', to: 'reply.answer' },
  ],
};

describe('threads under /v1', () => {
  let house: TwoProjects;
  let alpha: { readonly id: string; readonly slug: string };
  let waiting: { readonly id: string; readonly slug: string };
  let key: Shown;

  beforeAll(async () => {
    house = await openTwoProjects();
    [alpha, waiting] = [await house.published(house.alpha, echo), await house.published(house.alpha, asking)];
    key = house.key(house.alpha, { permissions: ['run:published', 'run:feedback'] });
  });
  afterAll(() => house.close());

  const call = (method: string, path: string, body?: unknown, who: Shown = key) =>
    house.call(who, method, `/v1/threads${path}`, body);
  const ask = (question: string, thread: string, who: Shown = key, slug = alpha.slug) =>
    house.call({ ...who, 'heddle-thread': thread }, 'POST', `/v1/workflows/${slug}`, { question });
  const begin = async (who: Shown = key, body: object = {}): Promise<string> => {
    const { status, body: thread } = await call('POST', '', { workflow: alpha.slug, ...body }, who);
    expect([status, thread.error]).toEqual([201, undefined]);
    return String(thread.id);
  };
  const messages = async (thread: string, query = '', who: Shown = key): Promise<AnyJson> => {
    const { status, body } = await call('GET', `/${thread}/messages${query}`, undefined, who);
    expect([status, body.error]).toEqual([200, undefined]);
    return body;
  };

  it('are begun, continued, listed, searched, read, renamed and erased by the key', async () => {
    const thread = await begin();
    const first = await ask('How much is tea?', thread);
    expect([first.status, first.body.thread]).toEqual([200, thread]);
    await ask('And coffee?', thread);
    const { messages: said, running } = await messages(thread);
    expect((said as AnyJson[]).map(({ role, text, run }): unknown[] => [role, text, run === first.body.runId])).toEqual(
      [
        ['user', 'How much is tea?', true],
        ['assistant', 'You said How much is tea?', true],
        ['user', 'And coffee?', false],
        ['assistant', 'You said And coffee?', false],
      ],
    );
    expect(running).toBeUndefined();
    const last = await messages(thread, '?limit=1');
    expect([last.messages[0].text, last.next]).toEqual(['You said And coffee?', 4]);
    expect((await messages(thread, `?limit=3&before=${last.next}`)).next).toBeUndefined();

    await house.call(key, 'POST', `/v1/runs/${first.body.runId}/feedback`, { thumb: 'up' });
    const { messages: rated } = await messages(thread);
    expect([rated[1].feedback?.length, rated[0].feedback]).toEqual([1, undefined]);

    expect((await call('GET', `/${thread}`)).body).toMatchObject({ title: 'How much is tea?', messages: 4 });
    expect((await call('POST', `/${thread}`, { title: 'Prices' })).body.title).toBe('Prices');
    const other = await begin(key, { title: 'Other' });
    const listed = async (query = ''): Promise<unknown> =>
      ((await call('GET', query)).body.threads as AnyJson[]).map(({ title }) => String(title));
    expect(await listed(`?workflow=${alpha.slug}`)).toEqual(['Other', 'Prices']);
    expect(await listed('?search=COFFEE')).toEqual(['Prices']);
    const { body: page } = await call('GET', '?limit=1');
    expect([page.threads[0].id, await listed(`?limit=1&after=${page.next}`)]).toEqual([other, ['Prices']]);

    expect((await call('DELETE', `/${thread}`)).body).toEqual({ conversations: 1, turns: 4 });
    expect((await call('GET', `/${thread}`)).status).toBe(404);
    expect((await ask('Still there?', thread)).body.code).toBe('thread_not_found');
    const events = await house.server.heddle.audit.list({ subject: `conversation:${thread}` });
    expect(events.map(({ details }) => details['step'])).toEqual([
      'conversations',
      'conversation renamed',
      'conversation begun',
    ]);
    expect(await house.server.heddle.audit.verify()).toBeUndefined();
  });

  it('get the same answer for a thread of another key, project, workflow or end user, and for one that does not exist', async () => {
    const thread = await begin();
    await ask('Mine', thread);
    const beta = house.key(house.beta);
    const speaks = house.key(house.alpha, { permissions: ['run:published', 'speak-for-users'] });
    const scoped = house.key(house.alpha, { workflows: [waiting.id] });
    const ann = { ...speaks, 'heddle-end-user': 'ann' };
    const anns = await begin(ann);
    const unknown = await call('GET', `/${'f'.repeat(24)}`);
    expect([unknown.status, unknown.body.error?.code ?? unknown.body.code]).toEqual([404, 'thread_not_found']);
    const strangers: readonly (readonly [Shown, string])[] = [
      [beta, thread],
      [house.key(house.alpha), thread],
      [ann, thread],
      [speaks, anns],
      [key, anns],
      [{ ...speaks, 'heddle-end-user': 'zoe' }, anns],
      [scoped, thread],
    ];
    for (const [who, id] of strangers) {
      for (const [method, path, body] of [
        ['GET', `/${id}`, undefined],
        ['GET', `/${id}/messages`, undefined],
        ['POST', `/${id}`, { title: 'Taken' }],
        ['DELETE', `/${id}`, undefined],
      ] as const) {
        const { status, body: refusal } = await call(method, path, body, who);
        expect([method, path, status, refusal]).toEqual([method, path, 404, unknown.body]);
      }
      expect(
        ((await call('GET', '', undefined, who)).body.threads as AnyJson[]).map(({ id: one }) => String(one)),
      ).not.toContain(id);
      expect([403, 404]).toContain((await ask('Mine too', id, who)).status);
    }
    expect((await messages(thread)).messages).toHaveLength(2);
    expect((await ask('Of Ann', anns, ann)).status).toBe(200);
    expect((await messages(anns, '', ann)).messages).toHaveLength(2);
    // On another workflow, the caller's own thread is unknown too.
    expect((await ask('x', thread, key, waiting.slug)).body.code).toBe('thread_not_found');
    expect((await call('POST', '', { workflow: alpha.slug }, beta)).status).toBe(404);
    expect((await call('POST', '', { workflow: alpha.slug, subject: 'user:x' })).status).toBe(400);
  });

  it('take one run at a time: a second run is refused, even if both start together, and messages do not interleave', async () => {
    const { body } = await call('POST', '', { workflow: waiting.slug });
    const thread: string = body.id;
    const slow = { ...key, prefer: 'respond-async' };
    const replies = await Promise.all(
      [1, 2, 3, 4].map((count) => ask(`Question ${count}`, thread, slow, waiting.slug)),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
    const runId = replies.find(({ status }) => status === 202)?.body.runId;
    const refused = await ask('Next', thread, slow, waiting.slug);
    expect([refused.body.code, refused.body.details, refused.body.runId]).toEqual(['thread_busy', { thread }, runId]);
    await house.server.heddle.runs.settled(runId);
    const { running, messages: said } = await messages(thread);
    expect([said, running]).toEqual([
      [],
      { run: runId, status: 'suspended', question: expect.stringMatching(/^Question/) },
    ]);
    // Erasing a thread ends its run first.
    expect((await call('DELETE', `/${thread}`)).status).toBe(200);
    expect((await house.server.heddle.runs.summary(runId)).status).toBe('cancelled');
  });

  it('accept a run again after the last one was cancelled, failed or could not be accepted', async () => {
    const thread: string = (await call('POST', '', { workflow: waiting.slug })).body.id;
    expect((await ask(undefined as never, thread, key, waiting.slug)).status).toBe(422);
    const slow = { ...key, prefer: 'respond-async' };
    const { body } = await ask('One', thread, slow, waiting.slug);
    await house.server.heddle.runs.settled(body.runId);
    await house.call(key, 'POST', `/v1/runs/${body.runId}/cancel`);
    await house.server.heddle.runs.cancel(body.runId).catch(() => undefined);
    await house.server.heddle.runs.settled(body.runId);
    expect((await ask('Two', thread, slow, waiting.slug)).status).toBe(202);
  });

  it('withhold a message above the clearance of the replies, and the name that is derived from it', async () => {
    const thread = await begin();
    const { conversations } = house.server.heddle.parts;
    const turns = [
      { message: { role: 'user' as const, content: 'A secret' }, label: labelOf('restricted') },
      { message: { role: 'tool' as const, toolCallId: 'c', name: 't', content: 'inside' }, label: labelOf('public') },
      { message: { role: 'assistant' as const, content: 'Public' }, label: labelOf('public') },
    ];
    await conversations.memory(thread, 'r').append(turns, { idempotencyKey: 'k' });
    const { messages: said } = await messages(thread);
    expect(said).toMatchObject([
      { text: '', isWithheld: true, label: 'restricted' },
      { text: 'Public', isWithheld: false },
    ]);
    expect((await call('GET', `/${thread}`)).body.title).toBeUndefined();
    expect((await call('GET', '?search=secret')).body.threads).toEqual([]);
  });

  it('begin with a run that asks for a new thread, in chat completions too, and the reply names the thread', async () => {
    const { body } = await ask('First', 'new');
    expect(body.thread).toMatch(/^[0-9a-f]{24}$/);
    const chat = (thread: unknown, who: Shown = key) =>
      house.call(who, 'POST', '/v1/chat/completions', {
        model: alpha.slug,
        messages: [{ role: 'user', content: 'By chat' }],
        thread,
      });
    const headed = (thread: string) => chat(undefined, { ...key, 'heddle-thread': thread });
    expect((await headed(body.thread)).headers.get('heddle-thread')).toBe(body.thread);
    expect((await messages(body.thread)).messages).toHaveLength(4);
    expect((await headed('f'.repeat(65))).body.error.code).toBe('thread_not_found');
    expect((await chat(body.thread)).status).toBe(200);
    expect((await messages(body.thread)).messages).toHaveLength(6);
    expect((await chat(body.thread, house.key(house.alpha))).body.error.code).toBe('thread_not_found');
    expect((await chat('f'.repeat(24))).status).toBe(404);
    // A repeated request returns the same run, and adds nothing.
    const again = { ...key, 'idempotency-key': 'once' };
    const two = [await ask('Once', body.thread, again), await ask('Once', body.thread, again)];
    expect(two[0]?.body.runId).toBe(two[1]?.body.runId);
    expect((await messages(body.thread)).messages).toHaveLength(8);
    const other = await ask('Once', 'new', again);
    expect(other.body.code).toBe('idempotency_conflict');
  });
});
