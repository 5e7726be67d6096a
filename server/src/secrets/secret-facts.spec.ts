import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Issue } from '@heddle/core';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';

describe('a node that names a secret', () => {
  let house: TwoProjects;
  let owner: Shown;
  let stranger: Shown;
  beforeEach(async () => {
    house = await openTwoProjects();
    owner = house.person({ [house.alpha]: ['owner'] });
    stranger = house.person({ [house.beta]: ['editor'] });
  });
  afterEach(() => house.close());

  const issues = async (who: Shown, url: string, secret: string): Promise<Issue[]> => {
    const config = { url, auth: { kind: 'bearer', secret } };
    const nodes = { call: { type: 'http', version: 1, config } };
    const { body } = await house.call(who, 'POST', '/api/compile', {
      document: { heddle: 2, name: 'D', nodes, edges: [] },
    });
    return (body.issues as Issue[]).filter(({ field }) => field === 'auth.secret');
  };

  it('gets the same warning for a secret of another project and for one that does not exist', async () => {
    await house.call(owner, 'PUT', '/api/secrets/crm-key', { value: 'v', hosts: ['crm.example'] });
    expect(await issues(owner, 'https://crm.example/x', 'crm-key')).toEqual([]);
    const [hidden] = await issues(stranger, 'https://crm.example/x', 'crm-key');
    const [unknown] = await issues(stranger, 'https://crm.example/x', 'crm-kez');
    expect(hidden).toMatchObject({ code: 'reference-missing', severity: 'warning', node: 'call' });
    expect(JSON.stringify(unknown).replaceAll('crm-kez', 'NAME')).toBe(
      JSON.stringify(hidden).replaceAll('crm-key', 'NAME'),
    );
  });

  it('cannot find a secret of another project or an unknown one: the reply is 404', async () => {
    await house.call(owner, 'PUT', '/api/secrets/crm-key', { value: 'v', hosts: ['crm.example'] });
    const other = house.person({ [house.beta]: ['owner'] });
    for (const [who, name] of [
      [owner, 'none'],
      [other, 'crm-key'],
    ] as const)
      for (const method of ['GET', 'DELETE']) {
        const { status, body } = await house.call(who, method, `/api/secrets/${name}`);
        expect([method, status, body.error.code]).toEqual([method, 404, 'secret_not_found']);
      }
    expect((await house.call(owner, 'GET', '/api/secrets/crm-key')).status).toBe(200);
  });

  it('gets a warning for a fixed host that the secret does not allow, and for a secret without hosts', async () => {
    await house.call(owner, 'PUT', '/api/secrets/crm-key', { value: 'v', hosts: ['crm.example'] });
    await house.call(owner, 'PUT', '/api/secrets/nowhere', { value: 'v' });
    expect(await issues(owner, 'http://crm.example/x', 'crm-key')).toMatchObject([
      { code: 'secret-host', severity: 'warning', message: expect.stringContaining("'crm.example:80'") },
    ]);
    expect(await issues(owner, '{{ url }}', 'crm-key')).toEqual([]);
    for (const url of ['{{ url }}', 'https://crm.example/'])
      expect(await issues(owner, url, 'nowhere')).toMatchObject([
        { code: 'secret-host', message: expect.stringContaining('has no allowed host') },
      ]);
  });
});
