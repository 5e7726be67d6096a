import { detect } from './detect.js';
import type { Detector } from './finding.js';
import type { Placeholders } from './placeholders.js';

/** Characters before a piece that detectors may look at: the words that say what a number is. */
const context = 64;

/** A longer text without a space is let through in pieces: nothing that is looked for is longer. */
const longestWord = 8192;
const longestMatch = 640;

/**
 * Redacts a text that is still being written. Only what may be part of something to be taken out is held back: the last words.
 *
 * R1 Joined, what `push` and `end` give is what redacting the whole text would give. R2 Nothing of a finding is given out before
 * all of it is there.
 */
export interface RedactStream {
  push(delta: string): string;
  end(): string;
}

/** `hold` is the length of the longest phrase that may be found, spaces included. */
export function createRedactStream(
  detectors: readonly Detector[],
  placeholders: Placeholders,
  hold: number,
): RedactStream {
  let before = '';
  let open = '';

  function take(until: number): string {
    const findings = detect(before + open, detectors)
      .map(({ kind, start, end }) => ({ kind, start: start - before.length, end: end - before.length }))
      .filter(({ start }) => start >= 0);
    const cut = findings.find(({ start, end }) => start < until && end > until)?.start ?? until;
    const taken = open.slice(0, cut);
    const text = placeholders.redact(
      taken,
      findings.filter(({ end }) => end <= cut),
    );
    before = (before + taken).slice(-context);
    open = open.slice(cut);
    return text;
  }

  return {
    push(delta) {
      open += delta;
      const until = safeEnd(open, hold);
      return until <= 0 ? '' : take(until);
    },
    end: () => take(open.length),
  };
}

/** A place between words, far enough from the end; within a word only where it is longer than anything looked for. */
function safeEnd(text: string, hold: number): number {
  for (let index = text.length - hold; index > 0; index -= 1) if (/\s/.test(text[index - 1] ?? '')) return index;
  return text.length > longestWord ? text.length - longestMatch : 0;
}
