import { Option, type Command } from 'commander';
import { lazily } from './options.js';

/** Adds the commands for the audit log. */
export function addAudit(program: Command): void {
  const load = () => import('../commands/audit.js');
  const audit = program.command('audit').description('the record of who did what');
  audit
    .command('verify')
    .description('check the whole chain; names the first bad record')
    .action(lazily(async () => (await load()).verifyAudit));
  audit
    .command('export')
    .description('print records, newest first')
    .addOption(new Option('--format <format>', 'jsonl or csv').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--from <date>', 'from this day or time on')
    .option('--to <date>', 'before this day or time')
    .action(lazily(async () => (await load()).exportRecords));
  audit
    .command('erase')
    .description('erase the contents of model calls; the records and the chain stay')
    .option('--run <id>', 'of one run')
    .option('--level <level>', 'of one label: public, internal, confidential or restricted')
    .option('--before <date>', 'from before this day or time')
    .action(lazily(async () => (await load()).eraseContent));
  audit
    .command('accept')
    .description('accept the records as they are, after newer records or the anchor were lost; a record says why')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(lazily(async () => (await load()).acceptAudit));
}
