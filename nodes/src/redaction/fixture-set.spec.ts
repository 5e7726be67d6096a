import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { detect, patternDetectors } from './detect.js';
import { patternKinds } from './finding.js';

/** Sentences in which each finding is marked as `[[KIND:value]]`; a third of them have none. */
const lines = readFileSync(new URL('./__fixtures__/labelled.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const all = patternKinds.map((kind) => patternDetectors[kind]);

function read(line: string): { readonly text: string; readonly wanted: readonly string[] } {
  const wanted: string[] = [];
  let text = '';
  let at = 0;
  for (const { 0: whole, 1: kind = '', 2: value = '', index } of line.matchAll(/\[\[([A-Z]+):(.*?)\]\](?!\])/g)) {
    text += line.slice(at, index);
    wanted.push(`${kind} ${text.length} ${value}`);
    text += value;
    at = index + whole.length;
  }
  return { text: text + line.slice(at), wanted };
}

describe('the detectors on the labelled sentences', () => {
  const judged = lines.map((line) => {
    const { text, wanted } = read(line);
    const found = detect(text, all).map(({ kind, start, end }) => `${kind} ${start} ${text.slice(start, end)}`);
    return { text, wanted, found };
  });
  /** The known errors of the detectors. A change that fixes or adds errors must update these lists. */
  const knownMissed = [
    // Ten digits in groups without a sign or a word such as "call" are an order number as well.
    'PHONE 13 555 0142 99',
  ];
  const knownExtra = [
    // A ratio that is a valid address.
    'IP 32 1::2',
  ];
  const missed = judged.flatMap(({ wanted, found }) => wanted.filter((one) => !found.includes(one)));
  const extra = judged.flatMap(({ wanted, found }) => found.filter((one) => !wanted.includes(one)));
  const wanted = judged.flatMap((one) => one.wanted).length;

  it('find everything except the known misses, and nothing else except the known extras', () => {
    expect(wanted).toBeGreaterThan(60);
    expect([missed, extra]).toEqual([knownMissed, knownExtra]);
  });
});
