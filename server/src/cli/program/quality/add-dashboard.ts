import { DashboardDimension } from '@heddle/core';
import { Option, type Command } from 'commander';
import { count, lazily } from '../options.js';

/** Adds `heddle dashboard`. */
export function addDashboard(program: Command): void {
  const load = () => import('../../commands/figures/dashboard.js');
  program
    .command('dashboard')
    .description('print runs, failures, times, tokens and money, and the causes of failures')
    .option('--since <time>', 'a duration, such as 24h or 7d, or a date', '7d')
    .option('--until <date>', 'before this day or time')
    .option('--workflow <id>', 'an id or a slug')
    .option('--of <version>', 'this version', count)
    .option('--model <id>', 'runs in which this model wrote most, and its calls')
    .option('--key <id>', 'runs of this key')
    .option('--channel <name>', 'runs through this channel, such as v1 or schedule')
    .addOption(
      new Option('--by <dimension>', 'the groups to print').choices(DashboardDimension.options).default('workflow'),
    )
    .addOption(
      new Option('--csv <table>', 'print a table as CSV').choices([
        'series',
        'errors',
        'scores',
        ...DashboardDimension.options,
      ]),
    )
    .action(lazily(async () => (await load()).showDashboard));
}
