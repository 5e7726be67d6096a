import { LabMetric, LabRewriteKind, SearchRequest, SplitterOptions } from '@heddle/core';
import { Option, type Command } from 'commander';
import { count, lazily, listOption, money, providerBatchOption } from '../options.js';

/** Adds the commands for experiments. */
export function addExperiments(program: Command): void {
  const load = () => import('../../commands/experiments/experiments.js');
  program
    .command('eval [file]')
    .description('compare variants of a workflow on the rows of a dataset; exit code 1 if a threshold is missed')
    .option('--dataset <dataset>', 'the name or id of a dataset')
    .addOption(listOption('--workflow <workflow[@version]>', 'a variant; @draft for the draft, @3 for version 3'))
    .addOption(listOption('--set <node.setting=value>', 'a setting of all variants; the value is JSON or text'))
    .addOption(listOption('--grid <node.setting=a,b>', 'a variant for each value'))
    .addOption(listOption('--evaluator <kind[:name]>', 'an evaluator without settings of its own'))
    .option('--name <name>', 'the name of the experiment')
    .option('--split <name>', 'only rows of this split')
    .option('--tag <tag>', 'only rows with this tag')
    .option('-n, --limit <number>', 'only the first rows', count)
    .option('--repeats <number>', 'runs of each row with each variant', count)
    .option('--no-reuse', 'compute everything in each run, even if equal inputs give the same result')
    .option('--cache-model-calls', 'make calls with equal inputs only once, even if the model samples')
    .addOption(providerBatchOption())
    .option('--concurrency <number>', 'runs at the same time', count)
    .option('--budget <amount>', 'the most that runs and judges may cost, in $', money)
    .addOption(listOption('--min <metric=value>', 'fail if a variant has a worse mean'))
    .option('--no-regression', 'fail if a variant is proved worse than the baseline')
    .option('--junit <file>', 'write the thresholds as JUnit XML')
    .action(lazily(async () => (await load()).evaluate));
  addKept(program);
}

/** Adds the commands for existing experiments. */
function addKept(program: Command): void {
  const load = () => import('../../commands/experiments/experiments.js');
  const experiments = program.command('experiments').description('variants compared on the rows of a dataset');
  experiments
    .command('list', { isDefault: true })
    .description('list experiments')
    .action(lazily(async () => (await load()).listExperiments));
  experiments
    .command('show <experiment>')
    .description('print the table of an experiment')
    .action(lazily(async () => (await load()).showExperiment));
  experiments
    .command('rows <experiment>')
    .description('print rows with their scores')
    .addOption(
      new Option('--changed <side>', 'only rows that changed between pass and fail').choices([
        'better',
        'worse',
        'any',
      ]),
    )
    .option('--metric <metric>', 'by this metric')
    .option('-n, --limit <number>', 'rows to print', count, 20)
    .action(lazily(async () => (await load()).showRows));
  for (const [name, text] of [
    ['pause', 'start no more runs'],
    ['cancel', 'start no more runs and cancel those that run'],
  ] as const)
    experiments
      .command(`${name} <experiment>`)
      .description(text)
      .action(lazily(async () => (await load())[name === 'pause' ? 'pauseExperiment' : 'cancelExperiment']));
  for (const [name, text] of [
    ['resume', 'go on with a paused experiment'],
    ['again', 'run failed and cancelled rows again'],
  ] as const)
    experiments
      .command(`${name} <experiment>`)
      .description(text)
      .option('--budget <amount>', 'limit of the total cost, in $', money)
      .action(lazily(async () => (await load())[name === 'resume' ? 'resumeExperiment' : 'repeatExperiment']));
  experiments
    .command('export <experiment>')
    .description('print the scores of all runs')
    .addOption(new Option('--format <format>', 'the format').choices(['jsonl', 'csv']).default('jsonl'))
    .action(lazily(async () => (await load()).exportExperiment));
  addLearnRoute(experiments);
  experiments
    .command('remove <experiment>')
    .description('remove an experiment; its runs stay')
    .action(lazily(async () => (await load()).removeExperiment));
}

