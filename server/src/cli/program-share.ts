import { InvalidArgumentError, Option, type Command } from 'commander';
import { collect, count, json } from './options.js';
import type { ShareOptions } from './commands/share.js';

interface Json {
  readonly json?: true;
}

const many = (flag: string, words: string): Option =>
  new Option(flag, `${words}; may be given again`).argParser<readonly string[]>(collect).default([]);
const money = (text: string): number => {
  const amount = Number(text);
  if (!(amount > 0)) throw new InvalidArgumentError('It must be an amount in $, such as 2.5.');
  return amount;
};

const size = (text: string): number => {
  const megabytes = Number(text);
  if (text.trim() === '' || !(megabytes >= 0))
    throw new InvalidArgumentError('It must be a number of MB, such as 500.');
  return megabytes;
};

/** `heddle share`: links under which a published workflow is used without a key. */
export function addShare(program: Command): void {
  const load = () => import('./commands/share.js');
  const share = program.command('share').description('links under which others use a published workflow without a key');
  share
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow')
    .addOption(json())
    .action(async (workflow: string, options: Json, command: Command) =>
      (await load()).listShares(workflow, options, command),
    );
  share
    .command('create <workflow> <name>')
    .description('make one; prints the link, this once')
    .addOption(
      new Option('--kind <kind>', 'what its page is (default: what fits the inputs)').choices(['chat', 'form']),
    )
    .option('--title <text>', 'what anonymous users read (default: the name of the workflow)')
    .option('--greeting <text>', 'what stands above it')
    .addOption(many('--example <text>', 'an example question'))
    .addOption(new Option('--theme <theme>', 'its colours').choices(['auto', 'light', 'dark']))
    .option('--accent <colour>', 'a colour such as #0f766e')
    .option('--pin <version>', 'run this version, whatever is live', count)
    .option('--members', 'only for people who are signed in and may see the workflow')
    .addOption(many('--origin <origin>', 'a site that may show it in its pages, such as https://www.example.org'))
    .option('--rate <number>', 'runs a minute', count)
    .option('--per-day <number>', 'runs a day', count)
    .option('--upload-per-day <megabytes>', 'files that all anonymous users send a day, in MB (default: 1000)', size)
    .option('--upload-per-user <megabytes>', 'files that one anonymous user sends a day, in MB (default: 250)', size)
    .option('--budget <amount>', 'what its runs may spend a month, in $', money)
    .addOption(
      new Option('--clearance <level>', 'outputs above it are not shown').choices([
        'public',
        'internal',
        'confidential',
        'restricted',
      ]),
    )
    .option('--expires <time>', 'when it ends, such as 2027-01-31')
    .addOption(json())
    .action(async (workflow: string, name: string, options: ShareOptions, command: Command) =>
      (await load()).createShare(workflow, name, options, command),
    );
  share
    .command('renew <workflow> <share>')
    .description('give it a new link; the old one opens nothing any more')
    .addOption(json())
    .action(async (workflow: string, id: string, options: Json, command: Command) =>
      (await load()).renewShare(workflow, id, options, command),
    );
  for (const [name, isPaused, words] of [
    ['pause', true, 'close it for a while'],
    ['resume', false, 'open a paused one again'],
  ] as const)
    share
      .command(`${name} <workflow> <share>`)
      .description(words)
      .addOption(json())
      .action(async (workflow: string, id: string, options: Json, command: Command) =>
        (await load()).pauseShare(workflow, id, isPaused, options, command),
      );
  share
    .command('revoke <workflow> <share>')
    .description('end it for good')
    .addOption(json())
    .action(async (workflow: string, id: string, options: Json, command: Command) =>
      (await load()).revokeShare(workflow, id, options, command),
    );
}
