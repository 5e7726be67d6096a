import { createSafeFetch } from '@heddle/adapters/fetch';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startReceiver, type Receiver } from '../security/testing/receiver.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';

const canary = 'canary-of-elsewhere-41d8';

describe('secrets from outside sources', () => {
  let house: TwoProjects;
  let receiver: Receiver;
  let stores: Receiver;
  let folder: string;
  let owner: Shown;
  let editors: { readonly alpha: Shown; readonly beta: Shown };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-sources-'));
    writeFileSync(join(folder, 'from-folder'), `${canary}-folder\n`);
    writeFileSync(join(folder, 'token'), 'vault-token\n');
    receiver = await startReceiver();
    stores = await startReceiver((request, reply) => {
      const isVault = request.url === '/v1/kv/data/team/crm' && request.headers['x-vault-token'] === 'vault-token';
      const isAws = /Credential=AKID\/\d+\/eu-west-1\/secretsmanager/.test(request.headers.authorization ?? '');
      if (isVault) reply.end(JSON.stringify({ data: { data: { key: `${canary}-vault` } } }));
      else if (isAws) reply.end(JSON.stringify({ SecretString: `${canary}-aws` }));
      else reply.writeHead(403).end('{}');
    });
    house = await openTwoProjects({
      fetch: createSafeFetch({ allowedHosts: ['127.0.0.1'] }),
      environment: { HEDDLE_SECRET_FROM_ENVIRONMENT: `${canary}-environment` },
      settings: {
        HEDDLE_SECRETS_FOLDER: folder,
        HEDDLE_VAULT_ADDR: stores.address,
        HEDDLE_VAULT_MOUNT: 'kv',
        HEDDLE_VAULT_TOKEN_FILE: join(folder, 'token'),
        HEDDLE_AWS_ENDPOINT: stores.address,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'AKID',
        AWS_SECRET_ACCESS_KEY: 'k',
      },
    });
    owner = house.person({ [house.alpha]: ['owner'] });
    editors = { alpha: house.person({ [house.alpha]: ['editor'] }), beta: house.person({ [house.beta]: ['editor'] }) };
  });
  afterAll(async () => {
    await house.close();
    receiver.close();
    stores.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => void (receiver.received.length = 0));

  const set = (name: string, body: object) => house.call(owner, 'PUT', `/api/secrets/${name}?owner=installation`, body);
  const code = async (who: 'alpha' | 'beta', secret: string): Promise<string> => {
    const document: WorkflowDocument = {
      heddle: 2,
      name: 'Calls',
      nodes: {
        call: {
          type: 'http',
          version: 1,
          config: { url: receiver.address, auth: { kind: 'bearer', secret }, onStatus: 'give' },
        },
      },
      edges: [],
    };
    const { body } = await house.call(editors[who], 'POST', '/api/runs?wait=1', { document, inputs: {} }, house[who]);
    expect(JSON.stringify(body)).not.toContain(canary);
    return (body.error?.code ?? body.status) as string;
  };

  it.each([
    ['from-environment', { kind: 'environment' }, `${canary}-environment`],
    ['from-folder', { kind: 'file' }, `${canary}-folder`],
  ])(
    '%s belongs to the installation, is granted to the first project, and needs its allowed hosts set',
    async (name, source, value) => {
      const listed = await house.call(owner, 'GET', '/api/secrets?owner=installation');
      expect(listed.body.secrets).toContainEqual({
        name,
        owner: 'installation',
        source,
        hosts: [],
        uses: ['request'],
        needsHost: true,
        updatedAt: 0,
        usedBy: [],
      });
      expect(await code('alpha', name)).toBe('secret_needs_host');
      expect(await code('beta', name)).toBe('secret_not_found');
      expect((await set(name, { hosts: [receiver.host] })).status).toBe(204);
      expect(await code('alpha', name)).toBe('done');
      expect(receiver.hasSeen(value)).toBe(true);
      expect(await code('beta', name)).toBe('secret_not_found');
      house.server.heddle.grants.set('secret', name, [house.beta]);
      expect([await code('alpha', name), await code('beta', name)]).toEqual(['secret_not_found', 'done']);
    },
  );

  it.each([
    ['in-vault', { kind: 'vault', path: 'team/crm', field: 'key' }, `${canary}-vault`],
    ['at-aws', { kind: 'aws', id: 'prod/crm' }, `${canary}-aws`],
  ])('%s is read with the rights of the installation, for the projects with a grant', async (name, source, value) => {
    expect((await set(name, { source, hosts: [receiver.host] })).status).toBe(204);
    const shown = (await house.call(owner, 'GET', `/api/secrets/${name}?owner=installation`)).body;
    expect(shown).toMatchObject({ name, source, needsHost: false });
    expect(await code('alpha', name)).toBe('done');
    expect(receiver.hasSeen(value)).toBe(true);
    expect(await code('beta', name)).toBe('secret_not_found');
    // A value makes it a stored secret, so it cannot have a source too.
    expect((await set(name, { source, value: 'x' })).status).toBe(400);
    expect((await set(name, { value: `${canary}-stored` })).status).toBe(204);
    expect(await code('alpha', name)).toBe('done');
    expect(receiver.hasSeen(`${canary}-stored`)).toBe(true);
  });

  it('report an error of their store without its path, and are not read for a host that is not allowed', async () => {
    await set('astray', { source: { kind: 'vault', path: 'team/gone', field: 'key' }, hosts: [receiver.host] });
    expect(await code('alpha', 'astray')).toBe('secret_unreadable');
    const asked = stores.received.length;
    await set('astray', { hosts: ['other.example'] });
    expect(await code('alpha', 'astray')).toBe('secret_host_refused');
    expect(stores.received).toHaveLength(asked);
  });
});
