import type { Passage } from '@heddle/core';
import { sentencesOf, type Span } from './sentences.js';
import { contentWords, type Word } from './words.js';

/** A stretch of a passage that may support a statement. */
export interface Support {
  /** Index of the passage. */
  readonly passage: number;
  readonly span: Span;
  /** Share of the statement's weight that stands in the span, 0 to 1, and a little for the question's words. */
  readonly score: number;
  /** How many different words of the statement stand in the span. */
  readonly matched: number;
}

interface Candidate {
  readonly passage: number;
  readonly span: Span;
  /** Two sentences: taken only where the second adds words of the statement. */
  readonly isPair: boolean;
  readonly forms: ReadonlySet<string>;
}

/** Longest quote of more than one sentence, in characters. */
const longestQuote = 360;
/** A title or heading names what the sentences below it speak of, so its words count, but less. */
const headingShare = 0.5;

/** Finds, for a statement, the stretch of the passages that holds most of its words; rare words and numbers weigh more. */
export class SupportIndex {
  readonly #candidates: readonly Candidate[];
  readonly #headings: readonly ReadonlySet<string>[];
  readonly #frequency = new Map<string, number>();
  readonly #sentences: number;

  constructor(passages: readonly Pick<Passage, 'text' | 'title' | 'place'>[]) {
    const candidates: Candidate[] = [];
    let sentences = 0;
    passages.forEach((passage, index) => {
      const spans = sentencesOf(passage.text).map((span) => ({
        span,
        forms: formsOf(passage.text.slice(span.start, span.end)),
      }));
      sentences += spans.length;
      for (const { forms } of spans)
        for (const form of forms) this.#frequency.set(form, (this.#frequency.get(form) ?? 0) + 1);
      spans.forEach(({ span, forms }, at) => {
        candidates.push({ passage: index, span, isPair: false, forms });
        const next = spans[at + 1];
        if (next === undefined || next.span.end - span.start > longestQuote) return;
        candidates.push({
          passage: index,
          span: { start: span.start, end: next.span.end },
          isPair: true,
          forms: new Set([...forms, ...next.forms]),
        });
      });
    });
    this.#candidates = candidates;
    this.#sentences = sentences;
    this.#headings = passages.map(({ title, place }) => formsOf([title ?? '', ...(place?.headings ?? [])].join(' ')));
  }

  /** The best stretch, of all passages or of one; undefined where no word is shared. A tie goes to the shorter stretch, then the earlier passage. */
  best(statement: string, question: string, only?: number): Support | undefined {
    const words = contentWords(statement);
    const questionForms = formsOf(question);
    const total = sum(unique(words), (word) => this.#weight(word));
    if (total === 0) return undefined;
    let best: Support | undefined;
    for (const candidate of this.#candidates) {
      if (only !== undefined && candidate.passage !== only) continue;
      const support = this.#score(candidate, unique(words), total, questionForms);
      if (support === undefined) continue;
      const isBetter =
        best === undefined ||
        support.score > best.score + 1e-9 ||
        (Math.abs(support.score - best.score) <= 1e-9 &&
          support.passage === best.passage &&
          length(support.span) < length(best.span));
      if (isBetter) best = support;
    }
    return best;
  }

  #score(
    candidate: Candidate,
    words: readonly Word[],
    total: number,
    question: ReadonlySet<string>,
  ): Support | undefined {
    const heading = this.#headings[candidate.passage] ?? new Set<string>();
    let weight = 0;
    let matched = 0;
    let hasForeignNumber = false;
    for (const word of words) {
      if (candidate.forms.has(word.form)) {
        weight += this.#weight(word);
        matched += 1;
      } else if (heading.has(word.form)) weight += this.#weight(word) * headingShare;
      else if (word.isNumber) hasForeignNumber = true;
    }
    if (matched === 0) return undefined;
    const coverage = (weight / total) * (hasForeignNumber ? 0.6 : 1);
    const aboutQuestion =
      question.size === 0
        ? 0
        : [...question].filter((form) => candidate.forms.has(form) || heading.has(form)).length / question.size;
    return {
      passage: candidate.passage,
      span: candidate.span,
      score: coverage + aboutQuestion * 0.1 - (candidate.isPair ? 0.1 : 0),
      matched,
    };
  }

  #weight(word: Word): number {
    const rarity = Math.log(1 + (this.#sentences + 1) / ((this.#frequency.get(word.form) ?? 0) + 1));
    return word.isNumber ? rarity * 2 : rarity;
  }
}

function formsOf(text: string): ReadonlySet<string> {
  return new Set(contentWords(text).map(({ form }) => form));
}

function unique(words: readonly Word[]): readonly Word[] {
  return [...new Map(words.map((word) => [word.form, word])).values()];
}

const length = ({ start, end }: Span): number => end - start;
const sum = <T>(items: readonly T[], valueOf: (item: T) => number): number =>
  items.reduce((total, item) => total + valueOf(item), 0);
