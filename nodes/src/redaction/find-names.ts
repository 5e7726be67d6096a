import type { Classifier } from '@heddle/core';
import { isBorder, type Detector, type Finding } from './finding.js';

/** Maximum length of one name. */
export const longestName = 120;

/** The labels of models for people, locations and organisations, and the kinds of Heddle. */
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

/** Names that a model finds. A name that was found once is found at every later occurrence. */
export interface NameFinder {
  readonly detector: Detector;
  /** Searches a part of the text for names; call it before the part is redacted. */
  learn(piece: string, signal: AbortSignal): Promise<void>;
}

/** Creates a finder with a model that labels tokens. */
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
