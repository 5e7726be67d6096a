import { InvalidArgumentError, Option } from 'commander';

/** Parses a repeatable option: adds the value to the earlier ones. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Parses a whole number. */
export const count = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
};

/** Parses an amount of money. */
export const money = (value: string): number => {
  const amount = Number(value);
  if (!(amount > 0)) throw new InvalidArgumentError('It must be an amount in $, such as 2.5.');
  return amount;
};

/** An option whose value is the level of a label. */
export const levelOption = (flag: string, text: string): Option =>
  new Option(`${flag} <level>`, text).choices(['public', 'internal', 'confidential', 'restricted']);

/** An option that may be repeated. */
export const listOption = (flags: string, text: string): Option =>
  new Option(flags, `${text}; may be given again`).argParser<readonly string[]>(collect).default([]);

/** Parses a port; 0 stands for any free port. */
export const port = (value: string): string => {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  return value;
};

/**
 * Makes the action of a command. Its module is loaded only when the command runs, which keeps the start quick.
 *
 * @example command.action(lazily(async () => (await import('../commands/clock.js')).showClock))
 */
export const lazily =
  <Given extends readonly unknown[]>(load: () => Promise<(...given: Given) => Promise<void>>) =>
  async (...given: Given): Promise<void> =>
    (await load())(...given);

/** Parses a number from 0 to 1. */
export function share(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number >= 0 && number <= 1) return number;
  throw new InvalidArgumentError('Give a number from 0 to 1.');
}

/** The option that sends model calls to batches of their providers. */
export const providerBatchOption = (): Option =>
  new Option(
    '--provider-batch <how>',
    'model calls wait for batches of their providers, at half the price: only, or prefer (else at once)',
  ).choices(['only', 'prefer']);
