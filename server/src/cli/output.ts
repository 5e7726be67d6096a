import { errorBody } from '../http/errors/error-reply.js';
import type { HeddleError } from '@heddle/core';

/** Writes one JSON document to standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Writes lines to standard output. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Writes lines to standard error: progress, hints and errors, which are not part of the result. */
export function printToStderr(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}

/**
 * Reports why a command failed. With `--json`, the error is the only document on standard output, unless the result was already printed.
 */
export function printError(error: HeddleError, isJson: boolean): void {
  if (isJson) printJson(errorBody(error));
  printToStderr(`heddle: ${error.message}`, `        (${error.code})`);
  const issues: unknown = error.details?.['issues'];
  if (Array.isArray(issues)) for (const issue of issues.slice(0, 20)) printToStderr(`  - ${issueLine(issue)}`);
}

/** Formats an issue of a workflow or document as one line. */
export function issueLine(issue: unknown): string {
  if (typeof issue !== 'object' || issue === null) return String(issue);
  const text = (key: string): string | undefined => {
    const value: unknown = Reflect.get(issue, key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const location =
    [text('node'), text('port') ?? text('field')].filter((part) => part !== undefined).join('.') || text('edge');
  const fix = text('fix');
  return `${location === undefined ? '' : `${location}: `}${text('message') ?? ''}${fix === undefined ? '' : ` ${fix}`}`;
}

let lastProgress = '';

/** Shows progress on standard error. On a terminal each text replaces the previous one; elsewhere each new text is a line. */
export function showProgress(text: string): void {
  if (text === lastProgress) return;
  lastProgress = text;
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else process.stderr.write(`${text}\n`);
}

/** Ends the progress line, so that other output begins on a new line. */
export function endProgress(): void {
  if (lastProgress !== '' && process.stderr.isTTY) process.stderr.write('\n');
  lastProgress = '';
}

/** Formats rows as aligned columns. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows.map((row) =>
    row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('  '),
  );
}
