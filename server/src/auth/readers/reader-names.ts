import type { IdentityStores, StoredKey } from '@heddle/adapters/identity';
import { HeddleError, Reader, subjectOf, type Clock, type Principal, type RunCaller } from '@heddle/core';

/**
 * The names under which lists of readers include a caller. They are computed for each search from the present state: a disabled user, a
 * revoked key and a removed member have no names any more, even in a run that is in progress.
 */
export class ReaderNames {
  constructor(
    private readonly stores: Pick<IdentityStores, 'users' | 'keys' | 'projects' | 'groups'>,
    private readonly clock: Pick<Clock, 'now'>,
    /** The sign-in provider whose groups count; groups of an earlier provider do not. */
    private readonly issuer: string | undefined,
  ) {}

  /**
   * The names of the subject of a run, as its channel recorded it. `isOwn`: the documents belong to the project of the run; end users are
   * known only in the project whose keys name them. A schedule, webhook, batch or anonymous user has no names.
   */
  async ofRun(caller: RunCaller | undefined, { isOwn }: { readonly isOwn: boolean }): Promise<readonly string[]> {
    const subject = subjectOf(caller);
    if (!subject.startsWith('end-user:')) return this.of(subject);
    const key = await this.keyOf(caller?.principal ?? '');
    const speaks = key?.scopes.permissions.includes('speak-for-users') === true;
    if (!isOwn || !speaks) return [];
    return [subject, ...(caller?.endUserGroups ?? []).map((name) => `end-user-group:${name}`)];
  }

  /** The names of a principal who makes an HTTP request. */
  ofPrincipal({ id }: Pick<Principal, 'id'>): Promise<readonly string[]> {
    return this.of(id);
  }

  /**
   * Replaces names as people write them, such as `user:ada@example.org` or `group:Legal`, by the names with ids that lists store. Errors:
   * `bad_request`.
   */
  async resolve(readers: readonly string[]): Promise<readonly string[]> {
    const resolved: string[] = [];
    for (const reader of readers) resolved.push((await this.known(reader)) ?? refuseReader(reader));
    return resolved;
  }

  private async known(reader: string): Promise<string | undefined> {
    if (!Reader.safeParse(reader).success) return undefined;
    const { users, groups, keys, projects } = this.stores;
    const [kind, name] = partsOf(reader);
    switch (kind) {
      case 'user':
        return (await users.list()).some(({ id }) => id === name)
          ? reader
          : named('user', (await users.byEmail(name))?.id);
      case 'group':
        return (await groups.list()).some(({ id }) => id === name)
          ? reader
          : named('group', (await groups.byName(name))?.id);
      case 'service':
        return (await projects.services()).some(({ id }) => id === name) ? reader : undefined;
      case 'key':
        return (await keys.has(name)) ? reader : undefined;
      default:
        return reader;
    }
  }

  private async of(subject: string): Promise<readonly string[]> {
    const own = await this.ownNames(subject);
    if (own.length === 0) return [];
    return [...own, ...(await this.stores.groups.groupsOf(own)).map((id) => `group:${id}`)];
  }

  private async ownNames(subject: string): Promise<readonly string[]> {
    const { users, groups, projects } = this.stores;
    const [kind, id] = partsOf(subject);
    switch (kind) {
      case 'local':
        return subject === 'local' ? ['local'] : [];
      case 'user': {
        const user = await found(() => users.get(id));
        if (user === undefined || user.isDisabled) return [];
        const claimed = this.issuer === undefined ? [] : await groups.claimed(id, this.issuer);
        // Sources name people by their addresses, which never change here.
        return [subject, `user:${user.email}`, ...claimed.map((name) => `oidc-group:${name}`)];
      }
      case 'service':
        return (await projects.services()).some((one) => one.id === id) ? [subject] : [];
      case 'key': {
        const key = await this.keyOf(subject);
        if (key === undefined) return [];
        // The key of a person may serve others, so it does not get the name of that person.
        return key.owner.startsWith('service:') ? [subject, key.owner] : [subject];
      }
      default:
        return [];
    }
  }

  /** The key of a principal, if it is valid now. */
  private async keyOf(principal: string): Promise<StoredKey | undefined> {
    const [kind, id] = partsOf(principal);
    if (kind !== 'key') return undefined;
    const key = await found(() => this.stores.keys.get(id));
    if (key === undefined || key.revokedAt !== undefined) return undefined;
    return (key.scopes.expiresAt ?? Infinity) <= this.clock.now() ? undefined : key;
  }
}

/** Errors: `bad_request`. */
function refuseReader(reader: string): never {
  throw new HeddleError(
    'bad_request',
    `There is no reader '${reader}': name a user by address or id, a group by name or id, a service account or key by id.`,
    { details: { reader } },
  );
}

function partsOf(name: string): readonly [kind: string, id: string] {
  const at = name.indexOf(':');
  return at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at + 1)];
}

const named = (kind: string, id: string | undefined): string | undefined =>
  id === undefined ? undefined : `${kind}:${id}`;

/** The result, or undefined if the store does not have it. */
async function found<Found>(get: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await get();
  } catch (error) {
    if (error instanceof HeddleError && (error.code === 'user_not_found' || error.code === 'key_not_found'))
      return undefined;
    throw error;
  }
}
