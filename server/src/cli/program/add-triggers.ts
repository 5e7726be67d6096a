import { Option, type Command } from 'commander';
import { collect, count, lazily, levelOption, listOption, money, providerBatchOption } from './options.js';
import type { JsonOption } from '../commands/parse-argument.js';

const limit = (): Option => new Option('-n, --limit <number>', 'most of them').argParser(count).default(20);
const mapping = (): Option =>
  listOption('-i, --input <name=value>', 'an input as a template, such as question="{{ body.title }}"');

/** Adds `heddle hooks`, `webhooks`, `schedules` and `batches`. */
export function addTriggers(program: Command): void {
  addHooks(program);
  addWebhooks(program);
  addSchedules(program);
  addBatches(program);
}

function addHooks(program: Command): void {
  const load = () => import('../commands/channels/hooks.js');
  const hooks = program.command('hooks').description('incoming webhooks: signed messages that start runs');
  hooks
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow')
    .action(lazily(async () => (await load()).listHooks));
  hooks
    .command('create <workflow> <name>')
    .description('create a webhook; prints its address and, only this once, its secret')
    .addOption(
      new Option('--scheme <scheme>', 'how its sender signs')
        .choices(['standard', 'github', 'stripe', 'slack'])
        .default('standard'),
    )
    .addOption(mapping())
    .option('--secret', 'take the secret of the sender from standard input')
    .option('--rate <number>', 'messages a minute', count)
    .option('--tolerance <seconds>', 'how old a signature may be', count)
    .action(lazily(async () => (await load()).createHook));
  hooks
    .command('arrivals <workflow> <hook>')
    .description('list its messages, newest first: the run that started, or why there is none')
    .addOption(limit())
    .action(lazily(async () => (await load()).hookArrivals));
  hooks
    .command('try <workflow> <hook> <file>')
    .description('start a run with a body from a JSON file (- for standard input), signed as its sender would')
    .action(lazily(async () => (await load()).tryHook));
  addShared(hooks, 'hook', 'hooks');
}

function addWebhooks(program: Command): void {
  const load = () => import('../commands/channels/webhooks.js');
  const webhooks = program
    .command('webhooks')
    .description('outgoing webhooks: signed messages about runs, with retries');
  webhooks
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow')
    .action(lazily(async () => (await load()).listWebhooks));
  webhooks
    .command('create <workflow> <name> <url>')
    .description('create a webhook; prints, only this once, the secret that it signs with')
    .option(
      '--event <event>',
      'run.done, run.failed, run.cancelled, human-input.opened, human-input.reminder or human-input.escalated; may be given again',
      collect,
      [],
    )
    .addOption(levelOption('--clearance', 'strictest data that it may be sent (default: internal)'))
    .action(lazily(async () => (await load()).createWebhook));
  webhooks
    .command('deliveries <workflow> <webhook>')
    .description('list its deliveries, newest first')
    .addOption(new Option('--status <status>', 'only these').choices(['waiting', 'sent', 'dead']))
    .addOption(limit())
    .action(lazily(async () => (await load()).listDeliveries));
  webhooks
    .command('show <workflow> <webhook> <delivery>')
    .description('show a delivery with each attempt and its answer')
    .action(lazily(async () => (await load()).showDelivery));
  webhooks
    .command('send <workflow> <webhook> <delivery>')
    .description('send a delivery again, even a dead one')
    .action(lazily(async () => (await load()).sendAgain));
  addShared(webhooks, 'webhook', 'webhooks');
}

function addSchedules(program: Command): void {
  const load = () => import('../commands/channels/schedules.js');
  const schedules = program.command('schedules').description('times at which a published workflow runs by itself');
  schedules
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow with their next time')
    .action(lazily(async () => (await load()).listSchedules));
  schedules
    .command('create <workflow> <name> <cron>')
    .description('create a schedule: five fields, or six with seconds, such as "0 9 * * 1-5"')
    .option('--zone <zone>', 'time zone, such as Europe/Paris (default: UTC)')
    .addOption(mapping())
    .addOption(
      new Option('--catch-up <policy>', 'what happens to times that passed while Heddle was not running').choices([
        'skip',
        'one',
        'all',
      ]),
    )
    .option('--catch-up-limit <number>', 'maximum runs that "all" starts at once', count)
    .option('--check', 'only say when it would run')
    .action(lazily(async () => (await load()).createSchedule));
  schedules
    .command('show <workflow> <schedule>')
    .description('show when it runs in plain English, its next times, and its runs')
    .addOption(limit())
    .action(lazily(async () => (await load()).showSchedule));
  schedules
    .command('run-now <workflow> <schedule>')
    .description('start a run now, besides its times')
    .action(lazily(async () => (await load()).runNow));
  addShared(schedules, 'schedule', 'schedules');
}

