import type { DocumentInput } from '@heddle/core';

/** Passages of each document. */
const sections = ['first', 'second', 'third', 'fourth', 'fifth'];

/** Documents of five passages each. */
export const headedDocuments: readonly DocumentInput[] = Array.from({ length: 6 }, (_, at) => ({
  id: `page-${at}`,
  title: `Page ${at}`,
  content: `# Page ${at}\n\n${sections.map((name) => `## ${name}\n\nNumber p${at}${name} has its text.`).join('\n\n')}`,
}));

/** The names of all passages. */
export const passages: readonly string[] = headedDocuments.flatMap((_, at) => sections.map((name) => `p${at}${name}`));

/** The name of the passage that a text is about. */
export const passageOf = (text: string): string => /p\d(?:first|second|third|fourth|fifth)/.exec(text)?.[0] ?? 'none';

/** The header of a passage. No other text has its first word. */
export const headerOf = (passage: string): string => `zebra${passage} is what ${passage} is about.`;
