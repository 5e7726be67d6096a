import { isBorder, type Detector, type Finding } from './finding.js';

/** The pattern is bounded, so that a long run is read a limited number of times. */
export const phoneLike = /(?:\+ ?|\(|\b)\(?\d(?:[\d ()./-]|\u0020?\(0\)){4,26}\d/g;
const extension =
  /^(?: ?,? ?(?:x|ext\.?|extension|extn\.?|durchwahl|dw|poste|int\.?|anexo|ramal) ?:?\.? ?\d{1,6}|#\d{1,6})(?!\d)/i;

/** Words or beginnings of words that announce a telephone number. */
const wordBefore =
  /(?<!\p{L})(?:tele ?phone|phone|tel(?![\p{L}])|telefon|teléfono|téléphone|telefono|telefone|telefoon|puhelin|call(?:ing|ed|s)?(?!\p{L})|dial|ring(?!\p{L})|reach|mobil|cell|handy|móvil|celular|portable|mob(?!\p{L})|fax|whats ?app|signal|viber|sms|text (?:me|us|him|her|to|at)|messages? (?:to|on|at|from)|voicemail|hotline|direct line|land ?line|switchboard|answer(?:ing|ed|s)?|pick(?:ing)? up|contact|registered(?: (?:number|mobile|phone))?|ph(?!\p{L})|rufnummer|tlf|tfn|gsm|電話|电话|手机|전화)/iu;
/** Words directly before a number, as in signatures. */
const siteBefore = /(?<!\p{L})(?:desk|office|direct|work|home|main)(?: (?:no|number|line))?[.:]? {0,2}$/iu;
/** Words directly after a number, as in signatures. */
const wordAfter = /^[ ,(-]{0,3}(?:office|fax|mobile|desk|home|work|cell|direct|main|mob|tel)(?!\p{L})/iu;
/** A number directly after one of these words is not a telephone number. */
const otherBefore =
  /(?:order|invoice|ticket|case|ref(?:erence)?|serial|tracking|part|item|account|acct|card|model|batch|isbn|issn|version|page|room|zip|postcode|bestellung|rechnung|auftrag|№)[.:#]? ?(?:(?:no|nr|number|num|id|is)[.:]? ?){0,2}#?$/i;

const northAmerican = /^(?:1[ .-]?)?(?:\(?[2-9]\d\d\)? ?[ ./-]?|\(\d{3}\) ?)[2-9]\d\d[ .-]\d{4}$/;
/** Days, months with a year, and ranges of decimal numbers. */
const dateLike =
  /^(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}\/\d{4} ?- ?\d{1,2}\/\d{4}|\d{1,3}\.\d+ ?- ?\d{1,3}\.\d+)$/;
const leastDigits = 7;
const mostDigits = 15;

/**
 * Telephone numbers with their extension: international, with a trunk zero in groups, in North American form, or beside a
 * word such as "phone" or "office". At most 15 digits (E.164).
 */
export const phones: Detector = {
  kind: 'PHONE',
  find(text) {
    const findings: Finding[] = [];
    for (const { 0: match, index } of text.matchAll(phoneLike)) {
      const found = shortened(match);
      const end = index + found.length;
      if (found === '' || isPartOfMore(text, index, end) || dateLike.test(found)) continue;
      const more = extension.exec(text.slice(end, end + 20))?.[0] ?? '';
      if (isPhone(text, index, found, end + more.length))
        findings.push({ kind: 'PHONE', start: index, end: end + more.length });
    }
    return findings;
  },
};

const digitsIn = (text: string): number => text.replace(/\D/g, '').length;

/** Cuts off numbers that follow after a space, if there are too many digits for one telephone number. */
export function shortened(found: string): string {
  let rest = found;
  while (digitsIn(rest) > mostDigits) {
    const space = rest.lastIndexOf(' ');
    if (space < 0) return '';
    rest = rest.slice(0, space).replace(/[ ()./-]+$/, '');
  }
  return digitsIn(rest) < leastDigits - 1 ? '' : rest;
}

/** Whether the match is part of a longer number or word. A comma or full stop after a word does not belong to a number. */
export function isPartOfMore(text: string, start: number, end: number): boolean {
  const before = text[start - 1] ?? '';
  if (/[\w/@-]/.test(before) && !/^[-/]$/.test(before)) return true;
  if (/[.,/-]/.test(before) && /[\d.,/-]/.test(text[start - 2] ?? '0')) return true;
  if (!/[(+]/.test(text[start] ?? '') && !isBorder(text, start)) return true;
  return /\d/.test(text[end] ?? '') || (/[.,/-]/.test(text[end] ?? '') && /\d/.test(text[end + 1] ?? ''));
}

function isPhone(text: string, at: number, found: string, end: number): boolean {
  const digits = digitsIn(found);
  const isBefore = text.slice(Math.max(0, at - 40), at);
  if (found.startsWith('+')) return digits >= 7 && /^\+ ?\(?[1-9]/.test(found);
  if (otherBefore.test(isBefore)) return false;
  const isClosed = isBorder(text, end);
  if (/^00[1-9]/.test(found) && digits >= 9) return isClosed;
  if (northAmerican.test(found)) return true;
  const isGrouped = /[ ()/.-]/.test(found);
  const isTrunk = /^\(?0[1-9]/.test(found) && isGrouped && digits >= 9 && !/\. /.test(found);
  if (isTrunk && groupsAreUsual(found)) return isClosed;
  return (hasPhoneWord(text, at) || wordAfter.test(text.slice(end, end + 16))) && isClosed;
}

/** Whether words before an index announce a telephone number. */
export function hasPhoneWord(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 40), at);
  return wordBefore.test(before) || siteBefore.test(before);
}

/** Whether the groups are usual for a number with a trunk zero. Groups such as `012 34567 89` come from street numbers and post codes. */
const groupsAreUsual = (found: string): boolean => !/^0\d{2} \d{5} \d{2}$/.test(found);
