import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { localPrincipal, type AbReport, type WorkflowDocument } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../channels/testing/open-published.js';
import { silentLog } from '../../common/log.js';
import { openHeddle, type OpenedHeddle } from '../../heddle/open-heddle.js';
import { readSettings } from '../../settings/read-settings.js';
import { echoDocument } from '../../testing/echo-document.js';
import { chooseVersion } from './choose-version.js';
import { beginCanary, beginTest, withShares } from './test-changes.js';

const by = { at: 5, who: 'local' };
const actor = { who: 'local' };

/** The same inputs and outputs, with an effect that is refused: a request to this machine. */
function failingDocument(): WorkflowDocument {
  const echo = echoDocument();
  return {
    ...echo,
    nodes: { ...echo.nodes, say: { type: 'http', version: 1, config: { url: 'http://127.0.0.1:9/{{ question }}' } } },
    edges: [
      { from: 'question.question', to: 'say.question' },
      { from: 'say.body', to: 'reply.answer' },
    ],
  };
}

describe('the version of a caller', () => {
  const rules = { kind: 'ab', workflowId: 'w', control: 1, sticky: 'conversation', guards: [], minRuns: 20 } as const;
  const arms = [
    { version: 1, share: 0.5 },
    { version: 2, share: 0.25 },
    { version: 3, share: 0.25 },
  ];
  const { live, test } = beginTest({ ...rules, guards: [], arms, primary: undefined, promote: 'person', note: '' }, by);
  const of = (caller: string, thread?: string) => chooseVersion(live ?? { version: 1 }, { caller, thread });

  it('is stable in a conversation, follows the shares, and stays when other shares change', () => {
    const chosen = Array.from({ length: 4_000 }, (_, index) => of('key:k', `t${index}`).version);
    const shareOf = (version: number): number => chosen.filter((one) => one === version).length / chosen.length;
    expect([shareOf(1), shareOf(2), shareOf(3)].map((share) => Math.round(share * 20) / 20)).toEqual([0.5, 0.25, 0.25]);
    expect(of('key:k', 't7')).toEqual(of('key:k', 't7'));
    expect(of('key:k').test).toMatchObject({ id: test.id });
    if (live?.test === undefined) throw new Error('There is no test');
    const moved = withShares(
      test,
      live.test,
      [
        { version: 1, share: 0.25 },
        { version: 2, share: 0.5 },
        { version: 3, share: 0.25 },
      ],
      by,
    );
    const after = Array.from(
      { length: 4_000 },
      (_, index) => chooseVersion(moved.live ?? { version: 1 }, { caller: 'key:k', thread: `t${index}` }).version,
    );
    expect(after.filter((version, index) => chosen[index] !== version && version !== 2)).toEqual([]);
    expect(chosen.every((version, index) => version === 1 || after[index] === version)).toBe(true);
  });

  it('of a canary keeps its figures when only its share changes', () => {
    const given = { version: 2, share: 0.1 };
    const first = beginCanary('w', given, { live: { version: 1 }, test: undefined }, by);
    if (first.live === undefined || first.test === undefined) throw new Error('There is no canary');
    const before = { live: first.live, test: { ...first.test, revision: 1 } };
    expect(beginCanary('w', { ...given, share: 0.9 }, before, by).test).toMatchObject({
      id: first.test.id,
      revision: 1,
    });
    expect(beginCanary('w', { ...given, minRuns: 5 }, before, by).test?.revision).toBe(0);
    expect(() => beginCanary('w', { ...given, version: 1 }, before, by)).toThrow('another version');
  });
});

