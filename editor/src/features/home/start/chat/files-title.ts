import { CollectionTitle } from '@heddle/core';

const longest = 80;

/**
 * The title of a collection that holds files, from the first of them.
 *
 * @example filesTitle(['manuals/Warranty 2026.pdf', 'prices.csv']) // 'Warranty 2026 and 1 more'
 */
export function filesTitle(files: readonly string[]): string {
  const name = (files[0] ?? '').split('/').at(-1) ?? '';
  const stem = name.replace(/(?<=.)\.[^.]+$/, '').slice(0, longest);
  // A file may have a name that a title may not have, such as one with control characters.
  const title = CollectionTitle.safeParse(stem);
  const more = files.length - 1;
  return `${title.success ? title.data : 'Documents'}${more > 0 ? ` and ${more} more` : ''}`;
}
