import { usualTitleWeight } from '@heddle/core';
import { firstText, languageOf } from './languages/language-of.js';
import type { OpenCollection } from './open-collection.js';
import { bagTokens, eachTerm, termCount } from './search/term-bag.js';
import type { HeaderCandidates, MatchedHeaders } from './worker/protocol.js';
import { stemmed } from './write-documents.js';

/** Older versions counted the words of title and headings only once. */
const weights = [usualTitleWeight, 1];

/**
 * Finds the header that each passage of a document was stored with. The text of a header is not stored, but its terms are: the terms of the
 * passage, without those of its text, title and headings.
 */
export function matchHeaders(
  { statements, cutter }: OpenCollection,
  { document, contexts, headers: offered }: HeaderCandidates,
): MatchedHeaders {
  const found = statements.findDocument.get(document);
  const rows = found === undefined ? [] : statements.passagesBetween.all(found.number, 0, found.passages);
  const language = languageOf(firstText(rows));
  const bags = offered.map((header) => ({ header, ...cutter.bagOf(stemmed(header, language)) }));
  const headers = new Map<string, string>();
  let unknown = 0;
  for (const [at, { id, slot, text }] of rows.entries()) {
    const stored = statements.readBag.get(slot);
    if (stored === undefined) continue;
    const context = stemmed(contexts[at] ?? '', language);
    const bases = weights.map((weight) => cutter.bagOf(`${context}\n`.repeat(weight) + stemmed(text, language)).bag);
    const header = bags.find(({ bag }) => bases.some((base) => isSum(stored, base, bag)));
    if (header !== undefined) headers.set(id, header.header);
    else if (!bases.some((base) => base.equals(stored))) unknown += 1;
  }
  return { headers, unknown };
}

/** A bag counts a term at most this often. */
const most = 255;

/** Whether a bag holds exactly the terms of two others together. */
function isSum(sum: Buffer, one: Buffer, other: Buffer): boolean {
  if (bagTokens(sum) !== bagTokens(one) + bagTokens(other)) return false;
  for (const [hash, count] of eachTerm(sum))
    if (count !== Math.min(most, termCount(one, hash) + termCount(other, hash))) return false;
  return true;
}
