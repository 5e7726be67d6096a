import type { z } from 'zod';
import { ApiError } from '../../data/http/http.js';
import { issueCaption } from '../../data/http/issue-text.js';

/**
 * The values of a form in the API's format. An error shows the form's own text for a schema path or its first part; other errors show the
 * schema's text. Errors: ApiError `bad_request`.
 *
 * @example readForm(SaveBudgetRequest, draft, { currency: 'The currency has three letters, such as EUR.' })
 */
export function readForm<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  text: Readonly<Record<string, string>>,
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ code, path, message }) => {
    const key = path.join('.');
    if (code === 'custom') return message;
    return text[key] ?? text[String(path[0])] ?? issueCaption([{ field: key, message }]);
  });
  throw new ApiError('bad_request', [...new Set(problems)].join(' '), 0);
}
