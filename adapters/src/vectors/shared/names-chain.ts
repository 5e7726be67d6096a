import { randomBytes } from 'node:crypto';
import { CollectionInfo, collectionNotFound, HeddleError, type CreateCollection, type Rename } from '@heddle/core';
import { z } from 'zod';
import { wellFormed } from '../well-formed.js';
import { nameTaken } from './name-taken.js';

/** What is stored about a collection beside its records. */
const Entry = CollectionInfo.pick({
  embedding: true,
  dimensions: true,
  splitter: true,
  label: true,
  createdAt: true,
}).extend({ tenant: z.string() });
export type Entry = z.infer<typeof Entry>;

/** How the names are stored. */
export const State = z.object({
  heddle: z.literal(1),
  /** The marks of the latest changes. A change finds out by its mark whether it took effect. */
  changes: z.array(z.string()),
  collections: z.array(z.tuple([z.string(), Entry])),
});

interface Version {
  readonly number: number;
  readonly text: string;
  readonly changes: readonly string[];
  readonly entries: ReadonlyMap<string, Entry>;
}

/** Numbered texts on a server. Each number can be created only once, by whichever program is first. */
export interface NumberedTexts {
  /** A description of the server for messages: `Weaviate at host:8080`. */
  readonly server: string;
  /** The existing numbers, and the text of the highest one. */
  list(): Promise<{ readonly numbers: readonly number[]; readonly newest: string | undefined }>;
  textOf(number: number): Promise<string | undefined>;
  /** Creates a text; false if the number is taken. */
  make(number: number, text: string): Promise<boolean>;
  /** Removes a text if it exists. */
  drop(number: number): Promise<void>;
  /** Where the text of a number is stored, for messages. */
  placeOf(number: number): string;
}

/** How often a change is tried again when other programs were first. */
const mostTries = 30;
/** How many marks of changes are kept. */
const mostChanges = 50;

/**
 * The names of collections, for servers that change one object at a time. All names are in one text, which has a number. A change creates
 * the text of the next number. The server creates it only once, so of two programs that change the names, one starts again. The text with
 * the highest number is valid, so a change of several names is one step.
 */
export class NamesChain {
  private known: Version | undefined;
  private readonly texts: NumberedTexts;

  constructor(texts: NumberedTexts) {
    this.texts = texts;
  }

  async all(): Promise<ReadonlyMap<string, Entry>> {
    return (await this.current()).entries;
  }

  /** Finds a collection by its name. Errors: `collection_not_found`. */
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

  /** Removes a name and returns its entry; undefined if there was none. */
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

  /** Creates the next version of the names from the newest one. `work` returns undefined if there is nothing to change. */
  private async change(work: (entries: Map<string, Entry>) => ReadonlyMap<string, Entry> | undefined): Promise<void> {
    for (let tried = 1; tried <= mostTries; tried += 1) {
      const { newest } = await this.versions();
      const entries = work(new Map(newest.entries));
      if (entries === undefined) return;
      const mark = randomBytes(9).toString('base64url');
      const changes = [mark, ...newest.changes].slice(0, mostChanges);
      const text = JSON.stringify({ heddle: 1, changes, collections: [...entries] } satisfies z.infer<typeof State>);
      const number = newest.number + 1;
      if (!(await this.texts.make(number, text))) continue;
      if (await this.isIn(mark, number)) return;
    }
    throw new HeddleError(
      'vector_store_failed',
      `Other programs keep changing the names of collections on ${this.texts.server}: try again.`,
      { retryable: true },
    );
  }

  /**
   * Whether a change took effect: it did not if it was made from an old version that had already been removed. Also removes old versions.
   */
  private async isIn(mark: string, number: number): Promise<boolean> {
    const { newest, numbers } = await this.versions();
    const isIn = newest.changes.includes(mark);
    const old = numbers.filter((one) => one < newest.number && (one !== number || isIn));
    for (const one of isIn ? old : [number]) await this.texts.drop(one);
    return isIn;
  }

  /** The newest version. A cached one is still the newest if its text is unchanged and the next number does not exist. */
  private async current(): Promise<Version> {
    const known = this.known;
    if (known === undefined || known.number === 0) return (await this.versions()).newest;
    const [own, next] = await Promise.all([this.texts.textOf(known.number), this.texts.textOf(known.number + 1)]);
    return own === known.text && next === undefined ? known : (await this.versions()).newest;
  }

  private async versions(): Promise<{ readonly newest: Version; readonly numbers: readonly number[] }> {
    const { numbers, newest } = await this.texts.list();
    this.known = this.versionOf(Math.max(0, ...numbers), newest);
    return { newest: this.known, numbers };
  }

  private versionOf(number: number, text: string | undefined): Version {
    if (text === undefined) return { number: 0, text: '', changes: [], entries: new Map() };
    if (this.known?.number === number && this.known.text === text) return this.known;
    const parsed = State.safeParse(parse(text));
    if (!parsed.success)
      throw new HeddleError(
        'vector_store_failed',
        `${this.texts.placeOf(number)} on ${this.texts.server} does not hold the names of Heddle's collections: restore it from a backup.`,
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
