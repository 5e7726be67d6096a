import { Option, type Command } from 'commander';
import { json } from './options.js';

interface Json {
  readonly json?: true;
}

/** Commands for the audit record. */
export function addAudit(program: Command): void {
  const load = () => import('./commands/audit.js');
  const audit = program.command('audit').description('the record of who did what');
  audit
    .command('verify')
    .description('check the whole chain; names the first bad record')
    .addOption(json())
    .action(async (options: Json, command: Command) => (await load()).verifyAudit(options, command));
  audit
    .command('export')
    .description('print records, newest first')
    .addOption(new Option('--format <format>', 'jsonl or csv').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--from <date>', 'from this day or time on')
    .option('--to <date>', 'before this day or time')
    .action(async (options: { format: 'jsonl' | 'csv'; from?: string; to?: string }, command: Command) =>
      (await load()).exportRecords(options, command),
    );
  audit
    .command('erase')
    .description('erase what models were sent and answered; the records and the chain stay')
    .option('--run <id>', 'of one run')
    .option('--level <level>', 'of one label: public, internal, confidential or restricted')
    .option('--before <date>', 'from before this day or time')
    .addOption(json())
    .action(async (options: { run?: string; level?: string; before?: string } & Json, command: Command) =>
      (await load()).eraseContent(options, command),
    );
  audit
    .command('accept')
    .description(
      'go on with the records that are there, after newer ones were lost or the anchor was; a record says why',
    )
    .requiredOption('--reason <text>', 'why, for the record')
    .addOption(json())
    .action(async (options: { reason: string } & Json, command: Command) =>
      (await load()).acceptAudit(options, command),
    );
}
