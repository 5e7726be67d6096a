import { forbiddenNames } from '../values/json/json.js';

/** Maximum length of a slug. */
export const longestSlug = 64;

/**
 * Converts a name into a slug: `Ask the handbook` gives `ask-the-handbook`. A name without Latin letters gives `workflow`, or the given
 * noun.
 */
export function slugOf(name: string, noun = 'workflow'): string {
  const joined = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const trimmed = trim(joined);
  return trimmed === ''
    ? noun
    : trim(
        (/^[a-z]/.test(trimmed) && !forbiddenNames.has(trimmed) ? trimmed : `${noun}-${trimmed}`).slice(0, longestSlug),
      );
}

function trim(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}
