import type { Command } from 'commander';
import { collect, count, lazily, levelOption } from './options.js';

/** `heddle users` and `heddle keys`. */
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
    .option('--name <name>', 'how the user is called')
    .option('--role <role>', 'viewer, runner, editor, approver, auditor or owner; may be given again', collect, [])
    .action(lazily(async () => (await load()).addUser));
  users
    .command('forget <subject>')
    .description('erase what is stored of a person in all projects, such as user:ID or end-user:NAME')
    .action(lazily(async () => (await load()).forgetPerson));
  const keys = program.command('keys').description('API keys');
  keys
    .command('list', { isDefault: true })
    .description('list the keys')
    .action(lazily(async () => (await load()).listKeys));
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
    .addOption(levelOption('--clearance', 'highest label of values that it reads while it builds (default: internal)'))
    .option('--rate <number>', 'most calls a minute', count)
    .option('--days <number>', 'days after which it ends', count)
    .action(lazily(async () => (await load()).createKey));
  keys
    .command('allow <id> <right...>')
    .description('add rights to a key, within those of its owner')
    .action(lazily(async () => (await load()).allowKey));
  keys
    .command('revoke <id>')
    .description('refuse a key from now on')
    .action(lazily(async () => (await load()).revokeKey));
}
