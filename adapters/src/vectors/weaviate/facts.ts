import { z } from 'zod';
import { oneOf } from './conditions.js';
import { getObjects, type Place, type WeaviateLocation } from './location.js';
import { recordObject, uuidOf, type StoredObject } from './objects.js';

/** What a search must know of a collection. */
export interface Facts {
  /** Languages of its passages; one whose passages all went stays. */
  readonly languages: readonly string[];
  /** Whether something was written in the last minutes. */
  readonly isFresh: boolean;
}

/**
 * The server keeps what was written last in memory, for a minute after the last write at most. Version 1.35.2 ranks the words there wrongly: a
 * search of the best ten looks at the first twenty passages that have a word, and not at all others. It ranks rightly where it is asked for more
 * passages than are in its memory. So each write leaves a mark, and a search asks for as many as it may where the mark is young.
 */
const freshMs = 600_000;
/** A mark is written again after so long. */
const markEveryMs = 60_000;

const Fact = z.object({ kind: z.string(), language: z.string().nullish(), updatedAt: z.number().nullish() });

/** Reads them. */
export async function factsOf(place: Place, signal: AbortSignal | undefined): Promise<Facts> {
  const asked = { class: 'records', where: [oneOf('kind', ['language', 'mark'])], more: ['limit:1000'] } as const;
  const rows = await getObjects(place, { ...asked, fields: 'kind language updatedAt' }, signal);
  const facts = rows.map((row) => Fact.parse(row));
  return {
    languages: facts.flatMap(({ kind, language }) => (kind === 'language' ? [language ?? ''] : [])).sort(),
    isFresh: facts.some(({ kind, updatedAt }) => kind === 'mark' && (updatedAt ?? 0) > Date.now() - freshMs),
  };
}

interface Written {
  readonly languages: Set<string>;
  markedAt: number;
}

/** Leaves the facts of what is written in the collection before it is written. */
export class FactsWriter {
  private readonly tenants = new Map<string, Written>();
  private readonly location: WeaviateLocation;

  constructor(location: WeaviateLocation) {
    this.location = location;
  }

  /** The objects of facts that are not there yet, and what remembers that they are. */
  newFacts(
    { tenant }: Place,
    languages: readonly string[],
  ): { readonly objects: readonly StoredObject[]; readonly done: () => void } {
    const known = this.tenants.get(tenant) ?? { languages: new Set<string>(), markedAt: 0 };
    const added = languages.filter((code) => !known.languages.has(code));
    const now = Date.now();
    const isOld = Math.abs(now - known.markedAt) > markEveryMs;
    const object = (name: string, properties: StoredObject['properties']): StoredObject =>
      recordObject({ class: this.location.classes.records, tenant }, uuidOf(name), properties);
    return {
      objects: [
        ...added.map((language) => object(`language ${language}`, { kind: 'language', language })),
        ...(isOld ? [object('mark', { kind: 'mark', updatedAt: now })] : []),
      ],
      done: () => {
        added.forEach((code) => known.languages.add(code));
        if (isOld) known.markedAt = now;
        this.tenants.set(tenant, known);
      },
    };
  }
}
