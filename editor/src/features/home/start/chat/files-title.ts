import { CollectionTitle } from '@heddle/core';

const longest = 80;

/**
 * The title of a collection that is made from files; it uses the name of the first file.
 *
 * @example filesTitle(['manuals/Warranty 2026.pdf', 'prices.csv']) // 'Warranty 2026 and 1 more'
 */
export function filesTitle(files: readonly string[]): string {
  const name = (files[0] ?? '').split('/').at(-1) ?? '';
  const stem = name.replace(/(?<=.)\.[^.]+$/, '').slice(0, longest);
  // A file name can contain characters that a title must not have, such as control characters.
  const title = CollectionTitle.safeParse(stem);
  const more = files.length - 1;
  return `${title.success ? title.data : 'Documents'}${more > 0 ? ` and ${more} more` : ''}`;
}
