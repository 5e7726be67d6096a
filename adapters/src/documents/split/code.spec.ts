import { describe, expect, it } from '@jest/globals';
import { parseCode } from '../parsers/code.js';
import { parseMarkdown } from '../parsers/markdown.js';
import { wordTokenizer } from '../../testing/word-tokenizer.js';
import { splitDocument } from './split-document.js';

const cut = (text: string, maxTokens: number) => [
  ...splitDocument(parseCode(text), { kind: 'markdown', maxTokens, overlapTokens: 10 }, wordTokenizer()),
];

const python = `import os

# Adds two numbers.
@cached
def add(a, b):
    total = a + b

    return total


class Loom:
    """Weaves."""

    def weave(self, wool):
        for thread in wool:
            self.take(thread)

    def stop(self):
        self.running = False
`;

describe('source code', () => {
  it('keeps functions whole, with the comment and decorator above them', () => {
    const texts = cut(python, 26).map(({ text }) => text);

    expect(
      texts.some((text) => text.includes('# Adds two numbers.\n@cached\ndef add') && text.endsWith('return total')),
    ).toBe(true);
    expect(texts.some((text) => text.startsWith('def weave') && text.endsWith('self.take(thread)'))).toBe(true);
  });

  it('keeps a class whole when it fits', () => {
    expect(
      cut(python, 50).some(({ text }) => text.startsWith('class Loom') && text.endsWith('self.running = False')),
    ).toBe(true);
  });

  it('has its classes and functions as headings', () => {
    const passage = cut(python, 26).find(({ text }) => text.startsWith('def weave'));

    expect(passage?.place.headings).toEqual(['class Loom', 'def weave(self, wool)']);
  });

  it('of other languages is cut at braces too', () => {
    const java =
      'package a;\n\npublic class Loom {\n    private int speed;\n\n    /** Weaves. */\n    public void weave(int wool) {\n        speed += wool;\n    }\n\n    int stop() {\n        return 0;\n    }\n}\n';
    const passages = cut(java, 26);

    expect(passages.some(({ text }) => text.startsWith('/** Weaves. */') && text.includes('speed += wool;'))).toBe(
      true,
    );
    expect(passages.find(({ text }) => text.includes('return 0'))?.place.headings?.[0]).toBe('public class Loom');
  });

  it('loses no line, whatever it contains', () => {
    const lines = Array.from(
      { length: 2_000 },
      (_, index) =>
        `${' '.repeat((index * 7) % 13)}${['}', 'x = 1', '# note', 'def f():', 'end', ''][index % 6] ?? ''} ${index}`,
    );
    const words = cut(lines.join('\n'), 20).flatMap(({ text }) => text.split(/\s+/));

    expect(words).toEqual(
      lines
        .join(' ')
        .split(/\s+/)
        .filter((word) => word !== ''),
    );
  });

  it('is cut when it has 200,000 lines or one endless line', () => {
    expect(cut('if x:\n    y()\n'.repeat(20_000), 50).length).toBeGreaterThan(100);
    expect(cut('x'.repeat(500_000), 50).length).toBeGreaterThan(100);
  });
});

describe('a long table', () => {
  it('gives each later passage the names of its columns', () => {
    const rows = Array.from({ length: 40 }, (_, index) => `| lamp ${index} | ${index} |`).join('\n');
    const passages = [
      ...splitDocument(
        parseMarkdown(`# Stock\n\n| Article | Price |\n| --- | --- |\n${rows}\n\nAfter.`),
        { kind: 'markdown', maxTokens: 40, overlapTokens: 0 },
        wordTokenizer(),
      ),
    ];

    expect(passages[0]?.place.headings).toEqual(['Stock']);
    expect(passages.slice(1, -1).map(({ place }) => place.headings)).toEqual(
      passages.slice(1, -1).map(() => ['Stock', 'Article | Price']),
    );
  });
});
