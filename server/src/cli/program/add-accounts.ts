import type { Command } from 'commander';
import { collect, count, lazily, levelOption } from './options.js';

/** Adds `heddle users` and `heddle keys`. */
export function addAccounts(program: Command): void {
  const load = () => import('../commands/access/accounts.js');
  const users = program.command('users').description('people who sign in');
  users
    .command('list', { isDefault: true })
    .description('list the users')
    .action(lazily(async () => (await load()).listUsers));
  users
    .command('add <email>')
    .description('add a user; prints a one-time link with which they choose a password')
    .option('--name <name>', 'name of the user')
    .option('--role <role>', 'viewer, runner, editor, approver, auditor or owner; may be given again', collect, [])
    .action(lazily(async () => (await load()).addUser));
  users
    .command('forget <subject>')
    .description('erase what is stored about a person in all projects, such as user:ID or end-user:NAME')
    .action(lazily(async () => (await load()).forgetPerson));
  const keys = program.command('keys').description('API keys');
  keys
    .command('list', { isDefault: true })
    .description('list the keys')
    .action(lazily(async () => (await load()).listKeys));
  keys
    .command('create <name>')
    .description('create a key; it is shown only once')
    .option('--workflow <slug>', 'a workflow that it may call; may be given again (default: all)', collect, [])
    .option(
      '--may <right>',
      'what it may do, such as model:try; may be given again (default: run:published, to call published versions)',
      collect,
      [],
    )
    .addOption(
      levelOption('--clearance', 'highest label of the values that it may read while it builds (default: internal)'),
    )
    .option('--rate <number>', 'maximum calls per minute', count)
    .option('--days <number>', 'days until it expires', count)
    .action(lazily(async () => (await load()).createKey));
  keys
    .command('allow <id> <right...>')
    .description('add rights to a key, within those of its owner')
    .action(lazily(async () => (await load()).allowKey));
  keys
    .command('revoke <id>')
    .description('revoke a key')
    .action(lazily(async () => (await load()).revokeKey));
}
