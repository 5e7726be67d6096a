import type { Classifier } from '@heddle/core';
import { isBorder, type Detector, type Finding } from './finding.js';

/** Longest name that is taken out as one. */
export const longestName = 120;

/** What models of names call people, places and organisations, and what Heddle calls them. */
const kinds: Readonly<Record<string, string>> = {
  PER: 'PERSON',
  PERSON: 'PERSON',
  NAME: 'PERSON',
  LOC: 'PLACE',
  GPE: 'PLACE',
  FAC: 'PLACE',
  LOCATION: 'PLACE',
  ORG: 'ORGANISATION',
  ORGANIZATION: 'ORGANISATION',
};

/** Names as a model finds them: what was found once is found from then on, wherever it stands. */
export interface NameFinder {
  readonly detector: Detector;
  /** Looks for names in a piece of the text; call it before the piece is redacted. */
  learn(piece: string, signal: AbortSignal): Promise<void>;
}

/** Makes one over a model that labels tokens. */
export function createNameFinder(model: Classifier, least: number): NameFinder {
  const byFirst = new Map<string, { readonly name: string; readonly kind: string }[]>();
  const known = new Set<string>();
  const add = (name: string, kind: string): void => {
    const first = firstWord.exec(name)?.[0];
    if (first === undefined || known.has(name) || name.length > longestName) return;
    known.add(name);
    const others = byFirst.get(first) ?? [];
    byFirst.set(
      first,
      [...others, { name, kind }].sort((a, b) => b.name.length - a.name.length),
    );
  };
  return {
    detector: {
      kind: 'PERSON',
      find(text) {
        if (byFirst.size === 0) return [];
        const findings: Finding[] = [];
        let free = 0;
        for (const { 0: word, index } of text.matchAll(everyWord)) {
          if (index < free) continue;
          const found = byFirst
            .get(word)
            ?.find(({ name }) => text.startsWith(name, index) && isBorder(text, index + name.length));
          if (found === undefined) continue;
          free = index + found.name.length;
          findings.push({ kind: found.kind, start: index, end: free });
        }
        return findings;
      },
    },
    async learn(piece, signal) {
      if (!/\p{L}/u.test(piece)) return;
      const [spans = []] = (await model.tag?.([piece], { signal })) ?? [];
      for (const { start, end, label, score } of spans) {
        const kind = kinds[label.toUpperCase()];
        if (kind !== undefined && score >= least) add(piece.slice(start, end).trim(), kind);
      }
    },
  };
}

const firstWord = /^[\p{L}\p{N}_]+/u;
const everyWord = /[\p{L}\p{N}_]+/gu;
