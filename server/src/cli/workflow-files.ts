import { HeddleError } from '@heddle/core';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Finds the workflow file of a path: the file itself, or `workflow.json` in a folder. Undefined if neither exists. */
export async function findWorkflowFile(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  if (!(await stat(path)).isDirectory()) return path;
  const inside = join(path, 'workflow.json');
  return existsSync(inside) ? inside : undefined;
}

/** Reads a workflow file as text. Errors: `file_not_found`, `file_unreadable`. */
export async function readWorkflowFile(path: string): Promise<string> {
  const file = await findWorkflowFile(path);
  if (file === undefined)
    throw new HeddleError(
      'file_not_found',
      `There is no workflow at ${path}: name a file, or a folder with a workflow.json.`,
      { details: { path } },
    );
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new HeddleError(
      'file_unreadable',
      `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause, details: { path: file } },
    );
  }
}
