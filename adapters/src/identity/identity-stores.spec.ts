import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KeyScopes } from '@heddle/core';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { checkPassword, hashPassword, matchTotp, openIdentity, totpCode, type IdentityStores } from './index.js';

const hour = 3_600_000;

describe('identity', () => {
  let folder: string;
  let database: HeddleDatabase;
  let stores: IdentityStores;
  let now = 1_000_000;
  beforeEach(() => {
    now = 1_000_000;
    folder = mkdtempSync(join(tmpdir(), 'heddle-identity-'));
    database = openDatabase(join(folder, 'heddle.db'));
    stores = openIdentity(database, {
      clock: { now: () => now },
      keyFile: join(folder, 'secret.key'),
      limits: { idleMs: hour, longestMs: 5 * hour },
    });
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  const user = (email = 'ada@example.org') => stores.users.create({ email, name: 'Ada' });

  it('knows a password by its hash, and nothing by none', async () => {
    const hash = await hashPassword('correct horse battery');
    expect(hash).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await checkPassword('correct horse battery', hash)).toBe(true);
    expect(await checkPassword('correct horse batterz', hash)).toBe(false);
    expect(await checkPassword('', undefined)).toBe(false);
    expect(await hashPassword('correct horse battery')).not.toBe(hash);
  });

  // The vectors of RFC 6238, appendix B (SHA-1, 8 digits). The secret is '12345678901234567890'.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  it.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('gives the code of RFC 6238 at second %d', async (second, code) => {
    expect(await totpCode(secret, Math.floor(second / 30), 8)).toBe(code);
  });

  it('takes the codes of the steps around now, each once', async () => {
    const at = 1_111_111_111_000;
    const step = Math.floor(at / 30_000);
    expect(await matchTotp(secret, await totpCode(secret, step - 1), at)).toBe(step - 1);
    expect(await matchTotp(secret, await totpCode(secret, step + 1), at)).toBe(step + 1);
    expect(await matchTotp(secret, await totpCode(secret, step - 2), at)).toBeUndefined();
    expect(await matchTotp(secret, await totpCode(secret, step), at, step)).toBeUndefined();
    expect(await matchTotp(secret, 'abcdef', at)).toBeUndefined();
  });

  it('finds people whatever the case of their address, and refuses a second one', () => {
    const { id } = user(' Ada@Example.org ');
    expect(stores.users.byEmail('ADA@example.ORG')?.id).toBe(id);
    expect(() => user()).toThrow(expect.objectContaining({ code: 'user_exists' }));
    expect(() => stores.users.get('u_none')).toThrow(expect.objectContaining({ code: 'user_not_found' }));
  });

  it('keeps the second factor sealed, and each recovery code good once', () => {
    const { id } = user();
    stores.users.setTotp(id, { secret: 'JBSWY3DPEHPK3PXP', step: 7, codes: ['aaaa-bbbb', 'cccc-dddd'] });
    expect(stores.users.get(id)).toMatchObject({ totp: 'JBSWY3DPEHPK3PXP', totpStep: 7 });
    expect(stores.users.useTotpStep(id, 7)).toBe(false);
    expect(stores.users.useTotpStep(id, 8)).toBe(true);
    expect(stores.users.useRecoveryCode(id, ' AAAA-bbbb')).toBe(true);
    expect(stores.users.useRecoveryCode(id, 'aaaa-bbbb')).toBe(false);
    expect(stores.users.useRecoveryCode(id, 'CCCC dddd')).toBe(true);
    expect(stores.users.useRecoveryCode(id, 'ccccdddd')).toBe(false);
    database.connection.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(database.file).includes('JBSWY3DPEHPK3PXP')).toBe(false);
  });

  it('ends sessions when idle, at their longest, and on request', () => {
    const { id } = user();
    const begin = () => stores.sessions.begin(id, { isSecure: false, agent: 'test' });
    const idle = begin();
    now += hour + 1;
    expect(stores.sessions.find(idle.token)).toBe('ended');
    expect(stores.sessions.find(idle.token)).toBeUndefined();
    const long = begin();
    for (let step = 0; step < 5; step++) {
      now += hour - 1;
      expect(stores.sessions.find(long.token)).toMatchObject({ userId: id });
    }
    now += 10;
    expect(stores.sessions.find(long.token)).toBe('ended');
    const [kept, received] = [begin(), begin()];
    stores.sessions.endAll(id, kept.session.id);
    expect(stores.sessions.find(received.token)).toBeUndefined();
    expect(stores.sessions.find(kept.token)).toMatchObject({ id: kept.session.id });
  });

  it('rotates the token of a session; the one before is good for a minute', () => {
    const { token, session } = stores.sessions.begin(user().id, { isSecure: true, agent: '' });
    const next = stores.sessions.rotate(session.id);
    expect(stores.sessions.find(token)).toMatchObject({ id: session.id, isSecure: true });
    expect(stores.sessions.find(next)).toMatchObject({ id: session.id });
    now += 60_001;
    expect(stores.sessions.find(token)).toBeUndefined();
    expect(stores.sessions.find(next)).toMatchObject({ id: session.id });
  });

  it('shows a key once and keeps only its hash', () => {
    const scopes = KeyScopes.parse({ workflows: ['w1'] });
    const { secret, key } = stores.keys.create({ name: 'shop', owner: 'local', project: 'default', scopes });
    expect(secret).toMatch(/^hk_[\w-]{43}$/);
    expect(secret.startsWith(key.prefix)).toBe(true);
    expect(stores.keys.find(secret)).toMatchObject({ id: key.id, scopes });
    expect(stores.keys.find(`${secret}x`)).toBeUndefined();
    stores.keys.revoke(key.id);
    expect(stores.keys.find(secret)?.revokedAt).toBe(now);
    expect(stores.keys.list('default')).toHaveLength(1);
    database.connection.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(database.file).includes(secret)).toBe(false);
  });

  it('gives roles by project, and never takes the last owner', () => {
    const [ada, bob] = [user().id, user('bob@example.org').id];
    const { id } = stores.projects.create('Shop');
    stores.projects.setRoles(id, `user:${ada}`, ['owner', 'editor', 'editor']);
    expect(stores.projects.rolesOf(`user:${ada}`)).toEqual(new Map([[id, ['editor', 'owner']]]));
    const refused = expect.objectContaining({ code: 'last_owner' });
    expect(() => stores.projects.setRoles(id, `user:${ada}`, ['viewer'])).toThrow(refused);
    expect(stores.projects.members(id)).toHaveLength(2);
    stores.projects.setRoles(id, `user:${bob}`, ['owner']);
    stores.projects.setRoles(id, `user:${ada}`, []);
    expect(stores.projects.members(id)).toEqual([{ project: id, member: `user:${bob}`, role: 'owner' }]);
    expect(() => stores.projects.setRoles('none', 'user:x', [])).toThrow(
      expect.objectContaining({ code: 'project_not_found' }),
    );
  });

  it('revokes the keys of a service account with it', () => {
    const { id } = stores.projects.createService('deploy');
    stores.projects.setRoles('default', `service:${id}`, ['runner']);
    const { key } = stores.keys.create({
      name: 'ci',
      owner: `service:${id}`,
      project: 'default',
      scopes: KeyScopes.parse({}),
    });
    stores.projects.removeService(id);
    expect(stores.keys.get(key.id).revokedAt).toBe(now);
    expect(stores.projects.rolesOf(`service:${id}`).size).toBe(0);
    expect(() => stores.projects.removeService(id)).toThrow(expect.objectContaining({ code: 'user_not_found' }));
  });

  it('knows the project of things; what is not written down is of the first one', () => {
    const { id } = stores.projects.create('Shop');
    expect(stores.owned.projectsOf('workflow', 'w')).toEqual(['default']);
    stores.owned.assign('workflow', 'w', id);
    expect(stores.owned.projectsOf('workflow', 'w')).toEqual([id]);
    stores.owned.assign('file', 'f', id);
    stores.owned.assign('file', 'f', 'default');
    expect([...stores.owned.projectsOf('file', 'f')].sort()).toEqual(['default', id].sort());
    stores.owned.forget('workflow', 'w');
    expect(stores.owned.projectsOf('workflow', 'w')).toEqual(['default']);
  });

  it('takes a one-time link once, in time, and only the newest', () => {
    const link = { purpose: 'owner', userId: undefined } as const;
    const old = stores.links.create(link, hour);
    const token = stores.links.create(link, hour);
    expect([stores.links.peek(old), stores.links.peek(token)]).toEqual([undefined, link]);
    expect(stores.links.take(old)).toBeUndefined();
    expect(stores.links.take(token)).toEqual(link);
    expect(stores.links.take(token)).toBeUndefined();
    const late = stores.links.create(link, hour);
    now += hour;
    expect(stores.links.peek(late)).toBeUndefined();
    expect(stores.links.take(late)).toBeUndefined();
  });

  describe('the known networks of sign-in', () => {
    const day = 24 * hour;
    it('are known to the next process, by a hash, each to its own person', () => {
      const [ada, bob] = [user().id, user('bob@example.org').id];
      stores.knownNetworks.remember(ada, '203.0.113.1');
      const other = openDatabase(join(folder, 'heddle.db'));
      const later = openIdentity(other, {
        clock: { now: () => now },
        keyFile: join(folder, 'secret.key'),
        limits: { idleMs: hour, longestMs: hour },
      });
      expect(later.knownNetworks.knows(ada, '203.0.113.1')).toBe(true);
      expect(later.knownNetworks.knows(bob, '203.0.113.1')).toBe(false);
      expect(later.knownNetworks.knows(ada, '203.0.113.2')).toBe(false);
      const kept = other.connection.prepare('SELECT * FROM sign_in_places').all();
      other.close();
      expect(JSON.stringify(kept)).not.toContain('203.0.113');
    });

    it('are strange again after 90 days without a sign-in, and after a new password', () => {
      const { id } = user();
      stores.knownNetworks.remember(id, 'a');
      now += 89 * day;
      stores.knownNetworks.remember(id, 'b');
      expect(stores.knownNetworks.knows(id, 'a')).toBe(true);
      now += 2 * day;
      expect(stores.knownNetworks.knows(id, 'a')).toBe(false);
      stores.knownNetworks.remember(id, 'c');
      expect(database.connection.prepare('SELECT count(*) FROM sign_in_places').pluck().get()).toBe(2);
      stores.knownNetworks.forget(id);
      expect(stores.knownNetworks.knows(id, 'c')).toBe(false);
    });

    it('are 50 of one person at most: the oldest gives way', () => {
      const { id } = user();
      for (let location = 0; location < 60; location += 1) {
        now += 1;
        stores.knownNetworks.remember(id, `network ${location}`);
      }
      expect([9, 10, 59].map((location) => stores.knownNetworks.knows(id, `network ${location}`))).toEqual([
        false,
        true,
        true,
      ]);
    });
  });
});
