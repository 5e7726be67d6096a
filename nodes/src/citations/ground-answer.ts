import type { Passage } from '@heddle/core';
import { isEcho } from './echo.js';
import { sentencesOf } from './sentences.js';
import { contentWords } from './words.js';

/** How many sentences of the answer and of the passages are compared at most. */
const mostSentences = 200;
const mostEvidence = 1000;

export interface GroundedSentence {
  readonly sentence: string;
  /** 0 to 1. */
  readonly score: number;
  /** The id of the passage that supports it best; empty if none has anything in common with it. */
  readonly passage: string;
  readonly isSupported: boolean;
  /** The sentence only repeats the question, so nothing supports it. */
  readonly isEcho?: true;
}

interface Grounding {
  /** The lowest score of a supported sentence. */
  readonly enough: number;
  /** The question; a sentence that only repeats it is not supported. */
  readonly question?: string | undefined;
  /** Embeds texts as normalised vectors. If set, meanings are compared too, by cosine similarity. */
  readonly embed?: ((texts: readonly string[]) => Promise<readonly Float32Array[]>) | undefined;
}

/**
 * Compares each sentence of an answer with the sentences of the passages: by the share of its words in the best one and, with vectors, by
 * meaning. A sentence with a number that occurs in no passage is unsupported. The function compares words and meanings; it does not reason.
 *
 * @example const sentences = await groundAnswer('27 days.', passages, { enough: 0.5 });
 */
export async function groundAnswer(
  answer: string,
  passages: readonly Pick<Passage, 'id' | 'text'>[],
  { enough, question = '', embed }: Grounding,
): Promise<readonly GroundedSentence[]> {
  const sentences = cut(answer).slice(0, mostSentences);
  const evidence = passages
    .flatMap((passage) => [...cut(passage.text), passage.text].map((text) => evidenceOf(text, passage)))
    .slice(0, mostEvidence);
  const near = await nearness(sentences, evidence, embed);
  const numbers = new Set(evidence.flatMap(({ words }) => [...words].filter((word) => /^\p{N}/u.test(word))));
  return sentences.map((sentence, at) => {
    if (isEcho(sentence, question)) return { sentence, score: 0, passage: '', isSupported: false, isEcho: true };
    const words = contentWords(sentence);
    const isForeign = words.some(({ isNumber, form }) => isNumber && !numbers.has(form));
    let best = { score: 0, passage: '' };
    evidence.forEach((one, index) => {
      const overlap = words.length === 0 ? 1 : words.filter(({ form }) => one.words.has(form)).length / words.length;
      const score = near === undefined ? overlap : (overlap + Math.max(0, near(at, index))) / 2;
      if (score > best.score) best = { score, passage: one.passage };
    });
    return { sentence, ...best, isSupported: !isForeign && best.score >= enough };
  });
}

const cut = (text: string): readonly string[] => sentencesOf(text).map(({ start, end }) => text.slice(start, end));

interface Evidence {
  readonly text: string;
  readonly passage: string;
  readonly words: ReadonlySet<string>;
}

function evidenceOf(text: string, { id }: Pick<Passage, 'id'>): Evidence {
  return { text, passage: id, words: new Set(contentWords(text).map(({ form }) => form)) };
}

/** Cosine similarity of a sentence and a source; undefined without vectors. */
async function nearness(
  sentences: readonly string[],
  evidence: readonly Evidence[],
  embed: Grounding['embed'],
): Promise<((sentence: number, evidence: number) => number) | undefined> {
  if (embed === undefined || sentences.length === 0 || evidence.length === 0) return undefined;
  const said = await embed(sentences);
  const read = await embed(evidence.map(({ text }) => text));
  return (a, b) => dot(said[a], read[b]);
}

function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  let sum = 0;
  for (let at = 0; at < (a?.length ?? 0); at += 1) sum += (a?.[at] ?? 0) * (b?.[at] ?? 0);
  return sum;
}
