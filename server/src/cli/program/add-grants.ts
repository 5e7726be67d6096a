import type { Command } from 'commander';
import { lazily } from './options.js';

/** `heddle grants`. */
export function addGrants(program: Command): void {
  const load = () => import('../commands/access/grants.js');
  const grants = program.command('grants').description('which projects may use which things');
  grants
    .command('list', { isDefault: true })
    .description(
      'list connections, tool servers, models, collections, secrets and folders with their projects and uses',
    )
    .action(lazily(async () => (await load()).listGrants));
  grants
    .command('set <kind> <id> <project...>')
    .description("grant a thing to exactly these projects, by id; '*' stands for all of them")
    .action(lazily(async () => (await load()).setGrant));
}
