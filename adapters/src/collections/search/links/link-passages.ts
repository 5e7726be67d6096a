import { nameFinder, type GraphMention, type GraphStore, type Passage } from '@heddle/core';
import { openMerged, type GraphReads } from '../../graph/merged-reads.js';
import { knownMentions, type Mentions } from './known-mentions.js';
import { questionEntities } from './question-entities.js';
import { VisiblePassages, type Sight } from './visible-passages.js';

/** The fewest passages that a search with a graph asks the store for, so that a linked passage keeps its own score even at a low rank. */
export const linkedCandidates = 100;

/** How many of the first passages are used: their entities lead to other passages. */
const seeds = 3;
/** The weight of links through entities of the first passages; links through entities of the question weigh 1. */
const seedShare = 0.7;
const mostAdded = 60;
const shownNames = 5;

interface Linking extends Sight {
  readonly store: GraphStore;
  readonly collection: string;
  readonly question: string;
  /** From 0 to 1. */
  readonly weight: number;
  /**
   * Whether linked passages may be added to the ones that the search found. With a score threshold they may not, because they have no score
   * of the search.
   */
  readonly addsPassages: boolean;
}

/** The links of a passage: the sum of their strengths, and each entity's name. */
interface Link {
  sum: number;
  readonly names: { readonly name: string; readonly strength: number }[];
}
type Links = ReadonlyMap<string, Link>;

/**
 * Raises passages that mention entities of the question, and then passages that mention entities of the first passages: a question may need
 * information that it does not name. Adds such passages if they were not found. Each link is checked in the text, so a graph row of a
 * document that changed since has no effect.
 */
export async function linkPassages(found: readonly Passage[], linking: Linking): Promise<readonly Passage[]> {
  if (found.length === 0) return found;
  const { collection, question } = linking;
  const store = await openMerged(linking.store, collection);
  const visible = await VisiblePassages.open(linking);
  const pool = new Pool(found, linking, visible);
  const known = (ids: readonly string[]) => knownMentions(store, collection, ids, visible);

  const asked = await questionEntities(question, (ids) => knownNames(ids, store, known));
  const named = new Map([...asked].map(([id, mentions]) => [store.rootOf(id), mentions]));
  const ofQuestion = await pool.linksOf(new Map([...named].map(([id, mentions]) => [id, { mentions, share: 1 }])));
  const first = pool.ranked([[ofQuestion, 1]]).slice(0, seeds);

  const shares = await sharesOf(first, named, { store, collection });
  const others = await known([...shares.keys()]);
  const ofFirst = await pool.linksOf(
    new Map([...others].map(([id, mentions]) => [id, { mentions, ...(shares.get(id) ?? nothing) }])),
  );
  return pool.ranked([
    [ofQuestion, 1],
    [ofFirst, seedShare],
  ]);
}

/** The mentions of entities, by id. A merged entity has the mentions of its merge target. */
async function knownNames(
  ids: readonly string[],
  reads: Pick<GraphReads, 'rootOf'>,
  known: (ids: readonly string[]) => Promise<ReadonlyMap<string, Mentions>>,
): Promise<ReadonlyMap<string, Mentions>> {
  const found = await known([...new Set(ids.map((id) => reads.rootOf(id)))]);
  return new Map(
    ids.flatMap((id) => {
      const mentions = found.get(reads.rootOf(id));
      return mentions === undefined ? [] : [[id, mentions] as const];
    }),
  );
}

/** How much an entity of the first passages counts, and how much of that each of these passages contributes. */
interface Share {
  readonly share: number;
  readonly own?: ReadonlyMap<string, number>;
}
const nothing: Share = { share: 0 };

/** The entities of the first passages, without those of the question. The higher the passage, the more they count. */
async function sharesOf(
  first: readonly Passage[],
  named: ReadonlyMap<string, unknown>,
  { store, collection }: { readonly store: GraphReads; readonly collection: string },
): Promise<ReadonlyMap<string, Share>> {
  const places = first.map(({ id: passage, document }) => ({ document, passage }));
  const shares = new Map<string, { share: number; readonly own: Map<string, number> }>();
  const rows = await store.mentionsIn(collection, places);
  for (const [rank, { id, document, text, title = '' }] of first.entries()) {
    const stands = nameFinder(text, title);
    for (const { entity, name } of rows.filter((row) => row.passage === id && row.document === document)) {
      if (named.has(entity) || !stands(name)) continue;
      const one = shares.get(entity) ?? { share: 0, own: new Map<string, number>() };
      one.share += 1 / (1 + rank);
      one.own.set(id, 1 / (1 + rank));
      shares.set(entity, one);
    }
  }
  return shares;
}

