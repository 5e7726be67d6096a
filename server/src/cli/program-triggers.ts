import { InvalidArgumentError, Option, type Command } from 'commander';
import { collect, count, json } from './options.js';
import type { BatchOptions } from './commands/batches.js';
import type { HookOptions } from './commands/hooks.js';
import type { ScheduleOptions } from './commands/schedules.js';
import type { WebhookOptions } from './commands/webhooks.js';

interface Json {
  readonly json?: true;
}
type Limited = Json & { readonly limit: number };

const limit = (): Option => new Option('-n, --limit <number>', 'most of them').argParser(count).default(20);
const clearance = (words: string): Option =>
  new Option('--clearance <level>', words).choices(['public', 'internal', 'confidential', 'restricted']);
const money = (text: string): number => {
  const amount = Number(text);
  if (!(amount > 0)) throw new InvalidArgumentError('It must be an amount in $, such as 2.5.');
  return amount;
};
const mapping = (): Option =>
  new Option(
    '-i, --input <name=value>',
    'an input as a template, such as question="{{ body.title }}"; may be given again',
  )
    .argParser<readonly string[]>(collect)
    .default([]);

/** `heddle hooks`, `webhooks`, `schedules` and `batches`: what begins runs of a published workflow, and what is told of them. */
export function addTriggers(program: Command): void {
  addHooks(program);
  addWebhooks(program);
  addSchedules(program);
  addBatches(program);
}

function addHooks(program: Command): void {
  const load = () => import('./commands/hooks.js');
  const hooks = program.command('hooks').description('webhooks in: signed messages that begin runs');
  hooks
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow')
    .addOption(json())
    .action(async (workflow: string, options: Json, command: Command) =>
      (await load()).listHooks(workflow, options, command),
    );
  hooks
    .command('create <workflow> <name>')
    .description('make one; prints its address and, this once, its secret')
    .addOption(
      new Option('--scheme <scheme>', 'how its sender signs')
        .choices(['standard', 'github', 'stripe', 'slack'])
        .default('standard'),
    )
    .addOption(mapping())
    .option('--secret', 'take the secret of the sender from standard input')
    .option('--rate <number>', 'messages a minute', count)
    .option('--tolerance <seconds>', 'how old a signature may be', count)
    .addOption(json())
    .action(async (workflow: string, name: string, options: HookOptions, command: Command) =>
      (await load()).createHook(workflow, name, options, command),
    );
  hooks
    .command('arrivals <workflow> <hook>')
    .description('what it was sent, newest first: the run that began, or why there is none')
    .addOption(limit())
    .addOption(json())
    .action(async (workflow: string, hook: string, options: Limited, command: Command) =>
      (await load()).hookArrivals(workflow, hook, options, command),
    );
  hooks
    .command('try <workflow> <hook> <file>')
    .description('begin a run with a body from a JSON file (- for standard input), signed as its sender would')
    .addOption(json())
    .action(async (workflow: string, hook: string, file: string, options: Json, command: Command) =>
      (await load()).tryHook(workflow, hook, file, options, command),
    );
  addShared(hooks, 'hook', 'hooks');
}

