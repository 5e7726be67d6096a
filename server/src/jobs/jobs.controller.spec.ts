import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HeddleError, type JobReply } from '@heddle/core';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { createFakeCollections } from '../testing/fake-collections.js';
import type { AnyJson } from '../testing/any-json.js';
import { ownerOfJob } from '../auth/rights/owner-of-job.js';

describe('jobs of a project', () => {
  let house: TwoProjects;
  let alpha: Shown;
  let beta: Shown;
  const ends: (() => void)[] = [];
  beforeAll(async () => {
    house = await openTwoProjects({ collections: createFakeCollections() });
    alpha = house.person({ [house.alpha]: ['owner'] });
    beta = house.person({ [house.beta]: ['owner'] });
  });
  afterAll(async () => {
    for (const end of ends) end();
    await house.close();
  });

  /** Starts a job for a resource of Beta, which works until the end of the test. */
  const startFor = async (kind: JobReply['kind'], owner: (typeof ownerOfJob)[JobReply['kind']]): Promise<string> => {
    const subject = `${kind}-of-beta`;
    const { heddle } = house.server;
    heddle.ownership.assign(owner, subject, house.beta);
    const ended = new Promise<Record<string, unknown>>((resolve) => ends.push(() => resolve({})));
    return (await heddle.jobs.start({ kind, subject, queue: subject, run: () => ended })).jobId;
  };
  const ids = async (who: Shown): Promise<unknown> => (await house.call(who, 'GET', '/api/jobs')).body['jobs'];

  it('names the documents of an import only to people who may change the collection', async () => {
    const viewer = house.person({ [house.beta]: ['viewer'] });
    const { heddle } = house.server;
    heddle.ownership.assign('collection', 'pay', house.beta);
    const { jobId } = await heddle.jobs.start({
      kind: 'ingest',
      subject: 'pay',
      queue: 'pay',
      run: ({ report }) => {
        report({
          documents: 1,
          failed: 1,
          current: 'salaries.md',
          recent: [{ document: 'salaries.md', stage: 'failed' }],
        });
        return Promise.resolve({
          failed: 1,
          failures: [{ document: 'salaries.md', code: 'x', message: 'salaries.md' }],
        });
      },
    });
    const jobOf = async (who: Shown): Promise<string> =>
      JSON.stringify((await house.call(who, 'GET', `/api/jobs/${jobId}`)).body);
    while (!(await jobOf(beta)).includes('"status":"done"')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await jobOf(beta)).toContain('salaries.md');
    expect(JSON.parse(await jobOf(viewer))).toMatchObject({
      progress: { documents: 1, failed: 1 },
      result: { failed: 1, failures: [] },
    });
    for (const seen of [await jobOf(viewer), JSON.stringify(await ids(viewer))]) {
      expect(seen).toContain(jobId);
      expect(seen).not.toContain('salaries.md');
    }
  });

  it('shows only the error code of a failed import to people who may not change the collection', async () => {
    const viewer = house.person({ [house.beta]: ['viewer'] });
    const { heddle } = house.server;
    heddle.ownership.assign('collection', 'pay', house.beta);
    const failure = new HeddleError('document_encrypted', "'salaries.md' has a password.", {
      details: { document: 'salaries.md' },
    });
    const { jobId } = await heddle.jobs.start({
      kind: 'ingest',
      subject: 'pay',
      queue: 'pay',
      run: () => Promise.reject(failure),
    });
    const jobOf = async (who: Shown): Promise<AnyJson> => (await house.call(who, 'GET', `/api/jobs/${jobId}`)).body;
    while ((await jobOf(beta))['status'] !== 'failed') await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await jobOf(beta))['error'].message).toContain('salaries.md');
    const seen = await jobOf(viewer);
    expect(seen['error']).toMatchObject({ code: 'document_encrypted', message: expect.any(String) as unknown });
    expect(JSON.stringify(seen)).not.toContain('salaries.md');
  });

  it.each(Object.entries(ownerOfJob).filter(([, owner]) => owner !== 'job'))(
    '%s: members of its project see and stop it, and others do not',
    async (kind, owner) => {
      const id = await startFor(kind as JobReply['kind'], owner);
      expect(JSON.stringify(await ids(beta))).toContain(id);
      expect(JSON.stringify(await ids(alpha))).not.toContain(id);
      const path = `/api/jobs/${id}`;
      expect((await house.call(alpha, 'GET', path)).status).toBe(404);
      expect((await house.call(alpha, 'POST', `${path}/cancel`)).status).toBe(404);
      expect((await house.call(beta, 'GET', path)).body).toMatchObject({ jobId: id, status: 'running' });
      expect((await house.call(beta, 'POST', `${path}/cancel`)).status).toBe(202);
    },
  );
});
