import { Option } from 'commander';

/** Collects a repeatable option. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const json = (): Option =>
  new Option('--json', 'print one JSON document on standard output, and nothing else there');
