import { namedSpans, type Classifier } from '@heddle/core';
import { isBorder, nameKinds, type Detector, type Finding } from './finding.js';
import { plainText } from './plain-text.js';

/** The most characters of one name. */
export const longestName = 120;

/** Finds names with a model. A name that was found once is found at every later occurrence. */
export interface NameFinder {
  readonly detector: Detector;
  /** Searches a part of the text for names. Call it before that part is redacted. */
  learn(piece: string, signal: AbortSignal): Promise<void>;
}

/** Creates a finder from models that label tokens. What at least one of them finds is a name. */
export function createNameFinder(models: readonly Classifier[], least: number): NameFinder {
  const lengths = new Map<string, number[]>();
  const known = new Map<string, string>();
  const add = (name: string, kind: string): void => {
    const first = firstWord.exec(name)?.[0];
    if (first === undefined || known.has(name) || name.length > longestName) return;
    known.set(name, kind);
    // There is one search for each length instead of one for each name: a hostile text may contain many names with the same beginning.
    const others = lengths.get(first) ?? [];
    if (!others.includes(name.length))
      lengths.set(
        first,
        [...others, name.length].sort((a, b) => b - a),
      );
  };
  return {
    detector: {
      kind: 'PERSON',
      readsWritten: true,
      find(text) {
        if (known.size === 0) return [];
        const findings: Finding[] = [];
        let free = 0;
        for (const { 0: word, index } of text.matchAll(everyWord)) {
          if (index < free) continue;
          const length = lengths
            .get(word)
            ?.find((one) => known.has(text.slice(index, index + one)) && isBorder(text, index + one));
          if (length === undefined) continue;
          free = index + length;
          findings.push({ kind: known.get(text.slice(index, free)) ?? 'PERSON', start: index, end: free });
        }
        return findings;
      },
    },
    async learn(piece, signal) {
      if (!/\p{L}/u.test(piece)) return;
      const plain = plainText(piece);
      for (const model of models)
        for (const { kind, start, end } of await findNames(model, plain?.text ?? piece, least, signal)) {
          const [from, to] = plain?.original(start, end) ?? [start, end];
          add(piece.slice(from, to).trim(), kind);
        }
    },
  };
}

/** Finds the names of people, locations and organisations in a text. Parts of a name that only spaces separate are joined. */
export async function findNames(
  model: Classifier,
  text: string,
  least: number,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  const [spans = []] = (await model.tag?.([text], signal === undefined ? {} : { signal })) ?? [];
  return namedSpans(spans, text, least).flatMap(({ type, start, end }) => {
    const kind = nameKinds.find((one) => one === type.toUpperCase());
    return kind === undefined ? [] : [{ kind, start, end }];
  });
}

const firstWord = /^[\p{L}\p{N}_]+/u;
const everyWord = /[\p{L}\p{N}_]+/gu;
