import { HeddleError } from '@heddle/core';

/** The most principles: a model judges a longer constitution badly, and each round pays for all of it. */
const mostPrinciples = 200;
/** The most characters of a constitution. */
const mostCharacters = 65_536;

/**
 * Reads the principles of a written constitution: its list items, or its paragraphs if it has no list. Headings are left out.
 * Errors: `input_too_large`, `input_empty`.
 *
 * @example principlesOf(['Be brief.'], '# Care\n- Name no customer.') // ['Be brief.', 'Name no customer.']
 */
export function principlesOf(list: readonly string[], ...texts: readonly string[]): readonly string[] {
  const size = [...list, ...texts].reduce((sum, { length }) => sum + length, 0);
  if (size > mostCharacters)
    throw new HeddleError(
      'input_too_large',
      `The constitution has ${size} characters; the limit is ${mostCharacters}. Keep the important principles, or use several critique nodes in a row.`,
      { details: { characters: size, most: mostCharacters } },
    );
  const principles = [...list.map(oneLine), ...texts.flatMap(fromText)].filter((principle) => principle !== '');
  const unique = [...new Set(principles)];
  if (unique.length === 0)
    throw new HeddleError('input_empty', 'The constitution has no principles: write at least one, one per line.');
  if (unique.length > mostPrinciples)
    throw new HeddleError(
      'input_too_large',
      `The constitution has ${unique.length} principles; the limit is ${mostPrinciples}. Keep the important ones, or use several critique nodes in a row.`,
      { details: { principles: unique.length, most: mostPrinciples } },
    );
  return unique;
}

const mark = /^[ \t]{0,8}(?:[-*•+]|\d{1,4}[.)])[ \t]+/;
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function fromText(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  const isList = lines.some((line) => mark.test(line));
  const found: string[][] = [];
  let open: string[] | undefined;
  for (const line of lines) {
    const isHeading = /^[ \t]{0,3}#{1,6}[ \t]/.test(line);
    if (isHeading || line.trim() === '') open = undefined;
    else if (mark.test(line)) found.push((open = [line.replace(mark, '')]));
    // Text below an item belongs to it; text around a list is only an introduction.
    else if (open !== undefined) open.push(line);
    else if (!isList) found.push((open = [line]));
  }
  return found.map((part) => oneLine(part.join(' ')));
}
