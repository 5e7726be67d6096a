import { Command, Option } from 'commander';
import { version } from '../common/version.js';
import { addAccounts } from './commands/accounts-program.js';
import { addGrants } from './commands/grants-program.js';
import { addPublishing } from './commands/publishing-program.js';
import { completeHelp, helpStyle } from './complete-help.js';
import { collect, count, json, port } from './options.js';
import { addConversations } from './program-conversations.js';
import { addAudit } from './program-audit.js';
import { addInbox } from './program-inbox.js';
import { addHybrid } from './program-hybrid.js';
import { addShare } from './program-share.js';
import { addTriggers } from './program-triggers.js';

/** Every command of `heddle`. What a command does is loaded when it runs, so that a start stays quick. */
export function createProgram(): Command {
  const program = new Command('heddle')
    .description('Draw agentic RAG workflows, run them on your own models, publish them as an API.')
    .version(version)
    .option('--data <folder>', 'data folder (default: HEDDLE_DATA or .heddle)')
    .exitOverride()
    .configureHelp(helpStyle)
    .showHelpAfterError('Add --help for what a command takes.');

  program
    .command('run <workflow>')
    .description('run a workflow: a file, its folder, or the slug of a stored one')
    .option('-i, --input <name=value>', 'an input; name=@file reads it from a file; may be given again', collect, [])
    .option('--stream', 'print the answer while it is written')
    .addOption(json())
    .action(
      async (workflow: string, options: { input: readonly string[]; stream?: true; json?: true }, command: Command) =>
        (await import('./commands/run.js')).run(workflow, options, command),
    );
  program
    .command('validate <file...>')
    .description('check workflow files and print all issues')
    .addOption(json())
    .action(async (files: readonly string[], options: { json?: true }, command: Command) =>
      (await import('./commands/validate.js')).validate(files, options, command),
    );
  program
    .command('ingest <collection> <path...>')
    .description('take files and folders into a collection; it is created when it is not there')
    .option('--model <id>', 'embedding model of a new collection')
    .option('--label <level>', 'label of a new collection: public, internal, confidential or restricted')
    .option('--sync', 'remove documents that are not among the given ones')
    .addOption(json())
    .action(
      async (
        collection: string,
        paths: readonly string[],
        options: { model?: string; label?: string; sync?: true; json?: true },
        command: Command,
      ) => (await import('./commands/ingest.js')).ingest(collection, paths, options, command),
    );
  program
    .command('search <collection> <query>')
    .description('search a collection')
    .option('-k, --k <number>', 'most results', count, 10)
    .addOption(
      new Option('--mode <mode>', 'which legs take part').choices(['hybrid', 'dense', 'lexical']).default('hybrid'),
    )
    .addOption(json())
    .action(
      async (
        collection: string,
        query: string,
        options: { k: number; mode: 'hybrid' | 'dense' | 'lexical'; json?: true },
        command: Command,
      ) => (await import('./commands/search.js')).search(collection, query, options, command),
    );
  addModels(program);
  addRuns(program);
  addInbox(program);
  addConversations(program);
  addStorage(program);
  addAccounts(program);
  addGrants(program);
  addHybrid(program);
  addAudit(program);
  addPublishing(program);
  addTriggers(program);
  addShare(program);
  program
    .command('serve')
    .description('start the server')
    .option('-p, --port <number>', 'port to listen on; 0 takes a free one (default: PORT or 3000)', port)
    .action(async (options: { port?: string }, command: Command) =>
      (await import('./commands/serve.js')).serve(options, command),
    );
  program
    .command('health')
    .description('say what works, what waits and why')
    .addOption(json())
    .action(async (options: { json?: true }, command: Command) =>
      (await import('./commands/health.js')).health(options, command),
    );
  const clock = program.command('clock').description('the clock of the machine against the time that Heddle trusts');
  clock
    .command('show', { isDefault: true })
    .description('say whether the clock is trusted')
    .addOption(json())
    .action(async (options: { json?: true }, command: Command) =>
      (await import('./commands/clock.js')).showClock(options, command),
    );
  clock
    .command('confirm')
    .description(
      'say that the clock is right, after it jumped or the machine was off: what is old enough may be deleted again',
    )
    .addOption(json())
    .action(async (options: { json?: true }, command: Command) =>
      (await import('./commands/clock.js')).confirmClock(options, command),
    );
  program
    .command('settings')
    .description('print every setting with its value')
    .option('--markdown', 'print the table of the documentation')
    .addOption(json())
    .action(async (options: { markdown?: true; json?: true }, command: Command) =>
      (await import('./commands/settings.js')).settings(options, command),
    );
  addNodes(program);
  completeHelp(program);
  return program;
}

function addNodes(program: Command): void {
  const nodes = program.command('node').description('work on nodes of your own');
  const load = () => import('./commands/node-packages.js');
  nodes
    .command('list', { isDefault: true })
    .description('list the packages that bring nodes')
    .addOption(json())
    .action(async (options: { json?: true }, command: Command) => (await load()).listNodePackages(options, command));
  nodes
    .command('add <package@version>')
    .description('install a package of nodes: exactly this version, where its archive has this hash')
    .requiredOption('--integrity <hash>', 'sha512-…, as npm view PACKAGE@VERSION dist.integrity gives it')
    .addOption(json())
    .action(async (wanted: string, options: { integrity: string; json?: true }, command: Command) =>
      (await load()).addNodePackage(wanted, options, command),
    );
  nodes
    .command('remove <package>')
    .description('remove an installed package of nodes')
    .addOption(json())
    .action(async (name: string, options: { json?: true }, command: Command) =>
      (await load()).removeNodePackage(name, options, command),
    );
  nodes
    .command('test <path>')
    .description('load nodes from a package or folder and check each')
    .addOption(json())
    .action(async (path: string, options: { json?: true }) =>
      (await import('./commands/node-test.js')).nodeTest(path, options),
    );
}

