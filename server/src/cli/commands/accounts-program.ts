import type { Command } from 'commander';
import { collect, count, json } from '../options.js';

/** `heddle users` and `heddle keys`. */
export function addAccounts(program: Command): void {
  const load = () => import('./accounts.js');
  const users = program.command('users').description('people who sign in');
  users
    .command('list', { isDefault: true })
    .description('list the users')
    .addOption(json())
    .action(async (options: { json?: true }, command: Command) => (await load()).listUsers(options, command));
  users
    .command('add <email>')
    .description('add a user; prints a one-time link with which they choose a password')
    .option('--name <name>', 'how the user is called')
    .option('--role <role>', 'viewer, runner, editor, approver, auditor or owner; may be given again', collect, [])
    .addOption(json())
    .action(async (email: string, options: { name?: string; role: readonly string[]; json?: true }, command: Command) =>
      (await load()).addUser(email, options, command),
    );
  const keys = program.command('keys').description('API keys');
  keys
    .command('list', { isDefault: true })
    .description('list the keys')
    .addOption(json())
    .action(async (options: { json?: true }, command: Command) => (await load()).listKeys(options, command));
  keys
    .command('create <name>')
    .description('make a key; it is shown this once')
    .option('--workflow <slug>', 'a workflow that it may call; may be given again (default: all)', collect, [])
    .option(
      '--may <right>',
      'what it may do, such as model:try; may be given again (default: run:published, to call published versions)',
      collect,
      [],
    )
    .option('--rate <number>', 'most calls a minute', count)
    .option('--days <number>', 'days after which it ends', count)
    .addOption(json())
    .action(
      async (
        name: string,
        options: {
          workflow: readonly string[];
          may: readonly string[];
          rate?: number;
          days?: number;
          json?: true;
        },
        command: Command,
      ) => (await load()).createKey(name, options, command),
    );
  keys
    .command('allow <id> <right...>')
    .description('add rights to a key, within those of its owner')
    .addOption(json())
    .action(async (id: string, rights: readonly string[], options: { json?: true }, command: Command) =>
      (await load()).allowKey(id, rights, options, command),
    );
  keys
    .command('revoke <id>')
    .description('refuse a key from now on')
    .addOption(json())
    .action(async (id: string, options: { json?: true }, command: Command) =>
      (await load()).revokeKey(id, options, command),
    );
}