/** Entities with their mentions, and how much each counts. */
type Counting = ReadonlyMap<string, Share & { readonly mentions: Mentions }>;

/** The passages of a search: those that it found, and those that links added. */
class Pool {
  private readonly passages: Map<string, Passage>;
  private readonly found: ReadonlySet<string>;
  private readonly finders = new Map<string, (name: string) => boolean>();
  /** The best score of the search; the strength of links is relative to it. */
  private readonly unit: number;

  private readonly linking: Linking;
  private readonly visible: VisiblePassages;

  constructor(found: readonly Passage[], linking: Linking, visible: VisiblePassages) {
    this.passages = new Map(found.map((one) => [one.id, one]));
    this.found = new Set(this.passages.keys());
    const best = Math.max(...found.map(({ score = 0 }) => score));
    this.unit = best > 0 ? best : 1;
    this.linking = linking;
    this.visible = visible;
  }

  /**
   * The links that entities give to passages. A passage counts only if it is still there and its text contains the name. The strongest link
   * has strength 1.
   */
  async linksOf(entities: Counting): Promise<Links> {
    const places = new Map<string, { readonly place: GraphMention; readonly links: Link }>();
    for (const { mentions, share, own } of entities.values()) {
      // The rarer an entity, the stronger its links.
      const rarity = 1 / (1 + Math.log(Math.max(1, mentions.length)));
      for (const one of mentions) {
        // A passage does not link to itself.
        const strength = rarity * (share - (own?.get(one.passage) ?? 0));
        if (strength <= 0) continue;
        const at = places.get(one.passage) ?? { place: one, links: { sum: 0, names: [] } };
        at.links.sum += strength;
        at.links.names.push({ name: one.name, strength });
        places.set(one.passage, at);
      }
    }
    await this.add([...places.values()].toSorted(byStrength).map(({ place }) => place));
    const standing = new Map<string, Link>();
    for (const [id, { place, links }] of places) {
      const names = links.names.filter(({ name }) => this.stands(place, name));
      const sum = names.reduce((total, { strength }) => total + strength, 0);
      if (sum > 0) standing.set(id, { sum, names });
    }
    const strongest = Math.max(0, ...[...standing.values()].map(({ sum }) => sum));
    for (const link of standing.values()) link.sum /= strongest;
    return new Map(
      [...standing].map(([id, { sum, names }]) => [
        id,
        { sum, names: names.map(({ name, strength }) => ({ name, strength: strength / strongest })) },
      ]),
    );
  }

  /** All passages, best first, with the links of the given kinds added to their scores. */
  ranked(kinds: readonly (readonly [links: Links, share: number])[]): readonly Passage[] {
    const { weight } = this.linking;
    const most = kinds.reduce((sum, [, share]) => sum + share, 0);
    return [...this.passages.values()]
      .flatMap((passage) => {
        const links = kinds.flatMap(([of, share]) => {
          const link = of.get(passage.id);
          return link === undefined ? [] : [{ ...link, share }];
        });
        if (links.length === 0) return this.found.has(passage.id) ? [passage] : [];
        const graph = links.reduce((sum, link) => sum + link.sum * link.share, 0);
        const names = links.flatMap((link) =>
          link.names.map((one) => ({ ...one, strength: one.strength * link.share })),
        );
        const linkedBy = names.toSorted((one, other) => other.strength - one.strength).map(({ name }) => name);
        const linked = {
          ...passage,
          score: (passage.score ?? 0) + this.unit * weight * graph,
          scores: { ...passage.scores, graph: graph / most },
          linkedBy: [...new Set(linkedBy)].slice(0, shownNames),
        };
        return [linked];
      })
      .toSorted((one, other) => (other.score ?? 0) - (one.score ?? 0));
  }

  private async add(places: readonly GraphMention[]): Promise<void> {
    if (!this.linking.addsPassages) return;
    const missing = places.filter(({ passage }) => !this.passages.has(passage)).slice(0, mostAdded);
    for (const [id, passage] of await this.visible.read(missing)) this.passages.set(id, passage);
  }

  private stands({ passage: id, document }: GraphMention, name: string): boolean {
    const passage = this.passages.get(id);
    if (passage?.document !== document) return false;
    const finder = this.finders.get(id) ?? nameFinder(passage.text, passage.title ?? '');
    this.finders.set(id, finder);
    return finder(name);
  }
}

const byStrength = (
  one: { readonly links: Link; readonly place: GraphMention },
  other: { readonly links: Link; readonly place: GraphMention },
): number => other.links.sum - one.links.sum || (one.place.passage < other.place.passage ? -1 : 1);