/** Adds the commands that webhooks and schedules share: pause, resume and delete, and a new secret for those that sign. */
function addShared(
  group: Command,
  word: 'hook' | 'webhook' | 'schedule',
  kind: 'hooks' | 'webhooks' | 'schedules',
): void {
  const load = () => import('../commands/channels/channels.js');
  const channelArguments = `<workflow> <${word}>`;
  if (kind !== 'schedules')
    group
      .command(`secret ${channelArguments}`)
      .description('give it a new secret, printed only this once; the old one stops working')
      .option('--secret', 'take the secret from standard input')
      .action(async (workflow: string, id: string, options: JsonOption & { secret?: true }, command: Command) =>
        (await load()).changeSecret(kind, workflow, id, options, command),
      );
  for (const isPaused of [true, false])
    group
      .command(`${isPaused ? 'pause' : 'resume'} ${channelArguments}`)
      .description(isPaused ? 'let it rest' : 'let it go on')
      .action(async (workflow: string, id: string, options: JsonOption, command: Command) =>
        (await load()).setPaused(kind, workflow, id, isPaused, options, command),
      );
  group
    .command(`remove ${channelArguments}`)
    .alias('delete')
    .description('remove it with its history')
    .action(async (workflow: string, id: string, options: JsonOption, command: Command) =>
      (await load()).removeChannel(kind, workflow, id, options, command),
    );
}

function addBatches(program: Command): void {
  const load = () => import('../commands/channels/batches.js');
  const batches = program.command('batches').description('run a published workflow on the rows of a CSV or JSONL file');
  batches
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow')
    .action(lazily(async () => (await load()).listBatches));
  batches
    .command('create <workflow> <file>')
    .description('check the rows of a file, run the workflow for each, and follow it to the end')
    .option('--name <name>', 'its name for people (default: the name of the file)')
    .option('-c, --column <input=column>', 'the column of an input; may be given again', collect, [])
    .option('--concurrency <number>', 'runs at the same time', count)
    .option('--budget <money>', 'maximum cost of its runs together, in $; it pauses there', money)
    .addOption(providerBatchOption())
    .addOption(levelOption('--clearance', 'strictest data that its download may contain (default: internal)'))
    .option('--use-version <number>', 'the version that every row runs (default: the live one)', count)
    .option('--check', 'only say what would run, and which rows do not fit')
    .option('--detach', 'do not follow it')
    .action(lazily(async () => (await load()).createBatch));
  batches
    .command('show <workflow> <batch>')
    .description('show its progress, and the rows that failed')
    .action(lazily(async () => (await load()).showBatch));
  batches
    .command('follow <workflow> <batch>')
    .description('follow it until it ends or pauses')
    .action(lazily(async () => (await load()).followBatch));
  batches
    .command('download <workflow> <batch>')
    .description('write the result of each row to standard output or a file')
    .addOption(new Option('--format <format>', 'jsonl or csv').choices(['jsonl', 'csv']).default('jsonl'))
    .option('-o, --out <path>', 'file to write')
    .action(lazily(async () => (await load()).downloadBatch));
  batches
    .command('remove <workflow> <batch>')
    .alias('delete')
    .description('remove a batch that does not run, with its rows; its runs stay')
    .action(lazily(async () => (await load()).removeBatch));
  addBatchActions(batches);
}

function addBatchActions(batches: Command): void {
  const load = () => import('../commands/channels/batches.js');
  for (const [verb, text] of [
    ['pause', 'start no further rows; running ones finish'],
    ['cancel', 'start no further rows, and cancel running ones'],
  ] as const)
    batches
      .command(`${verb} <workflow> <batch>`)
      .description(text)
      .action(async (workflow: string, batch: string, options: JsonOption, command: Command) =>
        (await load()).changeBatch(verb, workflow, batch, options, command),
      );
  for (const [verb, text] of [
    ['resume', 'resume a paused batch, and follow it'],
    ['retry', 'run failed and cancelled rows again, and follow it'],
  ] as const)
    batches
      .command(`${verb} <workflow> <batch>`)
      .description(text)
      .option('--budget <money>', 'new limit of the total cost, including the cost so far, in $', money)
      .option('--detach', 'do not follow it')
      .action(
        async (
          workflow: string,
          batch: string,
          options: JsonOption & { budget?: number; detach?: true },
          command: Command,
        ) => (await load()).changeBatch(verb, workflow, batch, options, command),
      );
}
