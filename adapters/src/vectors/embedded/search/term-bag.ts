import type { Database } from 'better-sqlite3';

/** Cuts text into the terms that the full-text index stores; it uses the tokenizer of the words table itself. */
export interface TermCutter {
  /** The term of each word; undefined if the tokenizer finds none in it. */
  termsOf(words: readonly string[]): readonly (string | undefined)[];
  /** The terms of a text packed for scoring: see `termCount`. */
  bagOf(text: string): { readonly bag: Buffer; readonly tokens: number };
}

/** Creates a cutter on a connection that has the temporary tables of `open-file.ts`. */
export function createTermCutter(database: Database): TermCutter {
  const insert = database.prepare<[number, string]>('INSERT INTO temp.cut (rowid, word) VALUES (?, ?)');
  const cutTerms = database.prepare<[], { term: string; doc: number }>('SELECT term, doc FROM temp.cut_places');
  const counts = database.prepare<[], { term: string; cnt: number }>('SELECT term, cnt FROM temp.cut_counts');
  const forget = database.prepare("INSERT INTO temp.cut (cut) VALUES ('delete-all')");
  return {
    termsOf(words) {
      forget.run();
      words.forEach((word, index) => insert.run(index, word));
      const terms: (string | undefined)[] = words.map(() => undefined);
      for (const { term, doc } of cutTerms.all()) terms[doc] ??= term;
      return terms;
    },
    bagOf(text) {
      forget.run();
      insert.run(0, text);
      return packBag(counts.all().map(({ term, cnt }) => ({ hash: hashTerm(term), count: cnt })));
    },
  };
}

/** Hashes a term to 32 bits (FNV-1a). Two terms of one passage practically never have the same hash. */
export function hashTerm(term: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < term.length; index += 1) hash = Math.imul(hash ^ term.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** Packs terms: the number of tokens (uint32), the sorted hashes (uint32 each), then the count of each (uint8, at most 255). */
export function packBag(terms: readonly { readonly hash: number; readonly count: number }[]): {
  readonly bag: Buffer;
  readonly tokens: number;
} {
  const sorted = [...terms].sort((a, b) => a.hash - b.hash);
  const tokens = terms.reduce((sum, { count }) => sum + count, 0);
  const bag = Buffer.alloc(4 + sorted.length * 5);
  bag.writeUInt32LE(tokens, 0);
  sorted.forEach(({ hash, count }, index) => {
    bag.writeUInt32LE(hash, 4 + index * 4);
    bag.writeUInt8(Math.min(255, count), 4 + sorted.length * 4 + index);
  });
  return { bag, tokens };
}

/** The number of tokens in a bag. */
export const bagTokens = (bag: Buffer): number => bag.readUInt32LE(0);

/** How often a term occurs in a bag. */
export function termCount(bag: Buffer, hash: number): number {
  const terms = (bag.length - 4) / 5;
  let low = 0;
  let high = terms - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = bag.readUInt32LE(4 + middle * 4);
    if (found === hash) return bag.readUInt8(4 + terms * 4 + middle);
    if (found < hash) low = middle + 1;
    else high = middle - 1;
  }
  return 0;
}

/** The hash of each term in a bag, and how often it occurs. */
export function* eachTerm(bag: Buffer): Generator<readonly [hash: number, count: number]> {
  const terms = (bag.length - 4) / 5;
  for (let at = 0; at < terms; at += 1) yield [bag.readUInt32LE(4 + at * 4), bag.readUInt8(4 + terms * 4 + at)];
}