function addWebhooks(program: Command): void {
  const load = () => import('./commands/webhooks.js');
  const webhooks = program
    .command('webhooks')
    .description('webhooks out: what is told of runs, signed and tried again');
  webhooks
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow')
    .addOption(json())
    .action(async (workflow: string, options: Json, command: Command) =>
      (await load()).listWebhooks(workflow, options, command),
    );
  webhooks
    .command('create <workflow> <name> <url>')
    .description('make one; prints, this once, the secret that it signs with')
    .option(
      '--event <event>',
      'run.done, run.failed, run.cancelled, human-input.opened, human-input.reminder or human-input.escalated; may be given again',
      collect,
      [],
    )
    .addOption(clearance('strictest data that it may be sent (default: internal)'))
    .addOption(json())
    .action(async (workflow: string, name: string, url: string, options: WebhookOptions, command: Command) =>
      (await load()).createWebhook(workflow, name, url, options, command),
    );
  webhooks
    .command('deliveries <workflow> <webhook>')
    .description('what it was told or is to be told, newest first')
    .addOption(new Option('--status <status>', 'only these').choices(['waiting', 'sent', 'dead']))
    .addOption(limit())
    .addOption(json())
    .action(async (workflow: string, webhook: string, options: Limited & { status?: string }, command: Command) =>
      (await load()).listDeliveries(workflow, webhook, options, command),
    );
  webhooks
    .command('show <workflow> <webhook> <delivery>')
    .description('a delivery with each try and what was answered')
    .addOption(json())
    .action(async (workflow: string, webhook: string, delivery: string, options: Json, command: Command) =>
      (await load()).showDelivery(workflow, webhook, delivery, options, command),
    );
  webhooks
    .command('send <workflow> <webhook> <delivery>')
    .description('send a delivery again, also one that was given up')
    .addOption(json())
    .action(async (workflow: string, webhook: string, delivery: string, options: Json, command: Command) =>
      (await load()).sendAgain(workflow, webhook, delivery, options, command),
    );
  addShared(webhooks, 'webhook', 'webhooks');
}

function addSchedules(program: Command): void {
  const load = () => import('./commands/schedules.js');
  const schedules = program.command('schedules').description('times at which a published workflow runs by itself');
  schedules
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow with their next time')
    .addOption(json())
    .action(async (workflow: string, options: Json, command: Command) =>
      (await load()).listSchedules(workflow, options, command),
    );
  schedules
    .command('create <workflow> <name> <cron>')
    .description('make one: five fields, or six with seconds, such as "0 9 * * 1-5"')
    .option('--zone <zone>', 'time zone, such as Europe/Paris (default: UTC)')
    .addOption(mapping())
    .addOption(
      new Option('--catch-up <policy>', 'what happens to times that passed while Heddle was not running').choices([
        'skip',
        'one',
        'all',
      ]),
    )
    .option('--catch-up-limit <number>', 'most runs that "all" begins at once', count)
    .option('--check', 'only say when it would run')
    .addOption(json())
    .action(async (workflow: string, name: string, cron: string, options: ScheduleOptions, command: Command) =>
      (await load()).createSchedule(workflow, name, cron, options, command),
    );
  schedules
    .command('show <workflow> <schedule>')
    .description('when it runs in plain English, its next times, and what it began')
    .addOption(limit())
    .addOption(json())
    .action(async (workflow: string, schedule: string, options: Limited, command: Command) =>
      (await load()).showSchedule(workflow, schedule, options, command),
    );
  schedules
    .command('run-now <workflow> <schedule>')
    .description('begin a run of it beside its times')
    .addOption(json())
    .action(async (workflow: string, schedule: string, options: Json, command: Command) =>
      (await load()).runNow(workflow, schedule, options, command),
    );
  addShared(schedules, 'schedule', 'schedules');
}

/** What all three can: they are paused, go on, are removed; those that sign get a new secret. */
function addShared(
  group: Command,
  word: 'hook' | 'webhook' | 'schedule',
  kind: 'hooks' | 'webhooks' | 'schedules',
): void {
  const load = () => import('./commands/channels.js');
  const place = `<workflow> <${word}>`;
  if (kind !== 'schedules')
    group
      .command(`secret ${place}`)
      .description('give it a new secret, printed this once; the one before is worth nothing from now on')
      .option('--secret', 'take the secret from standard input')
      .addOption(json())
      .action(async (workflow: string, id: string, options: Json & { secret?: true }, command: Command) =>
        (await load()).changeSecret(kind, workflow, id, options, command),
      );
  for (const isPaused of [true, false])
    group
      .command(`${isPaused ? 'pause' : 'resume'} ${place}`)
      .description(isPaused ? 'let it rest' : 'let it go on')
      .addOption(json())
      .action(async (workflow: string, id: string, options: Json, command: Command) =>
        (await load()).setPaused(kind, workflow, id, isPaused, options, command),
      );
  group
    .command(`remove ${place}`)
    .alias('delete')
    .description('remove it with its history')
    .addOption(json())
    .action(async (workflow: string, id: string, options: Json, command: Command) =>
      (await load()).removeChannel(kind, workflow, id, options, command),
    );
}

