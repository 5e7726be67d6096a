import type { TextSpan } from '@heddle/core';
import { markdownSections } from '../split/markdown-sections.js';

/** Where the text of a page begins. */
export interface PageStart {
  /** Offset into the text. */
  readonly start: number;
  /** 1-based. */
  readonly page: number;
}

/**
 * Splits the pages of a Markdown text at its sections, so that each span has one page and one heading path. `starts` must be in text order.
 */
export function pageSpans(text: string, starts: readonly PageStart[]): readonly TextSpan[] {
  const spans: TextSpan[] = [];
  let at = 0;
  for (const { start, end, headings } of markdownSections(text)) {
    for (let from = start; from < end;) {
      while ((starts[at + 1]?.start ?? end) <= from) at += 1;
      const to = Math.min(end, starts[at + 1]?.start ?? end);
      const page = starts[at]?.page ?? 1;
      spans.push({ start: from, end: to, page, ...(headings.length === 0 ? {} : { headings }) });
      from = to;
    }
  }
  return spans;
}
