import { describe, expect, it } from '@jest/globals';
import { addCounts, countLines } from './count-lines.mjs';

describe('countLines', () => {
  it('counts code, comments and blank lines separately', () => {
    const text = ['// why', '', '/**', ' * What it is.', ' */', 'const one = 1; // of code', '  run();', ''].join('\n');
    expect(countLines(text)).toEqual({ code: 2, comment: 4, blank: 1, characters: 31 });
  });

  it('recognises a one-line comment, in CSS and in JSX too', () => {
    expect(countLines('/* one */\n.a {}\n{/* two */}\n')).toMatchObject({ code: 1, comment: 2, blank: 0 });
  });

  it('counts a last line without a line break', () => {
    expect(countLines('a();\nb();')).toMatchObject({ code: 2, blank: 0 });
  });

  it('adds counts', () => {
    expect(addCounts([countLines('a();\n'), countLines('// b\n\n')])).toEqual({
      code: 1,
      comment: 1,
      blank: 1,
      characters: 4,
    });
  });
});
