import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection, type DriftFinding } from '@heddle/core';
import { openTwoProjects, type TwoProjects } from '../../security/testing/two-projects.js';
import { fillWithQuality, type QualityThings } from '../../security/quality/quality-things.js';
import type { AnyJson } from '../../testing/any-json.js';
import { startModelServer, type TestModelServer } from '../../testing/test-model-server.js';
import { RouteRelearner } from './relearn-route.js';

const day = 86_400_000;
const finding = { kind: 'inputs', referenceRuns: 200, currentRuns: 50, statistic: 9, p: 1e-4, examples: [] } as const;

describe('a route that is trained again on drift', () => {
  let house: TwoProjects;
  let far: TestModelServer;
  let clock: { now(): number };
  let things: QualityThings;
  let relearner: RouteRelearner;
  beforeAll(async () => {
    clock = { now: () => Date.now() };
    far = await startModelServer([() => Promise.resolve('{"reasoning": "Equal.", "winner": "tie"}')]);
    house = await openTwoProjects({ withStoredJournal: true });
    const { heddle } = house.server;
    const connection = { id: 'far', kind: 'openai-compatible', baseUrl: far.baseUrl, models: [{ name: 'one' }] };
    await heddle.connections.create(Connection.parse(connection), { who: 'local' });
    things = await fillWithQuality(house, house.alpha, 'canary-relearn');
    const { parts, datasets, experiments, routeTrainings } = heddle;
    relearner = new RouteRelearner({
      ...parts,
      trainings: parts.routing.trainings,
      store: parts.experiments,
      datasets,
      experiments,
      routeTrainings,
    });
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await far.close();
  });

  const call = (method: string, path: string, body?: object) =>
    house.call(things.owner, method, path, body, things.project);
  const ofMonitor = (): string => `/api/monitors/${things.ids.monitor}`;
  /** Creates a run that a comparison finds different. */
  async function compared(): Promise<string> {
    const inputs = { question: `${things.canary} now` };
    const { body } = await call('POST', `/api/workflows/${things.ids.workflow}/runs?wait=1`, { inputs });
    const run = String(body['runId'] ?? body.summary?.runId);
    await house.server.heddle.runs.settled(run);
    return run;
  }
  const setup = (more: object): object => ({ name: 'Watch', share: 1, workflow: things.ids.workflow, ...more });
  async function drift(runs = [things.ids.run]): Promise<void> {
    const { monitors } = house.server.heddle.parts;
    const checkedAt = clock.now();
    const findings: DriftFinding[] = [{ ...finding, examples: [], isDrifted: true, since: checkedAt }];
    await monitors.changeDrift(things.ids.monitor, (known) => ({ ...known, findings, checkedAt }));
    await relearner.afterDrift(things.ids.monitor, runs);
  }
  /** Makes the last training this many days old. */
  async function ago(days: number): Promise<void> {
    const { monitors } = house.server.heddle.parts;
    await monitors.changeDrift(things.ids.monitor, (known) => ({
      ...known,
      relearned: { ...known.relearned, at: clock.now() - days * day },
    }));
  }
  const relearned = async (): Promise<AnyJson> => (await call('GET', `${ofMonitor()}/drift`)).body['relearned'];
  const lists = async (): Promise<readonly number[]> =>
    Promise.all(
      ['datasets', 'experiments'].map(async (kind) => {
        const list: unknown = (await call('GET', `/api/${kind}`)).body[kind];
        return Array.isArray(list) ? list.length : -1;
      }),
    );

  it('needs an experiment of the project with a training by judges', async () => {
    const rule = { experiment: things.ids.experiment, budget: 4 };
    const without = await call('PUT', ofMonitor(), setup({ relearn: rule }));
    expect(without.body.error).toMatchObject({ code: 'experiment_invalid' });
    const by = { kind: 'judges', models: ['far/one'] };
    const request = { cheap: 'v2', strong: 'v1', by, models: { cheap: 'small', strong: 'big' } };
    await call('POST', `/api/experiments/${things.ids.experiment}/route-trainings`, request);
    const none = await call('PUT', ofMonitor(), setup({ relearn: { ...rule, experiment: 'x_none' } }));
    expect(none.body.error).toMatchObject({ code: 'experiment_invalid' });
    for (const wrong of [{ budget: 0 }, {}])
      expect(
        (await call('PUT', ofMonitor(), setup({ relearn: { ...rule, budget: undefined, ...wrong } }))).status,
      ).toBe(400);
    expect((await call('PUT', ofMonitor(), setup({ relearn: rule, watchesDrift: false }))).status).toBe(400);
    expect((await call('PUT', ofMonitor(), setup({ relearn: rule }))).body).toMatchObject({
      relearn: rule,
    });
  });

  it('runs newer requests with the same variants and judges, within the budget, and publishes nothing', async () => {
    const { workflow } = things.ids;
    const before = JSON.stringify((await call('GET', `/api/workflows/${workflow}/versions`)).body);
    await drift([await compared()]);
    const { dataset, experiment, training } = await relearned();
    const rows = (await call('GET', `/api/datasets/${dataset}/rows`)).body['rows'];
    expect(rows).toMatchObject([{ inputs: { question: `${things.canary} now` } }]);
    const made = (await call('GET', `/api/experiments/${experiment}`)).body;
    const source = (await call('GET', `/api/experiments/${things.ids.experiment}`)).body;
    const settingsOf = ({ variants }: AnyJson): unknown =>
      (variants as AnyJson[]).map(({ workflowId, version, settings }): unknown => [workflowId, version, settings]);
    expect(settingsOf(made)).toEqual(settingsOf(source));
    expect(made).toMatchObject({ budget: 2, dataset: { id: dataset } });
    const learned = (await call('GET', `/api/experiments/${experiment}/route-trainings/${training}`)).body;
    expect(learned['request']).toMatchObject({ by: { kind: 'judges', models: ['far/one'] }, budget: 2 });
    expect(JSON.stringify((await call('GET', `/api/workflows/${workflow}/versions`)).body)).toBe(before);
    const subject = `monitor:${things.ids.monitor}`;
    const [event] = await house.server.heddle.audit.list({ subject });
    expect(event).toMatchObject({
      who: 'heddle',
      details: { step: 'route learning begun', dataset, experiment, training },
    });
  });

  it('is not started again by the same drift, nor within a week', async () => {
    const before = await lists();
    const kept = await relearned();
    await relearner.afterDrift(things.ids.monitor, [things.ids.run]);
    await drift();
    await ago(6);
    await drift();
    expect([await lists(), { ...(await relearned()), at: kept['at'] }]).toEqual([before, kept]);
    // Lasting drift does not count as new.
    const { monitors } = house.server.heddle.parts;
    await monitors.changeDrift(things.ids.monitor, (known) => ({
      ...known,
      findings: known.findings.map((one) => ({ ...one, since: clock.now() - day })),
    }));
    await ago(8);
    await relearner.afterDrift(things.ids.monitor, [things.ids.run]);
    expect(await lists()).toEqual(before);
    await drift();
    expect(await lists()).toEqual(before.map((count) => count + 1));
  });

  it('reports why it could not start, with the current rights of the owner of the monitor', async () => {
    await ago(8);
    const before = await lists();
    await house.server.heddle.parts.identity.projects.setRoles(things.project, `user:${things.owner.id}`, []);
    await drift();
    const { monitors } = house.server.heddle.parts;
    expect((await monitors.get(things.ids.monitor)).drift.relearned?.error).toBeDefined();
    await house.server.heddle.parts.identity.projects.setRoles(things.project, `user:${things.owner.id}`, ['owner']);
    const [, experiments] = await lists();
    expect(experiments).toBe(before[1]);
    const [event] = await house.server.heddle.audit.list({ subject: `monitor:${things.ids.monitor}` });
    expect(event).toMatchObject({ details: { step: 'route learning failed' } });
  });
});
