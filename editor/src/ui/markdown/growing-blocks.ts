import { lexer, type Token } from 'marked';
import { completeMarkdown, withoutBareLine } from './complete-markdown.js';

/** A longer block is shown as plain text while it streams, because parsing it again and again would be slow. Code is an exception. */
const longestOpen = 10_000;
const fence = /^ {0,3}(?:`{3,}|~{3,})/;

/** The blocks of a growing text so far. */
export interface GrownBlocks {
  /** The finished blocks. Each stays the same object while the text grows. */
  readonly finished: readonly (readonly Token[])[];
  /** The block that is still being written. */
  readonly open: readonly Token[];
  /** The text of a block that is too long to be parsed again and again. */
  readonly rest: string;
}

/**
 * Creates a reader that parses a growing text as Markdown. Finished blocks are parsed only once; only the current block is parsed again.
 *
 * @example const read = createBlockReader(); read('# Yarn\n\nIt is', true); read('# Yarn\n\nIt is **wool', true);
 */
export function createBlockReader(): (text: string, isGrowing: boolean) => GrownBlocks {
  let begin = 0;
  let before = '';
  let finished: readonly (readonly Token[])[] = [];

  /** Adds all blocks except the last to the finished ones, because the last may continue. Returns whether there were any. */
  function finishBlocks(tokens: readonly Token[]): boolean {
    const last = lastBlock(tokens);
    for (const token of tokens.slice(0, last)) {
      begin += token.raw.length;
      if (token.type !== 'space' && token.type !== 'def') finished = [...finished, [token]];
    }
    return last > 0;
  }

  return (given, isGrowing) => {
    // The lexer normalises line ends too and counts in the normalised text.
    const text = given.replace(/\r\n?/g, '\n');
    if (!text.startsWith(before)) {
      begin = 0;
      finished = [];
    }
    for (;;) {
      const from = begin;
      const tail = text.slice(from);
      const isLong = tail.length > longestOpen && !fence.test(tail);
      const part = isLong ? tail.slice(0, longestOpen) : isGrowing ? withoutBareLine(tail) : tail;
      const tokens = read(part);
      const isKept = tokens !== undefined && finishBlocks(tokens);
      before = text.slice(0, begin);
      if (tokens === undefined || (isLong && !isKept)) return { finished, open: [], rest: tail };
      if (isLong) continue;
      const last = lastBlock(tokens);
      const open = tokens.slice(last);
      // Code is not completed, other blocks are.
      const isProse = isGrowing && open.length > 0 && open[0]?.type !== 'code';
      return { finished, open: isProse ? (read(completeMarkdown(part.slice(begin - from))) ?? []) : open, rest: '' };
    }
  };
}

const lastBlock = (tokens: readonly Token[]): number =>
  Math.max(
    0,
    tokens.findLastIndex(({ type }) => type !== 'space'),
  );

/** Parses Markdown. Undefined if the lexer fails, for example on endless nesting. */
export function read(text: string): readonly Token[] | undefined {
  try {
    return lexer(text, { gfm: true, breaks: false });
  } catch {
    return undefined;
  }
}
