import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { labelOf, type HeaderPrompt } from '@heddle/core';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { createFakeCollections } from '../testing/fake-collections.js';
import { startModelServer, type TestModelServer } from '../testing/test-model-server.js';

const prompt: HeaderPrompt = { system: 'Place it.', prompt: 'The passage.' };
const signal = new AbortController().signal;

describe('models that write headers of passages', () => {
  let house: TwoProjects;
  let far: TestModelServer;
  let owner: Shown;
  let both: Shown;

  const connect = async (clearance: string, method = 'PUT', path = '/api/connections/far'): Promise<void> => {
    const prices = { inputPerMillion: 1_000, outputPerMillion: 1_000, currency: 'USD', asOf: '2026-01-01' };
    const { status } = await house.call(both, method, path, {
      id: 'far',
      kind: 'openai-compatible',
      attempts: 1,
      baseUrl: far.baseUrl,
      models: [{ name: 'one' }],
      prices: [{ model: 'one', ...prices }],
      clearance,
    });
    expect(status).toBeLessThan(300);
  };
  const headers = () => house.server.heddle.parts.headers;
  const write = async (collection: string, level: 'internal' | 'confidential' = 'internal') =>
    (await headers().model(collection, 'far/one')).write(prompt, { label: labelOf(level), signal });

  beforeAll(async () => {
    far = await startModelServer([() => Promise.resolve('It is about fees.')]);
    house = await openTwoProjects({ collections: createFakeCollections() });
    owner = house.person({ [house.alpha]: ['owner'] });
    both = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    for (const [name, project] of [
      ['ours', house.alpha],
      ['theirs', house.beta],
    ] as const)
      house.server.heddle.ownership.assign('collection', name, project);
    await connect('internal', 'POST', '/api/connections');
  });
  beforeEach(() => {
    far.requests.length = 0;
  });
  afterAll(async () => {
    await house.close();
    await far.close();
  });

  it('are called for the project of the collection, with a spending record and an audit event', async () => {
    expect(await headers().describe('far/one')).toMatchObject({
      destination: { clearance: 'internal', isLocal: false },
    });
    expect(await write('ours')).toBe('It is about fees.');
    expect(far.requests).toHaveLength(1);
    const { body } = await house.call(owner, 'GET', '/api/audit?kind=model-call&limit=5');
    expect(JSON.stringify(body)).toContain('collection:ours');
    expect(JSON.stringify(body)).toContain('"path":"headers"');
  });

  it('get no document above their clearance', async () => {
    await expect(write('ours', 'confidential')).rejects.toMatchObject({ code: 'label_refused' });
    expect(far.requests).toEqual([]);
  });

  it('are not found for a collection of a project without the connection', async () => {
    await expect(write('theirs')).rejects.toMatchObject({ code: 'connection_not_found' });
    await expect(headers().model('ours', 'none/one')).rejects.toMatchObject({ code: 'connection_not_found' });
    expect(far.requests).toEqual([]);
  });

  it('are set only by people who may use the model and may spend', async () => {
    const create = (who: Shown, name: string, model: string) => {
      const splitter = { kind: 'markdown', overlapTokens: 0, header: { model } };
      return house.call(who, 'POST', '/api/collections', { name, embedding: 'mini', splitter });
    };
    const narrow = house.key(house.alpha, { permissions: ['collection:write', 'collection:read'] });
    expect((await create(narrow, 'a1', 'far/one')).status).toBe(403);
    expect((await create(owner, 'a2', 'far/one')).status).toBe(201);
    // The connection belongs to Alpha.
    const index = { splitter: { kind: 'markdown', overlapTokens: 0, header: { model: 'far/one' } } };
    const beta = await house.call(both, 'POST', '/api/collections/theirs/reindex/estimate', index, house.beta);
    expect(beta.body['error']).toMatchObject({ code: 'connection_not_found' });
  });
});
