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
}

/** Longest quote of more than one sentence, in characters. */
const longestQuote = 360;
/** A title or heading names what the sentences below it speak of, so its words count, but less. */
const headingShare = 0.5;
/** What a word of the question that stands in the span adds, all of them together. */
const questionShare = 0.1;
/** What a second sentence must bring to be worth quoting. */
const pairCost = 0.1;
/** A number of the statement that stands nowhere near makes support doubtful. */
const foreignNumber = 0.6;

/** Finds, for a statement, the stretch of the passages that holds most of its words; rare words and numbers weigh more. */
export class SupportIndex {
  readonly #candidates: Candidate[] = [];
  readonly #headings: readonly ReadonlySet<string>[];
  /** The candidates that hold a word: a statement looks only at those, however many passages there are. */
  readonly #holders = new Map<string, number[]>();
  /** In how many sentences a word stands. */
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
   * The best stretch, of all passages or of one; undefined where no word is shared. A tie goes to the shorter stretch, then
   * the earlier passage.
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

  /** The candidates that hold at least one word, with the weight and number of those they hold. */
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

  /** What the headings above a candidate add, and whether a number of the statement stands in neither. */
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
      if ((!isInHeading && !word.isNumber) || holds(this.#holders.get(word.form), at)) continue;
      if (isInHeading) weight += this.#weight(word) * headingShare;
      else hasForeignNumber = true;
    }
    return { weight, hasForeignNumber };
  }

  /** For each candidate, the share of the question's words that it or its headings hold. Kept for the next statement. */
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

/** Whether a sorted list holds a number: halving, as lists of common words are long. */
function holds(sorted: readonly number[] | undefined, wanted: number): boolean {
  let [low, high] = [0, (sorted?.length ?? 0) - 1];
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
