import type { Command } from 'commander';
import { count, lazily } from '../options.js';

/** Adds the commands for alerts. */
export function addAlerts(program: Command): void {
  const load = () => import('../../commands/figures/alerts.js');
  const alerts = program.command('alerts').description('alerts on figures of runs, and where they are sent');
  alerts
    .command('list', { isDefault: true })
    .description('list alerts with their state')
    .action(lazily(async () => (await load()).listAlerts));
  alerts
    .command('add <file>')
    .description('add an alert from JSON; - for standard input')
    .action(lazily(async () => (await load()).addAlert));
  alerts
    .command('history <alert>')
    .description('print the history, newest first, with runs to open')
    .option('-n, --limit <number>', 'most events', count, 20)
    .action(lazily(async () => (await load()).showHistory));
  alerts
    .command('silence <alert>')
    .description('send no messages for a time; the alert is still evaluated')
    .option('--minutes <number>', 'how long', count, 240)
    .option('--end', 'end the silence')
    .option('--reason <text>', 'why')
    .action(lazily(async () => (await load()).silenceAlert));
  alerts
    .command('remove <alert>')
    .description('remove an alert with its history')
    .action(lazily(async () => (await load()).removeAlert));
  alerts
    .command('channels')
    .description('list where alerts are sent')
    .action(lazily(async () => (await load()).listChannels));
  alerts
    .command('add-channel <file>')
    .description('add a webhook, a Slack hook or a mailbox from JSON; - for standard input')
    .action(lazily(async () => (await load()).addChannel));
  alerts
    .command('test-channel <channel>')
    .description('send a test message now')
    .action(lazily(async () => (await load()).testChannel));
  alerts
    .command('remove-channel <channel>')
    .description('remove a channel')
    .action(lazily(async () => (await load()).removeChannel));
}
