import type { Token, Tokens } from 'marked';

/** A range of a text, in characters. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A part of a text, and whether it is marked. */
export interface Segment {
  readonly text: string;
  readonly isMarked: boolean;
}

/**
 * Maps marked ranges of a Markdown text to its tokens. Returns the text of each affected token, split into parts. A range that cannot be
 * found in the tokens, such as a line whose indentation was removed, is not marked, and no other text is marked instead.
 *
 * @example markTokens(lexer('Some **bold** word'), 'Some **bold** word', [{ start: 7, end: 16 }])
 */
export function markTokens(
  tokens: readonly Token[],
  source: string,
  spans: readonly Span[],
): ReadonlyMap<Token, readonly Segment[]> {
  const marked = new Map<Token, readonly Segment[]>();
  const walk = (token: Token, from: number, to: number): number => {
    const found = source.indexOf(token.raw, from);
    const isFound = found !== -1 && found + token.raw.length <= to;
    const [start, end] = isFound ? [found, found + token.raw.length] : [from, to];
    let at = start;
    const inner = childrenOf(token);
    if (inner === undefined) {
      const segments = segmentsOf(textOf(token), { source, start, end, spans });
      if (segments.some(({ isMarked }) => isMarked)) marked.set(token, segments);
    } else for (const child of inner) at = walk(child, at, end);
    return isFound ? end : at;
  };
  let at = 0;
  if (spans.length > 0) for (const token of tokens) at = walk(token, at, source.length);
  return marked;
}

function childrenOf(token: Token): readonly Token[] | undefined {
  // The lexer's token type is an open union, so each branch casts to the type that it checked.
  if (token.type === 'list') return (token as Tokens.List).items;
  if (token.type === 'table') {
    const { header, rows } = token as Tokens.Table;
    return [header, ...rows].flat().flatMap((cell) => cell.tokens);
  }
  return 'tokens' in token ? token.tokens : undefined;
}

function textOf(token: Token): string {
  switch (token.type) {
    case 'code':
    case 'codespan':
    case 'escape':
      return (token as Tokens.Code).text;
    default:
      return token.raw;
  }
}

interface Where extends Span {
  readonly source: string;
  readonly spans: readonly Span[];
}

/** Searches line by line, because the prefix of a line, such as a quote mark, is not part of the text. */
function segmentsOf(content: string, { source, start, end, spans }: Where): readonly Segment[] {
  const segments: { text: string; isMarked: boolean }[] = [];
  const add = (text: string, isMarked: boolean): void => {
    const last = segments.at(-1);
    if (last?.isMarked === isMarked) last.text += text;
    else if (text !== '') segments.push({ text, isMarked });
  };
  let cursor = start;
  for (const line of content.split(/(?<=\n)/)) {
    const at = source.indexOf(line.trimEnd(), cursor);
    if (at === -1 || at + line.trimEnd().length > end) {
      add(line, false);
      continue;
    }
    let done = 0;
    for (const span of spans) {
      const first = Math.max(done, span.start - at);
      const last = Math.min(line.length, span.end - at);
      if (last <= first) continue;
      add(line.slice(done, first), false);
      add(line.slice(first, last), true);
      done = last;
    }
    add(line.slice(done), false);
    cursor = at + line.trimEnd().length;
  }
  return segments;
}
