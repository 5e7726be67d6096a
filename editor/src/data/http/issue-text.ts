import { z } from 'zod';

/** A value that does not match its schema, and its path, such as `limits.money`. An empty path means the whole value. */
interface PlacedIssue {
  readonly field: string;
  readonly message: string;
}

const Issues = z.object({ issues: z.array(z.object({ field: z.string(), message: z.string() })).min(1) });

/** Returns the schema issues in the details of an error, if there are any. */
export function issuesIn(details: unknown): readonly PlacedIssue[] | undefined {
  return Issues.safeParse(details).data?.issues;
}

/**
 * Formats schema issues with one sentence each; field names become labels.
 *
 * @example issueCaption([{ field: 'ratePerMinute', message: 'Give 1 or more' }]) // 'Rate per minute: Give 1 or more.'
 */
export function issuesText(issues: readonly PlacedIssue[]): string {
  const sentences = issues.map(({ field, message }) => {
    const text = field === '' ? message : `${fieldLabel(field)}: ${message}`;
    return /[.!?]$/.test(text) ? text : `${text}.`;
  });
  return [...new Set(sentences)].join(' ');
}

/** A number in a path is a list index and is shown starting at 1. */
function fieldLabel(field: string): string {
  const parts = field.split('.').map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : spaced(part)));
  const text = parts.join(' › ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const spaced = (name: string): string =>
  /^[a-z]+(?:[A-Z][a-z]*)*$/.test(name) ? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : name;
