import { InvalidArgumentError, Option } from 'commander';

/** Collects a repeatable option. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** A whole number option. */
export const count = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
};

/** An amount of money. */
export const money = (value: string): number => {
  const amount = Number(value);
  if (!(amount > 0)) throw new InvalidArgumentError('It must be an amount in $, such as 2.5.');
  return amount;
};

/** An option whose value is the level of a label. */
export const levelOption = (flag: string, text: string): Option =>
  new Option(`${flag} <level>`, text).choices(['public', 'internal', 'confidential', 'restricted']);

/** An option that may be given again. */
export const listOption = (flags: string, text: string): Option =>
  new Option(flags, `${text}; may be given again`).argParser<readonly string[]>(collect).default([]);

/** A port option; 0 takes a free one. */
export const port = (value: string): string => {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  return value;
};

/**
 * The action of a command. Its module is loaded when the command runs, so that a start stays quick.
 *
 * @example command.action(lazily(async () => (await import('../commands/clock.js')).showClock))
 */
export const lazily =
  <Given extends readonly unknown[]>(load: () => Promise<(...given: Given) => Promise<void>>) =>
  async (...given: Given): Promise<void> =>
    (await load())(...given);

/** A number from 0 to 1. */
export function share(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number >= 0 && number <= 1) return number;
  throw new InvalidArgumentError('Give a number from 0 to 1.');
}

/** Whether model calls go to batches of their providers. */
export const providerBatchOption = (): Option =>
  new Option(
    '--provider-batch <how>',
    'model calls wait for batches of their providers, at half the price: only, or prefer (else at once)',
  ).choices(['only', 'prefer']);
