import type { Command } from 'commander';
import { count, lazily } from './options.js';

function withFilters(command: Command): Command {
  return command
    .option('--project <id>', 'of one project')
    .option('--workflow <id>', 'of one workflow, by its id')
    .option('--subject <name>', 'with a person, such as user:ID, key:ID or end-user:NAME')
    .option('--search <words>', 'with this text in the name or the messages')
    .option('--unassigned', 'only old ones without a proven owner');
}

/** Adds the commands for stored conversations. */
export function addConversations(program: Command): void {
  const load = () => import('../commands/conversations.js');
  const conversations = program.command('conversations').description('stored conversations, the memory of workflows');
  withFilters(conversations.command('list', { isDefault: true }))
    .description('list conversations, newest first')
    .option('-n, --limit <number>', 'most conversations', count, 50)
    .action(lazily(async () => (await load()).listConversations));
  conversations
    .command('show <id>')
    .description('print the messages with their labels')
    .option('-n, --limit <number>', 'newest turns', count, 200)
    .action(lazily(async () => (await load()).showConversation));
  withFilters(conversations.command('export'))
    .description('print conversations as JSON, one per line')
    .action(lazily(async () => (await load()).exportConversations));
  withFilters(conversations.command('erase [id]'))
    .description('erase one conversation, or those that the options select; the audit log keeps counts and hashes')
    .option('--before <date>', 'last written before this day or time')
    .action(lazily(async () => (await load()).eraseConversations));
  conversations
    .command('assign <id>')
    .description('assign a conversation without an owner')
    .requiredOption('--project <id>', 'its project')
    .requiredOption('--workflow <id>', 'its workflow: an id, a slug, or document:NAME')
    .requiredOption(
      '--subject <name>',
      'the person that the conversation belongs to, such as user:ID, key:ID or end-user:NAME',
    )
    .action(lazily(async () => (await load()).assignConversation));
}
