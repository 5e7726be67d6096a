import { join } from 'node:path';
import { everyProject, HeddleError, KeyScopes, type Tables } from '@heddle/core';
import { check, checkEqual, checkRejects, type SuiteCase, type TablesSubject } from '@heddle/core/testing';
import { readKeyFile } from '../connections/vault/key-file.js';
import { seal, unseal } from '../connections/vault/seal.js';
import { createIdentity, type IdentityStores } from '../identity/index.js';
import { temporaryFolder } from './temporary-folder.js';

const hour = 3_600_000;
const day = 24 * hour;

/** The identity stores of two processes that share a database. */
export interface IdentitySubject {
  readonly one: IdentityStores;
  readonly other: IdentityStores;
  readonly tables: Tables;
  /** The clock of both processes, which tests can move. */
  readonly clock: { now: () => number; time: number };
  /** Makes both processes read each other's changes. */
  readonly refresh: () => Promise<void>;
}

/** Creates the subject for the identity suite. */
export async function testIdentity({ one, other }: TablesSubject): Promise<IdentitySubject & { close(): void }> {
  const temporary = temporaryFolder();
  const clock = { time: 1_000_000, now: () => clock.time };
  const key = (): Buffer => readKeyFile(join(temporary.folder, 'secret.key'), () => true);
  const sealed = {
    seal: (name: string, value: string) => seal(key(), name, value),
    open: (name: string, value: Uint8Array) => unseal(key(), name, value),
  };
  const limits = { idleMs: hour, longestMs: 5 * hour };
  const open = (tables: Tables): IdentityStores => createIdentity(tables, { clock, limits }, sealed);
  const refresh = async (): Promise<void> => {
    await Promise.all([one.refresh(), other.refresh()]);
  };
  const subject = { one: open(one), other: open(other), tables: one, clock, refresh, close: () => temporary.remove() };
  await refresh();
  return subject;
}

/** A process with a cache checks once in each tick whether another process has written. */
const nextTick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** The error codes of failed operations, and `done` for the others, sorted. */
async function outcomes(operations: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const settled = await Promise.allSettled(operations);
  return settled
    .map((operation) => {
      if (operation.status === 'fulfilled') return 'done';
      return operation.reason instanceof HeddleError ? operation.reason.code : String(operation.reason);
    })
    .sort();
}

const ada = { email: 'ada@example.org', name: 'Ada' };
const bob = { email: 'bob@example.org', name: 'Bob' };
const key = (owner: string, project = 'default') => ({ name: 'k', owner, project, scopes: KeyScopes.parse({}) });

