import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  EvaluatorSetup,
  labelOf,
  localPrincipal,
  type Evaluation,
  type EvaluationScope,
  type EvaluationSubject,
  type Principal,
  type WorkflowDocument,
} from '@heddle/core';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { startModelServer, type TestModelServer } from '../testing/test-model-server.js';

const subject: EvaluationSubject = {
  inputs: { question: 'Why?' },
  outputs: { answer: 'Because.' },
  expected: 'Because.',
  passages: [],
  toolCalls: [],
  ms: 1,
  cost: 0,
  tokens: 0,
  label: labelOf('internal'),
};
const judge = EvaluatorSetup.parse({ kind: 'judge', config: { models: ['far/one'], maxTokens: 100 } });

/** A workflow that gives a score, unless its input makes it wait for a person. */
const scorer = (name: string, label: string): WorkflowDocument => ({
  heddle: 2,
  name,
  nodes: {
    given: { type: 'input', version: 1, config: { fields: [{ name: 'answer', type: 'Text', label }] } },
    judge: {
      type: 'code',
      version: 1,
      config: { code: 'return 1;', inputs: [{ name: 'answer', type: 'Text' }] },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'score', type: 'Json' }] } },
  },
  edges: [
    { from: 'given.answer', to: 'judge.answer' },
    { from: 'judge.result', to: 'reply.score' },
  ],
});

/** A workflow that sends the answer to the model of the connection. */
const sender: WorkflowDocument = {
  heddle: 2,
  name: 'Sender',
  nodes: {
    given: { type: 'input', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
    ask: { type: 'generate', version: 1, config: { model: 'far/one', maxTokens: 10 } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'score', type: 'Text' }] } },
  },
  edges: [
    { from: 'given.answer', to: 'ask.prompt' },
    { from: 'ask.text', to: 'reply.score' },
  ],
};

