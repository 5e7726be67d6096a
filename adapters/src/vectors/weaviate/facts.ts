import { z } from 'zod';
import { oneOf } from './conditions.js';
import { getObjects, type Place, type WeaviateLocation } from './location.js';
import { recordObject, uuidOf, type StoredObject } from './objects.js';

/** The facts of a collection that a search needs. */
export interface Facts {
  /** Languages of its passages; a language stays when all its passages are gone. */
  readonly languages: readonly string[];
  /** Whether something was written in the last minutes. */
  readonly isFresh: boolean;
}

/**
 * For up to a minute after the last write, the server keeps recent writes in memory. Version 1.35.2 ranks the words there wrongly: a search
 * for the best ten considers only the first twenty passages that contain a word. The ranking is right if the search asks for more passages
 * than are in that memory. So each write leaves a mark, and while the mark is recent, a search asks for as many passages as it may.
 */
const freshMs = 600_000;
/** Milliseconds after which a mark is written again. */
const markEveryMs = 60_000;

const Fact = z.object({ kind: z.string(), language: z.string().nullish(), updatedAt: z.number().nullish() });

/** Reads the facts of a collection. */
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

/** Stores the facts about what is written, before it is written. */
export class FactsWriter {
  private readonly tenants = new Map<string, Written>();
  private readonly location: WeaviateLocation;

  constructor(location: WeaviateLocation) {
    this.location = location;
  }

  /** The objects of facts that are not stored yet. `done` records that they are. */
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
