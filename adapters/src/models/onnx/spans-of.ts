import type { TaggedSpan } from '@heddle/core';
import type { OnnxRows } from './protocol.js';

/** A label without its prefix (B, I, E, S), which says whether a name begins or continues. */
export const kindOf = (label: string): string => label.replace(/^[BIES]-/, '');

interface Word {
  readonly start: number;
  end: number;
  readonly label: string;
  readonly score: number;
}

/**
 * Makes spans from the scores of a text's tokens, including its special tokens. A word has the label of its first token, so all parts of a
 * word agree. Neighbouring words of a kind form one span, unless the second begins a new one.
 */
export function spansOf(
  text: string,
  offsets: readonly (readonly [number, number])[],
  rows: OnnxRows,
  labels: readonly string[],
): readonly TaggedSpan[] {
  const spans: { start: number; end: number; label: string; score: number; words: number }[] = [];
  let isOpen = false;
  for (const word of wordsOf(text, offsets, rows, labels)) {
    const kind = kindOf(word.label);
    const last = spans.at(-1);
    if (kind === 'O') isOpen = false;
    else if (isOpen && last?.label === kind && !word.label.startsWith('B-')) {
      last.end = word.end;
      last.score = (last.score * last.words + word.score) / (last.words + 1);
      last.words += 1;
    } else {
      spans.push({ start: word.start, end: word.end, label: kind, score: word.score, words: 1 });
      isOpen = true;
    }
  }
  return spans.map(({ start, end, label, score }) => ({ start, end, label, score }));
}

function wordsOf(
  text: string,
  offsets: readonly (readonly [number, number])[],
  { values, width }: OnnxRows,
  labels: readonly string[],
): readonly Word[] {
  const words: Word[] = [];
  offsets.forEach(([start, end], index) => {
    const last = words.at(-1);
    const goesOn = last?.end === start && isWordly(text[start - 1]) && isWordly(text[start]);
    if (last !== undefined && goesOn) {
      last.end = end;
      return;
    }
    // The first row belongs to the special token before the text.
    const scores = values.subarray((index + 1) * width, (index + 2) * width);
    const best = scores.reduce((most, score, at) => (score > (scores[most] ?? -Infinity) ? at : most), 0);
    const most = scores[best] ?? 0;
    const sum = scores.reduce((total, score) => total + Math.exp(score - most), 0);
    words.push({ start, end, label: labels[best] ?? 'O', score: 1 / sum });
  });
  return words;
}

const isWordly = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}\p{M}]/u.test(character);
