import { passesLuhn } from './checksums.js';
import { hasWordBefore, isBorder, type Detector, type Finding } from './finding.js';

/** Digits in groups with usual separators; bounded, so that a long run is read a limited number of times. */
const cardLike = /\d(?:[ -]?\d){12,18}/g;
const phoneLike = /(?:\+|\(|\b)\d[\d ()./-]{5,24}\d/g;

const issuers = /^(?:4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|3(?:0[0-5]|[68])|35|6(?:011|4[4-9]|5)|62)/;
const cardLengths: ReadonlySet<number> = new Set([13, 14, 15, 16, 19]);

/** Payment cards: a known issuer, a usual length and the Luhn digit. */
export const cards: Detector = {
  kind: 'CARD',
  find(text) {
    const findings: Finding[] = [];
    for (const { 0: found, index } of text.matchAll(cardLike)) {
      const digits = found.replace(/\D/g, '');
      const end = index + found.length;
      if (!cardLengths.has(digits.length) || !issuers.test(digits) || !passesLuhn(digits)) continue;
      if (isBorder(text, index) && isBorder(text, end)) findings.push({ kind: 'CARD', start: index, end });
    }
    return findings;
  },
};

const phoneWords = [
  'phone',
  'tel',
  'call',
  'mobile',
  'cell',
  'fax',
  'whatsapp',
  'sms',
  'telefon',
  'handy',
  'móvil',
  'portable',
];
const northAmerican = /^\(?[2-9]\d\d\)?[ .-]?[2-9]\d\d[ .-]\d{4}$/;
const dateLike = /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$/;

/** Telephone numbers: international, with a trunk zero in groups, in North American form, or after a word such as "phone". 8 to 15 digits (E.164). */
export const phones: Detector = {
  kind: 'PHONE',
  find(text) {
    const findings: Finding[] = [];
    for (const match of text.matchAll(phoneLike)) {
      const found = match[0];
      const { index } = match;
      const end = index + found.length;
      const digits = found.replace(/\D/g, '').length;
      if (digits < 7 || digits > 15 || dateLike.test(found) || !isBorder(text, end)) continue;
      if (index > 0 && /[\w.,/-]/.test(text[index - 1] ?? '')) continue;
      if (isPhone(text, index, found, digits)) findings.push({ kind: 'PHONE', start: index, end });
    }
    return findings;
  },
};

function isPhone(text: string, at: number, found: string, digits: number): boolean {
  if (found.startsWith('+') || /^00[1-9]/.test(found)) return digits >= 8;
  if (northAmerican.test(found)) return true;
  const isGrouped = /[ ()/-]/.test(found);
  if (/^\(?0[1-9]/.test(found) && isGrouped && digits >= 9) return true;
  return hasWordBefore(text, at, phoneWords);
}
