import { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

/**
 * The message for a value that does not fit its schema. Every schema without a message of its own uses it: on the server, in the
 * editor and in the CLI. The message does not name the location of the value, which is shown beside it.
 *
 * @example z.string().min(12).safeParse('short').error?.issues[0]?.message // 'Use at least 12 characters'
 */
export function plainText(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.input);
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    case 'invalid_format':
      return wrongFormat(issue);
    case 'not_multiple_of':
      return `Give a multiple of ${issue.divisor}`;
    case 'invalid_value':
      return issue.input === undefined ? missing : oneOf(issue.values);
    case 'unrecognized_keys':
      return unknownNames(issue.keys);
    case 'invalid_union':
      return noneFits(issue);
    case 'invalid_key':
      return `A name in it is not valid: ${firstOf(issue.issues)}`;
    case 'invalid_element':
      return `An entry in it is not valid: ${firstOf(issue.issues)}`;
    default:
      return 'This is not valid';
  }
}

z.config({ localeError: plainText });

const missing = 'This is missing';

/** Names at most five unknown fields. */
function unknownNames(keys: readonly string[]): string {
  const shown = keys.slice(0, 5).map((key) => `'${key.slice(0, 100)}'`);
  const more = keys.length - shown.length;
  return `Unknown field${keys.length === 1 ? '' : 's'} ${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}: leave ${keys.length === 1 ? 'it' : 'them'} out`;
}

const typeText: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object with named members',
  record: 'an object with named members',
  null: 'null',
  undefined: 'nothing',
  never: 'nothing',
};

function wrongType(expected: string, input: unknown): string {
  if (input === undefined) return missing;
  const wanted = typeText[expected] ?? `a value of type ${expected}`;
  const given = typeText[z.core.util.parsedType(input)];
  // For a number that is not whole, "Give a whole number, not a number" would confuse.
  return given === undefined || given === wanted || expected === 'int'
    ? `Give ${wanted}`
    : `Give ${wanted}, not ${given}`;
}

const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
  map: ['entry', 'entries'],
  object: ['entry', 'entries'],
  record: ['entry', 'entries'],
  file: ['byte', 'bytes'],
};

/** The size with its unit; undefined for a number, which has no unit. */
function sizeOf(origin: string, amount: number | bigint): string | undefined {
  const unit = units[origin];
  return unit === undefined ? undefined : `${amount.toLocaleString('en')} ${amount === 1 ? unit[0] : unit[1]}`;
}

function tooSmall({ origin, minimum, inclusive, exact }: Extract<Issue, { code: 'too_small' }>): string {
  const size = sizeOf(origin, minimum);
  if (origin === 'string' && minimum === 1 && exact !== true) return 'This must not be empty';
  if (size !== undefined) return `Use ${exact === true ? 'exactly' : 'at least'} ${size}`;
  return inclusive === false ? `Give more than ${minimum}` : `Give ${minimum} or more`;
}

function tooBig({ origin, maximum, inclusive, exact }: Extract<Issue, { code: 'too_big' }>): string {
  const size = sizeOf(origin, maximum);
  if (size !== undefined) return `Use ${exact === true ? 'exactly' : 'at most'} ${size}`;
  return inclusive === false ? `Give less than ${maximum}` : `Give ${maximum} or less`;
}

const formatText: Readonly<Record<string, string>> = {
  email: 'Write an email address, such as ada@example.org',
  url: 'Write a whole address, such as https://example.org',
  date: 'Write a day as 2026-03-31',
  time: 'Write a time as 09:30:00',
  datetime: 'Write a time as 2026-03-31T09:30:00Z',
  uuid: 'Write an id such as 123e4567-e89b-42d3-a456-426614174000',
};

function wrongFormat(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  if (issue.format === 'starts_with') return `Begin it with '${String(issue['prefix'])}'`;
  if (issue.format === 'ends_with') return `End it with '${String(issue['suffix'])}'`;
  if (issue.format === 'includes') return `Put '${String(issue['includes'])}' into it`;
  if (issue.format === 'regex') return `This does not match the pattern ${String(issue.pattern)}`;
  return formatText[issue.format] ?? `This does not have the format ${issue.format}`;
}

function oneOf(values: readonly unknown[]): string {
  const text = values.map((value) => (typeof value === 'string' ? value : String(value)));
  return text.length === 1 ? `This must be ${text[0] ?? ''}` : `Choose one of ${text.join(', ')}`;
}

/** The message of the only option whose outer type fits; otherwise the messages of all options. */
function noneFits(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  if (issue.input === undefined) return missing;
  if ('options' in issue && Array.isArray(issue.options) && issue.options.length > 0) return oneOf(issue.options);
  const meant = issue.errors.filter((problems) => !problems.some(isOuterShape));
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return firstOf(only);
  const all = [...new Set(issue.errors.map(firstOf))];
  return all.length === 0 ? 'This fits more than one form' : all.join(', or: ');
}

const isOuterShape = ({ code, path }: z.core.$ZodIssue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

function firstOf(issues: readonly z.core.$ZodIssue[]): string {
  const [first] = issues;
  if (first === undefined) return 'This is not valid';
  return first.path.length === 0 ? first.message : `${first.path.join('.')}: ${first.message}`;
}
