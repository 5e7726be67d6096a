import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AnyJson } from '../testing/any-json.js';
import { emptyDocument } from '../testing/empty-document.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { endedRun } from './testing/ended-run.js';

const hour = 3_600_000;

describe('the dashboard', () => {
  let house: TwoProjects;
  let alphas = '';
  let betas = '';
  let secretive = '';
  let owner: Shown;
  let viewer: Shown;
  let stranger: Shown;
  let now = 0;

  beforeAll(async () => {
    house = await openTwoProjects({ withStoredJournal: true });
    owner = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    viewer = house.person({ [house.alpha]: ['viewer'] });
    stranger = house.person({ [house.beta]: ['viewer'] });
    alphas = await house.workflow(house.alpha, emptyDocument('Alpha work'));
    secretive = await house.workflow(house.alpha, emptyDocument('=Secret("work")'));
    betas = await house.workflow(house.beta, emptyDocument('Beta work'));
    const { heddle } = house.server;
    now = heddle.clock.now();
    const run = endedRun(heddle);
    await run({ workflow: alphas, at: now - hour, ms: 100, version: 1, channel: 'v1' });
    await run({
      workflow: alphas,
      at: now - hour,
      ms: 400,
      error: { code: 'node_failed', message: "It broke at 'x'" },
    });
    await run({
      workflow: alphas,
      at: now - 3 * hour,
      ms: 400,
      error: { code: 'node_failed', message: "It broke at 'y'" },
    });
    const secret = { code: 'provider_failed', message: 'Patient Ada was refused' };
    await run({ workflow: secretive, at: now - hour, error: secret, level: 'confidential' });
    await run({ workflow: betas, at: now - hour, project: house.beta });
    // A replay does not count as a run.
    await run({ workflow: alphas, at: now - hour, trigger: 'replay' });
    await heddle.parts.tables.commit(
      heddle.parts.feedback.write.give({
        runId: 'r1',
        message: '',
        who: 'user:x',
        thumb: 'up',
        label: 'internal',
        project: 'default',
        workflow: alphas,
        subject: 'user:x',
        models: ['m'],
        batches: [],
      }),
    );
    await heddle.rollups.catchUp();
  });
  afterAll(() => house.close());

  const read = async (who: Shown, query = '', project?: string): Promise<AnyJson> => {
    const { status, body } = await house.call(
      who,
      'GET',
      `/api/dashboard?from=${now - 6 * hour}&${query}`,
      undefined,
      project,
    );
    expect([status, body]).toEqual([200, body]);
    return body;
  };

  it('adds up runs, failures, times and ratings, in steps without a gap', async () => {
    const body = await read(owner);
    expect(body['totals']).toMatchObject({ runs: 5, failed: 3, ratings: 1, goodRatings: 1, ratingSum: 1 });
    const series: readonly { time: number; runs: number }[] = body['series'];
    expect(series.reduce((sum, { runs }) => sum + runs, 0)).toBe(5);
    expect(new Set(series.slice(1).map(({ time }, index) => time - (series[index]?.time ?? 0)))).toEqual(
      new Set([body['step']]),
    );
    expect([body['behindMs'], body['waiting']]).toEqual([0, 0]);
  });

  it('shows a person the figures of workflows that they may read, and no other name or count', async () => {
    const seen = await read(viewer);
    expect(seen['totals']).toMatchObject({ runs: 4 });
    expect(JSON.stringify(seen)).not.toContain(betas);
    expect(JSON.stringify(seen)).not.toContain('Beta work');
    const theirs = await read(stranger);
    expect([theirs['totals'].runs, theirs['errors'], theirs['totals'].ratings]).toEqual([1, [], 0]);
    expect(JSON.stringify(theirs)).not.toContain(alphas);
    expect((await read(stranger, `workflow=${alphas}`))['totals'].runs).toBe(0);
    expect((await read(owner, '', house.beta))['totals'].runs).toBe(1);
    const key = house.key(house.alpha, { permissions: ['run:read'], workflows: [secretive] });
    // As in the list of runs: a key for some workflows lists nothing.
    expect((await house.call(key, 'GET', '/api/dashboard')).status).toBe(
      (await house.call(key, 'GET', '/api/runs')).status,
    );
    expect((await house.call(house.key(house.alpha), 'GET', '/api/dashboard')).status).toBe(403);
  });

  it('keeps the figures of a removed workflow for its project', async () => {
    const { heddle } = house.server;
    const gone = await house.workflow(house.beta, emptyDocument('Gone'));
    await endedRun(heddle)({ workflow: gone, at: now - hour, project: house.beta });
    await heddle.rollups.catchUp();
    await heddle.parts.workflows.delete(gone);
    expect((await read(stranger, `workflow=${gone}`))['totals'].runs).toBe(1);
    expect((await read(viewer, `workflow=${gone}`))['totals'].runs).toBe(0);
  });

  it('groups failures by cause, with a run to open; a message needs the right and a label that allows it', async () => {
    const { errors } = await read(owner, `project=${house.alpha}`);
    expect(errors).toMatchObject([
      { code: 'node_failed', node: 'say', runs: 2, message: 'It broke at <value>', label: 'internal' },
      { code: 'provider_failed', runs: 1, hidden: 'label', label: 'confidential' },
    ]);
    expect(errors[1].message).toBeUndefined();
    const { body: run } = await house.call(owner, 'GET', `/api/runs/${errors[0].run}`);
    expect(run).toMatchObject({ status: 'failed' });
    const blind = house.key(house.alpha, { permissions: ['run:read'] });
    const { errors: unseen } = await read(blind);
    expect(unseen).toMatchObject([{ hidden: 'right', runs: 2 }, { hidden: 'right' }]);
    expect(JSON.stringify(unseen)).not.toMatch(/broke|Ada/);
  });

  it('filters by workflow, by id or slug, version, channel and model', async () => {
    const slug = (await house.server.heddle.workflows.get(alphas)).slug;
    const runs = async (query: string): Promise<number> => Number((await read(owner, query))['totals'].runs);
    expect(
      await Promise.all([`workflow=${alphas}`, `workflow=${slug}`, 'version=1', 'channel=v1', 'model=none'].map(runs)),
    ).toEqual([3, 3, 1, 1, 0]);
    expect((await read(owner, `workflow=${alphas}&channel=v1`))['totals'].ratings).toBe(0);
  });

  it('breaks figures down, with titles of workflows, and names of keys only for people who may manage them', async () => {
    const { groups } = await read(owner);
    const names = groups.workflow.map((group: { title: string }) => group.title);
    expect(names).toEqual(expect.arrayContaining(['Alpha work', '=Secret("work")', 'Beta work']));
    expect(groups.status).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'failed', runs: 3 })]));
    expect(groups.version).toContainEqual(
      expect.objectContaining({ name: `${alphas} 1`, title: 'Alpha work version 1' }),
    );
  });

  it('exports tables in which no name is a formula', async () => {
    const table = async (name: string): Promise<string> => {
      const reply = await house.call(owner, 'GET', `/api/dashboard/export?table=${name}&from=${now - 6 * hour}`);
      expect([reply.status, reply.headers.get('content-disposition')]).toEqual([
        200,
        `attachment; filename="dashboard-${name}.csv"`,
      ]);
      return String(reply.body);
    };
    const workflows = await table('workflow');
    expect(workflows).toContain(`"'=Secret(""work"")"`);
    expect((await table('series')).split('\r\n')[0]).toMatch(/^time,runs,failed,/);
    expect(await table('errors')).not.toContain('Ada');
  });

  it('refuses invalid queries', async () => {
    const status = async (query: string): Promise<number> =>
      (await house.call(owner, 'GET', `/api/dashboard${query}`)).status;
    expect(
      await Promise.all(
        [
          '?from=5&to=4',
          '?metric=all',
          '?from=0',
          '?version=-1',
          '/export?table=nothing',
          '?workflow=',
          '?from=soon',
        ].map(status),
      ),
    ).toEqual([400, 400, 400, 400, 400, 400, 400]);
    expect(await status(`?workflow=${encodeURIComponent("x' OR 1=1 --<script>")}`)).toBe(200);
  });
});
