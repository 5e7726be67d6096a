import { slugOf } from '@heddle/core';

const longest = 48;

/**
 * A collection name for files, from the first of them; names in `taken` get a number.
 *
 * @example collectionName(['Warranty 2026.pdf', 'prices.csv'], new Set()) // 'warranty-2026-and-1-more'
 */
export function collectionName(files: readonly string[], taken: ReadonlySet<string>): string {
  const stem = slugOfFile(files[0] ?? '');
  const more = files.length - 1;
  const wanted = more > 0 ? `${stem}-and-${more}-more` : stem;
  for (let number = 2, name = wanted; ; number += 1) {
    if (!taken.has(name)) return name;
    name = `${wanted}-${number}`;
  }
}

/** The name of a chat for people. */
export function chatName(files: readonly string[]): string {
  const first = (files[0] ?? '').split('/').at(-1) ?? '';
  const more = files.length - 1;
  return `Chat with ${first.slice(0, 120)}${more > 0 ? ` and ${more} more` : ''}`;
}

function slugOfFile(path: string): string {
  const stem = (path.split('/').at(-1) ?? '').replace(/(?<=.)\.[^.]+$/, '');
  // Without the letter in front, the slug of a name in another script, or of digits, is about a workflow.
  const slug = slugOf(`x ${stem}`).slice(2, longest).replace(/-+$/, '');
  if (slug === '') return 'documents';
  return slugOf(slug) === slug ? slug : `documents-${slug}`;
}
