import { Option, type Command } from 'commander';
import { collect, count, lazily, levelOption, listOption, money, providerBatchOption } from './options.js';
import type { JsonOption } from '../commands/parse-given.js';

const limit = (): Option => new Option('-n, --limit <number>', 'most of them').argParser(count).default(20);
const mapping = (): Option =>
  listOption('-i, --input <name=value>', 'an input as a template, such as question="{{ body.title }}"');

/** `heddle hooks`, `webhooks`, `schedules` and `batches`. */
export function addTriggers(program: Command): void {
  addHooks(program);
  addWebhooks(program);
  addSchedules(program);
  addBatches(program);
}

function addHooks(program: Command): void {
  const load = () => import('../commands/channels/hooks.js');
  const hooks = program.command('hooks').description('webhooks in: signed messages that begin runs');
  hooks
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow')
    .action(lazily(async () => (await load()).listHooks));
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
    .action(lazily(async () => (await load()).createHook));
  hooks
    .command('arrivals <workflow> <hook>')
    .description('what it was sent, newest first: the run that began, or why there is none')
    .addOption(limit())
    .action(lazily(async () => (await load()).hookArrivals));
  hooks
    .command('try <workflow> <hook> <file>')
    .description('begin a run with a body from a JSON file (- for standard input), signed as its sender would')
    .action(lazily(async () => (await load()).tryHook));
  addShared(hooks, 'hook', 'hooks');
}

function addWebhooks(program: Command): void {
  const load = () => import('../commands/channels/webhooks.js');
  const webhooks = program
    .command('webhooks')
    .description('webhooks out: what is told of runs, signed and tried again');
  webhooks
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow')
    .action(lazily(async () => (await load()).listWebhooks));
  webhooks
    .command('create <workflow> <name> <url>')
    .description('make one; prints, this once, the secret that it signs with')
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
    .description('what it was told or is to be told, newest first')
    .addOption(new Option('--status <status>', 'only these').choices(['waiting', 'sent', 'dead']))
    .addOption(limit())
    .action(lazily(async () => (await load()).listDeliveries));
  webhooks
    .command('show <workflow> <webhook> <delivery>')
    .description('a delivery with each try and what was answered')
    .action(lazily(async () => (await load()).showDelivery));
  webhooks
    .command('send <workflow> <webhook> <delivery>')
    .description('send a delivery again, also one that was given up')
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
    .action(lazily(async () => (await load()).createSchedule));
  schedules
    .command('show <workflow> <schedule>')
    .description('when it runs in plain English, its next times, and what it began')
    .addOption(limit())
    .action(lazily(async () => (await load()).showSchedule));
  schedules
    .command('run-now <workflow> <schedule>')
    .description('begin a run of it beside its times')
    .action(lazily(async () => (await load()).runNow));
  addShared(schedules, 'schedule', 'schedules');
}

/** What all three have: pause, resume and remove; those that sign also get a new secret. */
function addShared(
  group: Command,
  word: 'hook' | 'webhook' | 'schedule',
  kind: 'hooks' | 'webhooks' | 'schedules',
): void {
  const load = () => import('../commands/channels/channels.js');
  const location = `<workflow> <${word}>`;
  if (kind !== 'schedules')
    group
      .command(`secret ${location}`)
      .description('give it a new secret, printed this once; the one before is worth nothing from now on')
      .option('--secret', 'take the secret from standard input')
      .action(async (workflow: string, id: string, options: JsonOption & { secret?: true }, command: Command) =>
        (await load()).changeSecret(kind, workflow, id, options, command),
      );
  for (const isPaused of [true, false])
    group
      .command(`${isPaused ? 'pause' : 'resume'} ${location}`)
      .description(isPaused ? 'let it rest' : 'let it go on')
      .action(async (workflow: string, id: string, options: JsonOption, command: Command) =>
        (await load()).setPaused(kind, workflow, id, isPaused, options, command),
      );
  group
    .command(`remove ${location}`)
    .alias('delete')
    .description('remove it with its history')
    .action(async (workflow: string, id: string, options: JsonOption, command: Command) =>
      (await load()).removeChannel(kind, workflow, id, options, command),
    );
}

function addBatches(program: Command): void {
  const load = () => import('../commands/channels/batches.js');
  const batches = program.command('batches').description('a published workflow over the rows of a CSV or JSONL');
  batches
    .command('list <workflow>', { isDefault: true })
    .description('list those of a workflow')
    .action(lazily(async () => (await load()).listBatches));
  batches
    .command('create <workflow> <file>')
    .description('check the rows of a file, run the workflow for each, and follow it to the end')
    .option('--name <name>', 'how people call it (default: the name of the file)')
    .option('-c, --column <input=column>', 'the column of an input; may be given again', collect, [])
    .option('--concurrency <number>', 'runs at the same time', count)
    .option('--budget <money>', 'most that its runs may cost together, in $: it pauses then', money)
    .addOption(providerBatchOption())
    .addOption(levelOption('--clearance', 'strictest data that its download may carry (default: internal)'))
    .option('--use-version <number>', 'the version that every row runs (default: the live one)', count)
    .option('--check', 'only say what would run, and which rows do not fit')
    .option('--detach', 'do not follow it')
    .action(lazily(async () => (await load()).createBatch));
  batches
    .command('show <workflow> <batch>')
    .description('how far it is, and the rows that failed')
    .action(lazily(async () => (await load()).showBatch));
  batches
    .command('follow <workflow> <batch>')
    .description('follow it until it ends or pauses')
    .action(lazily(async () => (await load()).followBatch));
  batches
    .command('download <workflow> <batch>')
    .description('write what came of each row to standard output or a file')
    .addOption(new Option('--format <format>', 'jsonl or csv').choices(['jsonl', 'csv']).default('jsonl'))
    .option('-o, --out <path>', 'file to write')
    .action(lazily(async () => (await load()).downloadBatch));
  batches
    .command('remove <workflow> <batch>')
    .alias('delete')
    .description('remove one that rests, with its rows; its runs stay')
    .action(lazily(async () => (await load()).removeBatch));
  addBatchActions(batches);
}

function addBatchActions(batches: Command): void {
  const load = () => import('../commands/channels/batches.js');
  for (const [verb, text] of [
    ['pause', 'begin no further row; what runs runs to its end'],
    ['cancel', 'begin no further row, and cancel what runs'],
  ] as const)
    batches
      .command(`${verb} <workflow> <batch>`)
      .description(text)
      .action(async (workflow: string, batch: string, options: JsonOption, command: Command) =>
        (await load()).changeBatch(verb, workflow, batch, options, command),
      );
  for (const [verb, text] of [
    ['resume', 'go on with one that is paused, and follow it'],
    ['retry', 'run failed and cancelled rows again, and follow it'],
  ] as const)
    batches
      .command(`${verb} <workflow> <batch>`)
      .description(text)
      .option('--budget <money>', 'what its runs may cost from now on, with what they cost already, in $', money)
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
