import type { z } from 'zod';
import { ApiError } from '../../data/http/http.js';
import { issueWords } from '../../data/http/issue-words.js';

/**
 * The values of a form in the API's format. An error shows the form's own text for a schema path or its first part; other errors show the
 * schema's text. Errors: ApiError `bad_request`.
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
