import { withoutUndefined, type Citation, type Passage } from '@heddle/core';
import { placeOfQuote } from './place-of-quote.js';
import { isEcho } from './echo.js';
import { joinMarks, marksIn, withoutMarks } from './marks.js';
import { sentencesOf, type Span } from './sentences.js';
import { SupportIndex, type Support } from './support.js';
import { contentWords } from './words.js';

/** The least share of a statement's weight that a span must contain to support it. */
const enough = 0.5;
/** The most quotes of one passage. */
const quotesOfPassage = 3;
/** How many statements of an answer are checked at most. */
const mostStatements = 400;

/**
 * Finds the sources of an answer. A passage that the answer names as `[n]` is cited. A sentence without such a mark is compared with the
 * passages, and the span with the most of its words is cited. A sentence that only repeats the question gets no citation. Each quote occurs
 * literally in its passage.
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
  const found: Cited[] = [];
  for (const { start, end } of joinMarks(answer, sentencesOf(answer)).slice(0, mostStatements)) {
    const sentence = answer.slice(start, end);
    const statement = withoutMarks(sentence);
    if (isEcho(statement, question)) continue;
    const marks = marksIn(sentence, passages.length);
    if (marks.length > 0) {
      for (const mark of marks) {
        const support = index.best(statement, question, mark - 1) ?? fallbackQuote(passages, mark - 1, index, question);
        found.push({ ...support, sentences: [sentence] });
      }
      continue;
    }
    const best = index.best(statement, question);
    if (best !== undefined && isSupport(best, statement)) found.push({ ...best, sentences: [sentence] });
  }
  return citationsOf(found, passages);
}

/** Whether a span supports a statement. One shared word is enough only if the statement has a single word. */
function isSupport(support: Support, statement: string): boolean {
  const words = new Set(contentWords(statement).map(({ form }) => form)).size;
  return support.score >= enough && (support.matched >= 2 || words === 1);
}

/**
 * The quote for a passage that the answer names but that shares no word with the statement, for example because it is in another language:
 * the span that answers the question, otherwise the first sentence.
 */
function fallbackQuote(passages: readonly Passage[], passage: number, index: SupportIndex, question: string): Support {
  const text = passages[passage]?.text ?? '';
  const span = index.best(question, '', passage)?.span ?? sentencesOf(text)[0] ?? { start: 0, end: text.length };
  return { passage, span, score: 0, matched: 0 };
}

/** A span of a passage, and the sentences of the answer that it supports. */
interface Cited extends Support {
  readonly sentences: readonly string[];
}

function citationsOf(found: readonly Cited[], passages: readonly Passage[]): readonly Citation[] {
  const byPassage = new Map<number, Cited[]>();
  for (const support of found) {
    const others = byPassage.get(support.passage) ?? [];
    byPassage.set(
      support.passage,
      others.some(({ span }) => overlap(span, support.span))
        ? others.map((other) => (overlap(other.span, support.span) ? joined(other, support) : other))
        : [...others, support],
    );
  }
  return [...byPassage]
    .sort(([a], [b]) => a - b)
    .flatMap(([at, supports]) => {
      const passage = passages[at];
      if (passage === undefined) return [];
      const best = oncePerSpan(supports)
        .sort((a, b) => b.score - a.score)
        .slice(0, quotesOfPassage);
      return best.sort((a, b) => a.span.start - b.span.start).map((cited) => citationOf(at + 1, passage, cited));
    });
}

/** Merges two overlapping spans: the better one, with the sentences of both. */
function joined(one: Cited, other: Cited): Cited {
  return {
    ...(other.score > one.score ? other : one),
    sentences: [...new Set([...one.sentences, ...other.sentences])],
  };
}

function oncePerSpan(supports: readonly Cited[]): Cited[] {
  const spans = new Map<number, Cited>();
  for (const support of supports) {
    const known = spans.get(support.span.start);
    spans.set(support.span.start, known === undefined ? support : joined(known, support));
  }
  return [...spans.values()];
}

function citationOf(number: number, passage: Passage, { span: { start, end }, sentences }: Cited): Citation {
  return withoutUndefined({
    number,
    passage: passage.id,
    document: passage.document,
    title: passage.title,
    source: passage.source,
    collection: passage.collection,
    place: placeOfQuote(passage.place, start, end),
    quote: passage.text.slice(start, end),
    quoteStart: start,
    quoteEnd: end,
    sentences: [...sentences],
    linkedBy: passage.linkedBy,
  });
}

const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;
