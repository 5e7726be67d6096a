import type { DocumentInput } from '@heddle/core';

const sections = ['first', 'second', 'third', 'fourth', 'fifth'];

/** Six documents with five passages each. Each passage names Ada and one more person, and that person stands in no other passage. */
export const graphDocuments: readonly DocumentInput[] = Array.from({ length: 6 }, (_, at) => ({
  id: `page-${at}`,
  title: `Page ${at}`,
  content: `# Page ${at}\n\n${sections.map((name) => `## ${name}\n\nAda meets person${at}${name} there.`).join('\n\n')}`,
}));

/** The names of all passages. */
export const passages: readonly string[] = graphDocuments.flatMap((_, at) => sections.map((name) => `person${at}${name}`));

/** What a model says of the passage in a prompt, and the name of the passage. */
export function replyFor(prompt: string): { readonly passage: string; readonly text: string } {
  const passage = /person\d(?:first|second|third|fourth|fifth)/.exec(prompt)?.[0] ?? 'none';
  const entities = ['Ada', passage].map((name) => ({ name, type: 'person' }));
  const relations = [{ source: 'Ada', target: passage, relation: 'meets' }];
  return { passage, text: JSON.stringify({ entities, relations }) };
}
