import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import { createHash } from 'node:crypto';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import type { AnyJson } from '../../testing/any-json.js';
import { echoDocument } from '../../testing/echo-document.js';
import { answerOf, promptOf } from './training-examples.js';

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
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [{ from: 'question.question', to: 'reply.answer' }],
};

describe('training sets', () => {
  let house: TwoProjects;
  let owner: Shown & { readonly id: string };
  beforeAll(async () => {
    house = await openTwoProjects();
    owner = house.person({ [house.alpha]: ['owner'] });
  });
  afterAll(() => house.close());

  const call = (method: string, path: string, body?: object, who: Shown = owner) => house.call(who, method, path, body);
  const make = (name: string, document = echoDocument()) => house.published(house.alpha, { ...document, name });
  const ask = async (slug: string, question: string): Promise<string> =>
    String((await call('POST', `/v1/workflows/${slug}`, { question })).body.runId);
  const rate = async (run: string, body: object): Promise<void> =>
    expect((await call('POST', `/api/runs/${run}/feedback`, body)).status).toBe(204);
  const consent = (id: string, body: object = { isGiven: true }) =>
    call('POST', `/api/workflows/${id}/training-consent`, body);
  const set = async (id: string, body: object = {}): Promise<AnyJson> =>
    (await call('POST', `/api/workflows/${id}/training-set`, body)).body;
  const linesOf = ({ content }: AnyJson): AnyJson[] =>
    String(content)
      .split('\n')
      .filter((line) => line !== '')
      .map((line): AnyJson => JSON.parse(line));

  it('contain only runs whose callers had consented when the runs began', async () => {
    const { slug, id } = await make('Consents');
    const before = await ask(slug, 'before');
    expect((await call('GET', `/api/workflows/${id}/training-consent`)).body).toEqual({ shares: {} });
    await rate(before, { thumb: 'up' });
    expect(await set(id)).toMatchObject({ examples: 0, content: '', leftOut: { consent: 1 } });
    expect((await set(id)).card).toContain('No caller has consented to training: the set is empty.');
    const { workflow: since } = (await consent(id)).body;
    // A second consent does not move the time.
    expect((await consent(id)).body.workflow).toBe(since);
    const after = await ask(slug, 'after');
    await rate(after, { thumb: 'up' });
    const made = await set(id);
    expect(made).toMatchObject({ examples: 1, leftOut: { consent: 1 } });
    expect(linesOf(made)).toMatchObject([{ messages: [{ role: 'user', content: 'after' }, { role: 'assistant' }] }]);
    await consent(id, { isGiven: false });
    expect((await set(id)).examples).toBe(0);
    // A renewed consent does not apply to earlier runs.
    await consent(id);
    expect((await set(id)).examples).toBe(0);
  });

  it('ask users of a share link, not the workflow, for their consent', async () => {
    const { slug, id } = await make('Shared');
    const share = (await call('POST', `/api/workflows/${slug}/shares`, { name: 'Site' })).body;
    await consent(id);
    const visit = async (): Promise<string> => {
      const headers = { 'heddle-session': 'session-of-a-visitor', 'content-type': 'application/json' };
      const address = `${house.server.address}/v1/share/${share.token}/runs`;
      const reply = await fetch(address, {
        method: 'POST',
        headers,
        body: JSON.stringify({ question: `${Math.random()}` }),
      });
      return /"runId":"([^"]+)"/.exec(await reply.text())?.[1] ?? '';
    };
    await rate(await visit(), { thumb: 'up' });
    expect(await set(id)).toMatchObject({ examples: 0, leftOut: { consent: 1 } });
    expect((await consent(id, { share: 'other', isGiven: true })).status).toBe(404);
    expect((await consent(id, { share: share.id, isGiven: true })).body.shares).toEqual({
      [share.id]: expect.any(Number),
    });
    await rate(await visit(), { thumb: 'up' });
    const made = await set(id);
    expect(made.examples).toBe(1);
    expect(made.card).toContain(`users of the share link ${share.id}`);
  });

  it('prefer corrections to answers, use only good answers, and each example once', async () => {
    const { slug, id } = await make('Corrected');
    await consent(id);
    const corrected = await ask(slug, 'one');
    const good = await ask(slug, 'two');
    const bad = await ask(slug, 'three');
    const mixed = await ask(slug, 'four');
    const same = await ask(slug, 'two');
    await rate(corrected, { rating: 1, correction: 'ONE' });
    await rate(good, { rating: 5 });
    await rate(bad, { thumb: 'down' });
    await rate(mixed, { thumb: 'up' });
    const other = house.person({ [house.alpha]: ['owner'] });
    await call('POST', `/api/runs/${mixed}/feedback`, { thumb: 'down' }, other);
    await rate(same, { thumb: 'up' });
    const made = await set(id, { format: 'messages', system: 'Be short.' });
    expect(linesOf(made)).toMatchObject([
      {
        source: 'corrected',
        messages: [
          { role: 'system', content: 'Be short.' },
          { role: 'user', content: 'one' },
          { role: 'assistant', content: 'ONE' },
        ],
      },
      { source: 'good', messages: [{}, { content: 'two' }, {}] },
    ]);
    expect(made).toMatchObject({ leftOut: { unfit: 2, same: 1 } });
    expect((await set(id, { answers: 'corrected' })).examples).toBe(1);
    expect((await set(id, { until: 1 })).examples).toBe(0);
    expect((await set(id, { limit: 1 })).examples).toBe(1);
    for (const body of [{ format: 'csv' }, { limit: 0 }, { more: 1 }])
      expect((await call('POST', `/api/workflows/${id}/training-set`, body)).status).toBe(400);
  });

  it('make preferences from corrections and from compared answers to the same question', async () => {
    const { slug, id } = await make('Preferred');
    await consent(id);
    const corrected = await ask(slug, 'one');
    await rate(corrected, { correction: 'ONE' });
    const queue = (await call('POST', '/api/annotation-queues', { name: 'Compare', kind: 'compare', rubric: {} })).body
      .id;
    const a = await ask(slug, 'two');
    const b = await ask(slug, 'two');
    const c = await ask(slug, 'three');
    const pairs = [
      [a, b],
      [a, c],
    ];
    await call('POST', `/api/annotation-queues/${queue}/items`, { pairs });
    for (let index = 0; index < 2; index += 1) {
      const { task } = (await call('POST', `/api/annotation-queues/${queue}/next`, {})).body;
      await call('POST', `/api/annotation-queues/${queue}/items/${task.item}/annotation`, { preferred: a });
    }
    const made = await set(id, { format: 'preferences' });
    // Equal answers and different questions make no preference.
    expect(made).toMatchObject({ examples: 1, leftOut: { unfit: 2 } });
    expect(linesOf(made)).toMatchObject([
      {
        prompt: [{ role: 'user', content: 'one' }],
        chosen: [{ role: 'assistant', content: 'ONE' }],
        rejected: [{ role: 'assistant' }],
      },
    ]);
  });

  it('contain nothing above the clearance, and describe themselves in the card and the audit log, without texts', async () => {
    const { id } = await make('Secret', secretive);
    await consent(id);
    // The answer to this question is above the clearance of every channel.
    const request = { inputs: { question: 'WHO?' } };
    const started = { document: secretive, workflowId: id, request, trigger: 'api' } as const;
    const { runId: run } = await house.server.heddle.runs.start(started);
    await house.server.heddle.runs.settled(run);
    await rate(run, { correction: 'NOBODY' });
    expect(await set(id)).toMatchObject({ examples: 0, leftOut: { label: 1 } });
    const made = await set(id, { clearance: 'confidential' });
    expect(made.examples).toBe(1);
    const sha256 = createHash('sha256').update(String(made.content)).digest('hex');
    expect(made.sha256).toBe(sha256);
    for (const text of [
      sha256,
      '| confidential | 1 |',
      '| corrected by a person | 1 |',
      '# Training set of Secret',
      'callers of the workflow',
    ])
      expect(made.card).toContain(text);
    for (const text of ['WHO?', 'NOBODY', run]) expect(made.card).not.toContain(text);
    const events = await house.server.heddle.audit.list({ subject: `workflow:${id}`, kinds: ['export', 'workflow'] });
    expect(events[0]?.details).toEqual({ training: 'openai', examples: 1, sha256, clearance: 'confidential' });
    expect(events.map(({ details }) => details['step'])).toContain('training consent given');
    expect(JSON.stringify(events)).not.toContain('NOBODY');
    await call('DELETE', `/api/runs/${run}`);
    expect((await set(id, { clearance: 'confidential' })).examples).toBe(0);
  });

  it('are for people who may change the workflow', async () => {
    const { id } = await make('Rights');
    const runner = house.person({ [house.alpha]: ['runner'] });
    const editor = house.person({ [house.alpha]: ['editor'] });
    const stranger = house.person({ [house.beta]: ['owner'] });
    for (const [who, status] of [
      [runner, 403],
      [stranger, 404],
      [editor, 200],
    ] as const)
      expect((await call('POST', `/api/workflows/${id}/training-set`, {}, who)).status).toBe(status);
    expect((await call('POST', `/api/workflows/${id}/training-consent`, { isGiven: true }, editor)).status).toBe(403);
    expect((await call('GET', `/api/workflows/${id}/training-consent`, undefined, stranger)).status).toBe(404);
  });

  it('read chats, a single text, and anything else', () => {
    const chat = [
      { role: 'system', content: 'Old' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    ];
    expect(promptOf({ inputs: { messages: chat } }, undefined)).toEqual([
      { role: 'system', content: 'Old' },
      { role: 'user', content: 'Hi' },
    ]);
    expect(promptOf({ inputs: { messages: chat } }, 'New')).toEqual([
      { role: 'system', content: 'New' },
      { role: 'user', content: 'Hi' },
    ]);
    expect(promptOf({ inputs: { a: 1, b: 'x' } }, undefined)).toEqual([{ role: 'user', content: '{"a":1,"b":"x"}' }]);
    expect(answerOf({ outputs: { answer: 'A', sources: [1] } })).toBe('A');
    expect(answerOf({ outputs: { total: 3 } })).toBe('3');
    expect(answerOf({ outputs: { a: 1, b: 2 } })).toBe('{"a":1,"b":2}');
    expect(answerOf({ outputs: { answer: ' ' } })).toBeUndefined();
    expect(answerOf({ outputs: {} })).toBeUndefined();
  });
});
