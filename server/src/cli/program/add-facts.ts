import type { Command } from 'commander';
import { count, lazily } from './options.js';

function withFilters(command: Command): Command {
  return command
    .option('--project <id>', 'of one project')
    .option('--workflow <id>', 'of one workflow, by its id')
    .option('--subject <name>', 'about a person, such as user:ID, key:ID or end-user:NAME')
    .option('--search <words>', 'with these words in the key or the text');
}

/** Adds the commands for long-term facts. */
export function addFacts(program: Command): void {
  const load = () => import('../commands/facts.js');
  const facts = program.command('facts').description('what workflows remember about people');
  withFilters(facts.command('list', { isDefault: true }))
    .description('list facts, newest first')
    .option('-n, --limit <number>', 'most facts', count, 50)
    .action(lazily(async () => (await load()).listFacts));
  withFilters(facts.command('export'))
    .description('print facts as JSON, one per line')
    .action(lazily(async () => (await load()).exportFacts));
  facts
    .command('edit <id>')
    .description('change the text of a fact, or when it expires')
    .option('--text <text>', 'the new text')
    .option('--expires <date>', 'the day or time when it expires, or never')
    .action(lazily(async () => (await load()).editFact));
  withFilters(facts.command('erase [id]'))
    .description('erase one fact, or those that the options select; the audit log keeps counts and hashes')
    .option('--before <date>', 'last written before this day or time')
    .action(lazily(async () => (await load()).eraseFacts));
}
