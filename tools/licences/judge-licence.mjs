/** Licences that only require that their text is kept. */
export const allowed = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'Unlicense',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
  'Zlib',
]);

/** Packages with another licence that were reviewed one by one: the licence at the review, and why it is acceptable. */
export const exceptions = new Map([
  ['axe-core', { licence: 'MPL-2.0', why: 'used unchanged by the checks of the pages; no part of the program' }],
  ['@fontsource-variable/source-sans-3', { licence: 'OFL-1.1', why: 'a font, passed on unchanged under its own name' }],
  ['@fontsource/ibm-plex-mono', { licence: 'OFL-1.1', why: 'a font, passed on unchanged under its own name' }],
  ['duck', { licence: 'BSD', why: 'its licence file is the text of BSD-2-Clause' }],
]);

/** Whether allowed licences satisfy an SPDX expression without nested brackets: all of an AND, one of an OR. */
export function isAllowed(expression) {
  const bare = expression.trim().replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(bare)) return false;
  return bare.split(' OR ').some((choice) => choice.split(' AND ').every((name) => allowed.has(name.trim())));
}

/** The reason why a package may not be used; undefined if it may. */
export function problemOf({ name, licence }) {
  if (licence === undefined) return 'names no licence';
  if (isAllowed(licence) || exceptions.get(name)?.licence === licence) return undefined;
  return `is under ${licence}, which is not on the list`;
}
