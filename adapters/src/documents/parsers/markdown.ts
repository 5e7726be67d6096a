import type { ParsedDocument, TextSpan } from '@heddle/core';
import { frontMatterEnd, markdownSections } from '../split/markdown-sections.js';

/** Parses Markdown. The text stays unchanged; each section becomes a span. YAML front matter gives the title and flat metadata. */
export function parseMarkdown(text: string, mediaType = 'text/markdown'): ParsedDocument {
  const metadata = frontMatter(text);
  const spans: TextSpan[] = [];
  let first: string | undefined;
  for (const section of markdownSections(text)) {
    const { start, end, headings } = section;
    if (first === undefined && section.level > 0) first = headings.at(-1);
    spans.push({ start, end, ...(headings.length === 0 ? {} : { headings }) });
  }
  const title = typeof metadata['title'] === 'string' ? metadata['title'] : first;
  return {
    mediaType,
    format: 'markdown',
    text,
    spans,
    ...(title === undefined || title === '' ? {} : { title }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

/** Reads only `key: value` lines; nested YAML stays in the text and is ignored. */
function frontMatter(text: string): Record<string, string> {
  const entries: [string, string][] = [];
  for (const line of text.slice(0, frontMatterEnd(text)).split('\n')) {
    const match = /^([A-Za-z][\w-]{0,63}):[ \t]+(\S.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    if (match[1] === 'constructor' || match[1] === 'prototype') continue;
    entries.push([match[1], match[2].trim().replace(/^(["'])(.*)\1$/, '$2')]);
  }
  return Object.fromEntries(entries);
}
