import { EraseContentQuery, HeddleError, localPrincipal } from '@heddle/core';
import { addressOf } from '@heddle/core/api-client';
import type { Command } from 'commander';
import { print, printJson, printToStderr } from '../output.js';
import { readTime } from '../read-time.js';
import { parseArgument, type JsonOption } from './parse-argument.js';
import { withClient, withFolder } from './context.js';

/** `heddle audit verify`: checks the chain of the audit log. Exit code 1 if it is broken. */
export async function verifyAudit(options: JsonOption, command: Command): Promise<void> {
  const check = await withClient(command, ({ api }) => api.GET('/api/audit/verify'), {
    takesLoss: true,
  });
  if (options.json === true) printJson(check);
  else if (check.bad === undefined) print(`The audit log is intact: ${check.records} records, head ${check.head}.`);
  if (check.bad === undefined) return;
  throw new HeddleError('conflict', `The audit log is not intact: record ${check.bad.number}: ${check.bad.reason}.`, {
    details: { ...check.bad },
  });
}

/** `heddle audit export`: writes the events as lines to standard output. */
export async function exportRecords(
  options: { readonly format: 'jsonl' | 'csv'; readonly from?: string; readonly to?: string },
  command: Command,
): Promise<void> {
  const { format } = options;
  const from = readTime(options.from, '--from');
  const to = readTime(options.to, '--to');
  await withClient(command, async ({ request }) => {
    const { body } = await request('GET', addressOf('/api/audit/export', { query: { format, from, to } }));
    // The types of fetch do not declare a body as iterable.
    for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) process.stdout.write(part);
  });
}

/** `heddle audit erase`. */
export async function eraseContent(
  options: { readonly run?: string; readonly level?: string; readonly before?: string } & JsonOption,
  command: Command,
): Promise<void> {
  const { run, level, before } = options;
  const time = readTime(before, '--before');
  const query = parseArgument(EraseContentQuery, { run, level, before: time }, 'What is to be erased');
  const { erased } = await withClient(command, ({ api }) => api.DELETE('/api/audit/content', { params: { query } }));
  if (options.json === true) printJson({ erased });
  else print(`${erased} texts are erased; the records that name them stay.`);
}

/** `heddle audit accept`: works on the folder itself and needs the server stopped, because a server keeps its own anchor. */
export async function acceptAudit(options: { readonly reason: string } & JsonOption, command: Command): Promise<void> {
  const why = 'only the process that has the folder open can anchor the chain.';
  await withFolder(command, { why, takesLoss: true }, async ({ audit, parts }) => {
    await audit.acceptAsIs(localPrincipal.id, { reason: options.reason });
    parts.collectionsFile?.accept();
  });
  if (options.json === true) printJson({ isAccepted: true });
  else printToStderr('The chain is anchored as it is; a record says so.');
}
