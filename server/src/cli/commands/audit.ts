import { AuditCheck, EraseContentQuery, ErasedReply, HeddleError, localPrincipal } from '@heddle/core';
import type { Command } from 'commander';
import { exportAudit } from '../../audit/audit-export.js';
import { checkAudit } from '../../audit/check-audit.js';
import { print, printJson, say } from '../output.js';
import { readTime } from '../read-time.js';
import { at, atHeddle, parseGiven, type JsonOption } from './at-heddle.js';
import { withRoutes } from './context.js';
import { queryString } from '../client/query-string.js';

/** `heddle audit verify`: exit code 1 where the chain is broken. */
export async function verifyAudit(options: JsonOption, command: Command): Promise<void> {
  const check = await atHeddle(command, {
    server: ({ call }) => call(AuditCheck, 'GET', at('audit', 'verify')),
    folder: ({ audit }) => checkAudit(audit),
    takesLoss: true,
  });
  if (options.json === true) printJson(check);
  else if (check.bad === undefined) print(`The audit record is whole: ${check.records} records, head ${check.head}.`);
  if (check.bad === undefined) return;
  throw new HeddleError('conflict', `The audit record is not whole: record ${check.bad.number}: ${check.bad.reason}.`, {
    details: { ...check.bad },
  });
}

/** `heddle audit export`: lines on standard output. */
export async function exportRecords(
  options: { readonly format: 'jsonl' | 'csv'; readonly from?: string; readonly to?: string },
  command: Command,
): Promise<void> {
  const { format } = options;
  const from = readTime(options.from, '--from');
  const to = readTime(options.to, '--to');
  const range = { from, to };
  await atHeddle(command, {
    server: async ({ request }) => {
      const { body } = await request('GET', `${at('audit', 'export')}${queryString({ format, ...range })}`);
      // The types of fetch do not say that a body is iterable.
      for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) process.stdout.write(part);
    },
    folder: async ({ audit }) => {
      const details = { format, ...range };
      await audit.write([{ act: 'export', who: localPrincipal.id, subject: 'audit', isAllowed: true, details }]);
      for await (const lines of exportAudit(audit, range, format)) process.stdout.write(lines);
    },
  });
}

/** `heddle audit erase`. */
export async function eraseContent(
  options: { readonly run?: string; readonly level?: string; readonly before?: string } & JsonOption,
  command: Command,
): Promise<void> {
  const { run, level, before } = options;
  const time = readTime(before, '--before');
  const query = parseGiven(EraseContentQuery, { run, level, before: time }, 'What is to be erased');
  const { erased } = await withRoutes(command, ({ call }) =>
    call(ErasedReply, 'DELETE', `${at('audit', 'content')}${queryString(query)}`),
  );
  if (options.json === true) printJson({ erased });
  else print(`${erased} texts are erased; the records that name them stay.`);
}

/** `heddle audit accept`: works on the folder itself, because a running server keeps its own anchor. */
export async function acceptAudit(options: { readonly reason: string } & JsonOption, command: Command): Promise<void> {
  await atHeddle(command, {
    server: () =>
      Promise.reject(
        new HeddleError('conflict', 'Stop the server first: the chain is anchored by who has the folder.'),
      ),
    folder: async ({ audit, parts }) => {
      await audit.acceptAsIs(localPrincipal.id, { reason: options.reason });
      parts.collectionsFile?.accept();
    },
    takesLoss: true,
  });
  if (options.json === true) printJson({ isAccepted: true });
  else say('The chain is anchored as it is; a record says so.');
}