const people: readonly SuiteCase<IdentitySubject>[] = [
  {
    name: 'finds people whatever the case of their address, and refuses a second one',
    async run({ one, other, clock }) {
      const made = await one.users.create({ ...ada, email: ' Ada@Example.org ' });
      checkEqual(await other.users.get(made.id), made, 'it differs from what was made');
      checkEqual((await other.users.byEmail('ADA@example.ORG'))?.id, made.id, 'the address was not found');
      await checkRejects(other.users.create(ada), 'user_exists');
      await checkRejects(other.users.get('u_none'), 'user_not_found');
      clock.time += 1;
      await other.users.create(bob);
      checkEqual(
        (await one.users.list()).map(({ name }) => name),
        ['Ada', 'Bob'],
        'the list differs',
      );
      await other.users.setDisabled(made.id, true);
      checkEqual([(await one.users.get(made.id)).isDisabled, await one.users.count()], [true, 1], 'it is not disabled');
    },
  },
  {
    name: 'keeps the second factor sealed, and each code good once, also for two requests at once',
    async run({ one, other, tables }) {
      const { id } = await one.users.create(ada);
      await one.users.setTotp(id, { secret: 'JBSWY3DPEHPK3PXP', step: 7, codes: ['aaaa-bbbb', 'cccc-dddd'] });
      const { totp, totpStep } = await other.users.get(id);
      checkEqual([totp, totpStep], ['JBSWY3DPEHPK3PXP', 7], 'the factor differs');
      check(!(await one.users.useTotpStep(id, 7)), 'a used step was good');
      const steps = await Promise.all([one.users.useTotpStep(id, 8), other.users.useTotpStep(id, 8)]);
      checkEqual(steps.filter(Boolean).length, 1, 'a step was not used once');
      const codes = await Promise.all([
        one.users.useRecoveryCode(id, ' AAAA-bbbb'),
        other.users.useRecoveryCode(id, 'aaaabbbb'),
      ]);
      checkEqual(codes.filter(Boolean).length, 1, 'a recovery code was not used once');
      check(await one.users.useRecoveryCode(id, 'CCCC dddd'), 'the other code is not good');
      const stored = await tables.get<{ totp: Uint8Array }>('SELECT totp FROM users WHERE id = @id', { id });
      check(!Buffer.from(stored?.totp ?? []).includes('JBSWY3DPEHPK3PXP'), 'the secret is not sealed');
      await one.users.setTotp(id, undefined);
      await nextTick();
      checkEqual((await other.users.get(id)).totp, undefined, 'the factor is still on');
    },
  },
  {
    name: 'knows people by the name that a sign-in provider has for them',
    async run({ one, other, tables }) {
      const { id } = await one.users.create(ada);
      await tables.commit(one.users.write.linkSubject(id, 'https://a', 'sub'));
      checkEqual((await other.users.bySubject('https://a', 'sub'))?.id, id, 'the subject is unknown');
      checkEqual(await other.users.bySubject('https://b', 'sub'), undefined, 'another issuer knows it');
      checkEqual(
        [await one.users.hasSubject(id, 'https://a'), await one.users.hasSubject(id, 'https://b')],
        [true, false],
        'hasSubject',
      );
      const second = await one.users.create(bob);
      await checkRejects(tables.commit(one.users.write.linkSubject(second.id, 'https://a', 'sub')), 'conflict');
    },
  },
  {
    name: 'ends sessions when idle, at their longest, and on request',
    async run({ one, other, tables, clock }) {
      const { id } = await one.users.create(ada);
      const begin = () => one.sessions.begin(id, { isSecure: false, agent: 'test' });
      const idle = await begin();
      clock.time += hour + 1;
      checkEqual(await other.sessions.find(idle.token), 'ended', 'an idle session goes on');
      checkEqual(await one.sessions.find(idle.token), undefined, 'an ended session is there');
      const long = await begin();
      for (let step = 0; step < 5; step++) {
        clock.time += hour - 1;
        const found = await other.sessions.find(long.token);
        checkEqual(found === 'ended' ? found : found?.userId, id, 'a session that is used ends');
      }
      clock.time += 10;
      checkEqual(await one.sessions.find(long.token), 'ended', 'the longest session goes on');
      const kept = await begin();
      const ended = await begin();
      await tables.commit(one.sessions.write.endAll(id, kept.session.id));
      checkEqual(await other.sessions.find(ended.token), undefined, 'a session was not ended');
      check(await other.sessions.isAlive(kept.session.id), 'the kept session has ended');
      checkEqual(
        (await one.sessions.list(id)).map((session) => session.id),
        [kept.session.id],
        'the list differs',
      );
    },
  },
  {
    name: 'rotates the token of a session once for two requests; the one before is good for a minute',
    async run({ one, other, clock }) {
      const { id } = await one.users.create(ada);
      const { token, session } = await one.sessions.begin(id, { isSecure: true, agent: '' });
      clock.time += 1;
      const tokens = await Promise.all([one.sessions.rotate(session), other.sessions.rotate(session)]);
      const [next = '', ...more] = tokens.filter((made) => made !== undefined);
      checkEqual(more.length, 0, 'both requests rotated it, so that the old token is not good any more');
      for (const good of [token, next]) {
        const found = await other.sessions.find(good);
        check(found !== 'ended' && found?.id === session.id && found.isSecure, 'a token is not good');
      }
      clock.time += 60_001;
      checkEqual(await one.sessions.find(token), undefined, 'the old token is good for too long');
      check((await one.sessions.find(next)) !== undefined, 'the new token is not good');
    },
  },
  {
    name: 'takes a one-time link once, in time, and only the newest',
    async run({ one, other, tables, clock }) {
      const link = { purpose: 'owner', userId: undefined } as const;
      const used = (): HeddleError => new HeddleError('sign_in_failed', 'used');
      const old = await one.links.create(link, hour);
      const token = await one.links.create(link, hour);
      checkEqual(
        [(await other.links.peek(old)) ?? null, (await other.links.peek(token))?.purpose],
        [null, 'owner'],
        'not the newest',
      );
      await checkRejects(tables.commit(one.links.write.take(old, used)), 'sign_in_failed');
      const took = [one, other].map((stores) => tables.commit(stores.links.write.take(token, used)));
      checkEqual(await outcomes(took), ['done', 'sign_in_failed'], 'a link was not used once');
      const late = await one.links.create(link, hour);
      clock.time += hour;
      checkEqual(await other.links.peek(late), undefined, 'a late link is good');
      await checkRejects(tables.commit(one.links.write.take(late, used)), 'sign_in_failed');
      const { id } = await one.users.create(ada);
      const password = await one.links.create({ purpose: 'password', userId: id }, 30 * day);
      checkEqual((await other.links.peek(password))?.userId, id, 'the user differs');
      clock.time += 7 * day;
      checkEqual(await other.links.peek(password), undefined, 'a link lasts longer than a week');
    },
  },
  {
    name: 'remembers networks by a hash, each to its own person, for 90 days, and 50 at most',
    async run({ one, other, tables, clock }) {
      const { id } = await one.users.create(ada);
      const second = await one.users.create(bob);
      await one.knownNetworks.remember(id, '203.0.113.1');
      const knows = async (network: string, user = id) => other.knownNetworks.knows(user, network);
      checkEqual(
        [await knows('203.0.113.1'), await knows('203.0.113.1', second.id), await knows('203.0.113.2')],
        [true, false, false],
        'knows',
      );
      check(
        !JSON.stringify(await tables.all('SELECT * FROM sign_in_places')).includes('203.0.113'),
        'a network is stored',
      );
      clock.time += 89 * day;
      await one.knownNetworks.remember(id, 'b');
      clock.time += 2 * day;
      checkEqual([await knows('203.0.113.1'), await knows('b')], [false, true], 'not 90 days');
      for (let number = 0; number < 60; number += 1) {
        clock.time += 1;
        await one.knownNetworks.remember(id, `network ${number}`);
      }
      checkEqual(
        [await knows('network 9'), await knows('network 10'), await knows('network 59')],
        [false, true, true],
        'not 50',
      );
      await tables.commit(one.knownNetworks.write.forget(id));
      checkEqual(await knows('network 59'), false, 'a network was not forgotten');
    },
  },
];