/** `heddle experiments learn-route`. */
function addLearnRoute(experiments: Command): void {
  experiments
    .command('learn-route <experiment>')
    .description(
      'learn which requests a cheap variant answers well enough; exit code 1 if no policy is within the limit',
    )
    .requiredOption('--cheap <variant>', 'the variant that answers where it is good enough, such as v2')
    .requiredOption('--strong <variant>', 'the variant that answers everything else, such as v1')
    .option('--metric <metric>', 'the score or check that says which answer is better')
    .addOption(listOption('--judge <model>', 'a model that compares both answers, in both orders'))
    .option('--criteria <text>', 'what judges look at')
    .option('--output <name>', 'the output that judges compare')
    .option('--input <name>', 'the input with the text of a request')
    .option('--max-loss <points>', 'what the policy may lose on average, in points of 100 (default: 2)', Number)
    .option('--embedding <model>', 'the embedding model that reads requests')
    .option('--budget <amount>', 'the most that judges may cost, in $', money)
    .option('--save <name>', 'store the policy under this name')
    .action(lazily(async () => (await import('../../commands/experiments/learn-route.js')).learnRoute));
}

const kinds = SplitterOptions.shape.kind.unwrap().options.join(', ');
const rewriteKinds = LabRewriteKind.options.join(', ');
const modes = SearchRequest.shape.mode.unwrap().options.join(', ');

/** `heddle lab`. */
export function addLab(program: Command): void {
  program
    .command('lab <dataset>')
    .description(
      'measure ways to index and search a collection on the labelled questions of a dataset; all combinations of the lists are tried',
    )
    .option('--collection <name>', 'the collection; needed to start')
    .option('--show <lab>', 'print a lab that was started, with what it has found so far')
    .option('--embedding <models>', 'embedding models of this machine, such as minilm,bge-small')
    .option('--method <methods>', `how documents are split: ${kinds}`)
    .option('--size <tokens>', 'passage sizes, such as 128,220')
    .option('--overlap <tokens>', 'tokens repeated from the previous passage, such as 0,20')
    .option('--parent <tokens>', 'sizes of larger passages that these are cut from, such as 0,800')
    .option('--context <yes,no>', 'whether title and headings are embedded with each passage')
    .option('--header <models>', 'models of this machine that write headers of passages, with none for no headers')
    .option('--mode <modes>', `how it is searched: ${modes}`)
    .option('--weight <weights>', 'semantic weights of a hybrid search, such as 0.4,0.6,0.8')
    .option('--title-weight <weights>', 'how often words of title and headings count, such as 1,2,4')
    .option('--diversity <values>', 'how much results differ from each other, such as 0,0.3')
    .option('--graph-weight <weights>', 'how much the knowledge graph counts, such as 0,0.3,0.5')
    .option('--returns <what>', 'what is returned of what is found: passage, parent, window')
    .option('--reranker <models>', 'rerankers, with none for a search without one')
    .option('--candidates <counts>', 'passages that a reranker reads for a question, such as 20,50')
    .option('--rewrite <kinds>', `how a model rewrites questions before the search: ${rewriteKinds}`)
    .option('--rewriter <models>', 'language models that rewrite questions')
    .option('--max-cost <amount>', 'the most that rerankers and rewriters on other machines may cost', money)
    .addOption(new Option('--metric <metric>', 'what counts').choices(LabMetric.options).default('ndcg'))
    .option('--top <number>', 'how many of the first documents count (default: 10)', count)
    .option('-n, --questions <number>', 'most questions (default: 500)', count)
    .option('--split <name>', 'only rows of this split')
    .option('--input <name>', 'the input with the question (default: the first text)')
    .option('--seed <number>', 'equal seeds choose equal questions', count)
    .option('--no-race', 'ask all questions even if a configuration is proved worse')
    .option('--apply', 'apply the learnt search settings if they are proved better; the index stays')
    .option('--no-wait', 'do not wait for the end')
    .action(lazily(async () => (await import('../../commands/experiments/lab.js')).runLabCommand));
}
