import { LabMetric, SearchRequest, SplitterOptions } from '@heddle/core';
import { Option, type Command } from 'commander';
import { count, lazily } from './options.js';

const kinds = SplitterOptions.shape.kind.unwrap().options.join(', ');
const modes = SearchRequest.shape.mode.unwrap().options.join(', ');

/** `heddle lab`. */
export function addLab(program: Command): void {
  program
    .command('lab <dataset>')
    .description(
      'measure ways to index and search a collection on the labelled questions of a dataset; each list is tried with each other',
    )
    .option('--collection <name>', 'the collection; needed to start')
    .option('--show <lab>', 'print a lab that was started, with what it has found so far')
    .option('--embedding <models>', 'embedding models of this machine, such as minilm,bge-small')
    .option('--method <methods>', `how documents are split: ${kinds}`)
    .option('--size <tokens>', 'passage sizes, such as 128,220')
    .option('--overlap <tokens>', 'tokens repeated from the previous passage, such as 0,20')
    .option('--context <yes,no>', 'whether title and headings are embedded with each passage')
    .option('--mode <modes>', `how it is searched: ${modes}`)
    .option('--weight <weights>', 'semantic weights of a hybrid search, such as 0.4,0.6,0.8')
    .option('--diversity <values>', 'how much results differ from each other, such as 0,0.3')
    .addOption(new Option('--metric <metric>', 'what counts').choices(LabMetric.options).default('ndcg'))
    .option('--top <number>', 'the first so many documents count (default: 10)', count)
    .option('-n, --questions <number>', 'most questions (default: 500)', count)
    .option('--split <name>', 'only rows of this split')
    .option('--input <name>', 'the input with the question (default: the first text)')
    .option('--seed <number>', 'equal seeds choose equal questions', count)
    .option('--no-race', 'ask all questions also where a configuration is proved worse')
    .option('--no-wait', 'do not wait for the end')
    .action(lazily(async () => (await import('../commands/lab.js')).runLabCommand));
}
