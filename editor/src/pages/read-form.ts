import type { z } from 'zod';
import { ApiError } from '../api/http.js';
import { issueWords } from '../api/issue-words.js';

/**
 * What a form holds, as the API takes it. What does not fit is said in the form's own words, by the place in the schema or the first
 * part of it; what a schema says of itself needs none. Errors: ApiError `bad_request`.
 *
 * @example readForm(SaveBudgetRequest, draft, { currency: 'The currency has three letters, such as EUR.' })
 */
export function readForm<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  words: Readonly<Record<string, string>>,
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ code, path, message }) => {
    const place = path.join('.');
    if (code === 'custom') return message;
    return words[place] ?? words[String(path[0])] ?? issueWords([{ field: place, message }]);
  });
  throw new ApiError('bad_request', [...new Set(problems)].join(' '), 0);
}