function addBatches(program: Command): void {
  const load = () => import('./commands/batches.js');
  const batches = program.command('batches').description('a published workflow over the rows of a CSV or JSONL');
  batches
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow')
    .addOption(json())
    .action(async (workflow: string, options: Json, command: Command) =>
      (await load()).listBatches(workflow, options, command),
    );
  batches
    .command('create <workflow> <file>')
    .description('check the rows of a file, run the workflow for each, and follow it to the end')
    .option('--name <name>', 'how people call it (default: the name of the file)')
    .option('-c, --column <input=column>', 'the column of an input; may be given again', collect, [])
    .option('--concurrency <number>', 'runs at the same time', count)
    .option('--budget <money>', 'most that its runs may cost together, in $: it pauses then', money)
    .addOption(clearance('strictest data that its download may carry (default: internal)'))
    .option('--use-version <number>', 'the version that every row runs (default: the live one)', count)
    .option('--check', 'only say what would run, and which rows do not fit')
    .option('--detach', 'do not follow it')
    .addOption(json())
    .action(async (workflow: string, file: string, options: BatchOptions, command: Command) =>
      (await load()).createBatch(workflow, file, options, command),
    );
  batches
    .command('show <workflow> <batch>')
    .description('how far it is, and the rows that failed')
    .addOption(json())
    .action(async (workflow: string, batch: string, options: Json, command: Command) =>
      (await load()).showBatch(workflow, batch, options, command),
    );
  batches
    .command('follow <workflow> <batch>')
    .description('follow it until it ends or pauses')
    .addOption(json())
    .action(async (workflow: string, batch: string, options: Json, command: Command) =>
      (await load()).followBatch(workflow, batch, options, command),
    );
  for (const [act, words] of [
    ['pause', 'begin no further row; what runs runs to its end'],
    ['cancel', 'begin no further row, and cancel what runs'],
  ] as const)
    batches
      .command(`${act} <workflow> <batch>`)
      .description(words)
      .addOption(json())
      .action(async (workflow: string, batch: string, options: Json, command: Command) =>
        (await load()).actOnBatch(act, workflow, batch, options, command),
      );
  for (const [act, words] of [
    ['resume', 'go on with one that is paused, and follow it'],
    ['retry', 'run failed and cancelled rows again, and follow it'],
  ] as const)
    batches
      .command(`${act} <workflow> <batch>`)
      .description(words)
      .option('--budget <money>', 'what its runs may cost from now on, with what they cost already, in $', money)
      .option('--detach', 'do not follow it')
      .addOption(json())
      .action(
        async (workflow: string, batch: string, options: Json & { budget?: number; detach?: true }, command: Command) =>
          (await load()).actOnBatch(act, workflow, batch, options, command),
      );
  batches
    .command('download <workflow> <batch>')
    .description('write what came of each row to standard output or a file')
    .addOption(new Option('--format <format>', 'jsonl or csv').choices(['jsonl', 'csv']).default('jsonl'))
    .option('-o, --out <path>', 'file to write')
    .addOption(json())
    .action(
      async (workflow: string, batch: string, options: Json & { format: string; out?: string }, command: Command) =>
        (await load()).downloadBatch(workflow, batch, options, command),
    );
  batches
    .command('remove <workflow> <batch>')
    .alias('delete')
    .description('remove one that rests, with its rows; its runs stay')
    .addOption(json())
    .action(async (workflow: string, batch: string, options: Json, command: Command) =>
      (await load()).removeBatch(workflow, batch, options, command),
    );
}
