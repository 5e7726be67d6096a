import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineNode,
  GateReply,
  GateReport,
  Text,
  VersionsReply,
  type DatasetRow,
  type GateRuleResult,
  type WorkflowDocument,
} from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { z } from 'zod';
import { until } from '../channels/testing/open-published.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { workOf } from './gate-work.js';
import { addDataset } from '../testing/reach/add-dataset.js';

const state = { gate: undefined as Promise<void> | undefined, asked: 0 };

const answerNode = defineNode({
  type: 'answer',
  version: 1,
  category: 'data',
  title: 'Answer',
  summary: 'Of tests: right for questions below a limit.',
  role: 'step',
  effects: [],
  config: z.object({ limit: z.number().default(5), cost: z.number().default(0) }),
  inputs: { question: Text },
  outputs: { text: Text },
  async run({ config, inputs, context }) {
    state.asked += 1;
    await state.gate;
    context.report({ inputTokens: 1, outputTokens: 1, cost: config.cost, currency: 'USD' });
    return { text: Number(inputs.question) < config.limit ? 'right' : 'wrong' };
  },
});

const quiz = (config: Readonly<Record<string, unknown>> = {}): WorkflowDocument => ({
  heddle: 2,
  name: 'Quiz',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    answer: { type: 'answer', version: 1, config },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'ask.question', to: 'answer.question' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
});