const projects: readonly SuiteCase<IdentitySubject>[] = [
  {
    name: 'gives roles by project, and never takes the last owner',
    async run({ one, other }) {
      const first = `user:${(await one.users.create(ada)).id}`;
      const second = `user:${(await one.users.create(bob)).id}`;
      const { id } = await one.projects.create('Shop');
      await one.projects.setRoles(id, first, ['owner', 'editor', 'editor']);
      checkEqual([...(await other.projects.rolesOf(first))], [[id, ['editor', 'owner']]], 'the roles differ');
      await checkRejects(one.projects.setRoles(id, first, ['viewer']), 'last_owner');
      check(await one.projects.isLastOwner(id, first), 'the last owner is not known');
      checkEqual((await other.projects.members(id)).length, 2, 'a refused operation changed something');
      await one.projects.setRoles(id, second, ['owner']);
      await other.projects.setRoles(id, first, []);
      checkEqual(
        await one.projects.members(id),
        [{ project: id, member: second, role: 'owner' }],
        'the members differ',
      );
      await checkRejects(one.projects.setRoles('none', 'user:x', []), 'project_not_found');
      // A disabled person does not count as an owner.
      await one.projects.setRoles(id, first, ['owner']);
      await one.users.setDisabled(first.slice('user:'.length), true);
      await checkRejects(one.projects.setRoles(id, second, []), 'last_owner');
    },
  },
  {
    name: 'keeps an owner while two leave, are disabled, or both, at once',
    async run({ one, other, tables }) {
      const users = [(await one.users.create(ada)).id, (await one.users.create(bob)).id] as const;
      const leave = (stores: IdentityStores, user: string) => stores.projects.setRoles('default', `user:${user}`, []);
      const disable = (stores: IdentityStores, user: string) =>
        tables.commit([
          ...stores.projects.write.staysOwnedWithout(user),
          ...stores.users.write.setDisabled(user, true),
        ]);
      for (const [left, right] of [
        [leave, leave],
        [disable, disable],
        [leave, disable],
        [disable, leave],
      ] as const) {
        for (const user of users) {
          await one.users.setDisabled(user, false);
          await one.projects.setRoles('default', `user:${user}`, ['owner']);
        }
        const operations = [left(one, users[0]), right(other, users[1])];
        checkEqual(await outcomes(operations), ['done', 'last_owner'], 'not exactly one won');
      }
    },
  },
  {
    name: 'invites one of two who have the same address, and makes nothing for the other',
    async run({ one, other, tables }) {
      const invite = (stores: IdentityStores) => {
        const { user, writes } = stores.users.write.create(ada);
        const link = stores.links.write.create({ purpose: 'password', userId: user.id }, hour);
        const roles = stores.projects.write.setRoles('default', `user:${user.id}`, ['viewer']);
        return tables.commit([...writes, ...roles, ...link.writes]);
      };
      checkEqual(await outcomes([invite(one), invite(other)]), ['done', 'user_exists'], 'not exactly one won');
      checkEqual((await one.projects.members('default')).length, 1, 'the other has roles');
      checkEqual(await tables.get('SELECT count(*) AS n FROM one_time_links'), { n: 1 }, 'the other has a link');
    },
  },
  {
    name: 'makes one of two people the first user',
    async run({ one, other, tables }) {
      const begin = (stores: typeof one, email: string) =>
        tables.commit([
          ...stores.users.write.requireNoUser(),
          ...stores.users.write.create({ email, name: email }).writes,
        ]);
      const ended = await outcomes([begin(one, 'ada@example.org'), begin(other, 'bob@example.org')]);
      checkEqual([...ended].sort(), ['done', 'sign_in_failed'], 'not exactly one won');
      checkEqual((await one.users.list()).length, 1, 'there are two');
    },
  },
  {
    name: 'makes the first user the owner of every project, once',
    async run({ one, tables }) {
      const { id } = await one.projects.create('Shop');
      const owner = `user:${(await one.users.create(ada)).id}`;
      for (let time = 0; time < 2; time += 1) await tables.commit(one.projects.write.ownEverything(owner));
      checkEqual(
        [...(await one.projects.rolesOf(owner))].sort(),
        [
          ['default', ['owner']],
          [id, ['owner']],
        ].sort(),
        'not of every one',
      );
    },
  },
  {
    name: 'names, archives and removes projects; one that has things, or is the first, stays',
    async run({ one, other, tables, refresh }) {
      const { id } = await one.projects.create('Shop');
      await tables.commit(one.projects.write.rename(id, 'Store'));
      await tables.commit(one.projects.write.setArchived(id, 5));
      checkEqual(
        [await other.projects.get(id), await other.projects.isArchived(id)],
        [{ id, name: 'Store', archivedAt: 5 }, true],
        'it differs',
      );
      await tables.commit(one.projects.write.setArchived(id, undefined));
      await nextTick();
      checkEqual(await other.projects.isArchived(id), false, 'it is still archived');
      await checkRejects(tables.commit(one.projects.write.rename('none', 'x')), 'project_not_found');
      await one.projects.setRoles(id, 'service:x', ['runner']);
      const made = await one.keys.create(key('local', id));
      await tables.commit([
        ...one.grants.write.set('model', 'm', [id]),
        ...one.grants.write.set('model', 'n', [everyProject]),
        ...one.owned.write.assign('workflow', 'w', id),
      ]);
      await refresh();
      const remove = (stores: IdentityStores) => tables.commit(stores.projects.write.remove({ id, name: 'Store' }));
      await checkRejects(remove(one), 'conflict');
      await tables.commit(one.owned.write.forget('workflow', 'w'));
      checkEqual(await outcomes([remove(one), remove(other)]), ['done', 'project_not_found'], 'not removed once');
      checkEqual(
        [await other.projects.find(id), await other.keys.has(made.key.id)],
        [undefined, false],
        'something is left',
      );
      await refresh();
      checkEqual(
        other.grants.list(),
        [
          { kind: 'model', id: 'm', projects: [] },
          { kind: 'model', id: 'n', projects: [everyProject] },
        ],
        'the grants differ',
      );
      await checkRejects(one.keys.create(key('local', id)), 'conflict');
      checkEqual(
        (await one.projects.list()).map((project) => project.id),
        ['default'],
        'the list differs',
      );
    },
  },
  {
    name: 'revokes the keys of a service account with it',
    async run({ one, other, tables, clock }) {
      const { service, writes } = one.projects.write.createService('deploy');
      const member = `service:${service.id}`;
      await tables.commit([...writes, ...one.projects.write.setRoles('default', member, ['runner'])]);
      checkEqual(await other.projects.services(), [service], 'the account differs');
      const made = await one.keys.create(key(member));
      await tables.commit(other.projects.write.removeService(service.id));
      checkEqual((await one.keys.get(made.key.id)).revokedAt, clock.time, 'the key is good');
      checkEqual((await one.projects.rolesOf(member)).size, 0, 'it has roles');
      await checkRejects(tables.commit(one.projects.write.removeService(service.id)), 'user_not_found');
    },
  },
  {
    name: 'shows a key once and keeps only its hash',
    async run({ one, other, tables, clock }) {
      const scopes = KeyScopes.parse({ workflows: ['w1'] });
      const made = await one.keys.create({ ...key('local'), scopes });
      check(/^hk_[\w-]{43}$/.test(made.secret) && made.secret.startsWith(made.key.prefix), 'the secret is no key');
      checkEqual(await other.keys.get(made.key.id), made.key, 'it differs from what was made');
      checkEqual((await other.keys.find(made.secret))?.scopes, scopes, 'the secret is unknown');
      checkEqual((await one.keys.get(made.key.id)).usedAt, clock.time, 'its use was not noted');
      checkEqual(await other.keys.find(`${made.secret}x`), undefined, 'another secret is good');
      await tables.commit(one.keys.write.setScopes(made.key.id, KeyScopes.parse({ workflows: ['w2'] })));
      checkEqual((await other.keys.find(made.secret))?.scopes.workflows, ['w2'], 'the scopes are the old ones');
      await one.keys.revoke(made.key.id);
      clock.time += 5;
      await other.keys.revoke(made.key.id);
      checkEqual((await other.keys.find(made.secret))?.revokedAt, clock.time - 5, 'it is not revoked at first');
      await checkRejects(one.keys.revoke('k_none'), 'key_not_found');
      checkEqual(
        (await one.keys.list('default')).map(({ id }) => id),
        [made.key.id],
        'the list differs',
      );
      check(!JSON.stringify(await tables.all('SELECT * FROM api_keys')).includes(made.secret), 'the secret is stored');
    },
  },
];

