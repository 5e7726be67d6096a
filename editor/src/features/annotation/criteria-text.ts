import type { RubricCriterion } from '@heddle/core';

export const exampleCriteria = 'Correct: 1 wrong, 2 partly, 3 right\nClear: 1 unclear, 2 clear';

/**
 * Reads criteria from text, one per line: a title, a colon, and levels, each a number and a name. If a line cannot be read, returns a
 * message with the reason.
 *
 * @example readCriteria('Clear: 0 no, 1 yes')
 */
export function readCriteria(text: string): readonly RubricCriterion[] | string {
  const criteria: RubricCriterion[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const [, title = '', rest = ''] = /^([^:]+):(.+)$/.exec(line) ?? [];
    const levels = rest.split(',').map(levelOf);
    if (title === '' || levels.length < 2 || levels.some((level) => level === undefined))
      return `Write each criterion as “Clear: 1 unclear, 2 clear”, with two levels or more: “${line.slice(0, 60)}” does not fit.`;
    const name = nameOf(title);
    if (name === '') return `The criterion “${title.slice(0, 60)}” needs a letter in its name.`;
    if (criteria.some((one) => one.name === name)) return `The criterion “${title.slice(0, 60)}” occurs twice.`;
    criteria.push({ name, title: title.trim(), levels: levels.flatMap((level) => level ?? []) });
  }
  return criteria;
}

function levelOf(text: string): RubricCriterion['levels'][number] | undefined {
  const [, value, title = ''] = /^\s*(-?\d+(?:\.\d+)?)\s+(\S.*?)\s*$/.exec(text) ?? [];
  return value === undefined ? undefined : { value: Number(value), title };
}

const nameOf = (title: string): string =>
  title
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 60);
