import { randomUUID } from 'node:crypto';
import { collectionNotFound, HeddleError, type CreateCollection, type Rename } from '@heddle/core';
import { z } from 'zod';
import { pause, type Connection } from './connection.js';
import { isNameTaken } from './indexes.js';
import { Namespace, type Found, type NamespaceContext, type Row } from './namespace.js';
import { nameTaken } from '../shared/name-taken.js';
import { State, type Entry } from '../shared/names-chain.js';

type State = z.infer<typeof State>;

/** The newest state of the names, with its number. */
interface Newest {
  readonly number: number;
  readonly state: State;
}

/** The namespace with the states of the names. */
const home = 'names';
/** The prefix of the namespaces that serve as tickets. */
const ticketStart = 'names.';
/** Characters in a piece of a state. */
const pieceLength = 30_000;
/** Most marks of changes that are kept. */
const keptMarks = 100;
/** Most states that are kept. */
const keptStates = 5;
/** Milliseconds that a program waits for another program's change. */
const ticketMs = 10_000;
/** Milliseconds between two checks. */
const pauseMs = 200;
const mostTries = 200;

/**
 * The names of all collections, in one record that each change writes again. Pinecone has no conditional writes, but it creates a namespace
 * of a name only once. So a change first creates the namespace of the next number, its ticket; if two programs try, one is refused and
 * starts again.
 */
export class Names {
  private readonly context: NamespaceContext;
  private readonly base: () => Promise<string>;

  constructor(context: NamespaceContext, base: () => Promise<string>) {
    this.context = context;
    this.base = base;
  }

  async all(): Promise<ReadonlyMap<string, Entry>> {
    return new Map((await this.newest()).state.collections);
  }

  /** Errors: `collection_not_found`. */
  async find(name: string): Promise<Entry> {
    const entry = (await this.all()).get(name);
    if (entry === undefined) throw collectionNotFound(name);
    return entry;
  }

  /** Errors: `collection_exists`. */
  async add({ name, embedding, dimensions, splitter, label }: CreateCollection, tenant: string): Promise<void> {
    const entry = { embedding, dimensions, splitter, label, tenant, createdAt: Date.now() };
    await this.change((names) => {
      if (names.has(name)) throw nameTaken(name);
      return new Map([...names, [name, entry]]);
    });
  }

  /** Removes a name and returns its entry; undefined if there was none. */
  async remove(name: string): Promise<Entry | undefined> {
    let removed: Entry | undefined;
    await this.change((names) => {
      removed = names.get(name);
      return removed === undefined ? undefined : new Map([...names].filter(([other]) => other !== name));
    });
    return removed;
  }

  /** Errors: `collection_not_found`, `collection_exists`. */
  async rename(moves: readonly Rename[]): Promise<void> {
    await this.change((names) => {
      const left = new Set(moves.map(({ from }) => from));
      const after = new Map([...names].filter(([name]) => !left.has(name)));
      for (const { from, to } of moves) {
        const entry = names.get(from);
        if (entry === undefined) throw collectionNotFound(from);
        if (after.has(to)) throw nameTaken(to);
        after.set(to, entry);
      }
      return after;
    });
  }

  private async change(
    work: (names: ReadonlyMap<string, Entry>) => ReadonlyMap<string, Entry> | undefined,
  ): Promise<void> {
    for (let tried = 1; tried <= mostTries; tried += 1) {
      const before = await this.settled();
      const names = work(new Map(before.state.collections));
      if (names === undefined) return;
      const number = before.ticket + 1;
      if (!(await this.take(number))) continue;
      const mark = randomUUID();
      const changes = [...before.state.changes, mark].slice(-keptMarks);
      await this.write(number, { heddle: 1, changes, collections: [...names] });
      // A slow program may have written an earlier number in the meantime, and a faster one a later number.
      if (!(await this.newest()).state.changes.includes(mark)) continue;
      await this.sweep(number);
      return;
    }
    throw new HeddleError('vector_store_failed', 'Other programs keep changing the names of collections: try again.', {
      retryable: true,
    });
  }

