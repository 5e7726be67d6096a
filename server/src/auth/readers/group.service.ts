import type { IdentityStores, StoredGroup } from '@heddle/adapters/identity';
import { HeddleError, type Audit, type GroupReply, type Principal, type ReaderChoice } from '@heddle/core';

type Who = Pick<Principal, 'id'>;

/** Manages the groups that lists of readers name. A change takes effect at the next search, even in runs that are in progress. */
export class GroupService {
  constructor(
    private readonly stores: IdentityStores,
    private readonly audit: Audit,
    private readonly issuer: string | undefined,
  ) {}

  async list(): Promise<GroupReply[]> {
    const names = await this.namesOfPeople();
    const groups = await this.stores.groups.list();
    return Promise.all(groups.map((group) => this.reply(group, names)));
  }

  /** The groups that the sign-in provider has reported for users. */
  async claimed(): Promise<string[]> {
    return this.issuer === undefined ? [] : [...(await this.stores.groups.allClaimed(this.issuer))];
  }

  /** Errors: `conflict`. */
  async create(who: Who, name: string): Promise<GroupReply> {
    const { group, writes } = this.stores.groups.write.create(name);
    const details = { step: 'group made', name } as const;
    await this.audit.commit({ kind: 'user', who: who.id, subject: `group:${group.id}`, details }, writes);
    return this.reply(group, await this.namesOfPeople());
  }

  /** Errors: `group_not_found`, `conflict`. */
  async rename(who: Who, id: string, name: string): Promise<GroupReply> {
    const details = { step: 'group renamed', name } as const;
    const renamed = this.stores.groups.write.rename(id, name);
    await this.audit.commit({ kind: 'user', who: who.id, subject: `group:${id}`, details }, renamed);
    return this.reply(await this.stores.groups.get(id), await this.namesOfPeople());
  }

  /** Removes a group. Documents keep its id in their lists, but nobody has that id any more. Errors: `group_not_found`. */
  async remove(who: Who, id: string): Promise<void> {
    const { name } = await this.stores.groups.get(id);
    const details = { step: 'group removed', name } as const;
    const removed = this.stores.groups.write.remove(id);
    await this.audit.commit({ kind: 'user', who: who.id, subject: `group:${id}`, details }, removed);
  }

  /** Errors: `group_not_found`, `bad_request` if it names no member of this installation. */
  async addMember(who: Who, id: string, given: string): Promise<GroupReply> {
    const member = await this.memberOf(given);
    const { groups } = this.stores;
    await groups.get(id);
    if (!(await groups.members(id)).includes(member)) {
      const details = { step: 'group member added', member } as const;
      const added = groups.write.addMember(id, member);
      await this.audit.commit({ kind: 'user', who: who.id, subject: `group:${id}`, details }, added);
    }
    return this.reply(await groups.get(id), await this.namesOfPeople());
  }

  /** Errors: `group_not_found`, `not_found`. */
  async removeMember(who: Who, id: string, given: string): Promise<GroupReply> {
    const { groups, users } = this.stores;
    await groups.get(id);
    const user = given.startsWith('user:') ? await users.byEmail(given.slice('user:'.length)) : undefined;
    const member = user === undefined ? given : `user:${user.id}`;
    if (!(await groups.members(id)).includes(member))
      throw new HeddleError('not_found', `The group has no member '${member}'.`, { details: { group: id } });
    const details = { step: 'group member removed', member } as const;
    const removed = groups.write.removeMember(id, member);
    await this.audit.commit({ kind: 'user', who: who.id, subject: `group:${id}`, details }, removed);
    return this.reply(await groups.get(id), await this.namesOfPeople());
  }

  /** The readers that a collection of this project can name. */
  async choices(project: string): Promise<ReaderChoice[]> {
    const { groups, users, projects, keys } = this.stores;
    const choice = (reader: string, title: string): ReaderChoice => ({ reader, title });
    return [
      ...(await groups.list()).map(({ id, name }) => choice(`group:${id}`, name)),
      ...(await this.claimed()).map((name) => choice(`oidc-group:${name}`, name)),
      ...(await users.list())
        .filter(({ isDisabled }) => !isDisabled)
        .map(({ id, name, email }) => choice(`user:${id}`, `${name} (${email})`)),
      ...(await projects.services()).map(({ id, name }) => choice(`service:${id}`, name)),
      ...(await keys.list(project))
        .filter(({ revokedAt }) => revokedAt === undefined)
        .map(({ id, name }) => choice(`key:${id}`, name)),
    ];
  }

  /** Errors: `bad_request`. */
  private async memberOf(given: string): Promise<string> {
    const { users, projects, keys } = this.stores;
    const at = given.indexOf(':');
    const kind = given.slice(0, at);
    const name = given.slice(at + 1);
    const user =
      kind === 'user' ? ((await users.list()).find(({ id }) => id === name) ?? (await users.byEmail(name))) : undefined;
    if (user !== undefined) return `user:${user.id}`;
    if (kind === 'oidc-group' && /^[^\p{Cc}\p{Cf}\p{Cs}]{1,256}$/u.test(name)) return given;
    if (kind === 'service' && (await projects.services()).some(({ id }) => id === name)) return given;
    if (kind === 'key' && (await keys.has(name))) return given;
    throw new HeddleError(
      'bad_request',
      `'${given}' cannot be a member: name a user (user:ADDRESS or user:ID), service:ID, key:ID or oidc-group:NAME.`,
    );
  }

  private async namesOfPeople(): Promise<ReadonlyMap<string, string>> {
    const { users, projects } = this.stores;
    return new Map([
      ...(await users.list()).map(({ id, name }) => [`user:${id}`, name] as const),
      ...(await projects.services()).map(({ id, name }) => [`service:${id}`, name] as const),
    ]);
  }

  private async reply({ id, name, createdAt }: StoredGroup, names: ReadonlyMap<string, string>): Promise<GroupReply> {
    const members = (await this.stores.groups.members(id)).map((member) => ({
      member,
      title: names.get(member) ?? member,
    }));
    return { id, name, createdAt, members };
  }
}
