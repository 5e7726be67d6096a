import type { Command } from 'commander';
import { count, lazily, listOption } from '../options.js';

/** Adds the commands for annotation queues. */
export function addQueues(program: Command): void {
  const load = () => import('../../commands/queues.js');
  const queues = program.command('queues').description('queues of runs that people annotate');
  queues
    .command('list', { isDefault: true })
    .description('list queues')
    .action(lazily(async () => (await load()).listQueues));
  queues
    .command('add <queue>')
    .description('add runs: named ones, the newest of a workflow, or those on which judges disagree most')
    .addOption(listOption('--run <id>', 'this run'))
    .option('--workflow <id>', 'the newest finished runs of this workflow')
    .option('--experiment <id>', 'the runs of this experiment on which its judges disagree most')
    .addOption(listOption('--metric <name>', 'compare these metrics of the experiment (default: its LLM judges)'))
    .option('--least <share>', 'the least difference between two judges, 0 to 1 (default: 0.25)', Number)
    .option('-n, --limit <number>', 'most runs', count, 50)
    .option('--sample <number>', 'a random sample of this size', count)
    .action(lazily(async () => (await load()).addToQueue));
  queues
    .command('calibrate <queue>')
    .description('compare the LLM judges of an experiment or a monitor with what people said in a queue')
    .option('--experiment <id>', 'the judges of this experiment')
    .option('--monitor <id>', 'the judges of this monitor')
    .option('--criterion <name>', 'the criterion that the judges judge too (default: the only one of the queue)')
    .addOption(listOption('--judge <name>', 'this judge (default: all of them)'))
    .action(lazily(async () => (await load()).calibrateByQueue));
}
