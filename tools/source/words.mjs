import { matchesGlob } from 'node:path';

const section = /^## Retired words$/m;

/**
 * Reads the retired words of a glossary from the table below `## Retired words`, as `{ word, isLabel, say, patterns, globs }`. The first
 * column is a word or a phrase, or, in double quotes, the whole text of a label. The last column contains, in backticks, where a word is
 * still right: globs of paths, and regular expressions for a line. `allowed` adds more of both, by the text of the first column.
 */
export function readRetiredWords(glossary, allowed = {}) {
  const start = glossary.search(section);
  if (start === -1) return [];
  const [, body = ''] = glossary.slice(start).split(/^## .*$/m);
  return body
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cellsOf)
    .filter(([word]) => word !== 'Retired' && !/^:?-+:?$/.test(word))
    .flatMap(([words, say, uses = '']) => {
      const allUses = [...usesIn(uses), ...(allowed[words] ?? [])];
      return words.split(/\s*,\s*/).map((word) => toRetired(word, say, allUses));
    });
}

function cellsOf(row) {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function usesIn(cell) {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, use]) => use);
}

function toRetired(written, say, uses) {
  const label = /^"(.+)"$/.exec(written)?.[1];
  const globs = uses.filter(isGlob);
  const patterns = uses.filter((use) => !isGlob(use)).map((use) => new RegExp(use, 'i'));
  return { word: label ?? written.toLowerCase(), isLabel: label !== undefined, say, patterns, globs };
}

function isGlob(use) {
  return /^[\w.@*-]+(?:\/[\w.@*-]+)+$/.test(use);
}

/**
 * Finds retired words in a text and in its path: in words and parts of identifiers, also in the plural. A retired label is found only as
 * the whole text of a string or element. Findings are `{ word, say, line }`; line 0 is the path.
 */
export function findRetiredWords({ path, text }, retired) {
  const here = retired.filter(({ globs }) => !globs.some((glob) => matchesGlob(path, glob)));
  const find = finderOf(here);
  return [path, ...text.split('\n')].flatMap((content, line) =>
    find(content).map(({ word, say }) => ({ word, say, line })),
  );
}

function finderOf(retired) {
  const single = new Map();
  const others = [];
  for (const entry of retired) {
    if (!entry.isLabel && /^[a-z]+$/.test(entry.word)) {
      single.set(entry.word, entry);
      single.set(`${entry.word}s`, entry);
    } else others.push([entry, patternOf(entry)]);
  }
  return (content) => {
    const found = wordsOf(content).flatMap((word) => single.get(word) ?? []);
    for (const [entry, pattern] of others) for (const _ of content.matchAll(pattern)) found.push(entry);
    return found.filter(({ patterns }) => !patterns.some((pattern) => pattern.test(content)));
  };
}

function patternOf({ word, isLabel }) {
  const escaped = word.replace(/[^\w\s]/g, '\\$&');
  return isLabel ? new RegExp(`(?<=['"\`>])\\s*${escaped}\\s*(?=['"\`<])`, 'g') : new RegExp(`\\b${escaped}\\b`, 'gi');
}

/** Splits identifiers into words: `parkedRuns` and `PARKED_RUNS` are `parked` and `runs`. */
function wordsOf(content) {
  return (content.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase());
}
