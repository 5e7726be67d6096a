import { withoutUndefined, type Citation, type Passage } from '@heddle/core';
import { joinMarks, marksIn, withoutMarks } from './marks.js';
import { sentencesOf, type Span } from './sentences.js';
import { SupportIndex, type Support } from './support.js';
import { contentWords } from './words.js';

/** Minimum share of a statement's weight that a span must contain to support it. */
const enough = 0.5;
/** Maximum quotes of one passage. */
const quotesOfPassage = 3;
/** Maximum statements of an answer to check. */
const mostStatements = 400;

/**
 * Finds the sources of an answer. A passage that the answer names as `[n]` is cited. A sentence without such a mark is
 * compared with the passages, and the span with its words is cited. Each quote is literally in its passage.
 *
 * @example cite({ answer: 'You get 27 days [1].', question: 'How many days of leave?', passages })
 */
export function cite({
  answer,
  question,
  passages,
}: {
  readonly answer: string;
  readonly question: string;
  readonly passages: readonly Passage[];
}): readonly Citation[] {
  if (passages.length === 0 || answer.trim() === '') return [];
  const index = new SupportIndex(passages);
  const found: Support[] = [];
  for (const { start, end } of joinMarks(answer, sentencesOf(answer)).slice(0, mostStatements)) {
    const sentence = answer.slice(start, end);
    const statement = withoutMarks(sentence);
    const marks = marksIn(sentence, passages.length);
    if (marks.length > 0) {
      for (const mark of marks)
        found.push(index.best(statement, question, mark - 1) ?? opening(passages, mark - 1, index, question));
      continue;
    }
    const best = index.best(statement, question);
    if (best !== undefined && isSupport(best, statement)) found.push(best);
  }
  return citationsOf(found, passages);
}

/** Whether the quote of a citation is in its passage at the given offset. */
export function isTrueCitation(citation: Citation, passage: Pick<Passage, 'id' | 'text'>): boolean {
  return (
    citation.passage === passage.id &&
    citation.quote !== '' &&
    passage.text.slice(citation.quoteStart, citation.quoteEnd) === citation.quote
  );
}

/** One shared word is enough support only for a short answer without other words. */
function isSupport(support: Support, statement: string): boolean {
  const words = new Set(contentWords(statement).map(({ form }) => form)).size;
  return support.score >= enough && (support.matched >= 2 || words === 1);
}

/** For a named passage without a word of the statement (for example in another language): the answer to the question, otherwise its first sentence. */
function opening(passages: readonly Passage[], passage: number, index: SupportIndex, question: string): Support {
  const text = passages[passage]?.text ?? '';
  const span = index.best(question, '', passage)?.span ?? sentencesOf(text)[0] ?? { start: 0, end: text.length };
  return { passage, span, score: 0, matched: 0 };
}

function citationsOf(found: readonly Support[], passages: readonly Passage[]): readonly Citation[] {
  const byPassage = new Map<number, Support[]>();
  for (const support of found) {
    const others = byPassage.get(support.passage) ?? [];
    byPassage.set(
      support.passage,
      others.some(({ span }) => overlap(span, support.span))
        ? others.map((other) => (overlap(other.span, support.span) && support.score > other.score ? support : other))
        : [...others, support],
    );
  }
  return [...byPassage]
    .sort(([a], [b]) => a - b)
    .flatMap(([at, supports]) => {
      const passage = passages[at];
      if (passage === undefined) return [];
      const best = [...new Set(supports)].sort((a, b) => b.score - a.score).slice(0, quotesOfPassage);
      return best.sort((a, b) => a.span.start - b.span.start).map(({ span }) => citationOf(at + 1, passage, span));
    });
}

function citationOf(number: number, passage: Passage, { start, end }: Span): Citation {
  return withoutUndefined({
    number,
    passage: passage.id,
    document: passage.document,
    title: passage.title,
    source: passage.source,
    collection: passage.collection,
    place: passage.place,
    quote: passage.text.slice(start, end),
    quoteStart: start,
    quoteEnd: end,
  });
}

const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;
