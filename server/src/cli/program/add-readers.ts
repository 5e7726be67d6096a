import type { Command } from 'commander';
import { lazily } from './options.js';

/** Adds `heddle groups` and `heddle readers`. */
export function addReaders(program: Command): void {
  const load = () => import('../commands/access/readers.js');
  const groups = program.command('groups').description('groups of people and accounts, for lists of readers');
  groups
    .command('list', { isDefault: true })
    .description('list the groups with their members')
    .action(lazily(async () => (await load()).listGroups));
  groups
    .command('create <name>')
    .description('make a group without members')
    .action(lazily(async () => (await load()).createGroup));
  groups
    .command('rename <group> <name>')
    .description('give a group another name; lists of readers keep it')
    .action(lazily(async () => (await load()).renameGroup));
  groups
    .command('remove <group>')
    .description('remove a group; a later group of the same name gets none of its access')
    .action(lazily(async () => (await load()).removeGroup));
  groups
    .command('add <group> <member>')
    .description('add a member: user:ADDRESS, service:ID, key:ID or oidc-group:NAME')
    .action(lazily(async () => (await load()).addMember));
  groups
    .command('take <group> <member>')
    .description('remove a member; the next search applies it')
    .action(lazily(async () => (await load()).removeMember));
  const readers = program.command('readers').description('who may read documents of a collection');
  readers
    .command('show <collection>', { isDefault: true })
    .description('list the documents that not everybody may read')
    .action(lazily(async () => (await load()).showReaders));
  readers
    .command('set <collection> <document> <reader...>')
    .description('set who may read a document: user:ADDRESS, group:NAME, oidc-group:NAME, …, or everybody, or nobody')
    .action(lazily(async () => (await load()).setReaders));
  readers
    .command('rules <collection> [file]')
    .description('print the rules that give documents their readers, or set them from a JSON file')
    .action(lazily(async () => (await load()).readerRules));
}
