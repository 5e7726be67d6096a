import { HeddleError, type ExperimentReply, type ExperimentResult } from '@heddle/core';
import { figure } from './experiment-lines.js';

/** A threshold that was checked for a variant; `failure` says how it was missed. */
interface ThresholdFinding {
  readonly variant: string;
  readonly name: string;
  readonly failure?: string;
}

/** Parses `--min metric=value`. Errors: `usage`. */
export function parseMinimums(given: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    given.map((text) => {
      const at = text.lastIndexOf('=');
      const value = at < 1 || text.slice(at + 1).trim() === '' ? Number.NaN : Number(text.slice(at + 1));
      if (!Number.isFinite(value)) throw new HeddleError('usage', `--min ${text}: write it as metric=0.8.`);
      return [text.slice(0, at), value];
    }),
  );
}

/** Checks each variant against each threshold. A metric without a value misses its threshold. Errors: `usage` for an unknown metric. */
export function findingsOf(
  { table, cells }: ExperimentResult,
  { variants }: Pick<ExperimentReply, 'variants'>,
  {
    minimums,
    allowsRegression,
  }: { readonly minimums: ReadonlyMap<string, number>; readonly allowsRegression: boolean },
): readonly ThresholdFinding[] {
  const findings: ThresholdFinding[] = [];
  const nameOf = new Map(variants.map(({ id, name }) => [id, name]));
  for (const [metric, least] of minimums) {
    const info = table.metrics.find(({ name }) => name === metric);
    if (info === undefined)
      throw new HeddleError(
        'usage',
        `There is no metric '${metric}': there are ${table.metrics.map(({ name }) => name).join(', ')}.`,
      );
    for (const variant of table.variants) {
      const mean = table.scores.find((one) => one.metric === metric && one.variant === variant)?.mean;
      const isMet = mean !== undefined && (info.better === 'higher' ? mean >= least : mean <= least);
      const name = `${metric} ${info.better === 'higher' ? '≥' : '≤'} ${least} (${nameOf.get(variant) ?? variant})`;
      findings.push({
        variant,
        name,
        ...(isMet ? {} : { failure: mean === undefined ? 'no row has a value' : `it is ${figure(mean)}` }),
      });
    }
  }
  if (allowsRegression) return findings;
  for (const variant of table.variants.slice(1)) {
    const worse = table.comparisons.filter((one) => one.variant === variant && one.verdict === 'worse');
    const name = `no regression (${nameOf.get(variant) ?? variant})`;
    const failure = worse.map(
      ({ metric, difference, correctedP }) => `${metric} by ${figure(difference)} (p ${figure(correctedP)})`,
    );
    findings.push({ variant, name, ...(failure.length === 0 ? {} : { failure: failure.join(', ') }) });
  }
  const { waiting, running } = cells;
  if (waiting + running > 0)
    findings.push({ variant: '', name: 'all rows have run', failure: `${waiting + running} have not` });
  return findings;
}

/** The checked thresholds as JUnit XML, with one test case for each. */
export function junitOf({ name }: Pick<ExperimentReply, 'name'>, findings: readonly ThresholdFinding[]): string {
  const failed = findings.filter(({ failure }) => failure !== undefined).length;
  const cases = findings.map(({ name: test, variant, failure }) => {
    const head = `    <testcase classname="${xml(variant)}" name="${xml(test)}"`;
    return failure === undefined ? `${head}/>` : `${head}><failure message="${xml(failure)}"/></testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${xml(name)}" tests="${findings.length}" failures="${failed}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** Escapes text, without the characters that XML does not allow. */
const xml = (text: string): string =>
  text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
