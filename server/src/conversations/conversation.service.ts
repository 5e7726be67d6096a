import type { IdentityStores } from '@heddle/adapters/identity';
import {
  HeddleError,
  type Audit,
  type Clock,
  type ConversationFilters,
  type ConversationQuery,
  type ConversationReply,
  type Conversations,
  type ConversationScope,
  type ConversationsQuery,
  type ConversationsReply,
  type EraseConversationsQuery,
  type ErasedConversations,
  type ErasedConversationsReply,
  type Principal,
  type StoredConversation,
} from '@heddle/core';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { searchConversations } from './search-conversations.js';
import { ConversationReach, type ConversationRight } from './reach.js';

export interface ConversationParts {
  readonly conversations: Conversations;
  readonly audit: Audit;
  readonly stores: IdentityStores;
  readonly clock: Pick<Clock, 'now'>;
}

/** Conversations that are read or erased between two turns of the event loop. */
const page = 100;

/** Stored conversations, for the people who may see them: listed, exported, erased. Exports and erasures are recorded, without what was said. */
export class ConversationService {
  private readonly reach: ConversationReach;

  constructor(private readonly parts: ConversationParts) {
    const { stores, clock } = parts;
    this.reach = new ConversationReach(clock, () => stores.projects.list().map(({ id }) => id));
  }

  async list(caller: Principal, project: string | undefined, query: ConversationsQuery): Promise<ConversationsReply> {
    const asked = { ...this.queryOf(caller, 'run:values', project, query), after: query.after };
    const conversations = await this.first(query.limit, asked, query.search);
    const last = conversations.length < query.limit ? undefined : conversations.at(-1);
    return {
      conversations: [...conversations],
      names: this.namesOf(conversations),
      ...(last === undefined ? {} : { next: `${last.updatedAt}_${last.id}` }),
    };
  }

  /** Errors: `not_found`. */
  read(
    caller: Principal,
    id: string,
    options: { readonly limit: number; readonly before?: number | undefined },
  ): ConversationReply {
    this.find(caller, 'run:values', id);
    const { limit, before = Infinity } = options;
    const found = this.parts.conversations.read(id, {
      limit,
      ...(before === Infinity ? {} : { before }),
    });
    if (found === undefined) throw absent();
    const first = Math.min(before, found.turns + 1) - found.said.length;
    return { ...found, ...(first > 1 ? { next: first } : {}) };
  }

  /** One conversation a line, as JSON. What is exported stands in the record before it begins. */
  async export(
    caller: Principal,
    project: string | undefined,
    filters: ConversationFilters,
  ): Promise<AsyncIterable<string>> {
    const query = this.queryOf(caller, 'run:values', project, filters);
    const details = {
      step: 'conversations',
      by: namesOfFilters(filters),
      // How many hold certain words is known only once they were looked through.
      ...(filters.search === undefined ? { conversations: this.parts.conversations.count(query) } : {}),
    };
    await this.parts.audit.write([
      { act: 'export', who: caller.id, subject: 'conversations', isAllowed: true, details, ...placeOf(query.within) },
    ]);
    return this.lines(query, filters.search);
  }

  /** Errors: `not_found`, `forbidden` for who may read it and not erase it. */
  async eraseOne(caller: Principal, id: string): Promise<ErasedConversationsReply> {
    const { owner } = this.find(caller, 'workflow:write', id);
    const erased = await this.eraseNow(caller, [id], {
      subject: `conversation:${id}`,
      ...(owner === undefined ? {} : { project: owner.project }),
    });
    this.parts.conversations.forgetErased();
    return erased;
  }

  /** Erases what was written until now, piece by piece, each with its record. */
  async erase(
    caller: Principal,
    project: string | undefined,
    query: EraseConversationsQuery,
  ): Promise<ErasedConversationsReply> {
    const { before, ...filters } = query;
    const writtenBefore = before ?? this.parts.clock.now() + 1;
    const asked = { ...this.queryOf(caller, 'workflow:write', project, filters), writtenBefore };
    const about = { subject: 'conversations', by: namesOfFilters(query), ...placeOf(asked.within) };
    const sum = { conversations: 0, turns: 0 };
    for (;;) {
      const ids = (await this.first(page, asked, filters.search)).map(({ id }) => id);
      if (ids.length > 0 || sum.conversations === 0) {
        const { conversations, turns } = await this.eraseNow(caller, ids, about);
        sum.conversations += conversations;
        sum.turns += turns;
      }
      if (ids.length < page) break;
      await nextTurn();
    }
    this.parts.conversations.forgetErased();
    return sum;
  }