describe('an A/B test on a server', () => {
  let folder = '';
  let heddle: OpenedHeddle;
  const open = async (): Promise<void> => {
    heddle = await openHeddle(readSettings({ HEDDLE_DATA: folder, HEDDLE_STOP_MS: '0' }), {
      kind: 'server',
      log: silentLog,
    });
    await heddle.recover(false);
  };
  const close = async (): Promise<void> => {
    await heddle.stop();
    await heddle.close();
  };
  const call = async (user: string, more: { readonly version?: number; readonly session?: string } = {}) => {
    const { publishing } = heddle;
    const start = { slug: 'echo', inputs: { question: 'hi' }, principal: localPrincipal, channel: 'v1', endUser: user };
    const { runId } = await publishing.runs.start({ ...start, version: more.version });
    return publishing.runs.result(runId, localPrincipal);
  };
  const newest = async (): Promise<AbReport> => {
    const [report] = await heddle.publishing.ab.list('echo');
    if (report === undefined) throw new Error('There is no test');
    return report;
  };
  const counted = (runs: number): Promise<AbReport> =>
    until(async () => {
      const report = await newest();
      return report.arms.reduce((sum, arm) => sum + arm.runs, 0) >= runs ? report : undefined;
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-ab-'));
    await open();
    const { id } = await heddle.workflows.create(echoDocument(), 'echo');
    const { versions } = heddle.publishing;
    await versions.publish('echo', { acceptDataMap: true }, localPrincipal);
    await heddle.workflows.save(id, failingDocument(), undefined);
    await versions.publish('echo', { acceptDataMap: true, goLive: false }, localPrincipal);
    await heddle.workflows.save(id, echoDocument('Said: '), undefined);
    await versions.publish('echo', { acceptDataMap: true, goLive: false }, localPrincipal);
  });
  afterAll(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => heddle.publishing.versions.setLive('echo', { version: 1 }, actor));

  it('keeps the figures of a canary over a restart, and rolls it back by failures before and after it', async () => {
    await heddle.publishing.versions.setLive(
      'echo',
      { version: 1, canary: { version: 2, share: 1, minRuns: 4 } },
      actor,
    );
    for (let run = 0; run < 3; run += 1) expect((await call('one')).status).toBe('failed');
    await counted(3);
    await close();
    await open();
    expect((await newest()).verdict.text).toBe('3 runs have ended; guards are judged from 4 runs on.');
    await call('one');
    const report = await until(async () => {
      const found = await newest();
      return found.test.outcome === undefined ? undefined : found;
    });
    expect(report.test).toMatchObject({ outcome: 'rolled-back', endedBy: 'heddle', rollbacks: [{ version: 2 }] });
    expect(report.verdict.text).toMatch(
      /^Rolled back by its guards\. Version 2: Failed runs: 100\.0 % .* in 4 runs; allowed: at most 10\.0 %\.$/,
    );
    expect((await call('one')).status).toBe('done');
    const audit = await heddle.audit.list({});
    expect(audit.map(({ details }) => details['step'])).toContain('arm rolled back');
  });

  it('sends no more callers to an arm that violates a guard, and goes on with the others', async () => {
    const arms = [1, 2, 3].map((version) => ({ version, share: version === 1 ? 0.4 : 0.3 }));
    const guards = [{ metric: { name: 'errors' }, against: 'limit', value: 0.1 } as const];
    await heddle.publishing.ab.start('echo', { arms, primary: { name: 'errors' }, guards, minRuns: 4 }, actor);
    let users = 0;
    await until(async () => {
      await call(`user-${(users += 1)}`);
      return (await newest()).test.rollbacks.length > 0 ? true : undefined;
    });
    const { test } = await newest();
    expect([test.outcome, test.rollbacks]).toMatchObject([undefined, [{ version: 2 }]]);
    expect(test.arms.map(({ share }) => share)).toEqual([0.7, 0, 0.3]);
    const shares = { revision: test.revision, arms };
    await expect(heddle.publishing.ab.setShares('echo', test.id, shares, actor)).rejects.toThrow(
      'rolled back by a guard',
    );
    await heddle.publishing.ab.stop('echo', test.id, actor);
    expect((await newest()).test).toMatchObject({ outcome: 'stopped', endedBy: 'local' });
  });

  it('promotes a winner by its rule, from runs that it assigned and not from pinned ones', async () => {
    await heddle.publishing.versions.setLive('echo', { version: 2 }, actor);
    const arms = [2, 3].map((version) => ({ version, share: 0.5 }));
    const primary = { name: 'errors' };
    await heddle.publishing.ab.start('echo', { arms, primary, promote: 'automatic', minRuns: 5 }, actor);
    for (let run = 0; run < 8; run += 1) await call('pinned', { version: run % 2 === 0 ? 2 : 3 });
    await heddle.publishing.abWorker.catchUp();
    expect((await newest()).arms.map(({ runs }) => runs)).toEqual([0, 0]);
    let users = 0;
    await until(async () => {
      await call(`user-${(users += 1)}`);
      return (await newest()).test.outcome;
    });
    const report = await newest();
    expect(report.test).toMatchObject({ outcome: 'promoted', winner: 3, endedBy: 'heddle' });
    expect((await heddle.publishing.versions.versions('echo')).live).toEqual({ version: 3 });
  });

  it('counts the rows of a batch for the arm that was assigned to the batch', async () => {
    const arms = [1, 3].map((version) => ({ version, share: 0.5 }));
    await heddle.publishing.ab.start('echo', { arms, primary: { name: 'errors' } }, actor);
    const rows = [{ question: 'a' }, { question: 'b' }].map((inputs, index) => ({ line: index + 1, values: inputs }));
    const { runs } = heddle.publishing;
    const { test, version } = await runs.workflow('echo', localPrincipal);
    for (const { values } of rows) {
      const start = { slug: 'echo', inputs: values, principal: localPrincipal, channel: 'batch' };
      const { runId } = await runs.start({ ...start, version: version.version, test });
      await runs.result(runId, localPrincipal);
    }
    const report = await counted(2);
    const arm = report.arms.find((one) => one.version === version.version);
    expect([arm?.runs, arm?.metrics.find(({ metric }) => metric === 'errors')?.callers]).toEqual([2, 1]);
  });

  it.each<[string, object, string]>([
    [
      'shares that do not add up to 1',
      {
        arms: [
          { version: 1, share: 0.5 },
          { version: 2, share: 0.4 },
        ],
      },
      'bad_request',
    ],
    [
      'a test without the live version',
      {
        arms: [
          { version: 2, share: 0.5 },
          { version: 3, share: 0.5 },
        ],
      },
      'bad_request',
    ],
    [
      'a version that is not there',
      {
        arms: [
          { version: 1, share: 0.5 },
          { version: 9, share: 0.5 },
        ],
      },
      'version_not_found',
    ],
    [
      'a metric with two directions',
      { guards: [{ metric: { name: 'score:x', better: 'lower' }, against: 'limit', value: 1 }] },
      'bad_request',
    ],
  ])('refuses %s', async (_, given, code) => {
    const arms = [1, 3].map((version) => ({ version, share: 0.5 }));
    const request = { arms, primary: { name: 'score:x' }, ...given };
    await expect(heddle.publishing.ab.start('echo', request, actor)).rejects.toMatchObject({ code });
    expect((await heddle.publishing.versions.versions('echo')).live).toEqual({ version: 1 });
  });

  it('refuses a second test, and a change based on an outdated revision', async () => {
    const arms = [1, 3].map((version) => ({ version, share: 0.5 }));
    const request = { arms, primary: { name: 'feedback' } };
    const { ab } = heddle.publishing;
    const { test } = await ab.start('echo', request, actor);
    await expect(ab.start('echo', request, actor)).rejects.toMatchObject({ code: 'conflict' });
    const other = [1, 3].map((version) => ({ version, share: version === 1 ? 0.9 : 0.1 }));
    const [first, second] = await Promise.allSettled([
      ab.setShares('echo', test.id, { revision: test.revision, arms: other }, actor),
      ab.setShares('echo', test.id, { revision: test.revision, arms }, actor),
    ]);
    expect([first?.status, second?.status]).toEqual(['fulfilled', 'rejected']);
    expect((second as PromiseRejectedResult).reason).toMatchObject({ code: 'conflict' });
    await heddle.publishing.versions.setLive('echo', undefined, actor);
    expect((await newest()).test).toMatchObject({ outcome: 'unpublished' });
    await expect(ab.promote('echo', test.id, 3, actor)).rejects.toMatchObject({ code: 'conflict' });
  });
});
