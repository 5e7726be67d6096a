import { describe, expect, it } from '@jest/globals';
import { findRuleCodes } from './rule-codes.mjs';
import { findRetiredWords, readRetiredWords } from './words.mjs';

const glossary = [
  '# Glossary',
  '| door | of another table |',
  '## Retired words',
  'What it says.',
  '| Retired | Say | Where it is still right |',
  '| :-- | :-- | --- |',
  '| door | channel | `front door` `docs/tour.md` `tools/**` |',
  '| ask | request | `\\bask(s\\|ed)? for\\b` |',
  '| "Least", "Most" | Min, Max | |',
  '| take in again | re-index | |',
  '## More',
  '| place | of a table below |',
].join('\n');
const retired = readRetiredWords(glossary);
const find = (text: string, path = 'server/src/one.ts') =>
  findRetiredWords({ path, text }, retired).map(({ word, line }) => `${line} ${word}`);

describe('retired words', () => {
  it('are read from the one table', () =>
    expect(retired.map(({ word }) => word)).toEqual(['door', 'ask', 'Least', 'Most', 'take in again']));

  it('are found in parts of identifiers, in the plural and in paths', () => {
    expect(find('openDoor(DOOR_COUNT, doors);\nindoors();')).toEqual(['1 door', '1 door', '1 door']);
    expect(find('', 'server/src/doors/one.ts')).toEqual(['0 door']);
  });

  it('are allowed if a regular expression matches the line or a glob matches the path', () => {
    expect(find('the front door\nhe asked for it\nask him')).toEqual(['3 ask']);
    expect(find('door', 'docs/tour.md')).toEqual([]);
    expect(find('door', 'tools/chaos/doors.ts')).toEqual([]);
  });

  it('are found as phrases in any case', () => expect(find('Take in again, take in')).toEqual(['1 take in again']));

  it('are found as labels if they are the whole text', () =>
    expect(find("'Least'\n<b>Most</b>\n'At least'\nMost of all")).toEqual(['1 Least', '2 Most']));

  it('are none if the glossary has no table', () => expect(readRetiredWords('# Glossary\n')).toEqual([]));
});

describe('rule codes', () => {
  const codes = (text: string, path = 'engine/src/one.ts') =>
    findRuleCodes({ path, text }, '| E1 | a rule |').map(({ code, line }) => `${line} ${code}`);

  it('are found in comments if the page of rules does not list them', () =>
    expect(codes("/**\n * By E1 and E2.\n */\nconst a = 'E3'; // and E4\n// E5\nfetch('https://E6');")).toEqual([
      '2 E2',
      '4 E4',
      '5 E5',
    ]));

  it('are neither the JavaScript engine nor the function keys of the editor', () => {
    expect(codes('// V8')).toEqual([]);
    expect(codes('// F2', 'editor/src/one.ts')).toEqual([]);
    expect(codes('// F2')).toEqual(['1 F2']);
  });
});
