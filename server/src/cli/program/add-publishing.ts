import type { Command } from 'commander';
import { count, lazily, levelOption } from './options.js';

/** Adds `heddle publish`, `versions`, `rollback`, `test`, `stop` and `release`. */
export function addPublishing(program: Command): void {
  const load = () => import('../commands/publishing.js');
  program
    .command('publish <workflow>')
    .description(
      'publish the draft of a stored workflow as its next version; without --accept-data-map it only says what prevents that',
    )
    .option('--note <text>', 'what is new')
    .option('--accept-data-map', 'accept where the data goes, after reading it')
    .option('--check', 'only say what prevents the next version')
    .option('--no-live', 'keep the live version as it is')
    .option('--canary <percent>', 'share of the callers that gets it first', count)
    .option(
      '--override-gate <reason>',
      'publish although the gate does not pass; it needs the right to manage the gate',
    )
    .addOption(levelOption('--reply-clearance', 'strictest level that a reply may have'))
    .action(lazily(async () => (await load()).publish));
  program
    .command('versions <workflow>')
    .description('list the versions of a workflow')
    .action(lazily(async () => (await load()).versions));
  program
    .command('rollback <workflow> [version]')
    .description('make an earlier version live; without a number, the one before the live one')
    .option('--override-gate <reason>', 'for a version from before the gate; it needs the right to manage the gate')
    .action(lazily(async () => (await load()).rollback));
  program
    .command('test <workflow>')
    .description('run the tests.jsonl of a stored workflow, or of a folder with a workflow.json, without effects')
    .option('--record', 'first run each test with its effects, and keep the results of its nodes as fixtures')
    .option('--junit <file>', 'write the results as JUnit XML')
    .action(lazily(async () => (await import('../commands/test-workflow.js')).testWorkflow));
  addKillSwitches(program);
}

function addKillSwitches(program: Command): void {
  const load = () => import('../commands/runs/stops.js');
  program
    .command('stop [target]')
    .description(
      'kill switch of all, workflow:SLUG, tool:NAME or connection:ID; without a target, lists those that are on',
    )
    .option('--reason <text>', 'why', 'stopped from the command line')
    .action(lazily(async () => (await load()).stop));
  program
    .command('release <target>')
    .description('release a kill switch: the runs that it paused continue')
    .action(lazily(async () => (await load()).release));
}
