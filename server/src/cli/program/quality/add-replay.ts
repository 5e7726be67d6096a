import { LabelLevel } from '@heddle/core';
import { Option, type Command } from 'commander';
import { collect, count, lazily } from '../options.js';

/** Adds the commands for replays. */
export function addReplay(program: Command): void {
  const load = () => import('../../commands/runs/replay.js');
  program
    .command('replay <draft>')
    .description(
      'run the recorded runs of a workflow again on its draft, without effects; exit code 1 if it does not pass',
    )
    .option('-n, --runs <number>', 'how many of the newest runs', count, 100)
    .option('--since <time>', 'accepted from this day or time on; or 7d, 12h')
    .option('--status <status>', 'only runs with this status: done or failed')
    .option('--search <text>', 'with this text in the id or the error of the run')
    .option('--recorded-version <number>', 'only runs of this published version', count)
    .addOption(new Option('--label <level>', 'leave out runs with values above this level').choices(LabelLevel.options))
    .option('--of <version>', 'try this published version instead of the draft', count)
    .option('--no-models', 'call no model: a changed node that would call one ends its run')
    .option('--stub <node=json>', 'outputs of a node whose effect was never recorded; may be given again', collect, [])
    .option('--ask', 'ask a person at an effect that was never recorded')
    .option('--budget <usd>', 'what its model calls may cost', Number)
    .option('--max-changed <share>', 'the share of runs whose answer may change, 0 to 1', Number)
    .option('--junit <file>', 'write the rows as JUnit XML')
    .action(lazily(async () => (await load()).startReplay));
  program
    .command('replays')
    .description('list replays')
    .option('--workflow <id>', 'of this workflow')
    .action(lazily(async () => (await load()).listReplays));
}
