import { mod97 } from './checksums.js';
import { isBorder, type Detector, type Finding } from './finding.js';

/** The length of IBANs by country, from the SWIFT registry (ISO 13616). */
const lengths: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MR: 27,
  MT: 31,
  MU: 30,
  NL: 18,
  NO: 15,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  SA: 24,
  SC: 31,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  ST: 25,
  SV: 28,
  TL: 23,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
};
/** The shortest IBAN is that of Norway. */
const shortest = 15;
const ibanLike = /[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}/g;

/** IBANs, by the length for their country and the check digits (mod 97). Text that follows an IBAN without a space is not part of it. */
export const ibans: Detector = {
  kind: 'IBAN',
  find(text) {
    const findings: Finding[] = [];
    for (const { 0: found, index } of text.matchAll(ibanLike)) {
      const length = lengths[found.slice(0, 2).toUpperCase()];
      if (length === undefined || !isBorder(text, index)) continue;
      // A number with another length counts if it is written without spaces and its check digits are right: then it was meant as an IBAN.
      for (const end of [index + cutAfter(found, length), index + pieceLength(found)]) {
        const plain = text.slice(index, end).replace(/[ -]/g, '').toUpperCase();
        if (plain.length < shortest || !isBorder(text, end) || mod97(plain.slice(4) + plain.slice(0, 4)) !== 1)
          continue;
        findings.push({ kind: 'IBAN', start: index, end });
        break;
      }
    }
    return findings;
  },
};

const pieceLength = (found: string): number => /^[A-Za-z0-9]+/.exec(found)?.[0].length ?? 0;

/** The end of the part that contains this many letters and digits. */
function cutAfter(text: string, count: number): number {
  let seen = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === ' ' || text[index] === '-') continue;
    seen += 1;
    if (seen === count) return index + 1;
  }
  return text.length;
}
