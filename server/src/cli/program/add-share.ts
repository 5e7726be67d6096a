import { InvalidArgumentError, Option, type Command } from 'commander';
import { count, lazily, levelOption, listOption, money } from './options.js';
import type { JsonOption } from '../commands/parse-argument.js';

const size = (text: string): number => {
  const megabytes = Number(text);
  if (text.trim() === '' || !(megabytes >= 0))
    throw new InvalidArgumentError('It must be a number of MB, such as 500.');
  return megabytes;
};

/** Adds `heddle share`: share links of published workflows. */
export function addShare(program: Command): void {
  const load = () => import('../commands/channels/share.js');
  const share = program.command('share').description('links under which others use a published workflow without a key');
  share
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow')
    .action(lazily(async () => (await load()).listShares));
  share
    .command('create <workflow> <name>')
    .description('create a link; it is printed only once')
    .addOption(new Option('--kind <kind>', 'kind of page (default: what fits the inputs)').choices(['chat', 'form']))
    .option('--title <text>', 'title of the page (default: the name of the workflow)')
    .option('--greeting <text>', 'greeting above the chat or the form')
    .addOption(listOption('--example <text>', 'an example question'))
    .addOption(new Option('--theme <theme>', 'its colours').choices(['auto', 'light', 'dark']))
    .option('--accent <colour>', 'a colour such as #0f766e')
    .option('--pin <version>', 'always run this version', count)
    .option('--members', 'only for people who are signed in and may see the workflow')
    .addOption(listOption('--origin <origin>', 'a site that may show it in its pages, such as https://www.example.org'))
    .option('--rate <number>', 'runs a minute', count)
    .option('--per-day <number>', 'runs a day', count)
    .option(
      '--upload-per-day <megabytes>',
      'files that all anonymous users may send per day, in MB (default: 1000)',
      size,
    )
    .option(
      '--upload-per-user <megabytes>',
      'files that one anonymous user may send per day, in MB (default: 250)',
      size,
    )
    .option('--budget <amount>', 'what its runs may spend a month, in $', money)
    .addOption(levelOption('--clearance', 'outputs above this level are not shown'))
    .option('--expires <time>', 'when it expires, such as 2027-01-31')
    .action(lazily(async () => (await load()).createShare));
  share
    .command('renew <workflow> <share>')
    .description('renew a link; the old address stops working')
    .action(lazily(async () => (await load()).renewShare));
  for (const [name, isPaused, description] of [
    ['pause', true, 'pause a link'],
    ['resume', false, 'resume a paused link'],
  ] as const)
    share
      .command(`${name} <workflow> <share>`)
      .description(description)
      .action(async (workflow: string, id: string, options: JsonOption, command: Command) =>
        (await load()).pauseShare(workflow, id, isPaused, options, command),
      );
  share
    .command('revoke <workflow> <share>')
    .description('revoke a link for good')
    .action(lazily(async () => (await load()).revokeShare));
}