function addModels(program: Command): void {
  const models = program.command('models').description('models of this machine');
  models
    .command('list', { isDefault: true })
    .description('list the catalogue with what is here')
    .addOption(json())
    .action(async (options: { json?: true }, command: Command) =>
      (await import('./commands/models.js')).listModels(options, command),
    );
  models
    .command('pull <id>')
    .description('download a model')
    .addOption(json())
    .action(async (id: string, options: { json?: true }, command: Command) =>
      (await import('./commands/models.js')).pullModel(id, options, command),
    );
  models
    .command('add <card>')
    .description('add a model of your own: a model card as a JSON file, or an id with --kind and --source')
    .addOption(
      new Option('--kind <kind>', 'what the model does').choices(['generate', 'embed', 'rerank', 'classify', 'lora']),
    )
    .option(
      '--source <source>',
      'where its file comes from: file:PATH, hf:OWNER/REPO@REVISION/PATH, pip:…, npm:…; several are tried in order',
      collect,
      [],
    )
    .option('--context <tokens>', 'tokens it can read', count)
    .option('--base <id>', 'for LoRA adapters: the model they extend')
    .addOption(json())
    .action(
      async (
        card: string,
        options: { kind?: string; source: readonly string[]; context?: number; base?: string; json?: true },
        command: Command,
      ) => (await import('./commands/models.js')).addModel(card, options, command),
    );
  models
    .command('train <id> <examples>')
    .description(
      'train a classifier head on JSON lines of {"text", "labels"}, measure it by cross-validation, and add it',
    )
    .option('--embedding <id>', 'embedding model whose vectors it reads (default: all-minilm-l6-v2)')
    .option('--folds <number>', 'parts for the cross-validation (default: 5)', count)
    .option('--out <file>', 'where the head is written (default: ID.head.json)')
    .option('--language <code...>', 'languages of the texts')
    .option('--dry', 'measure only: write and add nothing')
    .addOption(json())
    .action(async (id: string, examples: string, options: Record<string, unknown>, command: Command) =>
      (await import('./commands/train.js')).trainClassifier(id, examples, options, command),
    );
  program
    .command('runtime')
    .description('runtimes for graphics processors')
    .command('add <kind>')
    .description('install a runtime: cuda or vulkan')
    .addOption(json())
    .action(async (kind: string, options: { json?: true }, command: Command) =>
      (await import('./commands/runtime.js')).addRuntime(kind, options, command),
    );
}

function addRuns(program: Command): void {
  const runs = program.command('runs').description('runs of this data folder');
  const load = () => import('./commands/runs.js');
  runs
    .command('list', { isDefault: true })
    .description('list the latest runs')
    .option('-n, --limit <number>', 'most runs', count, 20)
    .addOption(json())
    .action(async (options: { limit: number; json?: true }, command: Command) =>
      (await load()).listRuns(options, command),
    );
  runs
    .command('show <id>')
    .description('show a run and its nodes')
    .addOption(json())
    .action(async (id: string, options: { json?: true }, command: Command) =>
      (await load()).showRun(id, options, command),
    );
  runs
    .command('watch <id>')
    .description('follow a run until it ends')
    .addOption(json())
    .action(async (id: string, options: { json?: true }, command: Command) =>
      (await load()).watchRun(id, options, command),
    );
  runs
    .command('cancel <id>')
    .description('cancel a run')
    .addOption(json())
    .action(async (id: string, options: { json?: true }, command: Command) =>
      (await load()).cancelRun(id, options, command),
    );
  runs
    .command('resume <id>')
    .description('continue a failed or cancelled run as a new one, and follow it')
    .addOption(json())
    .action(async (id: string, options: { json?: true }, command: Command) =>
      (await load()).resumeRun(id, options, command),
    );
}

function addStorage(program: Command): void {
  const load = () => import('./commands/documents.js');
  program
    .command('export [slug]')
    .description('write a stored workflow to standard output or a file, or all of them to a folder')
    .option('-o, --out <path>', 'file to write; a folder with --all')
    .option('--all', 'export every workflow')
    .addOption(json())
    .action(async (slug: string | undefined, options: { out?: string; all?: true; json?: true }, command: Command) =>
      (await load()).exportWorkflows(slug, options, command),
    );
  program
    .command('import <file...>')
    .description('store workflow files; one of the same slug is saved over')
    .option('--slug <slug>', 'slug of a single file')
    .addOption(json())
    .action(async (files: readonly string[], options: { slug?: string; json?: true }, command: Command) =>
      (await load()).importWorkflows(files, options, command),
    );
  program
    .command('collections')
    .description('the file that collections are kept in')
    .command('reset')
    .description('begin anew where it is lost or damaged; what is left of it is moved aside')
    .addOption(json())
    .action(async (options: { json?: true }, command: Command) =>
      (await import('./commands/collections.js')).resetCollections(options, command),
    );
  program
    .command('backup <folder>')
    .description('copy the data folder while it is in use, and look through the copy; the folder must not exist yet')
    .option('--with-damage', 'also where stored values are damaged; it names them')
    .addOption(json())
    .action(async (folder: string, options: { withDamage?: true; json?: true }, command: Command) =>
      (await import('./commands/backup.js')).backup(folder, options, command),
    );
  program
    .command('restore <folder>')
    .description('put a backup into the data folder')
    .option('--force', 'also where there is data: it is moved aside')
    .option('--with-damage', 'also where stored values are damaged')
    .addOption(json())
    .action(async (folder: string, options: { force?: true; withDamage?: true; json?: true }, command: Command) =>
      (await import('./commands/backup.js')).restore(folder, options, command),
    );
}
