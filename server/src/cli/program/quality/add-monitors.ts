import type { Command } from 'commander';
import { lazily } from '../options.js';

/** Adds the commands for monitors. */
export function addMonitors(program: Command): void {
  const load = () => import('../../commands/figures/monitors.js');
  const monitors = program.command('monitors').description('monitors that judge finished runs, and watch for drift');
  monitors
    .command('list', { isDefault: true })
    .description('list monitors with what they judged')
    .action(lazily(async () => (await load()).listMonitors));
  monitors
    .command('show <monitor>')
    .description('print scores by version, and drift with runs to open')
    .action(lazily(async () => (await load()).showMonitor));
  monitors
    .command('scores <run>')
    .description('print the scores of a run')
    .action(lazily(async () => (await load()).showScores));
  monitors
    .command('add <file>')
    .description('add a monitor from JSON; - for standard input')
    .action(lazily(async () => (await load()).addMonitor));
  monitors
    .command('pause <monitor>')
    .description('judge no more runs')
    .action(lazily(async () => (await load()).pauseMonitor));
  monitors
    .command('resume <monitor>')
    .description('go on with a paused monitor')
    .action(lazily(async () => (await load()).resumeMonitor));
  monitors
    .command('reference <monitor>')
    .description('compare later runs with the newest ones')
    .action(lazily(async () => (await load()).renewReference));
  monitors
    .command('remove <monitor>')
    .description('remove a monitor; the scores of runs stay')
    .action(lazily(async () => (await load()).removeMonitor));
}
