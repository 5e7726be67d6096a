import { addresses } from './find-addresses.js';
import { emails } from './find-emails.js';
import { ibans } from './find-ibans.js';
import { ids } from './find-ids.js';
import { keys } from './find-keys.js';
import { links } from './find-links.js';
import { cards } from './find-numbers.js';
import { phones } from './find-phones.js';
import { type Detector, type Finding, type PatternKind } from './finding.js';
import { plainText, type PlainText } from './plain-text.js';

/** The detectors that need no model, by kind. */
export const patternDetectors: Readonly<Record<PatternKind, Detector>> = {
  EMAIL: emails,
  PHONE: phones,
  IBAN: ibans,
  CARD: cards,
  ID: ids,
  IP: addresses,
  KEY: keys,
  URL: links,
};

/**
 * Runs the detectors and returns their findings from left to right, without overlaps. Where findings overlap, the longer one decides the
 * kind; of equal ones, that of the earlier detector.
 */
export function detect(text: string, detectors: readonly Detector[]): readonly Finding[] {
  const plain = plainText(text);
  const all = detectors.flatMap((detector, rank) =>
    findIn(detector, text, plain).map((finding) => ({ finding, rank })),
  );
  all.sort((a, b) => a.finding.start - b.finding.start || b.finding.end - a.finding.end || a.rank - b.rank);
  const kept: Finding[] = [];
  for (const { finding } of all) {
    const last = kept.at(-1);
    if (last === undefined || finding.start >= last.end) kept.push(finding);
    // A finding that starts inside another one and ends after it is covered too: the first one is extended.
    else if (finding.end > last.end)
      kept[kept.length - 1] = { kind: longer(last, finding), start: last.start, end: finding.end };
  }
  return kept;
}

/** Detectors of words read the original text, since their words are written like that; the others read its plain form. */
function findIn(detector: Detector, text: string, plain: PlainText | undefined): readonly Finding[] {
  if (plain === undefined || detector.readsWritten === true) return detector.find(text);
  return detector.find(plain.text).map(({ kind, start, end }) => {
    const [first, last] = plain.original(start, end);
    return { kind, start: first, end: last };
  });
}

const longer = (a: Finding, b: Finding): string => (b.end - b.start > a.end - a.start ? b.kind : a.kind);
