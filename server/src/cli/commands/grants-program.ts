import type { Command } from 'commander';
import { json } from '../options.js';

/** `heddle grants`. */
export function addGrants(program: Command): void {
  const load = () => import('./grants.js');
  const grants = program.command('grants').description('which projects may use which things');
  grants
    .command('list', { isDefault: true })
    .description(
      'list connections, tool servers, models, collections, secrets and folders with their projects and uses',
    )
    .addOption(json())
    .action(async (options: { json?: true }, command: Command) => (await load()).listGrants(options, command));
  grants
    .command('set <kind> <id> <project...>')
    .description("grant a thing to exactly these projects, by id; '*' stands for all of them")
    .addOption(json())
    .action(async (kind: string, id: string, projects: readonly string[], options: { json?: true }, command: Command) =>
      (await load()).setGrant(kind, id, projects, options, command),
    );
}
