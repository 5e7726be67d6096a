import type { Command } from 'commander';
import { lazily, levelOption, listOption } from './options.js';

/** Adds the commands for the sources of a collection. */
export function addSources(program: Command): void {
  const load = () => import('../commands/collections/sources.js');
  const sources = program
    .command('sources')
    .description('keep the documents of a collection in sync with folders, web sites and other sources');
  sources
    .command('list <collection>')
    .description('list the sources of a collection with their state')
    .action(lazily(async () => (await load()).listSources));
  sources
    .command('kinds')
    .description('list the kinds of sources and the fields of their configuration')
    .action(lazily(async () => (await load()).listKinds));
  const settings = (command: Command): Command =>
    command
      .option('--title <title>', 'title for people')
      .addOption(listOption('--set <field=value>', 'a field of the configuration; the value is JSON or text'))
      .option('--secret <name>', 'the name of a secret')
      .addOption(levelOption('--label', 'level of its documents'))
      .addOption(listOption('--readers <name>', 'who may read its documents, such as group:Legal'))
      .option('--cron <expression>', 'when it syncs by itself, such as "*/15 * * * *"')
      .option('--time-zone <zone>', 'time zone of --cron (default: UTC)');
  settings(
    sources
      .command('add <collection> <id> <kind>')
      .description('add a source and sync it')
      .option('--paused', 'do not sync it yet'),
  ).action(lazily(async () => (await load()).addSource));
  settings(
    sources.command('change <collection> <id>').description('change settings of a source; what is not named stays'),
  ).action(lazily(async () => (await load()).changeSource));
  sources
    .command('sync <collection> <id>')
    .description('sync a source now, and wait for the end')
    .option('--full', 'list everything again, as at the first sync')
    .option('--may-empty', 'let an empty source remove all documents')
    .action(lazily(async () => (await load()).syncSourceNow));
  sources
    .command('pause <collection> <id>')
    .description('stop syncing a source; its documents stay')
    .action(lazily(async () => (await load()).pauseSource));
  sources
    .command('resume <collection> <id>')
    .description('sync a paused source again')
    .action(lazily(async () => (await load()).resumeSource));
  sources
    .command('failures <collection> <id>')
    .description('list documents that could not be imported, with the reason')
    .action(lazily(async () => (await load()).listFailures));
  sources
    .command('remove <collection> <id>')
    .description('delete a source; its documents stay')
    .option('--with-documents', 'also remove its documents')
    .action(lazily(async () => (await load()).removeSource));
}
