import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { TablesSubject } from '@heddle/core/testing';
import { seal, unseal } from '../../connections/vault/seal.js';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { registrySteps } from '../__fixtures__/registry-steps.js';
import { createGrantStore, Grant, type GrantStore } from './grant-store.js';

const key = randomBytes(32);
const sealed = {
  seal: (name: string, value: string) => seal(key, name, value),
  open: (name: string, value: Uint8Array) => unseal(key, name, value),
};
const grantOf = (token: string): Grant =>
  Grant.parse({
    client: { client_id: 'c' },
    discovery: { authorizationServerUrl: 'https://as.example' },
    tokens: { access_token: token, token_type: 'bearer', expires_in: 60 },
    redirectUrl: 'https://here.example/back',
    obtainedAt: 1_000,
  });

describe.each(bothDatabases)('grants of tool servers in %s', (_name, open) => {
  let database: TestedDatabase;
  let subject: TablesSubject;
  let one: GrantStore;
  let other: GrantStore;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    subject = await database.reset();
    [one, other] = [subject.one, subject.other].map((tables) => createGrantStore(tables, sealed, { now: () => 5 })) as [
      GrantStore,
      GrantStore,
    ];
    await registrySteps(subject.one).register({
      id: 'files',
      transport: { kind: 'http', url: 'https://a.example/mcp' },
    });
    await subject.one.commit(one.save('files', grantOf('canary-1')));
  });

  it('are sealed, known to another process, and deleted with their server', async () => {
    expect((await other.get('files'))?.grant).toEqual(grantOf('canary-1'));
    expect(await other.standing('files')).toEqual({ expiresAt: 61_000 });
    const [row] = await subject.one.all<{ sealed: Uint8Array }>('SELECT * FROM tool_grants');
    expect(Buffer.from(row?.sealed ?? []).includes('canary-1')).toBe(false);
    await subject.one.commit(one.save('nowhere', grantOf('canary-2')));
    expect(await one.get('nowhere')).toBeUndefined();
    await registrySteps(subject.one).remove('files');
    expect([await one.get('files'), await other.standing('files')]).toEqual([undefined, undefined]);
  });

  it('are renewed by one of two processes, and not at all when a person signed out meanwhile', async () => {
    const before = (await one.get('files'))!;
    const beforeToo = (await other.get('files'))!;
    const renewed = await Promise.all([
      one.renew('files', before, grantOf('canary-2')),
      other.renew('files', beforeToo, grantOf('canary-3')),
    ]);
    expect(renewed.filter(Boolean)).toHaveLength(1);
    const present = (await one.get('files'))!;
    expect(present.grant.tokens.access_token).toBe(renewed[0] ? 'canary-2' : 'canary-3');
    await subject.other.commit(other.remove('files'));
    expect(await one.renew('files', present, grantOf('canary-4'))).toBe(false);
    expect(await one.get('files')).toBeUndefined();
  });
});
