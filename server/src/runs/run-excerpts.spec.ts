import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@heddle/adapters/database';
import { resumeRun, startRun } from '@heddle/engine';
import { join } from 'node:path';
import { openTwoProjects, type TwoProjects } from '../security/testing/two-projects.js';
import { echoDocument } from '../testing/echo-document.js';

describe('the first words of runs', () => {
  let house: TwoProjects;
  let id: string;
  beforeAll(async () => {
    house = await openTwoProjects({ withStoredJournal: true, engine: { startRun, resumeRun } });
    ({ id } = await house.published(house.alpha, echoDocument()));
  });
  afterAll(() => house.close());

  const run = async (question: string): Promise<string> => {
    const owner = house.person({ [house.alpha]: ['owner'] });
    const body = { inputs: { question } };
    const accepted = await house.call(owner, 'POST', `/api/workflows/${id}/runs?wait=1`, body);
    return accepted.body.runId as string;
  };
  const excerpts = async (role: 'owner' | 'viewer' | 'runner', runs: string, project = house.alpha) =>
    house.call(house.person({ [project]: [role] }), 'GET', `/api/run-excerpts?runs=${runs}`);
  const stored = (runId: string): unknown => {
    const database = openDatabase(join(house.server.heddle.settings.dataFolder, 'heddle.db'));
    try {
      return database.connection.prepare('SELECT question, answer FROM runs WHERE id = ?').get(runId);
    } finally {
      database.close();
    }
  };

  it('are read from the values once, and from the run afterwards', async () => {
    const runId = await run('How long\n is the warranty? \u202e');
    const question = { kind: 'text', text: 'How long is the warranty?' };
    expect((await excerpts('owner', `${runId},none`)).body).toEqual({
      excerpts: { [runId]: { question, answer: expect.objectContaining({ kind: 'text' }) } },
    });
    expect(stored(runId)).toMatchObject({ question: JSON.stringify(question) });
    expect((await excerpts('owner', runId)).body.excerpts[runId].question).toEqual(question);
  });

  it('are cut, and describe a value that is too large', async () => {
    const long = await run('word '.repeat(2_000));
    const text = (await excerpts('owner', long)).body.excerpts[long].question.text as string;
    expect(text.length).toBeLessThanOrEqual(141);
    expect(text).toMatch(/word…$/);
    const large = await run('x'.repeat(200_000));
    expect((await excerpts('owner', large)).body.excerpts[large].question).toEqual({ kind: 'large', text: '' });
  });

  it('are not shown without the right to read values, nor to another project', async () => {
    const runId = await run('secret');
    expect((await excerpts('owner', runId, house.beta)).body).toEqual({ excerpts: {} });
    const reader = house.key(house.alpha, { permissions: ['run:read'] });
    expect((await house.call(reader, 'GET', `/api/run-excerpts?runs=${runId}`)).status).toBe(403);
    expect(JSON.stringify((await house.call(reader, 'GET', '/api/runs')).body)).not.toContain('secret');
  });

  it('are removed with the values of the run', async () => {
    const runId = await run('soon gone');
    await excerpts('owner', runId);
    const database = openDatabase(join(house.server.heddle.settings.dataFolder, 'heddle.db'));
    database.connection.prepare('UPDATE runs SET values_removed_at = 1 WHERE id = ?').run(runId);
    database.close();
    expect(stored(runId)).toEqual({ question: null, answer: null });
    expect((await excerpts('owner', runId)).body).toEqual({ excerpts: {} });
  });

  it('are refused for too many runs at once', async () => {
    const many = Array.from({ length: 101 }, (_, index) => index).join(',');
    expect((await excerpts('owner', many)).status).toBe(400);
    expect((await excerpts('owner', '')).status).toBe(400);
  });
});