const groups: readonly SuiteCase<IdentitySubject>[] = [
  {
    name: 'has groups of members, whose names differ in more than their case',
    async run({ one, other, tables }) {
      const made = await outcomes(['Law', ' LAW '].map((name) => tables.commit(one.groups.write.create(name).writes)));
      checkEqual(made, ['conflict', 'done'], 'two groups have one name');
      const { group, writes } = one.groups.write.create('Shop');
      await tables.commit(writes);
      checkEqual(await other.groups.byName('shop'), group, 'it was not found by its name');
      await checkRejects(tables.commit(one.groups.write.rename(group.id, 'law')), 'conflict');
      await tables.commit(one.groups.write.rename(group.id, 'SHOP'));
      checkEqual(
        (await other.groups.list()).map(({ name }) => name.trim().toLowerCase()),
        ['law', 'shop'],
        'the list differs',
      );
      const add = (stores: IdentityStores) => tables.commit(stores.groups.write.addMember(group.id, 'user:a'));
      checkEqual(await outcomes([add(one), add(other)]), ['conflict', 'done'], 'a member was added twice');
      checkEqual(await other.groups.groupsOf(['user:b', 'user:a']), [group.id], 'the groups of a member differ');
      await tables.commit(one.groups.write.removeMember(group.id, 'user:a'));
      checkEqual(await other.groups.members(group.id), [], 'it is still a member');
      await tables.commit(one.groups.write.remove(group.id));
      await checkRejects(other.groups.get(group.id), 'group_not_found');
      await checkRejects(add(one), 'group_not_found');
      await tables.commit(one.groups.write.setClaimed('u', 'https://a', ['b', 'a', 'b']));
      checkEqual(
        [
          await other.groups.claimed('u', 'https://a'),
          await other.groups.claimed('u', 'https://b'),
          await one.groups.allClaimed('https://a'),
        ],
        [['a', 'b'], [], ['a', 'b']],
        'claims',
      );
    },
  },
  {
    name: 'takes a refresh token once; a second use, also at once, names its consent',
    async run({ one, other, clock }) {
      const tokens = await one.oauth.give('k1', 'c', { access: hour, refresh: day });
      checkEqual(
        await other.oauth.find(tokens.access),
        { kind: 'access', keyId: 'k1', client: 'c', expiresAt: clock.time + hour },
        'the token differs',
      );
      checkEqual(await other.oauth.take(tokens.access), undefined, 'an access token is a refresh token');
      const took = await Promise.all([one.oauth.take(tokens.refresh), other.oauth.take(tokens.refresh)]);
      checkEqual(took.map((found) => found !== undefined && 'reused' in found).sort(), [false, true], 'not used once');
      checkEqual(await one.oauth.take(tokens.refresh), { reused: 'k1' }, 'a second use is not known');
      const more = await one.oauth.give('k1', 'c', { access: hour, refresh: day });
      await other.oauth.end(more.access);
      checkEqual(await one.oauth.find(more.access), undefined, 'an ended token is good');
      await other.oauth.endAll('k1');
      checkEqual(await one.oauth.take(more.refresh), undefined, 'a token of an ended consent is good');
      const late = await one.oauth.give('k1', 'c', { access: hour, refresh: day });
      clock.time += hour;
      checkEqual(await one.oauth.find(late.access), undefined, 'a late token is good');
    },
  },
  {
    name: 'registers programs up to a number: unconnected ones give way, the oldest first',
    async run({ one, other, clock }) {
      const register = (stores: IdentityStores, name: string) =>
        stores.oauth.register({ name, redirectUris: ['https://a'] }, 3);
      const made = [];
      for (const name of ['a', 'b', 'c']) {
        clock.time += 1;
        made.push((await register(one, name))?.id ?? '');
      }
      await one.oauth.keepClient(made[0] ?? '');
      clock.time += 1;
      const fourth = await register(other, 'd');
      const there = await Promise.all(
        [...made, fourth?.id ?? ''].map(async (id) => (await one.oauth.client(id))?.name),
      );
      checkEqual(
        there.map((name) => name ?? null),
        ['a', null, 'c', 'd'],
        'other programs gave way',
      );
      for (const id of [made[2], fourth?.id]) await one.oauth.keepClient(id ?? '');
      checkEqual(await register(one, 'e'), undefined, 'there are more than the number');
      clock.time += 2 * day;
      checkEqual((await other.oauth.client(made[2] ?? ''))?.name, 'c', 'a connected program was removed');
    },
  },
];

