import { forbiddenNames, longestSlug, slugOf } from '@heddle/core';

/** Makes a free collection name from a title: `My Orbit Docs` gives `my-orbit-docs`, or `my-orbit-docs-2` if that is taken. */
export function nameFor(title: string, taken: ReadonlySet<string>): string {
  return title.trim() === '' ? '' : freeName(slugOf(title, 'collection'), taken);
}

/** The name, or the first of `name-2`, `name-3`, … that is free. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? '' : `-${number}`;
    const candidate = `${name.slice(0, longestSlug - ending.length)}${ending}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** Which characters of a name are wrong and what to do; undefined for a valid name. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'Write a name, such as handbook.';
  if (!/^[a-z]/.test(name)) return 'Begin with a lower-case letter from a to z.';
  const wrong = /[^a-z0-9_-]/u.exec(name)?.[0];
  if (wrong !== undefined)
    return `Leave out ${signName(wrong)}: a name has lower-case letters, digits, - and _, such as my-handbook.`;
  if (name.length > longestSlug) return `Shorten it to ${longestSlug} characters; it has ${name.length}.`;
  return forbiddenNames.has(name) ? `Choose another name: ${name} has a meaning of its own in JavaScript.` : undefined;
}

function signName(sign: string): string {
  if (sign === ' ') return 'spaces';
  if (/[A-Z]/.test(sign)) return 'capital letters';
  return /[\p{C}\p{Z}\p{M}]/u.test(sign) ? 'the character that is not visible' : `“${sign}”`;
}
