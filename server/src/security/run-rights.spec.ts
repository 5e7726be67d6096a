import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import type { AnyJson } from '../testing/any-json.js';
import { echoDocument } from '../testing/echo-document.js';
import { openTwoProjects, type Shown, type TwoProjects } from './testing/two-projects.js';

/** The workflow answers with this confidential fact, whatever its input. */
const fact = 'The merger closes on Friday.';
const secretive: WorkflowDocument = {
  heddle: 2,
  name: 'Secretive',
  nodes: {
    question: {
      type: 'input',
      version: 1,
      config: { fields: [{ name: 'question', type: 'Text', label: 'confidential' }] },
    },
    say: { type: 'prompt', version: 1, config: { template: `${fact} {{ question }}` } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'say.question' },
    { from: 'say.text', to: 'reply.answer' },
  ],
};
const asked = { inputs: { question: 'Well?' } };

/** Waits for a person. */
const asking: WorkflowDocument = {
  heddle: 2,
  name: 'Asking',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    ask: { type: 'human-input', version: 1, config: { title: 'May I?' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Json' }] } },
  },
  edges: [
    { from: 'question.question', to: 'ask.value' },
    { from: 'ask.answer', to: 'reply.answer' },
  ],
};

describe('rights of runs', () => {
  let house: TwoProjects;
  let id: string;
  let slug: string;
  let ownRun: string;
  let narrow: Shown;

  beforeAll(async () => {
    house = await openTwoProjects();
    ({ id, slug } = await house.published(house.alpha, secretive));
    narrow = house.key(house.alpha, { workflows: [id] });
    const begun = await house.call(
      { ...narrow, prefer: 'respond-async' },
      'POST',
      `/v1/workflows/${slug}`,
      asked.inputs,
    );
    ownRun = begun.body.runId;
    await house.server.heddle.runs.settled(ownRun);
  });
  afterAll(() => house.close());

  describe('a document in the request', () => {
    it('is not run for a key without the right, or for a runner', async () => {
      const runner = house.person({ [house.beta]: ['runner'] });
      for (const who of [house.key(house.alpha), house.key(house.beta), runner]) {
        const refused = await house.call(who, 'POST', '/api/runs?wait=1', { document: echoDocument(), ...asked });
        expect([refused.status, refused.body.error]).toMatchObject([403, { code: 'forbidden' }]);
        expect(refused.body.error.message).toContain('run:document');
      }
    });

    it('is run for an editor in their project, and for a key with the right', async () => {
      const editor = house.person({ [house.beta]: ['editor'] });
      const body = { document: echoDocument(), ...asked };
      const own = await house.call(editor, 'POST', '/api/runs?wait=1', body, house.beta);
      expect([own.status, own.body.outputs]).toEqual([200, { answer: 'You asked: Well?' }]);
      expect((await house.call(editor, 'POST', '/api/runs', body, house.alpha)).status).toBe(404);
      const key = house.key(house.beta, { permissions: ['run:document', 'run:values'] });
      expect((await house.call(key, 'POST', '/api/runs?wait=1', body, house.beta)).status).toBe(200);
    });
  });

  describe('a key for one published workflow', () => {
    it('gets no reply above its clearance', async () => {
      const refused = await house.call(narrow, 'POST', `/v1/workflows/${slug}`, asked.inputs);
      expect([refused.status, refused.body.code]).toEqual([403, 'label_refused']);
      expect(JSON.stringify(refused.body)).not.toContain(fact);
    });

    it.each([
      ['the draft', 'POST', (): string => `/api/workflows/${id}/runs?wait=1`, asked, 'run:draft'],
      ['a run of its own in whole', 'GET', (): string => `/api/runs/${ownRun}`, undefined, 'run:values'],
      ['its graph', 'GET', (): string => `/api/runs/${ownRun}/document`, undefined, 'run:graph'],
      ['its values', 'GET', (): string => `/api/runs/${ownRun}/values?path=say&port=text`, undefined, 'run:values'],
      ['its events', 'GET', (): string => `/api/runs/${ownRun}/events`, undefined, 'run:values'],
      ['the list of runs', 'GET', (): string => '/api/runs', undefined, 'run:read'],
      ['another run of it', 'POST', (): string => `/api/runs/${ownRun}/rerun`, {}, 'run:values'],
      ['what goes on of it', 'POST', (): string => `/api/runs/${ownRun}/resume`, undefined, 'run:control'],
      ['its tests', 'POST', (): string => `/api/workflows/${id}/tests/run`, {}, 'run:draft'],
    ] as const)('is refused %s, with the name of the missing right', async (_what, method, path, body, right) => {
      const refused = await house.call(narrow, method, path(), body);
      expect([path(), refused.status, refused.body.error?.code]).toEqual([path(), 403, 'forbidden']);
      expect(refused.body.error.message).toContain(right);
      expect(JSON.stringify(refused.body)).not.toContain(fact);
    });

    it('reads its own runs, and no others', async () => {
      expect((await house.call(narrow, 'GET', `/v1/runs/${ownRun}`)).body.code).toBe('label_refused');
      const other = house.key(house.alpha, { permissions: ['run:published', 'run:read'] });
      expect((await house.call(other, 'GET', `/v1/runs/${ownRun}`)).status).toBe(404);
    });
  });

  it('shows no message of a failure to a reader of runs, and no input to a reader of graphs', async () => {
    const { body } = await house.call(
      house.key(house.alpha, { permissions: ['run:graph'] }),
      'GET',
      `/api/runs/${ownRun}/document`,
    );
    expect(body.document.name).toBe('Secretive');
    expect([body.inputs, body.options]).toEqual([{}, {}]);
    const fetching = { url: { type: 'http', version: 1, config: { url: 'http://10.9.8.7/' } } };
    const failed = await house.server.heddle.runs.start({
      document: { heddle: 2, name: 'Fails', nodes: fetching, edges: [] },
      request: { inputs: {} },
      trigger: 'editor',
    });
    await house.server.heddle.runs.settled(failed.runId);
    const errorFor = async (permissions: readonly string[]) => {
      const { runs } = (await house.call(house.key(house.alpha, { permissions }), 'GET', '/api/runs')).body;
      return (runs as { runId: string; error?: object }[]).find(({ runId }) => runId === failed.runId)?.error;
    };
    const text = { code: 'fetch_blocked', message: expect.stringContaining('10.9.8.7') };
    expect(await errorFor(['run:read', 'run:values'])).toMatchObject(text);
    expect(await errorFor(['run:read'])).toMatchObject({
      code: 'fetch_blocked',
      message: expect.stringContaining('run:values'),
    });
  });

  it('lets a published run be resumed by people who may call it, and a draft by people who may run drafts', async () => {
    const runner = house.person({ [house.alpha]: ['runner'] });
    const draft = await house.server.heddle.runs.start({
      document: secretive,
      workflowId: id,
      request: asked,
      trigger: 'editor',
    });
    await house.server.heddle.runs.settled(draft.runId);
    const refused = await house.call(runner, 'POST', `/api/runs/${draft.runId}/resume`);
    expect([refused.status, refused.body.error.message]).toMatchObject([403, expect.stringContaining('run:draft')]);
    // The run is done, so there is nothing to resume; no right is missing.
    expect((await house.call(runner, 'POST', `/api/runs/${ownRun}/resume`)).body.error.code).toBe('conflict');
  });

  it('reuses no result of another project, not even for a member of both', async () => {
    const both = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    const beta = await house.workflow(house.beta, secretive);
    const body = { ...asked, reuseFrom: ownRun, from: 'say' };
    const refused = await house.call(both, 'POST', `/api/workflows/${beta}/runs`, body);
    expect([refused.status, refused.body.error.code]).toEqual([404, 'run_not_found']);
  });

  it('lets a key with the right speak for end users, each of whom sees only their own runs', async () => {
    const { slug: echo } = await house.published(house.alpha, { ...echoDocument(), name: 'For users' });
    const plain = house.key(house.alpha);
    const asAda = { 'heddle-end-user': 'ada@example.org' };
    const refused = await house.call({ ...plain, ...asAda }, 'POST', `/v1/workflows/${echo}`, asked.inputs);
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    expect(refused.body.detail ?? refused.body.message).toContain('speak-for-users');
    const person = house.person({ [house.alpha]: ['owner'] });
    expect((await house.call({ ...person, ...asAda }, 'POST', `/v1/workflows/${echo}`, asked.inputs)).status).toBe(403);

    const speaks = house.key(house.alpha, { permissions: ['run:published', 'speak-for-users'] });
    const { body } = await house.call({ ...speaks, ...asAda }, 'POST', `/v1/workflows/${echo}`, asked.inputs);
    const { caller } = await house.server.heddle.runs.summary(body.runId);
    expect(caller).toMatchObject({ subject: 'end-user:ada@example.org', endUser: 'ada@example.org' });
    const follow = (name: string) =>
      house.call({ ...speaks, 'heddle-end-user': name }, 'GET', `/v1/runs/${body.runId}`);
    expect((await follow('ada@example.org')).status).toBe(200);
    expect((await follow('eve@example.org')).status).toBe(404);
    expect((await follow('two words')).status).toBe(400);
  });

  it.each(['alpha', 'beta'] as const)('hides the run of another end user, on any route, in %s', async (side) => {
    const project = house[side];
    const { slug } = await house.published(project, asking);
    const key = house.key(project, {
      permissions: [
        'run:published',
        'run:read',
        'run:values',
        'run:control',
        'human-input:answer',
        'run:feedback',
        'speak-for-users',
      ],
    });
    const ada = { ...key, 'heddle-end-user': 'ada' };
    const eve = { ...key, 'heddle-end-user': 'eve' };
    const { body } = await house.call(
      { ...ada, prefer: 'respond-async' },
      'POST',
      `/v1/workflows/${slug}`,
      asked.inputs,
    );
    const { runs } = house.server.heddle;
    await runs.settled(body.runId);
    const [{ requestId } = { requestId: '' }] = await runs.requests(body.runId);
    const routes = (run: string): readonly (readonly [string, string, unknown?])[] => [
      ['GET', `/v1/runs/${run}`],
      ['GET', `/v1/runs/${run}/events`],
      ['GET', `/v1/runs/${run}/feedback`],
      ['POST', `/v1/runs/${run}/feedback`, { thumb: 'up' }],
      ['GET', `/api/runs/${run}`],
      ['GET', `/api/runs/${run}/events`],
      ['GET', `/api/human-inputs?run=${run}`],
      ['POST', `/api/runs/${run}/human-inputs/${requestId}`, { value: {} }],
      ['POST', `/api/runs/${run}/cancel`, {}],
    ];
    const unknown = `${body.runId.slice(0, -6)}abcdef`;
    for (const [index, [method, path, given]] of routes(body.runId).entries()) {
      const foreign = await house.call(eve, method, path, given, project);
      const [, none = ''] = routes(unknown)[index] ?? [];
      const absent = await house.call(eve, method, none, given, project);
      const seen = JSON.stringify(foreign.body).replaceAll(String(body.runId), unknown);
      expect([path, foreign.status, seen]).toEqual([path, 404, JSON.stringify(absent.body)]);
    }
    expect((await house.call(eve, 'GET', '/api/human-inputs', undefined, project)).body.requests).toEqual([]);
    expect((await runs.summary(body.runId)).status).toBe('suspended');
    const { body: mine } = await house.call(ada, 'GET', `/api/human-inputs`, undefined, project);
    expect((mine.requests as AnyJson[]).map(({ runId }) => String(runId))).toEqual([body.runId]);
    const answer = await house.call(
      ada,
      'POST',
      `/api/runs/${body.runId}/human-inputs/${requestId}`,
      { value: { choice: 'approve' } },
      project,
    );
    expect([answer.status, answer.body.code]).toEqual([204, undefined]);
  });

  it('lets an owner change the rights of a key, which keeps its secret', async () => {
    const key = house.key(house.alpha);
    const [{ id: keyId } = { id: '' }] = await house.server.heddle.parts.identity.keys.list(house.alpha);
    const start = (): Promise<{ status: number }> => house.call(key, 'POST', `/api/workflows/${id}/runs?wait=1`, asked);
    expect((await start()).status).toBe(403);
    const scopes = { permissions: ['run:draft', 'run:values'] };
    const owner = house.person({ [house.alpha]: ['owner'] });
    const changed = await house.call(owner, 'PATCH', `/api/keys/${keyId}`, { scopes });
    expect([changed.status, changed.body.scopes.permissions]).toEqual([200, scopes.permissions]);
    expect((await start()).status).toBe(200);
    // A key with every right still cannot add rights to a key.
    const wide = house.key(house.alpha, { permissions: ['key:manage'] });
    expect((await house.call(wide, 'PATCH', `/api/keys/${keyId}`, { scopes })).status).toBe(403);
  });
});
