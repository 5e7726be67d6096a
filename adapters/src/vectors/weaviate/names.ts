import { randomBytes } from 'node:crypto';
import { CollectionInfo, collectionNotFound, HeddleError, type CreateCollection, type Rename } from '@heddle/core';
import { z } from 'zod';
import { wellFormed } from '../well-formed.js';
import { dropClass, makeClass, textClass } from './classes.js';
import type { Connection } from './connection.js';

/** What is known of a collection beside its records. */
const Entry = CollectionInfo.pick({
  ...{ embedding: true, dimensions: true, splitter: true, label: true, createdAt: true },
}).extend({ tenant: z.string() });
export type Entry = z.infer<typeof Entry>;

const State = z.object({
  heddle: z.literal(1),
  /** The marks of the last changes, newest first: a change finds itself again by its mark. */
  changes: z.array(z.string()),
  collections: z.array(z.tuple([z.string(), Entry])),
});

interface Version {
  readonly number: number;
  readonly text: string;
  readonly changes: readonly string[];
  readonly entries: ReadonlyMap<string, Entry>;
}

const SchemaOf = z.object({
  classes: z.array(z.object({ class: z.string(), description: z.string().default('') })).nullish(),
});
const TextOf = z.object({ description: z.string().default('') });

/** How often a change is tried again where other programs were faster, and how many changes are remembered. */
const [mostTries, mostChanges] = [30, 50];

/**
 * The names of collections on a server that changes one thing at a time. All names stand in the description of one class, whose own name ends
 * with a number. A change makes the class of the next number: the server makes a class once, so of two programs that change the same names one
 * begins again. The class of the highest number counts, so a change of several names is one step.
 */
export class Names {
  private known: Version | undefined;
  private readonly connection: Connection;
  private readonly stem: string;

  constructor(connection: Connection, stem: string) {
    this.connection = connection;
    this.stem = stem;
  }

  /** All collections by name. */
  async all(): Promise<ReadonlyMap<string, Entry>> {
    return (await this.current()).entries;
  }

  /** One of them. Errors: `collection_not_found`. */
  async find(name: string): Promise<Entry> {
    const entry = (await this.all()).get(wellFormed(name));
    if (entry === undefined) throw collectionNotFound(name);
    return entry;
  }

  /** Errors: `collection_exists`. */
  async add({ name, embedding, dimensions, splitter, label }: CreateCollection, tenant: string): Promise<void> {
    const entry: Entry = { embedding, dimensions, splitter, label, tenant, createdAt: Date.now() };
    await this.change((entries) => {
      if (entries.has(wellFormed(name))) throw nameTaken(name);
      return entries.set(wellFormed(name), entry);
    });
  }

  /** Takes a name away; returns what was known under it. */
  async remove(name: string): Promise<Entry | undefined> {
    let removed: Entry | undefined;
    await this.change((entries) => {
      removed = entries.get(wellFormed(name));
      return entries.delete(wellFormed(name)) ? entries : undefined;
    });
    return removed;
  }

  /** Errors: `collection_not_found`, `collection_exists`. */
  async rename(moves: readonly Rename[]): Promise<void> {
    await this.change((entries) => {
      const moved = moves.map(({ from, to }) => {
        const entry = entries.get(wellFormed(from));
        if (entry === undefined) throw collectionNotFound(from);
        return [wellFormed(to), entry] as const;
      });
      for (const { from } of moves) entries.delete(wellFormed(from));
      for (const [to, entry] of moved) {
        if (entries.has(to)) throw nameTaken(to);
        entries.set(to, entry);
      }
      return entries;
    });
  }

  /** Makes the next version of all names from the newest one; undefined: nothing to change. */
  private async change(work: (entries: Map<string, Entry>) => ReadonlyMap<string, Entry> | undefined): Promise<void> {
    for (let tried = 1; tried <= mostTries; tried += 1) {
      const { newest } = await this.versions();
      const entries = work(new Map(newest.entries));
      if (entries === undefined) return;
      const mark = randomBytes(9).toString('base64url');
      const changes = [mark, ...newest.changes].slice(0, mostChanges);
      const text = JSON.stringify({ heddle: 1, changes, collections: [...entries] } satisfies z.infer<typeof State>);
      const number = newest.number + 1;
      if (!(await makeClass(this.connection, textClass(`${this.stem}${number}`, text)))) continue;
      if (await this.isIn(mark, number)) return;
    }
    throw new HeddleError(
      'vector_store_failed',
      `Other programs change names of collections on Weaviate at ${this.connection.host} all the time: try again.`,
      { retryable: true },
    );
  }

  /** Whether a change counts: one that was made from an old version, after that was removed, does not. Older versions are removed. */
  private async isIn(mark: string, number: number): Promise<boolean> {
    const { newest, numbers } = await this.versions();
    const isIn = newest.changes.includes(mark);
    const old = numbers.filter((one) => one < newest.number && (one !== number || isIn));
    for (const one of isIn ? old : [number]) await dropClass(this.connection, `${this.stem}${one}`);
    return isIn;
  }

  /** The newest version. Where one is known, its class and the absence of the next one tell that it still counts. */
  private async current(): Promise<Version> {
    const known = this.known;
    if (known === undefined || known.number === 0) return (await this.versions()).newest;
    const [own, next] = await Promise.all([this.textOf(known.number), this.textOf(known.number + 1)]);
    return own === known.text && next === undefined ? known : (await this.versions()).newest;
  }

  private async textOf(number: number): Promise<string | undefined> {
    const found = await this.connection.send({ method: 'GET', path: `/v1/schema/${this.stem}${number}` }, true);
    return found === undefined ? undefined : TextOf.parse(found).description;
  }

  private async versions(): Promise<{ readonly newest: Version; readonly numbers: readonly number[] }> {
    const { classes } = SchemaOf.parse(await this.connection.send({ method: 'GET', path: '/v1/schema' }));
    const texts = new Map(
      (classes ?? []).flatMap(({ class: name, description }) => {
        const number = name.startsWith(this.stem) ? Number(name.slice(this.stem.length)) : Number.NaN;
        return Number.isSafeInteger(number) && number > 0 ? [[number, description] as const] : [];
      }),
    );
    const numbers = [...texts.keys()];
    const highest = Math.max(0, ...numbers);
    this.known = this.versionOf(highest, texts.get(highest));
    return { newest: this.known, numbers };
  }

  private versionOf(number: number, text: string | undefined): Version {
    if (text === undefined) return { number: 0, text: '', changes: [], entries: new Map() };
    if (this.known?.number === number && this.known.text === text) return this.known;
    const parsed = State.safeParse(parse(text));
    if (!parsed.success)
      throw new HeddleError(
        'vector_store_failed',
        `The class '${this.stem}${number}' on Weaviate at ${this.connection.host} does not hold the names of Heddle's collections: restore it from a backup.`,
        { cause: parsed.error },
      );
    return { number, text, changes: parsed.data.changes, entries: new Map(parsed.data.collections) };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const nameTaken = (name: string): HeddleError =>
  new HeddleError('collection_exists', `Collection '${name}' exists already: choose another name or drop it first.`);