describe('the gate of publishing', () => {
  let house: TwoProjects;
  let owner: Shown;
  let id: string;
  let numbers: string;

  beforeEach(async () => {
    Object.assign(state, { gate: undefined, asked: 0 });
    house = await openTwoProjects({ nodes: [...standardNodes, answerNode] });
    owner = house.person({ [house.alpha]: ['owner'] });
    id = await house.workflow(house.alpha, quiz());
    numbers = await dataset(house.alpha, 10);
  });
  afterEach(() => house.close());

  const rows = (count: number): DatasetRow[] =>
    Array.from({ length: count }, (_, at) => ({
      id: `n${at}`,
      inputs: { question: String(at) },
      expected: 'right',
      label: 'internal' as const,
    }));
  const dataset = async (project: string, count: number): Promise<string> => {
    const { heddle } = house.server;
    return addDataset(heddle, { name: 'Numbers', project, rows: rows(count) });
  };
  const exact = (wanted: number, more: object = {}): object => ({
    kind: 'dataset',
    id: 'right',
    title: 'Right answers',
    dataset: numbers,
    evaluators: [{ kind: 'exact', config: {} }],
    conditions: [{ metric: 'exact', of: 'mean', wanted }],
    ...more,
  });
  const call = async (method: string, path: string, body?: unknown, who = owner, project = house.alpha) => {
    const reply = await house.call(who, method, `/api/${path}`, body, project);
    return { status: reply.status, body: reply.body };
  };
  const setRules = async (...rules: readonly object[]): Promise<void> => {
    const { status, body } = await call('PUT', 'gate', { rules });
    expect([status, body]).toEqual([200, expect.anything()]);
  };
  const publish = (body: object = {}, who = owner) =>
    call('POST', `workflows/${id}/publish`, { acceptDataMap: true, ...body }, who);
  const gate = async (): Promise<GateReport> => GateReport.parse((await call('GET', `workflows/${id}/gate`)).body);
  const run = async (body: object = {}, who = owner) => call('POST', `workflows/${id}/gate/run`, body, who);
  const ended = (): Promise<GateReport> =>
    until(async () => {
      const report = await gate();
      return report.rules.some(({ state: now }) => now === 'running') ? undefined : report;
    });
  const runToEnd = async (body: object = {}): Promise<GateReport> => {
    const reply = await run(body);
    expect([reply.status, reply.body]).toEqual([202, expect.anything()]);
    return ended();
  };
  const statesOf = ({ rules }: GateReport): readonly GateRuleResult['state'][] => rules.map((rule) => rule.state);
  const save = async (document: WorkflowDocument): Promise<void> => {
    await house.server.heddle.workflows.save(id, document, undefined);
  };
  const versionsOf = async (): Promise<VersionsReply> =>
    VersionsReply.parse((await call('GET', `workflows/${id}/versions`)).body);

  it('lets a draft without rules pass', async () => {
    expect(await gate()).toMatchObject({ isPassed: true, rules: [] });
    expect((await publish()).status).toBe(201);
    expect((await versionsOf()).versions[0]!.gate).toBeUndefined();
  });

  it('refuses a draft without a result, runs the missing rules, and publishes a draft that passes', async () => {
    await setRules(exact(0.5));
    const refused = await publish();
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'publish_gate_failed' } } });
    expect(refused.body['error']).toMatchObject({ details: { rules: [{ rule: 'right', state: 'not-run' }] } });
    expect((await versionsOf()).versions).toEqual([]);

    const report = await runToEnd();
    expect(report).toMatchObject({ isPassed: true, rules: [{ state: 'passed', experiment: expect.any(String) }] });
    expect(report.rules[0]!.figures).toEqual([
      { title: 'Exact match, mean', value: 0.5, wanted: 0.5, side: 'at-least', unit: 'check', isPassed: true },
    ]);
    // A rule with a result does not run again.
    const { asked } = state;
    await runToEnd();
    expect(state.asked).toBe(asked);
    expect((await publish()).status).toBe(201);
    expect((await versionsOf()).versions[0]!.gate).toMatchObject({ state: 'passed', rules: [{ rule: 'right' }] });
  });

  it('refuses a draft that fails, with the figure and the link, as the check does', async () => {
    await setRules(exact(0.8));
    await runToEnd();
    const { status, body } = await publish({ goLive: false });
    const details = (body['error'] as { details: { rules: GateRuleResult[] } }).details;
    expect([status, details.rules[0]!.state, details.rules[0]!.figures[0]!.value]).toEqual([409, 'failed', 0.5]);
    expect(details.rules[0]!.experiment).toEqual(expect.any(String));
    const check = (await call('POST', `workflows/${id}/publish/check`, {})).body;
    expect(check['gate']).toMatchObject({ isPassed: false, rules: [{ state: 'failed' }] });
    // A changed limit is judged by the existing result.
    await setRules(exact(0.4));
    expect((await publish()).status).toBe(201);
  });

  it('does not accept the result of another draft, another dataset version or another rule', async () => {
    await setRules(exact(0.5));
    await runToEnd();
    await save(quiz({ limit: 6 }));
    expect((await gate()).rules[0]).toMatchObject({
      state: 'stale',
      message: expect.stringContaining('The draft changed'),
    });
    expect((await publish()).status).toBe(409);
    await save(quiz());
    expect(statesOf(await gate())).toEqual(['passed']);
    await house.server.heddle.parts.datasets.addVersion(numbers, [{ ...rows(1)[0]!, id: 'more' }], {
      mode: 'add',
      who: 'test',
      note: '',
    });
    expect((await gate()).rules[0]!.message).toContain('The dataset changed');
    expect((await publish()).status).toBe(409);
    await runToEnd();
    expect((await publish()).status).toBe(201);
    await setRules(exact(0.5, { tag: 'none' }));
    expect(statesOf(await gate())).toEqual(['not-run']);
  });

  it('does not accept a result that was started while the draft changed', async () => {
    await setRules(exact(0.5));
    const bad = await gate();
    await save(quiz({ limit: 9 }));
    const good = await runToEnd();
    const { experiment } = good.rules[0]!;
    // As after a crash between the two writes: the check names the earlier draft.
    const { heddle } = house.server;
    const [check] = await heddle.parts.gates.checks(id, await workOfOnly());
    await heddle.parts.gates.addCheck({ ...check!, hash: bad.hash, reference: experiment! });
    await save(quiz());
    expect((await gate()).rules[0]).toMatchObject({
      state: 'not-run',
      message: expect.stringContaining('another draft'),
    });
  });
  const workOfOnly = async (): Promise<string> => {
    const { rule, project } = (await house.server.heddle.gateRules.of(id))[0]!;
    return workOf({ rule, project });
  };

  it('repeats a check whose experiment a crash lost', async () => {
    await setRules(exact(0.5));
    await runToEnd();
    const { gates } = house.server.heddle.parts;
    const [check] = await gates.checks(id, await workOfOnly());
    await gates.addCheck({ ...check!, reference: 'x_never_made' });
    expect(statesOf(await gate())).toEqual(['not-run']);
    expect((await publish()).status).toBe(409);
    expect(statesOf(await runToEnd())).toEqual(['passed']);
  });

  it('compares with the live version, or with the last live version when there is none', async () => {
    expect((await publish()).status).toBe(201);
    await setRules(exact(0, { conditions: [{ metric: 'exact', of: 'not-worse', wanted: 0.1 }] }));
    await save(quiz({ limit: 3 }));
    const worse = await runToEnd();
    expect(worse.rules[0]).toMatchObject({
      state: 'failed',
      figures: [{ side: 'at-least', wanted: -0.1, isPassed: false }],
    });
    // After it is unpublished, the next version is still compared with it.
    await call('POST', `workflows/${id}/live`, { live: null });
    expect(statesOf(await gate())).toEqual(['failed']);
    await save(quiz({ limit: 7 }));
    expect(statesOf(await runToEnd())).toEqual(['passed']);
  });

  it('fails closed when a row has no value, a run fails, or the experiment ends early', async () => {
    await house.server.heddle.parts.datasets.addVersion(
      numbers,
      [{ id: 'open', inputs: { question: '1' }, label: 'internal' }],
      { mode: 'add', who: 'test', note: '' },
    );
    await setRules(exact(0.1));
    expect((await runToEnd()).rules[0]!.figures[0]).toMatchObject({
      isPassed: false,
      note: expect.stringContaining('1 of 11 rows'),
    });

    let open = (): void => undefined;
    state.gate = new Promise((resolve) => (open = resolve));
    const reply = GateReport.parse((await run({ again: ['right'] })).body);
    expect(reply.rules[0]).toMatchObject({ state: 'running', progress: { total: 11 } });
    expect((await publish()).status).toBe(409);
    await call('POST', `experiments/${reply.rules[0]!.experiment}/cancel`);
    open();
    expect((await gate()).rules[0]).toMatchObject({ state: 'not-run', message: expect.stringContaining('cancelled') });
    expect((await publish()).status).toBe(409);
  });

  it('fails closed when the dataset is deleted, and says what to do', async () => {
    await setRules(exact(0.1));
    await runToEnd();
    expect((await call('DELETE', `datasets/${numbers}`)).status).toBeLessThan(300);
    expect((await gate()).rules[0]).toMatchObject({
      state: 'broken',
      message: expect.stringContaining('under Quality, Gates'),
    });
    expect((await publish()).status).toBe(409);
    const reply = GateReply.parse((await call('GET', 'gate')).body);
    expect(reply.problems).toEqual([{ rule: 'right', message: expect.stringContaining('choose another one') }]);
    // Other rules can still be changed.
    await setRules(exact(0.1), { kind: 'tests', id: 'tests', title: 'Has tests' });
    await setRules();
    expect((await publish()).status).toBe(201);
  });

  it('requires tests, and uses those that publishing runs', async () => {
    await setRules({ kind: 'tests', id: 'tests', title: 'Has tests' });
    expect(statesOf(await runToEnd())).toEqual(['failed']);
    expect((await publish()).status).toBe(409);
    const content = JSON.stringify({
      name: 'one',
      inputs: { question: '1' },
      expect: { outputs: { answer: { equals: 'right' } } },
    });
    await call('PUT', `workflows/${id}/tests`, { content });
    expect((await gate()).rules[0]!.message).toContain('The tests changed');
    expect((await publish()).status).toBe(201);
  });

  it('replays the runs of the live version', async () => {
    await publish();
    const { slug } = await house.server.heddle.workflows.get(id);
    for (const question of ['1', '2', '8']) await call('POST', `../v1/workflows/${slug}`, { question });
    await setRules({ kind: 'replay', id: 'replay', title: 'Replay', minRuns: 3, maxChanged: 0 });
    await save(quiz({ limit: 9 }));
    const changed = await runToEnd();
    expect(changed.rules[0]).toMatchObject({ state: 'failed', replay: expect.any(String) });
    expect(changed.rules[0]!.figures.filter(({ isPassed }) => !isPassed).map(({ title }) => title)).toEqual([
      'Changed answers',
    ]);
    await save(quiz({ limit: 6 }));
    expect(statesOf(await runToEnd())).toEqual(['passed']);
    expect((await publish()).status).toBe(201);
  });

  describe('an override', () => {
    const overrideGate = { reason: 'The shop is down, and this mends it.' };

    it('needs the right to manage the gate and a reason, is audited, and shows on the version', async () => {
      await setRules(exact(0.8));
      await runToEnd();
      const approver = house.person({ [house.alpha]: ['editor', 'approver'] });
      expect(await publish({ overrideGate }, approver)).toMatchObject({ status: 403 });
      expect((await publish({ overrideGate: { reason: ' ' } })).status).toBe(400);
      expect((await publish({ overrideGate })).status).toBe(201);
      expect((await versionsOf()).versions[0]!.gate).toMatchObject({
        state: 'overridden',
        reason: overrideGate.reason,
        rules: [{ rule: 'right', state: 'failed' }],
        overriddenBy: expect.stringContaining('user:'),
      });
      const [entry] = await house.server.heddle.audit.list({ kinds: ['publish'], limit: 1 });
      expect(entry!.details).toMatchObject({ override: { reason: overrideGate.reason, failed: ['right: failed'] } });
    });

    it('is refused to a key without the right', async () => {
      await setRules(exact(0.8));
      const key = house.key(house.alpha, { permissions: ['workflow:publish', 'workflow:read'] });
      expect(await publish({ overrideGate }, key)).toMatchObject({ status: 403 });
      expect((await publish({}, key)).status).toBe(409);
      expect((await run({}, key)).status).toBe(403);
      const trusted = house.key(house.alpha, { permissions: ['workflow:publish', 'gate:manage'] });
      expect((await publish({ overrideGate }, trusted)).status).toBe(201);
    });

    it('is not recorded when the gate passes', async () => {
      await setRules(exact(0.1));
      await runToEnd();
      await publish({ overrideGate });
      expect((await versionsOf()).versions[0]!.gate).toMatchObject({ state: 'passed' });
    });
  });

  describe('the live version', () => {
    const live = (version: number, more: object = {}, who = owner) =>
      call('POST', `workflows/${id}/live`, { live: { version, ...more } }, who);

    it('can be rolled back at once, but never to a version that was neither live nor passed the gate', async () => {
      await publish();
      await save(quiz({ limit: 1 }));
      await publish({ goLive: false });
      await save(quiz({ limit: 2 }));
      await publish();
      await setRules(exact(0.9));
      expect((await live(2)).body['error']).toMatchObject({ code: 'publish_gate_failed' });
      expect((await live(3, { canary: { version: 2, share: 0.5 } })).status).toBe(409);
      const arms = [2, 3].map((version) => ({ version, share: 0.5 }));
      const test = await call('POST', `workflows/${id}/ab`, { primary: { name: 'errors' }, arms });
      expect(test.body['error']).toMatchObject({ code: 'publish_gate_failed' });
      expect((await live(1)).status).toBe(200);
      expect((await live(3)).status).toBe(200);
      const overrideGate = { reason: 'Known to be good.' };
      const approver = house.person({ [house.alpha]: ['approver'] });
      const body = { live: { version: 2 }, overrideGate };
      expect((await call('POST', `workflows/${id}/live`, body, approver)).status).toBe(403);
      expect((await call('POST', `workflows/${id}/live`, body)).status).toBe(200);
    });

    it('stays the same when a canary is refused', async () => {
      await publish();
      await setRules(exact(0.9));
      await save(quiz({ limit: 1 }));
      expect((await publish({ canary: { share: 0.1 } })).status).toBe(409);
      expect((await versionsOf()).live).toEqual({ version: 1 });
    });

    it('handles two publishes at once one by one, each through the gate', async () => {
      await setRules(exact(0.5));
      await runToEnd();
      const replies = await Promise.all([publish(), publish()]);
      expect(replies.map(({ status }) => status)).toEqual([201, 201]);
      expect((await versionsOf()).versions.map(({ gate: passed }) => passed?.state)).toEqual(['passed', 'passed']);
    });
  });

  describe('its rules', () => {
    it('are changed by people who manage the gate, by one at a time, and audited', async () => {
      const editor = house.person({ [house.alpha]: ['editor'] });
      expect((await call('PUT', 'gate', { rules: [] }, editor)).status).toBe(403);
      expect((await call('GET', 'gate', undefined, editor)).status).toBe(200);
      await setRules(exact(0.5));
      expect((await call('PUT', 'gate', { rules: [], revision: 0 })).body['error']).toMatchObject({ code: 'conflict' });
      expect((await call('PUT', 'gate', { rules: [], revision: 1 })).status).toBe(200);
      const [entry] = await house.server.heddle.audit.list({ kinds: ['project'], limit: 1 });
      expect(entry!.details).toEqual({ step: 'gate changed', revision: 2, rules: [] });
    });

    it('refer only to what the project has', async () => {
      const foreign = await dataset(house.beta, 2);
      const refused = async (rule: object): Promise<unknown> =>
        (await call('PUT', 'gate', { rules: [rule] })).body['error'];
      expect(await refused(exact(0.5, { dataset: foreign }))).toMatchObject({ code: 'gate_invalid' });
      expect(await refused(exact(0.5, { dataset: 'ds_none' }))).toMatchObject({ code: 'gate_invalid' });
      expect(await refused(exact(0.5, { evaluators: [{ kind: 'none' }] }))).toMatchObject({
        code: 'evaluator_invalid',
      });
      expect(await refused(exact(0.5, { evaluators: [] }))).toMatchObject({ code: 'gate_invalid' });
      const other = await house.workflow(house.beta, quiz());
      expect(await refused(exact(0.5, { workflows: [other] }))).toMatchObject({ code: 'gate_invalid' });
      const stranger = house.person({ [house.beta]: ['owner'] });
      expect((await call('GET', `workflows/${id}/gate`, undefined, stranger, house.beta)).status).toBe(404);
      expect((await run({}, stranger)).status).toBe(404);
    });

    it('apply only to the workflows that they name', async () => {
      const other = await house.workflow(house.alpha, quiz());
      await setRules(exact(0.9, { workflows: [other] }));
      expect((await publish()).status).toBe(201);
    });

    it('report why one cannot start, while the others run', async () => {
      await house.server.heddle.parts.datasets.addVersion(numbers, [], { mode: 'replace', who: 'test', note: '' });
      await setRules(exact(0.5), { kind: 'tests', id: 'tests', title: 'Has tests' });
      const { rules } = await runToEnd();
      expect(rules[0]).toMatchObject({ state: 'not-run', message: expect.stringContaining('It could not start') });
      expect(rules[1]!.state).toBe('failed');
      expect((await run({ again: ['none'] })).status).toBe(404);
    });

    it('start once when two callers start them at the same time', async () => {
      await setRules(exact(0.5));
      await Promise.all([run(), run()]);
      await ended();
      expect(await house.server.heddle.experiments.list(() => true)).toHaveLength(1);
    });
  });
});
