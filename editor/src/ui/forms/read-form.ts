import type { z } from 'zod';
import { ApiError } from '../../data/http/http.js';
import { issuesText } from '../../data/http/issue-text.js';

/**
 * Reads the values of a form into the format of the API. Throws an ApiError `bad_request`. Its message is the entry of `text` for the path
 * of the schema error or for the path's first part, and otherwise the message of the schema. A custom check always uses its own message.
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
    return text[key] ?? text[String(path[0])] ?? issuesText([{ field: key, message }]);
  });
  throw new ApiError('bad_request', [...new Set(problems)].join(' '), 0);
}
