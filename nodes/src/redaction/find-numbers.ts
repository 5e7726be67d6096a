import { passesLuhn } from './checksums.js';
import { isBorder, type Detector, type Finding } from './finding.js';

/** Digits in groups with the usual separators. The pattern is bounded, so that a long run is read a limited number of times. */
const cardLike = /\d(?:[ -]?\d){11,18}/g;

/** Issuers by their first digits and lengths (ISO/IEC 7812, as the networks publish them). */
const issuers: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[689])/, [14, 16, 17, 18, 19]],
  [/^35/, [16, 17, 18, 19]],
  [/^(?:2131|1800)/, [15]],
  [/^(?:6011|64[4-9]|65|62|81|82|60|508|22(?:0[0-4]))/, [16, 17, 18, 19]],
  [/^(?:50|5[6-8]|6304|6390|67|0604)/, [12, 13, 14, 15, 16, 17, 18, 19]],
];

const isCard = (digits: string): boolean =>
  issuers.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits)) && passesLuhn(digits);

/**
 * Payment cards: a known issuer, a length that the issuer uses, and a valid Luhn digit. Other groups of digits may stand before or after.
 */
export const cards: Detector = {
  kind: 'CARD',
  find(text) {
    const findings: Finding[] = [];
    for (const { 0: found, index } of text.matchAll(cardLike)) {
      if (!isBorder(text, index) && !isBorder(text, index + found.length)) continue;
      const part = cardIn(found);
      if (part === undefined) continue;
      const start = index + part[0];
      const end = index + part[1];
      if (isBorder(text, start) && isBorder(text, end)) findings.push({ kind: 'CARD', start, end });
    }
    return findings;
  },
};

/**
 * Finds the longest run of groups that is a card number. Groups at the ends are left out one by one, unless all groups are single digits.
 */
function cardIn(found: string): readonly [number, number] | undefined {
  const groups = [...found.matchAll(/\d+/g)].map(({ 0: { length }, index }) => ({ start: index, end: index + length }));
  const most = groups.every(({ start, end }) => end - start === 1) ? 0 : groups.length - 1;
  for (let left = 0; left <= most; left += 1) {
    for (let first = 0; first <= left; first += 1) {
      const start = groups[first]?.start ?? 0;
      const end = groups[groups.length - 1 - (left - first)]?.end ?? 0;
      const digits = found.slice(start, end).replace(/\D/g, '');
      if (digits.length < 12) continue;
      if (isCard(digits)) return [start, end];
    }
  }
  return undefined;
}
