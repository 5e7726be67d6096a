import { afterEach, describe, expect, it } from '@jest/globals';
import { KeyScopes, localPrincipal, type Principal, type PublishedEvent } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { createTestHeddle } from '../../testing/test-heddle.js';
import { echoDocument } from '../../testing/echo-document.js';

const open: ReturnType<typeof createTestHeddle>[] = [];
afterEach(async () => {
  for (const heddle of open.splice(0)) {
    await heddle.stop();
    await heddle.parts.journal.close();
    await heddle.close();
  }
});

async function published(settings: Record<string, string> = {}) {
  const heddle = createTestHeddle({
    withStoredJournal: true,
    withStandardNodes: true,
    engine: { startRun, resumeRun },
    settings,
  });
  open.push(heddle);
  const workflow = await heddle.workflows.create(echoDocument(), 'shout');
  await heddle.publishing.versions.publish('shout', { acceptDataMap: true }, localPrincipal);
  return { heddle, workflow, runs: heddle.publishing.runs };
}
const by = { who: 'local' };
const ask = (question = 'hello', more = {}) => ({
  slug: 'shout',
  inputs: { question },
  principal: localPrincipal,
  channel: 'v1',
  ...more,
});
const keyOf = (id: string, scopes: Partial<KeyScopes> = {}): Principal => ({
  ...localPrincipal,
  kind: 'key',
  id: `key:${id}`,
  scopes: { ...KeyScopes.parse({}), ...scopes },
});

describe('published runs', () => {
  it('run the version that is live at their start, and keep it', async () => {
    const { heddle, runs, workflow } = await published();
    const first = await runs.start(ask());
    await heddle.workflows.save(workflow.id, echoDocument('You said: '), undefined);
    await heddle.publishing.versions.publish('shout', { note: 'two' }, localPrincipal);
    const [one, two, pinned] = await Promise.all([
      runs.result(first.runId, localPrincipal),
      runs.start(ask()).then(({ runId }) => runs.result(runId, localPrincipal)),
      runs.start(ask('hello', { version: 1 })).then(({ runId }) => runs.result(runId, localPrincipal)),
    ]);
    expect(one).toMatchObject({ version: 1, status: 'done', outputs: { answer: 'You asked: hello' } });
    expect([two, pinned].map(({ version, outputs }) => [version, outputs['answer']])).toEqual([
      [2, 'You said: hello'],
      [1, 'You asked: hello'],
    ]);
    await expect(
      heddle.publishing.versions.setLive('shout', { version: 2, canary: { version: 2, share: 0.5 } }, by),
    ).rejects.toMatchObject({ code: 'bad_request' });
    await heddle.publishing.versions.setLive('shout', { version: 1 }, by);
    expect((await runs.start(ask())).workflow.version.version).toBe(1);
    await heddle.publishing.versions.setLive('shout', undefined, by);
    await expect(runs.start(ask())).rejects.toMatchObject({ code: 'not_published' });
  });

  it('return their result even if the workflow is deleted meanwhile', async () => {
    const { heddle, runs, workflow } = await published();
    const { runId } = await runs.start(ask());
    const stream = await runs.stream(runId, localPrincipal);
    await heddle.workflows.delete(workflow.id, undefined);
    const events: PublishedEvent[] = [];
    for await (const event of stream) events.push(event);
    const reply = { runId, workflow: workflow.id, version: 1, outputs: { answer: 'You asked: hello' } };
    expect(events.at(-1)).toMatchObject({ type: 'result', reply });
    expect(await runs.result(runId, localPrincipal)).toMatchObject(reply);
    expect(await runs.get(runId, localPrincipal)).toMatchObject(reply);
    await expect(runs.start(ask())).rejects.toMatchObject({ code: 'workflow_not_found' });
  });

  it('are one per idempotency key, however many start at once, and refuse the key for another request', async () => {
    const { heddle, runs } = await published();
    const started = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => runs.start(ask('hello', { idempotencyKey: `k${index % 10}` }))),
    );
    expect(new Set(started.map(({ runId }) => runId)).size).toBe(10);
    expect(started.filter(({ isReplay }) => !isReplay)).toHaveLength(10);
    expect(await heddle.runs.list({ limit: 1000 })).toHaveLength(10);
    await expect(runs.start(ask('other', { idempotencyKey: 'k1' }))).rejects.toMatchObject({
      code: 'idempotency_conflict',
    });
    expect((await runs.start(ask('other', { idempotencyKey: 'k1', principal: keyOf('b') }))).isReplay).toBe(false);
  });

  it('belong to the key that started them, which can call only workflows in its scope', async () => {
    const { runs, workflow } = await published();
    const { runId } = await runs.start(ask('hello', { principal: keyOf('a', { workflows: [workflow.id] }) }));
    expect((await runs.result(runId, keyOf('a'))).status).toBe('done');
    await expect(runs.get(runId, keyOf('b'))).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(runs.start(ask('hello', { principal: keyOf('c', { workflows: ['other'] }) }))).rejects.toMatchObject({
      code: 'workflow_not_found',
    });
  });

  it('stream the events of their nodes and end with the result', async () => {
    const { runs } = await published();
    const { runId } = await runs.start(ask());
    const events: PublishedEvent[] = [];
    for await (const event of await runs.stream(runId, localPrincipal)) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: 'result', reply: { outputs: { answer: 'You asked: hello' } } });
    expect(events.filter(({ type }) => type === 'node')).toHaveLength(6);
  });

  it('refuse a reply above the clearance of their version', async () => {
    const { heddle, runs } = await published();
    await heddle.publishing.versions.publish('shout', { replyClearance: 'public' }, localPrincipal);
    const { runId } = await runs.start(ask());
    await expect(runs.result(runId, localPrincipal)).rejects.toMatchObject({ code: 'label_refused' });
    const events: PublishedEvent[] = [];
    for await (const event of await runs.stream(runId, localPrincipal)) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'label_refused' });
    expect(JSON.stringify(events)).not.toContain('You asked');
  });
});