const grants: readonly SuiteCase<IdentitySubject>[] = [
  {
    name: 'grants things to projects in all processes, and forgets the grants of a removed thing',
    async run({ one, other, tables, refresh }) {
      const { revision } = one.grants;
      await tables.commit(one.grants.write.set('model', 'm', ['b', 'a', 'b']));
      checkEqual(one.grants.granted('model', 'm'), ['a', 'b'], 'an own grant does not count at once');
      check(one.grants.revision !== revision, 'the revision stays');
      await tables.commit([...one.grants.write.set('tool', 'm', []), ...one.grants.write.set('model', 'l', ['*'])]);
      await refresh();
      checkEqual(
        [other.grants.granted('model', 'm'), other.grants.granted('tool', 'm'), other.grants.granted('tool', 'x')],
        [['a', 'b'], [], undefined],
        'the grants of the other process differ',
      );
      checkEqual(
        other.grants.list().map(({ kind, id }) => `${kind} ${id}`),
        ['model l', 'model m', 'tool m'],
        'the list differs',
      );
      await tables.commit(one.grants.write.forget('model', 'm'));
      await refresh();
      checkEqual(
        [one.grants.granted('model', 'm'), other.grants.granted('model', 'm')],
        [undefined, undefined],
        'it is not forgotten',
      );
    },
  },
  {
    name: 'lets one of two changes of the same grants win, so that a revoked grant does not come back',
    async run({ one, other, tables, refresh }) {
      await tables.commit(one.grants.write.set('model', 'm', ['a', 'b']));
      await refresh();
      const change = (
        stores: IdentityStores,
        id: string,
        before: readonly string[] | undefined,
        after: readonly string[],
      ) => tables.commit(stores.grants.write.replace('model', id, before, after));
      const before = other.grants.granted('model', 'm');
      checkEqual(before, ['a', 'b'], 'the other process does not know them');
      const changed = [change(one, 'm', before, ['a']), change(other, 'm', before, ['a', 'b', 'c'])];
      checkEqual(await outcomes(changed), ['conflict', 'done'], 'not one of two changes');
      const made = [change(one, 'new', undefined, ['a']), change(other, 'new', undefined, ['b'])];
      checkEqual(await outcomes(made), ['conflict', 'done'], 'not one of two first grants');
      await tables.commit(one.grants.write.set('model', 'm', ['a']));
      await checkRejects(change(other, 'm', before, ['a', 'b', 'c']), 'conflict');
      await refresh();
      checkEqual(other.grants.granted('model', 'm'), ['a'], 'a revoked grant is back');
    },
  },
  {
    name: 'knows the project of things; what is not written down is of the first one',
    async run({ one, other, tables, refresh }) {
      const { id } = await one.projects.create('Shop');
      checkEqual(one.owned.projectsOf('workflow', 'w'), ['default'], 'nothing is known');
      await tables.commit(one.owned.write.assign('workflow', 'w', id));
      checkEqual(one.owned.projectsOf('workflow', 'w'), [id], 'an own assignment does not count at once');
      await refresh();
      checkEqual(other.owned.projectsOf('workflow', 'w'), [id], 'the other process does not know it');
      await tables.commit(one.owned.write.assign('workflow', 'v', 'default'));
      checkEqual(await tables.all("SELECT id FROM owned WHERE id = 'v'"), [], 'the first project has a row');
      const file = (stores: IdentityStores, project: string) =>
        tables.commit(stores.owned.write.assign('file', 'f', project));
      await Promise.all([file(one, id), file(other, id), file(other, 'default')]);
      checkEqual(await one.owned.projectsOfFile('f'), ['default', id].sort(), 'a file is of one project only');
      await tables.commit([...one.owned.write.forget('workflow', 'w'), ...one.owned.write.forget('file', 'f')]);
      await refresh();
      checkEqual(
        [other.owned.projectsOf('workflow', 'w'), await other.owned.projectsOfFile('f')],
        [['default'], ['default']],
        'it is not forgotten',
      );
    },
  },
];

/** The conformance suite of identity stores. */
export const identitySuite: readonly SuiteCase<IdentitySubject>[] = [...people, ...projects, ...groups, ...grants];
