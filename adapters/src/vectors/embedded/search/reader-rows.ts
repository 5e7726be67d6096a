import type { Database, Statement } from 'better-sqlite3';
import { addRow, emptyBitset, type Bitset } from '../bitset.js';
import type { SlotOfDocument } from '../tables.js';
import type { VectorIndex } from '../vector-index.js';

/** The changes of a committed transaction. */
interface Followed {
  readonly added: readonly { readonly slot: number; readonly document: number }[];
  readonly removed: readonly number[];
  readonly readers: boolean;
}

/** Most readers whose rows are cached for later queries. */
const maxCached = 16;
/** Slots read at once. */
const pageSlots = 65_536;
/** The state of a document with a list of readers; 0 means that everybody may read it. */
const restricted = 1;

/**
 * The rows of one collection that a reader may read. Nothing is loaded or computed while no document has a list. Otherwise it keeps the
 * document of each slot. So a list of thousands of readers costs one entry for each reader and document, however many passages the document
 * has, and a change of a document costs one pass over the rows in memory.
 */
export class ReaderRows {
  readonly #restrictedCount: Statement<[], number>;
  readonly #restrictedDocuments: Statement<[], number>;
  readonly #readable: Statement<[string], number>;
  readonly #lastDocument: Statement<[], number | null>;
  readonly #page: Statement<[number], SlotOfDocument>;
  /** The document of each slot. */
  #documents: Int32Array | undefined;
  /** Increases with every change of a list. */
  #version = 0;
  #states: { readonly version: number; readonly states: Uint8Array } | undefined;
  readonly #cached = new Map<string, { readonly at: string; readonly rows: Bitset }>();

  constructor(database: Database, id: number) {
    this.#restrictedCount = database.prepare<[], number>(`SELECT restricted FROM collections WHERE id = ${id}`).pluck();
    this.#restrictedDocuments = database
      .prepare<[], number>(`SELECT number FROM documents_${id} WHERE readers IS NOT NULL`)
      .pluck();
    // One query for all names; each name is one range of the primary key.
    this.#readable = database
      .prepare<[string], number>(
        `SELECT r.document FROM json_each(?) AS names CROSS JOIN readers_${id} r ON r.reader = names.value`,
      )
      .pluck();
    this.#lastDocument = database.prepare<[], number | null>(`SELECT max(number) FROM documents_${id}`).pluck();
    this.#page = database.prepare(
      `SELECT slot, document FROM passages_${id} WHERE slot > ? ORDER BY slot LIMIT ${pageSlots}`,
    );
  }

  /** The rows that a reader with these names may read; undefined if no document has a list. */
  allowed(names: readonly string[], index: () => VectorIndex): Bitset | undefined {
    if ((this.#restrictedCount.get() ?? 0) === 0) return undefined;
    const loaded = index();
    const key = JSON.stringify(names);
    const at = `${this.#version} ${loaded.version}`;
    const known = this.#cached.get(key);
    const rows = known?.at === at ? known.rows : this.#rowsOf(key, loaded);
    this.#cached.delete(key);
    this.#cached.set(key, { at, rows });
    const oldest = this.#cached.size > maxCached ? this.#cached.keys().next().value : undefined;
    if (oldest !== undefined) this.#cached.delete(oldest);
    return rows;
  }

  /** Applies the changes of a committed transaction. */
  follow({ added, removed, readers }: Followed): void {
    if (readers) this.#version += 1;
    if (this.#documents === undefined) return;
    for (const slot of removed) this.#documents[slot] = 0;
    for (const { slot, document } of added) this.#note(slot, document);
  }

  #rowsOf(names: string, index: VectorIndex): Bitset {
    const states = this.#statesOf();
    const readable = new Uint8Array(states.length);
    for (const document of this.#readable.all(names)) readable[document] = 1;
    const documents = (this.#documents ??= this.#load());
    const rows = emptyBitset(index.rows);
    for (let row = 0; row < index.rows; row += 1) {
      const slot = index.slots[row] ?? 0;
      const document = slot === 0 ? 0 : (documents[slot] ?? 0);
      // A slot without a document is a free row.
      if (document === 0) continue;
      if ((states[document] ?? 0) !== restricted || readable[document] === 1) addRow(rows, row);
    }
    return rows;
  }

  #statesOf(): Uint8Array {
    if (this.#states?.version === this.#version) return this.#states.states;
    const states = new Uint8Array((this.#lastDocument.get() ?? 0) + 1);
    for (const document of this.#restrictedDocuments.all()) states[document] = restricted;
    this.#states = { version: this.#version, states };
    return states;
  }

  #load(): Int32Array {
    this.#documents = new Int32Array(pageSlots);
    for (let after = 0; ;) {
      const page = this.#page.all(after);
      for (const { slot, document } of page) this.#note(slot, document);
      after = page.at(-1)?.slot ?? after;
      if (page.length < pageSlots) return this.#documents;
    }
  }

  #note(slot: number, document: number): void {
    let documents = this.#documents ?? new Int32Array(pageSlots);
    if (slot >= documents.length) {
      const wider = new Int32Array(Math.max(slot + 1, documents.length * 2));
      wider.set(documents);
      documents = wider;
    }
    documents[slot] = document;
    this.#documents = documents;
  }
}
