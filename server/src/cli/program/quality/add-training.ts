import { TrainingFormat } from '@heddle/core';
import { Option, type Command } from 'commander';
import { count, lazily, levelOption } from '../options.js';

/** Adds the commands for training sets. */
export function addTraining(program: Command): void {
  const load = () => import('../../commands/training.js');
  const training = program.command('training').description('training sets from the feedback of people on runs');
  training
    .command('export <workflow>')
    .description('write a training set and its data card into a folder')
    .addOption(
      new Option('--format <format>', 'the format of the file').choices(TrainingFormat.options).default('openai'),
    )
    .addOption(levelOption('--clearance', 'the highest level of a run in the set (default: internal)'))
    .option('--since <date>', 'runs accepted from this day or time on')
    .option('--until <date>', 'runs accepted before this day or time')
    .option('--corrected', 'only what people corrected, and not what they found good')
    .option('--system <text>', 'a system message that stands first in each chat')
    .option('-n, --limit <number>', 'most examples', count, 10_000)
    .option('--out <folder>', 'the folder of the files', '.')
    .action(lazily(async () => (await load()).exportTraining));
  training
    .command('consent <workflow>')
    .description('print since when callers consent that their runs train models, or change it')
    .option('--share <id>', 'the users of this share link; otherwise all other callers')
    .addOption(new Option('--give', 'they consent from now on').conflicts('withdraw'))
    .option('--withdraw', 'they no longer consent')
    .action(lazily(async () => (await load()).trainingConsent));
}