describe('judging', () => {
  let house: TwoProjects;
  let far: TestModelServer;
  let owner: Shown & { readonly id: string };

  beforeAll(async () => {
    far = await startModelServer([JSON.stringify({ reason: 'It says why.', level: 5 })]);
    house = await openTwoProjects({ sandbox: { run: async () => 1 } });
    owner = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    await house.call(owner, 'POST', '/api/connections', {
      id: 'far',
      kind: 'openai-compatible',
      attempts: 1,
      baseUrl: far.baseUrl,
      models: [{ name: 'one' }],
      prices: [{ model: 'one', inputPerMillion: 1_000, outputPerMillion: 1_000, currency: 'USD', asOf: '2026-01-01' }],
      clearance: 'internal',
    });
  });
  afterAll(async () => {
    await house.close();
    await far.close();
  });
  afterEach(async () => {
    await house.call(owner, 'DELETE', '/api/budgets/b');
  });

  const evaluate = (
    setups: readonly EvaluatorSetup[],
    about: Partial<EvaluationSubject> = {},
    scope: Partial<EvaluationScope> = {},
  ): Promise<readonly Evaluation[]> =>
    house.server.heddle.evaluators.evaluate(
      setups,
      { ...subject, ...about },
      { project: house.alpha, principal: localPrincipal, signal: new AbortController().signal, ...scope },
    );
  const one = async (...of: Parameters<typeof evaluate>): Promise<Evaluation> => (await evaluate(...of))[0]!;
  const withRole = (role: 'viewer' | 'owner', project: string): Principal => ({
    kind: 'user',
    id: 'user:x',
    name: 'X',
    roles: new Map([[project, [role]]]),
  });
  const spendOf = async (): Promise<unknown> => (await house.call(owner, 'GET', '/api/spend?by=model')).body['rows'];

  it('calls the model of a connection, and records the call in the spending and in the audit log', async () => {
    const before = far.requests.length;
    const found = await one([judge], { runId: 'the-run' });
    expect(found).toMatchObject({ metric: 'judge', value: 1, explanation: 'It says why.', tokens: 15, cost: 0.015 });
    expect(far.requests.length).toBe(before + 1);
    expect(await spendOf()).toMatchObject([{ name: 'far/one', calls: 1, inputTokens: 10, outputTokens: 5 }]);
    const [call] = await house.server.heddle.audit.list({ kinds: ['model-call'] });
    expect(call).toMatchObject({
      who: 'local',
      project: house.alpha,
      subject: expect.stringMatching(/^evaluation:/),
      details: { model: 'far/one', path: 'judge', run: 'the-run', usage: { inputTokens: 10 } },
    });
    expect(JSON.stringify(call)).not.toContain('Because');
    const [egress] = await house.server.heddle.audit.list({ kinds: ['egress'] });
    expect(egress).toMatchObject({ isAllowed: true, details: { decision: 'allowed', destination: 'far/one' } });
  });

  it('never sends an answer above the clearance of the judge', async () => {
    const before = far.requests.length;
    const found = await one([judge], { label: labelOf('confidential') });
    expect(found).toMatchObject({ error: { code: 'label_refused' } });
    expect(found.explanation).toContain("'judge' must not send confidential data to 'far/one'");
    expect(found).not.toHaveProperty('value');
    expect(far.requests.length).toBe(before);
    const [egress] = await house.server.heddle.audit.list({ kinds: ['egress'] });
    expect(egress).toMatchObject({
      isAllowed: false,
      details: { decision: 'refused', label: { level: 'confidential' } },
    });
  });

  it('never sends such an answer through a workflow either', async () => {
    const { slug } = await house.published(house.alpha, sender);
    const before = far.requests.length;
    const setup = EvaluatorSetup.parse({ kind: 'workflow', config: { workflow: slug } });
    const found = await one([setup], { label: labelOf('confidential') });
    expect(found.error?.code).toBe('evaluation_failed');
    expect(found.explanation).toContain('must not send confidential data');
    expect(far.requests.length).toBe(before);
    // Public data may be sent, and the model returns no number.
    expect((await one([setup])).explanation).toContain('It gave no score');
    expect(far.requests.length).toBe(before + 1);
  });

  it('keeps the budget of the evaluation: a judge that may cost more is not called', async () => {
    const before = far.requests.length;
    expect((await one([judge], {}, { budget: 0.01 })).error?.code).toBe('budget_exceeded');
    expect(far.requests.length).toBe(before);
    // Two judges can need more together than each alone.
    const second = { ...judge, name: 'second' };
    const both = await evaluate([judge, second], {}, { budget: 2.5 });
    expect(both.map(({ error }) => error?.code ?? 'judged').sort()).toEqual(['budget_exceeded', 'judged']);
  });

  it('keeps the budgets of the installation', async () => {
    await house.call(owner, 'PUT', '/api/budgets/b', {
      scope: { kind: 'connection', id: 'far' },
      limits: { calls: 0 },
    });
    const before = far.requests.length;
    expect((await one([judge])).error?.code).toBe('budget_exceeded');
    expect(far.requests.length).toBe(before);
  });

  it('is refused by a kill switch', async () => {
    await house.call(owner, 'PUT', '/api/kill-switches/connection:far', { reason: 'Stop.' });
    const before = far.requests.length;
    const found = await one([judge]);
    await house.call(owner, 'DELETE', '/api/kill-switches/connection:far');
    expect([found.error?.code, far.requests.length]).toEqual(['kill_switch', before]);
  });

  it('uses only what the project and the caller may use', async () => {
    const before = far.requests.length;
    const { evaluators } = house.server.heddle;
    // The connection is granted to Alpha only.
    expect((await one([judge], {}, { project: house.beta })).error?.code).toBe('connection_not_found');
    await expect(evaluators.check([judge], { project: house.beta, principal: localPrincipal })).rejects.toMatchObject({
      code: 'connection_not_found',
    });
    const viewer = withRole('viewer', house.alpha);
    expect((await one([judge], {}, { principal: viewer })).error?.code).toBe('forbidden');
    expect(far.requests.length).toBe(before);
    // An evaluator without a model needs no right.
    expect((await one([EvaluatorSetup.parse({ kind: 'exact' })], {}, { principal: viewer })).value).toBe(1);
  });

  it('runs a published workflow of the project, and refuses one of another project', async () => {
    const here = await house.published(house.alpha, scorer('Scorer', 'internal'));
    const there = await house.published(house.beta, scorer('Other scorer', 'internal'));
    const by = (workflow: string) => [EvaluatorSetup.parse({ kind: 'workflow', config: { workflow } })];
    const found = await one(by(here.slug));
    expect(found).toMatchObject({ value: 1 });
    const { caller, version } = await house.server.heddle.runs.summary(String(found.details?.['runId']));
    expect([caller, version]).toEqual([expect.objectContaining({ channel: 'evaluation' }), 1]);
    expect((await one(by(there.slug))).error?.code).toBe('workflow_not_found');
    expect((await one(by('none'))).error?.code).toBe('workflow_not_found');
    const viewer = withRole('viewer', house.alpha);
    expect((await one(by(here.slug), {}, { principal: viewer })).error?.code).toBe('forbidden');
  });

  it('lets no failed evaluator stop the others, and throws only when it is aborted', async () => {
    const setups = [
      { kind: 'regex', config: { pattern: '^(a+)+$' } },
      { kind: 'exact' },
      { kind: 'judge', config: { models: ['nowhere/x'] } },
      { kind: 'person' },
    ].map((setup) => EvaluatorSetup.parse(setup));
    const found = await evaluate(setups, { outputs: { answer: `${'a'.repeat(60)}!` } });
    expect(found.map(({ metric, value, error }) => [metric, value ?? error?.code])).toEqual([
      ['regex', 'evaluation_unfit'],
      ['exact', 0],
      ['judge', 'connection_not_found'],
      ['person', 'waits_for_person'],
    ]);
    await expect(evaluate([judge], {}, { signal: AbortSignal.abort(new Error('Enough.')) })).rejects.toThrow();
  });
});
