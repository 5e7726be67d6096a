import { lineEnd } from './markdown-sections.js';

export interface CodeLine {
  readonly start: number;
  /** The end, without the newline. */
  readonly end: number;
  /** Columns of white space at its beginning; a tab counts as four. */
  readonly indent: number;
  readonly isBlank: boolean;
  /** Whether it only ends something above, such as `}` or `end`. */
  readonly isCloser: boolean;
  /** Whether it belongs to what follows: a comment, a decorator, an attribute. */
  readonly isLead: boolean;
}

export function* codeLines(text: string, from: number, to: number): Generator<CodeLine> {
  for (let start = from; start < to;) {
    const end = Math.min(lineEnd(text, start), to);
    const line = text.slice(start, Math.min(end, start + 400));
    const bare = line.trimStart();
    let indent = 0;
    for (const sign of line.slice(0, line.length - bare.length)) indent += sign === '\t' ? 4 : 1;
    yield {
      start,
      end,
      indent,
      isBlank: bare === '',
      isCloser: /^(?:[)\]}]|end\b|else\b|elif\b|except\b|catch\b|finally\b|rescue\b|ensure\b)/.test(bare),
      isLead: /^(?:#(?!\s*(?:if|include|define|pragma))|\/\/|\/\*|\*|--|@\w|\[\w+.*\]\s*$|"""|''')/.test(bare),
    };
    start = end + 1;
  }
}
