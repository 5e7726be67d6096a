import type { Command } from 'commander';
import { lazily } from '../options.js';

/** Adds the commands for evaluators. */
export function addEvaluators(program: Command): void {
  const load = () => import('../../commands/evaluators/evaluators.js');
  const evaluators = program
    .command('evaluators')
    .description('judge answers: checks, metrics, models, code, workflows');
  evaluators
    .command('list', { isDefault: true })
    .description('list the kinds of evaluators and the presets')
    .action(lazily(async () => (await load()).listEvaluators));
  evaluators
    .command('try [kinds...]')
    .description('judge one answer; exit code 1 if an evaluator gave no value')
    .option('--setup <file>', 'a JSON list of evaluators with their config')
    .option('--run <id>', 'the answer of a run that has ended')
    .option('--answer <text>', 'the answer')
    .option('--question <text>', 'what it answers')
    .option('--expected <text>', 'the right answer')
    .option('--budget <usd>', 'what judging may cost, in USD', Number)
    .action(lazily(async () => (await load()).tryEvaluators));
  evaluators
    .command('calibrations')
    .description('list how far judges agree with people')
    .action(lazily(async () => (await load()).listCalibrations));
}
