import type { ParsedDocument, TextSpan } from '@heddle/core';
import { lineEnd } from '../split/markdown-sections.js';

const longestHeading = 80;

/**
 * Parses plain text. A line in capitals between empty lines, or an underlined line, counts as a heading, because people write headings like
 * that without markup.
 */
export function parseText(text: string): ParsedDocument {
  const spans: TextSpan[] = [];
  let open = { start: 0, headings: [] as readonly string[] };
  for (const heading of headingsOf(text)) {
    if (heading.start > open.start) spans.push(spanOf(open.start, heading.start, open.headings));
    open = { start: heading.start, headings: [heading.title] };
  }
  if (open.start < text.length) spans.push(spanOf(open.start, text.length, open.headings));
  const title = spans[0]?.headings?.[0];
  return { mediaType: 'text/plain', format: 'text', text, spans, title };
}

const spanOf = (start: number, end: number, headings: readonly string[]): TextSpan => ({
  start,
  end,
  ...(headings.length === 0 ? {} : { headings }),
});

function* headingsOf(text: string): Generator<{ readonly start: number; readonly title: string }> {
  let before = '';
  for (let start = 0; start < text.length;) {
    const end = lineEnd(text, start);
    if (end - start <= longestHeading) {
      const line = text.slice(start, end).trim();
      const next = text
        .slice(end + 1, Math.min(end + 1 + longestHeading, lineEnd(text, Math.min(end + 1, text.length))))
        .trim();
      if (line !== '' && before === '' && isHeading(line, next)) yield { start, title: line };
      before = line;
    } else before = 'long';
    start = end + 1;
  }
}

function isHeading(line: string, next: string): boolean {
  if (/^[-=~]{3,}$/.test(line)) return false;
  if (/^[-=~]{3,}$/.test(next)) return next.length >= line.length / 2;
  return (
    next === '' && line.length >= 3 && /\p{Lu}{2}/u.test(line) && line === line.toUpperCase() && !/[.;|]$/.test(line)
  );
}
