import type { Command } from 'commander';
import { count, lazily } from './options.js';

/** Filters of conversations. */
function withFilters(command: Command): Command {
  return command
    .option('--project <id>', 'of one project')
    .option('--workflow <id>', 'of one workflow, by its id')
    .option('--subject <name>', 'with somebody, such as user:ID, key:ID or end-user:NAME')
    .option('--search <words>', 'with these words in a name or in what was said')
    .option('--unassigned', 'those of before whose owner nothing proves');
}

/** Commands for stored conversations. */
export function addConversations(program: Command): void {
  const load = () => import('../commands/conversations.js');
  const conversations = program.command('conversations').description('what the memory of workflows holds');
  withFilters(conversations.command('list', { isDefault: true }))
    .description('list conversations, newest first')
    .option('-n, --limit <number>', 'most conversations', count, 50)
    .action(lazily(async () => (await load()).listConversations));
  conversations
    .command('show <id>')
    .description('print what was said, with its labels')
    .option('-n, --limit <number>', 'newest turns', count, 200)
    .action(lazily(async () => (await load()).showConversation));
  withFilters(conversations.command('export'))
    .description('print conversations, one a line as JSON')
    .action(lazily(async () => (await load()).exportConversations));
  withFilters(conversations.command('erase [id]'))
    .description('erase one conversation, or those that the options name; the record keeps counts and hashes')
    .option('--before <date>', 'last written before this day or time')
    .action(lazily(async () => (await load()).eraseConversations));
  conversations
    .command('assign <id>')
    .description('give a conversation without an owner to one')
    .requiredOption('--project <id>', 'its project')
    .requiredOption('--workflow <id>', 'its workflow: an id, a slug, or document:NAME')
    .requiredOption('--subject <name>', 'the person of the conversations, such as user:ID, key:ID or end-user:NAME')
    .action(lazily(async () => (await load()).assignConversation));
}
