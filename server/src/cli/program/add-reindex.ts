import { storeKinds } from '@heddle/core';
import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import { count, lazily } from './options.js';

const days = (value: string): number => {
  const number = Number(value);
  if (value.trim() !== '' && number >= 0 && number <= 365) return number;
  throw new InvalidArgumentError('Give a number of days from 0 to 365.');
};

/** Adds `heddle reindex`, which gives a collection a new index. */
export function addReindex(program: Command): void {
  const load = () => import('../commands/collections/reindex.js');
  const reindex = program
    .command('reindex')
    .description('give a collection another embedding model, splitter or store while it serves');
  reindex
    .command('start <collection>')
    .description('fill a new index beside the one that serves')
    .option('--model <id>', 'embedding model of the new index')
    .addOption(
      new Option(
        '--store <store>',
        'where the new index is stored; without other options, passages are copied there',
      ).choices(storeKinds),
    )
    .addOption(
      new Option('--split <method>', 'how it splits documents').choices([
        ...['markdown', 'recursive', 'sentence', 'fixed', 'row'],
      ]),
    )
    .option('--size <tokens>', 'maximum tokens of a passage', Number)
    .option('--overlap <tokens>', 'tokens that a passage repeats from the one before', Number)
    .option('--parent <tokens>', 'size of larger passages, which passages are cut from and searches return', Number)
    .option('--no-context', 'embed passages without their title and headings')
    .option('--header <model>', 'a language model that writes a header for each passage; none for no headers')
    .option('--header-instructions <text>', 'additional instructions for the model')
    .action(lazily(async () => (await load()).startReindex));
  reindex
    .command('status <collection>')
    .description('show the serving, the new and the previous index')
    .action(lazily(async () => (await load()).showReindex));
  reindex
    .command('compare <collection> [questions]')
    .description('search both indexes for the questions of a JSONL file, or for the latest queries')
    .option('-k, --k <number>', 'passages of each question', count, 5)
    .action(lazily(async () => (await load()).compareReindex));
  reindex
    .command('switch <collection>')
    .description('let the new index serve; the old one is kept')
    .option('--keep-days <days>', 'how long it is kept (default: 7)', days)
    .option('--force', 'switch even if the new index lacks documents')
    .option('--override-gate <reason>', 'switch although the gate of the collection refuses it')
    .action(lazily(async () => (await load()).switchReindex));
  reindex
    .command('back <collection>')
    .description('let the previous index serve again, with what was written since')
    .action(lazily(async () => (await load()).backFromReindex));
  reindex
    .command('drop <collection>')
    .description('drop the new or the previous index')
    .addArgument(new Argument('<which>', 'next or previous').choices(['next', 'previous']))
    .action(lazily(async () => (await load()).dropReindex));
}