  private eraseNow(
    caller: Principal,
    ids: readonly string[],
    about: { readonly subject: string; readonly project?: string; readonly by?: readonly string[] },
  ): Promise<ErasedConversations> {
    const { subject, project, by } = about;
    return this.parts.audit.act(
      ({ conversations, turns, hashes }: ErasedConversations) => [
        {
          ...({ act: 'erase', who: caller.id, subject, isAllowed: true } as const),
          ...(project === undefined ? {} : { project }),
          details: { step: 'conversations', ...(by === undefined ? {} : { by }), conversations, turns, hashes },
        },
      ],
      () => this.parts.conversations.erase(ids),
    );
  }

  /** Errors: `not_found`, in the same words for what is not there and what is not for the caller; `forbidden` where they may read it. */
  private find(caller: Principal, right: ConversationRight, id: string): StoredConversation {
    const found = this.parts.conversations.find(id);
    if (found === undefined || !this.reach.reaches(caller, 'run:values', found)) throw absent();
    if (this.reach.reaches(caller, right, found)) return found;
    throw new HeddleError('forbidden', `'${caller.name}' must not do this: it needs the right '${right}'.`, {
      details: { permission: right },
    });
  }

  /** Errors: `forbidden`, `project_not_found`. */
  private queryOf(
    caller: Principal,
    right: ConversationRight,
    named: string | undefined,
    { project = named, workflow, subject, session, unassigned }: ConversationFilters,
  ): ConversationQuery {
    return { within: this.scopes(caller, right, project, unassigned), workflow, subject, session, limit: page };
  }

  private async first(
    most: number,
    query: ConversationQuery,
    words: string | undefined,
  ): Promise<StoredConversation[]> {
    const found: StoredConversation[] = [];
    for await (const conversation of searchConversations(this.parts.conversations, query, words)) {
      found.push(conversation);
      if (found.length === most) break;
    }
    return found;
  }

  private scopes(
    caller: Principal,
    right: ConversationRight,
    project: string | undefined,
    isUnassigned = false,
  ): readonly ConversationScope[] {
    if (!isUnassigned) return this.reach.within(caller, right, project);
    if (this.reach.mayAssign(caller)) return [{ isUnassigned }];
    throw new HeddleError(
      'forbidden',
      `'${caller.name}' must not see conversations without an owner: it needs the right 'project:manage'.`,
      { details: { permission: 'project:manage' } },
    );
  }

  private async *lines(query: ConversationQuery, words: string | undefined): AsyncGenerator<string> {
    for await (const { id } of searchConversations(this.parts.conversations, query, words)) {
      const whole = this.parts.conversations.read(id);
      if (whole !== undefined) yield `${JSON.stringify(whole)}\n`;
    }
  }

  private namesOf(conversations: readonly StoredConversation[]): Record<string, string> {
    const { users, keys, projects } = this.parts.stores;
    const owners = conversations.flatMap(({ owner }) => owner ?? []);
    const wanted = new Set(owners.map(({ subject }) => subject));
    const known: (readonly [string, string])[] = [
      ...users.list().map(({ id, name }) => [`user:${id}`, name] as const),
      ...projects.services().map(({ id, name }) => [`service:${id}`, name] as const),
      ...[...new Set(owners.map(({ project }) => project))].flatMap((project) =>
        keys.list(project).map(({ id, name }) => [`key:${id}`, name] as const),
      ),
    ];
    return Object.fromEntries(known.filter(([subject]) => wanted.has(subject)));
  }
}

/** The words of the guard for a conversation of another project. */
const absent = (): HeddleError =>
  new HeddleError('not_found', 'There is no such conversation here, or it is not for you to see.');

/** Which filters were given: what they hold may name people. */
const namesOfFilters = (filters: object): readonly string[] =>
  Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [name]));

function placeOf(within: readonly ConversationScope[]): { readonly project?: string } {
  const [first] = within;
  return within.length === 1 && first !== undefined && 'project' in first ? { project: first.project } : {};
}
