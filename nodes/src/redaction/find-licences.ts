import { isBorder, type Finding } from './finding.js';

/** Words that announce the number of a driver's licence. */
const words =
  /\b(?:driver(?:['’]?s)?|driving)[ -]{1,2}(?:licen[cs]e|permit)|\bDLN?(?:[ .:#]|\s?no\b)|\bDL number\b|F(?:ü|ue)hrerschein|permis de conduire|(?:carnet|permiso|licencia) de conducir|\bpatente(?: di guida)?\b|rijbewijs|carta de condu|\bk(?:ø|ö)rekort|körkort|prawo jazdy/giu;
/** The number, at most a few words after them. */
const number =
  /^[^\d\n]{0,32}?(?<![\p{L}\p{N}])([A-Z]{5} \d{6} [A-Z\d]{5}|[A-Za-z]{0,12}\d[A-Za-z\d]{0,17}\*{0,3}(?:[ -]\d{2,6}){0,4})(?![\p{L}\p{N}])/u;
/** A number that consists of letters, which some states issue. It must directly follow the name and must not look like a word. */
const letters =
  /^[^\d\n]{0,12}?(?:number|no\.?|#)(?: is)?[: ] ?((?=[a-z]*[A-Z]+[a-z]+[A-Z]|[a-z]+[A-Z])[A-Za-z]{6,12}\*{0,3})(?![\p{L}\p{N}])/u;

/** Finds the numbers of driver's licences after words that announce them, because the numbers have no common form and no check digit. */
export function findLicences(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { 0: found, index } of text.matchAll(words)) {
    const from = index + found.length;
    const after = text.slice(from, from + 72);
    const match = number.exec(after) ?? letters.exec(after);
    const value = match?.[1] ?? '';
    const size = value.replace(/[ -]/g, '').length;
    if (match === null || size < 5 || size > 20 || isDay(value)) continue;
    const start = from + match[0].length - value.length;
    if (isBorder(text, start)) findings.push({ kind: 'ID', start, end: start + value.length });
  }
  return findings;
}

const isDay = (value: string): boolean => /^(?:\d{1,2}[ -]\d{1,2}[ -]\d{4}|\d{4}[ -]\d{1,2}[ -]\d{1,2})$/.test(value);
