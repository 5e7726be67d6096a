import { detect } from './detect.js';
import type { Detector } from './finding.js';
import type { Placeholders } from './placeholders.js';

/** How many characters before a part detectors may read, to find words that announce a number. */
const context = 64;

/** A longer text without a space is passed on in parts, because no finding is longer. */
const longestWord = 8192;
const longestMatch = 640;

/**
 * Redacts a streamed text. Only the last words are held back, because they may be part of a finding.
 *
 * - The joined output of `push` and `end` equals the redacted whole text.
 * - No part of a finding is passed on before the finding is complete.
 */
interface RedactStream {
  push(delta: string): string;
  end(): string;
}

/** `hold` is the length of the longest possible phrase, including spaces. */
export function createRedactStream(
  detectors: readonly Detector[],
  placeholders: Placeholders,
  hold: number,
): RedactStream {
  let before = '';
  let open = '';

  function redactUntil(until: number): string {
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
      return until <= 0 ? '' : redactUntil(until);
    },
    end: () => redactUntil(open.length),
  };
}

/**
 * A position between words, far enough from the end that no open finding can begin before it. The position is inside a word only if the
 * word is longer than any finding.
 */
function safeEnd(text: string, hold: number): number {
  for (let index = text.length - hold; index > 0; index -= 1) if (/\s/.test(text[index - 1] ?? '')) return index;
  return text.length > longestWord ? text.length - longestMatch : 0;
}
