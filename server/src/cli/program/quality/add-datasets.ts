import { DatasetFormat, FeedbackFilter, QuestionKind } from '@heddle/core';
import { Option, type Command } from 'commander';
import { count, lazily, levelOption, listOption, money } from '../options.js';

const formatOption = (text: string): Option => new Option('--format <format>', text).choices(DatasetFormat.options);

/** Adds the commands for datasets. */
export function addDatasets(program: Command): void {
  const load = () => import('../../commands/datasets.js');
  const datasets = program.command('datasets').description('rows of inputs and expected answers, in versions');
  datasets
    .command('list', { isDefault: true })
    .description('list datasets')
    .action(lazily(async () => (await load()).listDatasets));
  datasets
    .command('show <dataset>')
    .description('print versions, duplicates, leaks and the first rows')
    .option('-n, --limit <number>', 'rows to print', count, 10)
    .option('--of <version>', 'the rows of this version', count)
    .action(lazily(async () => (await load()).showDataset));
  datasets
    .command('import <dataset> <files...>')
    .description('write the rows of files as a new version, all or none; creates the dataset if there is none')
    .addOption(formatOption('the format (default: csv for .csv and .tsv, parquet for .parquet, else jsonl)'))
    .option('--replace', 'remove the rows that the files do not have')
    .addOption(levelOption('--label', 'the level of rows that name none (default: internal)'))
    .option('--split <name>', 'the split of rows that name none')
    .option('--document-prefix <text>', 'for beir and trec, the beginning of the ids of documents: corpus.jsonl#')
    .option('--note <text>', 'what changed')
    .action(lazily(async () => (await load()).importDataset));
  datasets
    .command('export <dataset>')
    .description('print the rows of a version as a file')
    .addOption(formatOption('the format (default: jsonl)'))
    .addOption(
      new Option('--part <part>', 'the file of BEIR or TREC; registry of openai; yaml of promptfoo').choices([
        'queries',
        'qrels',
        'corpus',
        'registry',
        'yaml',
      ]),
    )
    .option('--of <version>', 'this version (default: the newest)', count)
    .action(lazily(async () => (await load()).exportDataset));
  datasets
    .command('from-runs <dataset>')
    .description('add finished runs, with their labels')
    .option('--workflow <id>', 'an id or a slug')
    .addOption(listOption('--run <id>', 'this run'))
    .option('--since <date>', 'accepted from this day or time on')
    .option('--search <text>', 'with this text in the id of the run')
    .addOption(new Option('--feedback <kind>', 'with such feedback').choices(FeedbackFilter.options))
    .option('-n, --limit <number>', 'most runs', count, 100)
    .option('--split <name>', 'the split of the rows')
    .addOption(listOption('--tag <tag>', 'a tag of the rows'))
    .action(lazily(async () => (await load()).addRuns));
  addQuestions(datasets);
  datasets
    .command('remove <dataset>')
    .description('remove a dataset with all versions')
    .action(lazily(async () => (await load()).removeDataset));
}

/** Adds the commands for rows that a model writes, and for their review. */
function addQuestions(datasets: Command): void {
  const load = () => import('../../commands/questions.js');
  datasets
    .command('questions <dataset>')
    .description('have a model write questions from passages of a collection; the rows wait for a review')
    .requiredOption('--collection <name>', 'a collection of the project')
    .requiredOption('--model <id>', 'a local model, or connection/model')
    .option('-n, --count <number>', 'questions', count, 20)
    .addOption(listOption('--kind <kind>', `${QuestionKind.options.join(', ')}; of each kind in turn`))
    .option('--language <name>', 'such as German (default: that of the passage)')
    .option('--where <field=value>', 'only passages with this metadata')
    .option('--split <name>', 'the split of the rows')
    .option('--seed <number>', 'equal seeds choose equal passages', count)
    .option('--budget <usd>', 'what the model may cost', money)
    .option('--no-wait', 'do not wait for the end')
    .action(lazily(async () => (await load()).askQuestions));
  datasets
    .command('negatives <dataset>')
    .description(
      'search a collection for hard negatives of labelled questions; the proposed documents wait for a review',
    )
    .requiredOption('--collection <name>', 'a collection of the project')
    .option('--each <number>', 'how many documents judged not relevant each question should have', count, 3)
    .option('-n, --questions <number>', 'most questions', count, 200)
    .option('--model <id>', 'judges whether a passage answers the question: a local model, or connection/model')
    .option('--split <name>', 'only rows of this split')
    .option('--input <name>', 'the input with the question (default: the first text)')
    .option('--seed <number>', 'equal seeds choose equal questions', count)
    .option('--budget <usd>', 'what the model may cost', money)
    .option('--no-wait', 'do not wait for the end')
    .action(lazily(async () => (await import('../../commands/experiments/negatives.js')).mineNegatives));
  datasets
    .command('review <dataset> [row]')
    .description('list the rows that wait for a review, or accept or reject one')
    .option('--accept', 'accept the row, and the documents that it proposes as they are')
    .option('--reject', 'reject the row, or the documents that an accepted row proposes')
    .option('-n, --limit <number>', 'rows to list', count, 20)
    .action(lazily(async () => (await load()).reviewRows));
}
