import { describe, expect, it } from '@jest/globals';
import { lexer, type Token } from 'marked';
import { completeMarkdown } from './complete-markdown.js';
import { createBlockReader, type GrownBlocks } from './growing-blocks.js';

const whole = [
  '# Weaving',
  'A loom holds the **warp** under *tension*, **both *at* once** and ***closed* here**, as [the guide](https://example.org/a_b) says [1].\nIt has `shafts`.',
  '- one\n- two **bold**\n  - inner\n- three',
  '1. first\n2. second\n\n3. third',
  '```js\nconst a = "```";\n# no heading\n\n- no list\n```',
  '| Yarn | Price |\n| --- | --: |\n| Wool | 48 |\n| **Silk** | 90 |',
  '> A quote\n> of two lines',
  '---',
  'Some ~~old~~ words, 2 * 3 * 4, snake_case, 5 < 6.\n\nThe end.',
].join('\n\n');

const rawOf = (tokens: readonly Token[]): string => tokens.map(({ raw }) => raw).join('');
const kindsOf = ({ finished, open }: GrownBlocks): readonly string[] =>
  [...finished.flat(), ...open].map(({ type }) => type);

/** Every token of a kind at any depth. */
function inside(tokens: readonly Token[], type: string): readonly Token[] {
  return tokens.flatMap((token) => [
    ...(token.type === type ? [token] : []),
    ...('tokens' in token && Array.isArray(token.tokens) ? inside(token.tokens, type) : []),
    ...('items' in token && Array.isArray(token.items) ? inside(token.items, type) : []),
  ]);
}

describe('createBlockReader', () => {
  it('reads a text that grows letter by letter like the whole text, and keeps every finished block', () => {
    const read = createBlockReader();
    let before: GrownBlocks['finished'] = [];
    for (let length = 1; length <= whole.length; length += 1) {
      const { finished, rest } = read(whole.slice(0, length), true);
      expect(rest).toBe('');
      expect(finished.length).toBeGreaterThanOrEqual(before.length);
      before.forEach((block, index) => expect(finished[index]).toBe(block));
      before = finished;
    }
    const end = read(whole, false);
    const direct = lexer(whole).filter(({ type }) => type !== 'space');
    expect([...end.finished.flat(), ...end.open]).toEqual(direct);
  });

  it('shows no syntax of elements that are not closed yet, at any length', () => {
    const read = createBlockReader();
    for (let length = 1; length <= whole.length; length += 1) {
      const { open } = read(whole.slice(0, length), true);
      const texts = [...inside(open, 'text')].filter((token) => !('tokens' in token) || token.tokens === undefined);
      const shown = rawOf(texts)
        .replace('2 * 3 * 4', '')
        .replace('2 * 3 *', '')
        .replace('2 * 3', '')
        .replace('2 *', '');
      expect(shown).not.toMatch(/\*|~~|`|\]\(|\||^#|https/);
    }
  });

  it('never takes a block for another kind than its final one', () => {
    const read = createBlockReader();
    const direct = lexer(whole).filter(({ type }) => type !== 'space');
    const kinds = direct.map(({ type }) => type);
    for (let length = 1; length <= whole.length; length += 1) {
      const seen = kindsOf(read(whole.slice(0, length), true)).filter((type) => type !== 'space');
      // A fence, a list and a rule are recognised by their second character, a table by its first.
      expect(seen).toEqual(kinds.slice(0, seen.length));
    }
  });

  it('returns an endless block unread, instead of reading it again and again', () => {
    const { open, rest } = createBlockReader()(`Begin.\n\n${'word '.repeat(4000)}`, true);
    expect(open).toEqual([]);
    expect(rest.length).toBe(20_000);
  });

  it('starts again with another text', () => {
    const read = createBlockReader();
    read('# One\n\nTwo\n\nThree', true);
    expect(rawOf(read('Other\r\n\r\nwords', false).finished.flat())).toBe('Other');
  });
});

describe('completeMarkdown', () => {
  it.each([
    ['It is **ve', 'It is **ve**'],
    ['It is **very ', 'It is **very** '],
    ['It is **very*', 'It is **very**'],
    ['It is **', 'It is '],
    ['See [the gui', 'See the gui'],
    ['See [the guide](https://exa', 'See the guide'],
    ['A ![pict', 'A '],
    ['Use `npm st', 'Use `npm st`'],
    ['Use `', 'Use '],
    ['As said [1', 'As said 1'],
    ['As said [1]', 'As said [1]'],
    ['2 * 3', '2 * 3'],
    ['a snake_case', 'a snake_case'],
    ['***both', '***both***'],
    ['the **warp *under*** and [a', 'the **warp *under*** and a'],
    ['Title\n-', 'Title\n'],
    ['48', '48'],
    ['| Yarn | Pri', '| Yarn | Pri|\n|---|---|'],
    ['- one\n- two **b', '- one\n- two **b**'],
    ['A \\*star', 'A \\*star'],
  ])('completes %j as %j', (text, completed) => expect(completeMarkdown(text)).toBe(completed));
});