  /** The newest names, once the last ticket's state is written or its program has had `ticketMs`. */
  private async settled(): Promise<Newest & { readonly ticket: number }> {
    for (const end = Date.now() + ticketMs; ;) {
      const tickets = await this.tickets();
      const newest = await this.newest();
      const ticket = Math.max(newest.number, ...tickets);
      if (newest.number >= ticket || Date.now() > end) return { ...newest, ticket };
      await pause(pauseMs, this.context.signal);
    }
  }

  private async take(number: number): Promise<boolean> {
    const { connection, signal } = this.context;
    const body = { name: ticketOf(number) };
    try {
      await connection.send({ method: 'POST', base: await this.base(), path: '/namespaces', body, signal });
      return true;
    } catch (error) {
      if (isNameTaken(error)) return false;
      throw error;
    }
  }

  private async tickets(): Promise<readonly number[]> {
    return (await namespacesOf(this.context.connection, await this.base(), ticketStart))
      .map((name) => Number(name.slice(ticketStart.length)))
      .filter(Number.isSafeInteger);
  }

  private async write(number: number, state: State): Promise<void> {
    const text = Buffer.from(JSON.stringify(state), 'utf8').toString('base64');
    const parts = Math.ceil(text.length / pieceLength);
    const rows = Array.from({ length: parts }, (_, at): Row => {
      const payload = text.slice(at * pieceLength, (at + 1) * pieceLength);
      const metadata = { kind: 'names', number, part: at + 1, parts, payload };
      return { id: `names.${number}.${at + 1}`, sparseValues: { indices: [0], values: [1] }, metadata };
    });
    await (await this.space()).upsert(rows);
  }

  private async newest(): Promise<Newest> {
    const found = await (await this.space()).read({ kind: { $eq: 'names' } });
    const pieces = found.map((one) => readPiece(one)).sort((a, b) => b.number - a.number || a.part - b.part);
    for (const number of new Set(pieces.map((piece) => piece.number))) {
      const own = pieces.filter((piece) => piece.number === number);
      if (own.length !== own[0]?.parts) continue;
      const text = Buffer.from(own.map(({ payload }) => payload).join(''), 'base64').toString('utf8');
      return { number, state: State.parse(JSON.parse(text)) };
    }
    return { number: 0, state: { heddle: 1, changes: [], collections: [] } };
  }

  /** Removes old states and their tickets. */
  private async sweep(number: number): Promise<void> {
    const oldest = number - keptStates;
    if (oldest <= 0) return;
    const base = await this.base();
    for (const ticket of await this.tickets())
      if (ticket < oldest) await new Namespace(this.context, base, ticketOf(ticket)).drop();
    await (await this.space()).remove({ $and: [{ kind: { $eq: 'names' } }, { number: { $lt: oldest } }] });
  }

  private async space(): Promise<Namespace> {
    return new Namespace(this.context, await this.base(), home);
  }
}

const ticketOf = (number: number): string => `${ticketStart}${String(number).padStart(12, '0')}`;

const Piece = z.object({ number: z.number(), part: z.number(), parts: z.number(), payload: z.string() });

function readPiece({ metadata }: Found): z.infer<typeof Piece> {
  const piece = Piece.safeParse(metadata);
  if (piece.success) return piece.data;
  throw new HeddleError('vector_store_failed', 'The names of collections on Pinecone were changed there.', {
    cause: piece.error,
  });
}

const Namespaces = z.object({
  namespaces: z.array(z.object({ name: z.string() })).default([]),
  pagination: z.object({ next: z.string().optional() }).nullish(),
});

/** The namespaces of an index whose names begin with a prefix. */
export async function namespacesOf(connection: Connection, base: string, prefix: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let token: string | undefined; ;) {
    const query = new URLSearchParams({ prefix, limit: '100' });
    if (token !== undefined) query.set('paginationToken', token);
    const answer = await connection.send({ method: 'GET', base, path: `/namespaces?${query.toString()}` });
    const { namespaces, pagination } = Namespaces.parse(answer?.body);
    found.push(...namespaces.map(({ name }) => name).filter((name) => name.startsWith(prefix)));
    const next = pagination?.next;
    if (next === undefined || next === '' || next === token) return found;
    token = next;
  }
}
