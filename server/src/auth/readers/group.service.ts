import type { IdentityStores, StoredGroup } from '@heddle/adapters/identity';
import { HeddleError, type Audit, type GroupReply, type Principal, type ReaderChoice } from '@heddle/core';

type Who = Pick<Principal, 'id'>;

/** Groups for lists of readers. A change acts on the next search, also of runs that go on. */
export class GroupService {
  constructor(
    private readonly stores: IdentityStores,
    private readonly audit: Audit,
    private readonly issuer: string | undefined,
  ) {}

  list(): GroupReply[] {
    const names = this.namesOfPeople();
    return this.stores.groups.list().map((group) => this.reply(group, names));
  }

  /** Names that the sign-in provider said of users. */
  claimed(): string[] {
    return this.issuer === undefined ? [] : [...this.stores.groups.allClaimed(this.issuer)];
  }

  /** Errors: `conflict`. */
  async create(who: Who, name: string): Promise<GroupReply> {
    const group = await this.audit.write(
      (made) => ({ kind: 'user', who: who.id, subject: `group:${made.id}`, details: { step: 'group made', name } }),
      () => this.stores.groups.create(name),
    );
    return this.reply(group, this.namesOfPeople());
  }

  /** Errors: `group_not_found`, `conflict`. */
  async rename(who: Who, id: string, name: string): Promise<GroupReply> {
    const details = { step: 'group renamed', name } as const;
    const group = await this.audit.write({ kind: 'user', who: who.id, subject: `group:${id}`, details }, () =>
      this.stores.groups.rename(id, name),
    );
    return this.reply(group, this.namesOfPeople());
  }

  /** Documents keep the id in their lists; nobody has it again. Errors: `group_not_found`. */
  async remove(who: Who, id: string): Promise<void> {
    await this.audit.write(
      ({ name }) => ({ kind: 'user', who: who.id, subject: `group:${id}`, details: { step: 'group removed', name } }),
      () => this.stores.groups.remove(id),
    );
  }

  /** Errors: `group_not_found`, `bad_request` for what is no member of this Heddle. */
  async addMember(who: Who, id: string, given: string): Promise<GroupReply> {
    const member = this.memberOf(given);
    const { groups } = this.stores;
    groups.get(id);
    if (!groups.members(id).includes(member)) {
      const details = { step: 'group member added', member } as const;
      await this.audit.write({ kind: 'user', who: who.id, subject: `group:${id}`, details }, () =>
        groups.addMember(id, member),
      );
    }
    return this.reply(groups.get(id), this.namesOfPeople());
  }

  /** Errors: `group_not_found`, `not_found`. */
  async removeMember(who: Who, id: string, given: string): Promise<GroupReply> {
    const { groups, users } = this.stores;
    groups.get(id);
    const user = given.startsWith('user:') ? users.byEmail(given.slice('user:'.length)) : undefined;
    const member = user === undefined ? given : `user:${user.id}`;
    if (!groups.members(id).includes(member))
      throw new HeddleError('not_found', `The group has no member '${member}'.`, { details: { group: id } });
    const details = { step: 'group member removed', member } as const;
    await this.audit.write({ kind: 'user', who: who.id, subject: `group:${id}`, details }, () =>
      groups.removeMember(id, member),
    );
    return this.reply(groups.get(id), this.namesOfPeople());
  }

  /** What a list of readers of a collection of this project can name. */
  choices(project: string): ReaderChoice[] {
    const { groups, users, projects, keys } = this.stores;
    const choice = (reader: string, title: string): ReaderChoice => ({ reader, title });
    return [
      ...groups.list().map(({ id, name }) => choice(`group:${id}`, name)),
      ...this.claimed().map((name) => choice(`oidc-group:${name}`, name)),
      ...users
        .list()
        .filter(({ isDisabled }) => !isDisabled)
        .map(({ id, name, email }) => choice(`user:${id}`, `${name} (${email})`)),
      ...projects.services().map(({ id, name }) => choice(`service:${id}`, name)),
      ...keys
        .list(project)
        .filter(({ revokedAt }) => revokedAt === undefined)
        .map(({ id, name }) => choice(`key:${id}`, name)),
    ];
  }

  /** Errors: `bad_request`. */
  private memberOf(given: string): string {
    const { users, projects, keys } = this.stores;
    const at = given.indexOf(':');
    const [kind, name] = [given.slice(0, at), given.slice(at + 1)];
    const user = kind === 'user' ? (users.list().find(({ id }) => id === name) ?? users.byEmail(name)) : undefined;
    if (user !== undefined) return `user:${user.id}`;
    if (kind === 'oidc-group' && /^[^\p{Cc}\p{Cf}\p{Cs}]{1,256}$/u.test(name)) return given;
    if (kind === 'service' && projects.services().some(({ id }) => id === name)) return given;
    if (kind === 'key' && projects.list().some(({ id }) => keys.list(id).some((key) => key.id === name))) return given;
    throw new HeddleError(
      'bad_request',
      `'${given}' cannot be a member: name a user (user:ADDRESS or user:ID), service:ID, key:ID or oidc-group:NAME.`,
    );
  }

  private namesOfPeople(): ReadonlyMap<string, string> {
    const { users, projects } = this.stores;
    return new Map([
      ...users.list().map(({ id, name }) => [`user:${id}`, name] as const),
      ...projects.services().map(({ id, name }) => [`service:${id}`, name] as const),
    ]);
  }

  private reply({ id, name, createdAt }: StoredGroup, names: ReadonlyMap<string, string>): GroupReply {
    const members = this.stores.groups.members(id).map((member) => ({ member, title: names.get(member) ?? member }));
    return { id, name, createdAt, members };
  }
}
