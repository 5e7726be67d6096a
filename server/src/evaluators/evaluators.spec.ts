import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { echoDocument } from '../testing/echo-document.js';

describe('the routes of evaluators', () => {
  let house: TwoProjects;
  let owner: Shown;
  let viewer: Shown;
  let runner: Shown;
  let both: Shown;
  beforeAll(async () => {
    house = await openTwoProjects();
    owner = house.person({ [house.alpha]: ['owner'] });
    viewer = house.person({ [house.alpha]: ['viewer'] });
    runner = house.person({ [house.alpha]: ['runner'] });
    both = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
  });
  afterAll(() => house.close());

  const exact = [{ kind: 'exact' }];
  const tried = (who: Shown, body: unknown, project?: string) =>
    house.call(who, 'POST', '/api/evaluators/try', body, project);

  it('list kinds with a schema for a form, and presets whose evaluators fit', async () => {
    const { body } = await house.call(viewer, 'GET', '/api/evaluators');
    const regex = body.kinds.find(({ kind }: { kind: string }) => kind === 'regex');
    expect(regex).toMatchObject({
      config: { type: 'object', properties: { pattern: { title: 'Pattern' } }, required: ['pattern'] },
      defaults: {},
      usesModel: false,
    });
    const rouge = body.kinds.find(({ kind }: { kind: string }) => kind === 'rouge');
    expect(rouge).toMatchObject({ defaults: { variant: 'rougeL' }, metrics: [{ name: 'rouge', title: 'ROUGE-L' }] });
    expect(body.presets.map(({ id }: { id: string }) => id)).toEqual([
      ...['rag', 'extraction', 'classification', 'chat', 'agents'],
    ]);
    for (const { evaluators } of body.presets)
      expect(house.server.heddle.evaluators.metricsOf(evaluators).length).toBeGreaterThan(0);
  });

  it('try evaluators on a typed answer', async () => {
    const { status, body } = await tried(owner, {
      evaluators: exact,
      subject: { outputs: { answer: 'Paris' } },
      expected: ['Rome', 'Paris'],
    });
    expect([status, body.evaluations]).toEqual([200, [expect.objectContaining({ metric: 'exact', value: 1 })]]);
    expect((await tried(owner, { evaluators: exact })).status).toBe(400);
    const bad = await tried(owner, {
      evaluators: [{ kind: 'regex', config: { pattern: '(' } }],
      subject: { outputs: {} },
    });
    expect([bad.status, bad.body.error.code]).toEqual([422, 'evaluator_invalid']);
  });

  it('try evaluators on a run of the project, with the right to read its values', async () => {
    const id = await house.workflow(house.alpha, echoDocument());
    const { body } = await house.call(owner, 'POST', `/api/workflows/${id}/runs?wait=1`, {
      inputs: { question: 'Hi' },
    });
    const { runId, outputs } = body;
    const request = { evaluators: exact, runId, expected: Object.values(outputs as object)[0] };
    expect((await tried(owner, request)).body.evaluations).toMatchObject([{ value: 1 }]);
    // The run belongs to Alpha, and the request names Beta.
    expect((await tried(both, request, house.beta)).status).toBe(404);
    expect((await tried(owner, { ...request, runId: 'none' })).status).toBe(404);
    for (const who of [viewer, runner, house.key(house.alpha)]) expect((await tried(who, request)).status).toBe(403);
  });

  it('compare judges with people, by project and setup', async () => {
    const evaluator = { kind: 'judge', config: { models: ['m'], levels: [{ title: 'No' }, { title: 'Yes' }] } };
    const pairs = Array.from({ length: 30 }, (_, at) => ({
      subject: `run-${at}`,
      judge: at % 2,
      person: at < 3 ? 1 : at % 2,
    }));
    const add = (who: Shown, body: unknown) => house.call(who, 'POST', '/api/evaluators/calibrations', body);
    expect((await add(viewer, { evaluator, pairs })).status).toBe(403);
    const first = await add(runner, { evaluator, pairs: pairs.slice(0, 5) });
    expect(first.body.calibration).toMatchObject({ rows: 5, isCalibrated: false });
    const { body } = await add(runner, { evaluator, pairs });
    expect(body.calibration).toMatchObject({ rows: 30, isCalibrated: true, levels: [0, 1] });
    expect(body.calibration.agreement).toBeCloseTo(28 / 30, 9);
    expect(body.calibration.kappaInterval.low).toBeLessThan(body.calibration.kappa);
    // Another rubric makes another judge.
    const other = { ...evaluator, config: { ...evaluator.config, criteria: 'Is it short?' } };
    expect((await house.server.heddle.calibrations.of(house.alpha, other)).rows).toBe(0);
    const list = async (who: Shown, project?: string): Promise<unknown> =>
      (await house.call(who, 'GET', '/api/evaluators/calibrations', undefined, project)).body.judges;
    expect(await list(viewer)).toMatchObject([{ judge: body.judge, evaluator: { kind: 'judge' } }]);
    expect(await list(both, house.beta)).toEqual([]);
    const events = await house.server.heddle.audit.list({ subject: `judge:${String(body.judge)}` });
    expect(events.map(({ details }) => details['step'])).toEqual(['compared with people', 'compared with people']);
    const path = `/api/evaluators/calibrations/${String(body.judge)}`;
    expect((await house.call(both, 'DELETE', path, undefined, house.beta)).status).toBe(404);
    expect((await house.call(runner, 'DELETE', path)).status).toBe(403);
    expect((await house.call(owner, 'DELETE', path)).status).toBe(204);
    expect(await list(viewer)).toEqual([]);
    expect((await add(runner, { evaluator, pairs: [{ subject: 'x', judge: 2, person: 0 }] })).status).toBe(400);
  });
});
