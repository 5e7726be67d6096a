import type { Passage } from '@heddle/core';
import { sentencesOf, type Span } from './sentences.js';
import { contentWords, type Word } from './words.js';

/** A part of a passage that may support a statement. */
export interface Support {
  /** The index of the passage. */
  readonly passage: number;
  readonly span: Span;
  /** The share of the statement's weight in the span, 0 to 1, plus a small amount for words of the question. */
  readonly score: number;
  /** How many different words of the statement the span contains. */
  readonly matched: number;
}

interface Candidate {
  readonly passage: number;
  readonly span: Span;
  /** Whether the span has two sentences. It is used only if the second one adds words of the statement. */
  readonly isPair: boolean;
}

/** The most characters of a quote with several sentences. */
const longestQuote = 360;
/** A title or heading describes the sentences below it, so its words count, but less than the words of the sentence. */
const headingShare = 0.5;
/** The total weight of the question's words in the span. */
const questionShare = 0.1;
/** The least weight that a second sentence must add. */
const pairCost = 0.1;
/** The factor for a span that lacks a number of the statement, which makes the support doubtful. */
const foreignNumber = 0.6;

/** Finds the span of the passages that contains most of the words of a statement. Rare words and numbers weigh more. */
export class SupportIndex {
  readonly #candidates: Candidate[] = [];
  readonly #headings: readonly ReadonlySet<string>[];
  /** The candidates by word, so that only the candidates with a word of the statement are read. */
  readonly #holders = new Map<string, number[]>();
  /** How many sentences contain each word. */
  readonly #frequency = new Map<string, number>();
  #sentences = 0;
  #question: { readonly text: string; readonly shares: readonly number[] } | undefined;

  constructor(passages: readonly Pick<Passage, 'text' | 'title' | 'place'>[]) {
    this.#headings = passages.map(({ title, place }) => formsOf([title ?? '', ...(place?.headings ?? [])].join(' ')));
    passages.forEach(({ text }, passage) => {
      const sentences = sentencesOf(text).map((span) => ({ span, forms: formsOf(text.slice(span.start, span.end)) }));
      this.#sentences += sentences.length;
      for (const [at, { span, forms }] of sentences.entries()) {
        for (const form of forms) this.#frequency.set(form, (this.#frequency.get(form) ?? 0) + 1);
        this.#add({ passage, span, isPair: false }, forms);
        const next = sentences[at + 1];
        if (next === undefined || next.span.end - span.start > longestQuote) continue;
        this.#add(
          { passage, span: { start: span.start, end: next.span.end }, isPair: true },
          new Set([...forms, ...next.forms]),
        );
      }
    });
  }

  /**
   * The best span of all passages, or of the passage `only`; undefined if no word matches. In a tie, the shorter span wins, then the
   * earlier passage.
   */
  best(statement: string, question: string, only?: number): Support | undefined {
    const words = [...new Map(contentWords(statement).map((word) => [word.form, word])).values()];
    const total = words.reduce((sum, word) => sum + this.#weight(word), 0);
    if (total === 0) return undefined;
    const found = this.#matches(words);
    const shares = this.#sharesOf(question);
    let best: Support | undefined;
    for (const [at, { weight, matched }] of found) {
      const candidate = this.#candidates[at];
      if (candidate === undefined || (only !== undefined && candidate.passage !== only)) continue;
      const around = this.#around(words, at, candidate.passage);
      const coverage = ((weight + around.weight) / total) * (around.hasForeignNumber ? foreignNumber : 1);
      const score = coverage + (shares[at] ?? 0) * questionShare - (candidate.isPair ? pairCost : 0);
      const support = { passage: candidate.passage, span: candidate.span, score, matched };
      if (best === undefined || isBetter(support, best)) best = support;
    }
    return best;
  }

  #add(candidate: Candidate, forms: ReadonlySet<string>): void {
    const at = this.#candidates.push(candidate) - 1;
    for (const form of forms) {
      const holders = this.#holders.get(form);
      if (holders === undefined) this.#holders.set(form, [at]);
      else holders.push(at);
    }
  }

  /** The candidates that contain at least one word, with the weight and the number of these words. */
  #matches(words: readonly Word[]): ReadonlyMap<number, { weight: number; matched: number }> {
    const found = new Map<number, { weight: number; matched: number }>();
    for (const word of words) {
      const weight = this.#weight(word);
      for (const at of this.#holders.get(word.form) ?? []) {
        const known = found.get(at);
        if (known === undefined) found.set(at, { weight, matched: 1 });
        else {
          known.weight += weight;
          known.matched += 1;
        }
      }
    }
    return found;
  }

  /** The weight of the headings above a candidate, and whether a number of the statement is missing in both. */
  #around(
    words: readonly Word[],
    at: number,
    passage: number,
  ): { readonly weight: number; readonly hasForeignNumber: boolean } {
    const heading = this.#headings[passage];
    let weight = 0;
    let hasForeignNumber = false;
    for (const word of words) {
      const isInHeading = heading?.has(word.form) === true;
      if ((!isInHeading && !word.isNumber) || includesSorted(this.#holders.get(word.form), at)) continue;
      if (isInHeading) weight += this.#weight(word) * headingShare;
      else hasForeignNumber = true;
    }
    return { weight, hasForeignNumber };
  }

  /** For each candidate, the share of the question's words in it or in its headings. Cached for the next statement. */
  #sharesOf(question: string): readonly number[] {
    if (this.#question?.text === question) return this.#question.shares;
    const forms = formsOf(question);
    const counts = this.#candidates.map(({ passage }) => {
      const heading = this.#headings[passage];
      return heading === undefined ? 0 : [...forms].filter((form) => heading.has(form)).length;
    });
    for (const form of forms) {
      for (const at of this.#holders.get(form) ?? []) {
        if (this.#headings[this.#candidates[at]?.passage ?? -1]?.has(form) !== true) counts[at] = (counts[at] ?? 0) + 1;
      }
    }
    const shares = counts.map((count) => (forms.size === 0 ? 0 : count / forms.size));
    this.#question = { text: question, shares };
    return shares;
  }

  #weight(word: Word): number {
    const rarity = Math.log(1 + (this.#sentences + 1) / ((this.#frequency.get(word.form) ?? 0) + 1));
    return word.isNumber ? rarity * 2 : rarity;
  }
}

function isBetter(support: Support, best: Support): boolean {
  if (Math.abs(support.score - best.score) > 1e-9) return support.score > best.score;
  if (support.passage !== best.passage) return support.passage < best.passage;
  const [length, shortest] = [support, best].map(({ span }) => span.end - span.start);
  return (length ?? 0) < (shortest ?? 0) || (length === shortest && support.span.start < best.span.start);
}

/** Whether a sorted list contains a number, by binary search, because lists of common words are long. */
function includesSorted(sorted: readonly number[] | undefined, wanted: number): boolean {
  let low = 0;
  let high = (sorted?.length ?? 0) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = sorted?.[middle] ?? 0;
    if (value === wanted) return true;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

function formsOf(text: string): ReadonlySet<string> {
  return new Set(contentWords(text).map(({ form }) => form));
}
