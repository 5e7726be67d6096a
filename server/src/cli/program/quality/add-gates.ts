import type { Command } from 'commander';
import { lazily, listOption } from '../options.js';

/** Adds the commands for the gate of publishing. */
export function addGates(program: Command): void {
  const load = () => import('../../commands/gates/gates.js');
  program
    .command('gate <workflow>')
    .description('run the checks of the gate of the project on a draft, and wait; exit code 1 if it does not pass')
    .option('--no-run', 'start nothing, and only print the current result')
    .addOption(listOption('--again <rule>', 'run this rule again, although it has a result'))
    .option('--junit <file>', 'write the rules as JUnit XML')
    .action(lazily(async () => (await load()).runGate));
  const gates = program.command('gates').description('the rules that a draft must pass before it is published');
  gates
    .command('list')
    .description('list the rules of the project')
    .action(lazily(async () => (await load()).listRules));
  gates
    .command('set <file>')
    .description('replace the rules with those of a JSON file, as gates list --json prints them')
    .action(lazily(async () => (await load()).setRules));
}
