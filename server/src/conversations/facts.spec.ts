import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { everyProject, labelOf, type ConversationOwner, type LabelLevel } from '@heddle/core';
import { createFakeClock, createFakeEmbedder, createFakeLanguageModel, type FakeClock } from '@heddle/core/testing';
import { hubOf } from '../channels/testing/open-channels.js';
import { noting, notingInside } from '../security/testing/fact-nodes.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { AnyJson } from '../testing/any-json.js';

describe('facts', () => {
  let clock: FakeClock;
  let house: TwoProjects;
  let owner: Shown & { readonly id: string };
  let runner: Shown & { readonly id: string };
  let beta: Shown;
  let speaks: Shown;
  let workflow: { readonly id: string; readonly slug: string };
  let count = 0;

  beforeEach(async () => {
    clock = createFakeClock();
    const models = hubOf(createFakeLanguageModel([]), createFakeEmbedder({ dimensions: 16 }));
    house = await openTwoProjects({ clock, models });
    for (const model of ['fake', 'fake-embedder']) house.server.heddle.grants.set('model', model, [everyProject]);
    owner = house.person({ [house.alpha]: ['owner'] });
    runner = house.person({ [house.alpha]: ['runner'] });
    beta = house.person({ [house.beta]: ['owner'] });
    speaks = house.key(house.alpha, { permissions: ['run:published', 'speak-for-users'] });
    workflow = await house.published(house.alpha, noting);
  });
  afterEach(() => house.close());

  const store = () => house.server.heddle.parts.facts;
  const ann = (): Shown => ({ ...speaks, 'heddle-end-user': 'ann' });
  const note = async (
    of: Partial<ConversationOwner>,
    key: string,
    text: string,
    level: LabelLevel = 'internal',
  ): Promise<string> => {
    const whole = { project: house.alpha, workflow: workflow.id, subject: 'end-user:ann', ...of };
    const own = store().of(whole, { run: 'r', thread: 't' });
    await own.remember([{ key, text, label: labelOf(level) }], { idempotencyKey: String((count += 1)) });
    const listed = await store().list({ within: [{ project: whole.project }], subject: whole.subject, limit: 100 });
    const found = listed.find((fact) => fact.key === key);
    await clock.advance(1);
    return found?.id ?? '';
  };
  const call = (who: Shown, method: string, path: string, body?: unknown) => house.call(who, method, path, body);
  const keys = async (who: Shown, query = ''): Promise<readonly string[]> => {
    const { status, body } = await call(who, 'GET', `/api/facts${query}`);
    expect([status, body.error]).toEqual([200, undefined]);
    return (body.facts as AnyJson[]).map(({ key }) => key as string);
  };
  const run = async (who: Shown, inputs: object, slug = workflow.slug): Promise<string> => {
    const { status, body } = await call({ ...who, 'heddle-thread': 'new' }, 'POST', `/v1/workflows/${slug}`, {
      // A node whose inputs are all missing does not run.
      question: 'What is known?',
      ...inputs,
    });
    expect([status, body.detail]).toEqual([200, undefined]);
    return String(body.outputs.known);
  };

  it('of a run are known in later threads of its subject on its workflow, and to no one else', async () => {
    expect(await run(ann(), { key: 'town', text: 'Ann lives in Rome' })).toBe('');
    const known = '- town: Ann lives in Rome';
    expect(await run(ann(), {})).toBe(known);
    expect(await run(ann(), { question: 'Where does she live?' })).toBe(known);
    const other = await house.published(house.alpha, { ...noting, name: 'Other' });
    const inside = await house.published(house.alpha, notingInside);
    expect(await run(ann(), {}, other.slug)).toBe('');
    for (const who of [{ ...speaks, 'heddle-end-user': 'zoe' }, speaks, runner])
      expect(await run(who, { subject: 'end-user:ann', question: 'end-user:ann' })).toBe('');
    // A nested workflow uses the facts of the run around it.
    await run(ann(), { text: 'Inside' }, inside.slug);
    expect(await run(ann(), {}, inside.slug)).toBe('- Inside');
    const [fact] = await store().list({ within: [{ project: house.alpha }], workflow: workflow.id, limit: 10 });
    expect(fact).toMatchObject({
      owner: { subject: 'end-user:ann' },
      run: expect.any(String),
      thread: expect.any(String),
    });
    expect(fact?.label).toEqual(labelOf('internal'));
  });

  it('are not stored by tests and experiments', async () => {
    const start = (inputs: Record<string, string>, trigger: 'test' | 'api') =>
      house.server.heddle.runs.start({
        document: noting,
        workflowId: workflow.id,
        request: { inputs },
        trigger,
        caller: { principal: `user:${owner.id}`, project: house.alpha },
      });
    for (const trigger of ['test', 'api'] as const) {
      const { runId } = await start({ text: `of ${trigger}` }, trigger);
      expect((await house.server.heddle.runs.settled(runId)).status).toBe('done');
    }
    expect(await store().list({ within: [{ project: house.alpha }], limit: 10 })).toMatchObject([{ text: 'of api' }]);
    const { runId } = await start({ question: 'What is known?' }, 'test');
    await house.server.heddle.runs.settled(runId);
    const [end] = (await house.server.heddle.parts.journal.events(runId)).filter(({ type }) => type === 'run-end');
    expect(JSON.stringify(end)).not.toContain('of api');
  });

  it('are listed, searched and exported for people who may read values of runs, in their projects', async () => {
    await note({}, 'town', 'Rome');
    await note({ subject: `user:${runner.id}` }, 'tea', 'green');
    await note({ project: house.beta, workflow: 'w' }, 'theirs', 'Beta');
    expect(await keys(owner)).toEqual(['tea', 'town']);
    expect(await keys(owner, '?search=ROME')).toEqual(['town']);
    expect(await keys(owner, '?subject=end-user:ann')).toEqual(['town']);
    expect(await keys(owner, `?workflow=${workflow.id}&search=tea`)).toEqual(['tea']);
    expect(await keys(owner, `?project=${house.beta}`)).toEqual([]);
    expect(await keys(beta)).toEqual(['theirs']);
    const { body } = await call(owner, 'GET', '/api/facts?limit=1');
    expect([body.facts.length, body.names]).toEqual([1, { [`user:${runner.id}`]: expect.stringMatching(/^Person/) }]);
    expect(await keys(owner, `?limit=1&after=${body.next}`)).toEqual(['town']);
    expect((await call(owner, 'GET', '/api/facts?nonsense=1')).status).toBe(400);
    const { id: _id, ...headers } = owner;
    const exported = await fetch(`${house.server.address}/api/facts/export?search=rome`, { headers });
    expect(
      (await exported.text())
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toMatchObject([{ key: 'town' }]);
    const [event] = await house.server.heddle.audit.list({ kinds: ['export'] });
    expect(event).toMatchObject({ subject: 'facts', details: { by: ['search'] } });
  });

  it('are changed and erased with the right to remove runs, and are not found by another project', async () => {
    const id = await note({}, 'town', 'Rome');
    const until = clock.now() + 5_000;
    for (const [method, path] of [
      ['POST', `/api/facts/${id}`],
      ['DELETE', `/api/facts/${id}`],
      ['POST', `/api/facts/${id}/restore`],
    ] as const) {
      const body = path.endsWith(id) && method === 'POST' ? { text: 'x' } : undefined;
      const theirs = await call(beta, method, path, body);
      const unknown = await call(beta, method, path.replace(id, 'f'.repeat(24)), body);
      expect([theirs.status, theirs.body]).toEqual([404, unknown.body]);
    }
    expect((await call(runner, 'POST', `/api/facts/${id}`, { text: 'x' })).status).toBe(403);
    expect((await call(runner, 'DELETE', `/api/facts/${id}`)).status).toBe(403);
    for (const wrong of [{}, { text: ' ' }, { text: 'x'.repeat(2_001) }, { key: 'x' }, { expiresAt: 'soon' }])
      expect((await call(owner, 'POST', `/api/facts/${id}`, wrong)).status).toBe(400);
    const changed = await call(owner, 'POST', `/api/facts/${id}`, { text: 'Paris', expiresAt: until });
    expect([changed.status, changed.body]).toMatchObject([200, { text: 'Paris', expiresAt: until, key: 'town' }]);
    expect(await run(ann(), { question: 'Where?' })).toBe('- town: Paris');
    expect((await call(owner, 'DELETE', `/api/facts/${id}`)).body).toEqual({ facts: 1 });
    expect(await run(ann(), {})).toBe('');
    const events = await house.server.heddle.audit.list({ subject: `fact:${id}` });
    expect(events).toMatchObject([
      { act: 'erase', details: { step: 'facts' } },
      { act: 'project', details: { step: 'fact changed' } },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/Rome|Paris/);
  });

  it('are hidden by a deletion that can be undone, also from runs', async () => {
    const id = await note({}, 'town', 'Rome');
    const gone = async () => {
      await call(owner, 'DELETE', `/api/facts/${id}?undo=true`);
      expect([await keys(owner), await run(ann(), {})]).toEqual([[], '']);
    };
    await gone();
    expect((await call(owner, 'POST', `/api/facts/${id}/restore`)).status).toBe(204);
    expect([await keys(owner), await run(ann(), {})]).toEqual([['town'], '- town: Rome']);
    await gone();
    // A fact that is stored meanwhile stays when the deletion becomes final.
    await run(ann(), { key: 'town', text: 'Paris' });
    await clock.advance(20_000);
    await house.server.heddle.deletions.sweep();
    expect(await run(ann(), {})).toBe('- town: Paris');
  });

  it('are never recalled after their end, and retention removes them', async () => {
    const id = await note({}, 'town', 'Rome');
    await call(owner, 'POST', `/api/facts/${id}`, { expiresAt: clock.now() + 10_000 });
    expect(await run(ann(), {})).toBe('- town: Rome');
    await clock.advance(10_001);
    expect(await run(ann(), {})).toBe('');
    expect(await store().find(id)).toBeDefined();
    await house.server.heddle.sweeper.sweep();
    expect(await store().find(id)).toBeUndefined();
    expect(house.server.heddle.sweeper.describe().lastSweep?.removed).toMatchObject({ facts: 1 });
  });

  it('are read and erased by their own subject under /v1, except above the clearance of the replies', async () => {
    const own = await note({}, 'town', 'Rome');
    const secret = await note({}, 'salary', 'very secret', 'restricted');
    const zoes = await note({ subject: 'end-user:zoe' }, 'town', 'Oslo');
    const { body } = await call(ann(), 'GET', '/v1/facts');
    expect(body.facts).toMatchObject([
      { id: secret, key: '', text: '', label: 'restricted', isWithheld: true },
      { id: own, key: 'town', text: 'Rome', isWithheld: false, run: 'r', thread: 't' },
    ]);
    const found = async (query: string) =>
      ((await call(ann(), 'GET', `/v1/facts?${query}`)).body.facts as AnyJson[]).length;
    expect([await found('search=secret'), await found('search=rome'), await found('search=oslo')]).toEqual([0, 1, 0]);
    expect([await found(`workflow=${workflow.slug}`), await found('workflow=other'), await found('limit=1')]).toEqual([
      2, 0, 1,
    ]);
    const foreign = await call(ann(), 'DELETE', `/v1/facts/${zoes}`);
    const unknown = await call(ann(), 'DELETE', `/v1/facts/${'f'.repeat(24)}`);
    const said = ({ status, body: { detail } }: { readonly status: number; readonly body: AnyJson }): unknown[] => [
      status,
      detail,
    ];
    expect([said(foreign)[0], said(foreign)]).toEqual([404, said(unknown)]);
    expect((await call(ann(), 'DELETE', `/v1/facts/${secret}`)).body).toEqual({ facts: 1 });
    expect((await call(runner, 'GET', '/v1/facts')).body.facts).toEqual([]);
    expect((await call({ ...runner, 'heddle-end-user': 'ann' }, 'GET', '/v1/facts')).status).toBe(403);
  });

  it('are erased together by filters, each step with its audit event', async () => {
    for (const key of ['one', 'two']) await note({}, key, 'of Ann');
    await note({ subject: 'end-user:zoe' }, 'one', 'of Zoe');
    expect((await call(owner, 'DELETE', '/api/facts')).status).toBe(400);
    expect((await call(runner, 'DELETE', '/api/facts?subject=end-user:ann')).body).toEqual({ facts: 0 });
    expect((await call(owner, 'DELETE', '/api/facts?subject=end-user:ann')).body).toEqual({ facts: 2 });
    expect(await keys(owner)).toEqual(['one']);
    const [event] = await house.server.heddle.audit.list({ kinds: ['erase'], subject: 'facts' });
    expect(event?.details).toMatchObject({ step: 'facts', by: ['subject'], facts: 2 });
  });
});
