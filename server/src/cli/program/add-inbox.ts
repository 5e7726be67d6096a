import type { Command } from 'commander';
import { lazily } from './options.js';

/** Adds the commands for human input requests. */
export function addInbox(program: Command): void {
  const load = () => import('../commands/runs/inbox.js');
  const requests = program.command('inbox').description('human input requests');
  requests
    .command('list', { isDefault: true })
    .description('list the open requests')
    .option('--run <id>', 'only those of a run')
    .option('--assignee <name>', 'only those for a person, also after escalation')
    .action(lazily(async () => (await load()).listRequests));
  requests
    .command('answer <run> <request>')
    .description('answer a request and follow its run')
    .option('--choose <button>', 'the button, such as approve')
    .option('--value <json>', 'the values of the form, as JSON')
    .option('--reason <text>', 'why; kept in the record')
    .option('--hash <hash>', 'answer only if the value still has this hash')
    .action(lazily(async () => (await load()).answerRequest));
}
