import { forbiddenNames, HeddleError, longestSlug } from '@heddle/core';

const pattern = /^[a-z][a-z0-9-]{0,63}$/;

/** Returns the slug, or the first free one of `slug-2`, `slug-3`, …. */
export async function freeSlug(slug: string, isTaken: (slug: string) => Promise<boolean>): Promise<string> {
  if (!(await isTaken(slug))) return slug;
  for (let number = 2; ; number += 1) {
    const ending = `-${number}`;
    const candidate = `${trim(slug.slice(0, longestSlug - ending.length))}${ending}`;
    if (!(await isTaken(candidate))) return candidate;
  }
}

/** Checks the form of a slug, `[a-z][a-z0-9-]{0,63}`. Errors: `bad_request`. */
export function checkSlug(slug: string): string {
  if (pattern.test(slug) && !forbiddenNames.has(slug)) return slug;
  throw new HeddleError(
    'bad_request',
    `The slug '${slug}' is not allowed: use lower-case letters, digits and hyphens, a letter first, at most 64, and no name such as 'constructor'.`,
    { details: { slug } },
  );
}

function trim(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}
