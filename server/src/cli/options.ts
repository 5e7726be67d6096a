import { InvalidArgumentError, Option } from 'commander';

/** Collects a repeatable option. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** A whole number option. */
export const count = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
};

/** A port option; 0 takes a free one. */
export const port = (value: string): string => {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  return value;
};

export const json = (): Option =>
  new Option('--json', 'print one JSON document on standard output, and nothing else there');
