import type { PassageName, QuestionAttempt } from '@heddle/adapters/datasets';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import { isAtMost, type LabelLevel, type Passage, type QuestionKind, type QuestionsRequest } from '@heddle/core';
import type { ReadCollections } from '../collections/collection.service.js';
import { contentHash } from '../calls/content-hash.js';
import { fitsFilter } from './fits-filter.js';

/** How passages are read. */
export type PassageSource = ReadCollections;

type Attempt = Omit<QuestionAttempt, 'number'>;

/** The number of characters below which a passage is ignored: it is a title or a leftover. */
const shortest = 40;
/** The maximum number of documents whose names are read, so that planning also starts soon in a large collection. */
const mostDocuments = 100_000;
/** The maximum number of questions about one passage. */
const mostRounds = 3;

/** More attempts than questions, because some attempts give no question. */
const attemptsFor = (count: number): number => Math.ceil(count * 1.5) + 5;

/**
 * Chooses passages: one of each document, then a second one of each, and so on. The seed decides the order of documents and passages.
 * Passages above the clearance are counted and left out.
 */
export async function planQuestions(
  source: PassageSource,
  { collection, filter, count, kinds, seed }: QuestionsRequest,
  clearance: LabelLevel,
): Promise<{ readonly attempts: readonly Attempt[]; readonly refused: number }> {
  const wanted = attemptsFor(count);
  const { label } = await source.get(collection);
  const rank = (id: string): string => contentHash(`${seed} ${id}`);
  const chosen: (readonly Passage[])[] = [];
  let refused = 0;
  let found = 0;
  for (const document of await ranked(source, collection, rank)) {
    // One passage of each of these documents is enough.
    if (chosen.length >= wanted) break;
    const all = (await source.passages(collection, document)).filter(
      (passage) => passage.text.trim().length >= shortest && (filter === undefined || fitsFilter(filter, passage)),
    );
    const open = all.filter((passage) =>
      [label, passage.label].every((one) => one === undefined || isAtMost(one.level, clearance)),
    );
    refused += all.length - open.length;
    found += open.length;
    if (open.length > 0) chosen.push(open);
    await yieldToEventLoop();
  }
  if (found === 0) return { attempts: [], refused };
  const orders = chosen.map((passages) => passages.toSorted((a, b) => (rank(a.id) < rank(b.id) ? -1 : 1)));
  return { attempts: attemptsOf(chosen, orders, kinds, wanted), refused };
}

async function ranked(
  source: PassageSource,
  collection: string,
  rank: (id: string) => string,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ids.length < mostDocuments;) {
    const page = await source.documents(collection, after === undefined ? { limit: 1_000 } : { limit: 1_000, after });
    ids.push(...page.map(({ id }) => id));
    after = page.at(-1)?.id;
    if (after === undefined || page.length < 1_000) break;
  }
  const ranks = new Map(ids.map((id) => [id, rank(id)]));
  return ids.toSorted((a, b) => ((ranks.get(a) ?? '') < (ranks.get(b) ?? '') ? -1 : 1));
}

/** Takes the first passage of each document, then the second ones, and so on; then the same passages again. */
function attemptsOf(
  passages: readonly (readonly Passage[])[],
  orders: readonly (readonly Passage[])[],
  kinds: readonly QuestionKind[],
  wanted: number,
): readonly Attempt[] {
  const deepest = Math.max(...orders.map((order) => order.length));
  const attempts: Attempt[] = [];
  for (let round = 0; round < mostRounds; round += 1)
    for (let depth = 0; depth < deepest; depth += 1)
      for (const [at, order] of orders.entries()) {
        const passage = order[depth];
        if (passage === undefined) continue;
        // Later rounds ask for another kind of question if several kinds are wanted.
        const kind = kinds[(attempts.length + round) % kinds.length] ?? 'factual';
        const attempt = attemptOf(kind, passage, passages[at] ?? []) ?? otherKind(kinds, passage);
        if (attempt !== undefined) attempts.push(attempt);
        if (attempts.length === wanted) return attempts;
      }
  return attempts;
}

const nameOf = ({ document, id }: Passage): PassageName => ({ document, id });

/** Makes an attempt. A question about two passages also takes the next passage of the document; undefined if there is none. */
function attemptOf(kind: QuestionKind, passage: Passage, all: readonly Passage[]): Attempt | undefined {
  if (kind !== 'multi-passage') return { kind, passages: [nameOf(passage)] };
  const at = all.findIndex(({ id }) => id === passage.id);
  const other = all[at + 1] ?? all[at - 1];
  return other === undefined ? undefined : { kind, passages: [nameOf(passage), nameOf(other)] };
}

function otherKind(kinds: readonly QuestionKind[], passage: Passage): Attempt | undefined {
  const kind = kinds.find((one) => one !== 'multi-passage');
  return kind === undefined ? undefined : { kind, passages: [nameOf(passage)] };
}
