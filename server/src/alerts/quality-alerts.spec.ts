import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AlertHistoryReply, localPrincipal, MonitorRequest, type AlertEvent } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { endTest, rollBack } from '../publishing/ab/test-changes.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { echoDocument } from '../testing/echo-document.js';
import { emptyDocument } from '../testing/empty-document.js';

const minute = 60_000;

describe('alerts on what monitors measure', () => {
  let house: TwoProjects;
  let clock: FakeClock;
  let owner: Shown;
  let workflow: string;
  beforeEach(async () => {
    clock = createFakeClock(Date.now());
    house = await openTwoProjects({ withStoredJournal: true, clock });
    owner = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    workflow = await house.workflow(house.alpha, echoDocument());
    const foreign = await house.workflow(house.beta, emptyDocument('Foreign'));
    for (const [id, project, of] of [
      ['m', house.alpha, workflow],
      ['foreign', house.beta, foreign],
    ] as const)
      await house.server.heddle.parts.tables.commit(
        house.server.heddle.parts.monitors.write.save({
          id,
          project,
          owner: 'local',
          setup: MonitorRequest.parse({ name: id, workflow: of }),
          metrics: [{ name: 'judge', title: 'Judge', better: 'higher', unit: 'score' }],
        }),
      );
    await score('foreign-run', 0, { workflow: foreign, project: house.beta, monitorId: 'foreign' });
  });
  afterEach(async () => {
    await house.server.heddle.alerts.stop();
    await house.close();
  });

  async function score(runId: string, value: number, more: object = {}): Promise<void> {
    const { scores, tables } = house.server.heddle.parts;
    const writes = scores.write.add([
      {
        runId,
        monitorId: 'm',
        metric: 'judge',
        project: house.alpha,
        workflow,
        version: 1,
        value,
        isPassed: value >= 0.5,
        explanation: 'Ada is ill.',
        cost: 0,
        tokens: 0,
        label: 'restricted',
        judgedAt: clock.now() - minute,
        ...more,
      },
    ]);
    await tables.commit(writes);
  }
  async function alert(condition: object, filter: object = {}): Promise<string> {
    const body = { name: 'Quality', filter, condition: { kind: 'threshold', ...condition } };
    const reply = await house.call(owner, 'POST', '/api/alerts', body, house.alpha);
    expect(reply.status).toBe(201);
    return String(reply.body.id);
  }
  async function history(id: string): Promise<readonly AlertEvent[]> {
    await house.server.heddle.alerts.watcher.check();
    return AlertHistoryReply.parse((await house.call(owner, 'GET', `/api/alerts/${id}/history`)).body).events;
  }

  it('fire on a low mean, and name the worst runs without their contents', async () => {
    for (let at = 0; at < 8; at += 1) await score(`run-${at}`, at / 10);
    await score('another-metric', 0, { metric: 'other' });
    const id = await alert({ metric: 'score', score: 'judge', is: 'below', value: 0.7, windowMinutes: 60, atLeast: 5 });
    const [event] = await history(id);
    expect(event).toMatchObject({ kind: 'fired', value: 0.35, runs: ['run-0', 'run-1', 'run-2', 'run-3', 'run-4'] });
    expect(event?.text).toBe('mean score (judge): 0.35 in 1 hour, below 0.7');
    expect(JSON.stringify(event)).not.toContain('Ada');
  });

  it('fire on the share of failed scores, of one version, within the window', async () => {
    for (let at = 0; at < 4; at += 1) await score(`good-${at}`, 0.9, { version: 1 });
    for (let at = 0; at < 4; at += 1) await score(`bad-${at}`, 0.1, { version: 2 });
    const share = { metric: 'failed-score-share', score: 'judge', value: 0.6, windowMinutes: 60 };
    const all = await alert(share);
    const second = await alert(share, { version: 2 });
    expect(await history(all)).toEqual([]);
    expect(await history(second)).toMatchObject([{ kind: 'fired', value: 1, runs: expect.arrayContaining(['bad-0']) }]);
    // A score is not stored with its model, so a rule with a model has no verdict.
    expect(await history(await alert(share, { model: 'm' }))).toEqual([]);
    await clock.advance(2 * 60 * minute);
    const late = await alert(share);
    expect(await history(late)).toEqual([]);
  });

  it('fire on drift, with runs that differ', async () => {
    const { monitors } = house.server.heddle.parts;
    const id = await alert({ metric: 'drifts', value: 0 });
    // Without a comparison, no rule has a verdict.
    expect(await history(id)).toEqual([]);
    const finding = { kind: 'routes' as const, referenceRuns: 200, currentRuns: 50, statistic: 9, p: 1e-4 };
    await monitors.changeDrift('m', () => ({
      isReferenceFull: true,
      checkedAt: clock.now(),
      afterSample: 1,
      findings: [{ ...finding, isDrifted: true, examples: ['r1', 'r2'] }],
    }));
    expect(await history(id)).toMatchObject([{ kind: 'fired', value: 1, runs: ['r1', 'r2'] }]);
  });

  it('fire when an A/B test ends by itself: an arm is rolled back, or a winner is promoted', async () => {
    const { publishing } = house.server.heddle;
    const rolledBack = await alert({ metric: 'ab-rollbacks', value: 0, windowMinutes: 60 });
    const promoted = await alert({ metric: 'ab-promotions', value: 0, windowMinutes: 60 });
    const other = await house.workflow(house.alpha, emptyDocument('Other'));
    const foreign = await alert({ metric: 'ab-rollbacks', value: 0 }, { workflow: other });
    const ofModel = await alert({ metric: 'ab-rollbacks', value: 0 }, { model: 'm' });
    for (const note of ['first', 'second'])
      await publishing.versions.publish(
        workflow,
        { acceptDataMap: true, goLive: note === 'first', note },
        localPrincipal,
      );
    const start = async () => {
      const arms = [1, 2].map((version) => ({ version, share: 0.5 }));
      const { test } = await publishing.ab.start(workflow, { primary: { name: 'feedback' }, arms }, { who: 'local' });
      const live = (await publishing.workflows.live(workflow))?.test;
      if (live === undefined) throw new Error('There is no test');
      return { test, live };
    };
    expect(await history(rolledBack)).toEqual([]);
    const first = await start();
    // An A/B test that a person ends sends no alert.
    await publishing.ab.promote(workflow, first.test.id, 1, { who: 'local' });
    expect(await history(promoted)).toEqual([]);
    const second = await start();
    const by = { at: clock.now(), who: 'heddle' };
    const broken = [{ version: 2, reason: 'Ada is ill.' }];
    await publishing.workflows.setLive(workflow, rollBack(second.test, second.live, broken, by));
    const [event] = await history(rolledBack);
    expect(event).toMatchObject({ kind: 'fired', value: 1 });
    expect(event?.text).toBe('versions rolled back by a test: 1 in 1 hour, above 0');
    const third = await start();
    await publishing.workflows.setLive(workflow, endTest(third.test, 'promoted', by, 2));
    expect(await history(promoted)).toMatchObject([{ kind: 'fired', value: 1 }]);
    expect([await history(foreign), await history(ofModel)]).toEqual([[], []]);
    await clock.advance(2 * 60 * minute);
    await history(promoted);
    await clock.advance(6 * minute);
    expect((await history(promoted))[0]).toMatchObject({ kind: 'resolved' });
  });

  it('are refused when they name no metric', async () => {
    const body = { name: 'X', condition: { kind: 'threshold', metric: 'score', value: 1 } };
    expect((await house.call(owner, 'POST', '/api/alerts', body)).status).toBe(400);
  });
});
