import { Option, type Command } from 'commander';
import { count, lazily, listOption } from '../options.js';

/** Adds the commands for A/B tests of the live version. */
export function addAb(program: Command): void {
  const load = () => import('../../commands/ab.js');
  const ab = program.command('ab').description('A/B tests: callers share the live version and others');
  ab.command('start <workflow>')
    .description('start a test; the live version is the control and gets the other callers')
    .addOption(listOption('--arm <version=percent>', 'a version and its share of the callers'))
    .requiredOption('--metric <metric>', 'what decides: errors, ms, cost, tokens, feedback or score:NAME')
    .addOption(new Option('--better <side>', 'for a score of your own').choices(['higher', 'lower']))
    .addOption(listOption('--guard <metric=limit>', 'roll back an arm whose mean is beyond this limit'))
    .addOption(
      listOption('--not-worse <metric=by>', 'roll back an arm that is worse than the control by more than this'),
    )
    .addOption(
      new Option('--sticky <by>', 'whether each caller or each conversation keeps its version').choices([
        'caller',
        'conversation',
      ]),
    )
    .option('--min-runs <number>', 'runs or callers that an arm needs before it is judged', count)
    .option('--promote', 'promote a winner automatically')
    .option('--note <text>', 'what is tried')
    .action(lazily(async () => (await load()).startAb));
  ab.command('list <workflow>')
    .description('list tests, with those that have ended')
    .action(lazily(async () => (await load()).listAb));
  ab.command('show <workflow> [test]')
    .description('print the figures of a test, by default of the newest')
    .action(lazily(async () => (await load()).showAb));
  ab.command('shares <workflow> <version=percent...>')
    .description('change shares; the control gets the other callers')
    .action(lazily(async () => (await load()).changeShares));
  ab.command('promote <workflow> <version>')
    .description('give a version to all callers, which ends the test')
    .action(lazily(async () => (await load()).promoteAb));
  ab.command('stop <workflow>')
    .description('give the control to all callers again, which ends the test')
    .action(lazily(async () => (await load()).stopAb));
}
