import type { TrainingFormat, TrainingLeftOut, TrainingSetRequest } from '@heddle/core';
import type { ExampleSource } from './training-examples.js';

interface CardFacts {
  readonly workflow: { readonly id: string; readonly name: string };
  readonly request: TrainingSetRequest;
  readonly examples: number;
  readonly sources: Readonly<Record<ExampleSource, number>>;
  /** The number of examples by label level. */
  readonly labels: Readonly<Record<string, number>>;
  /** The times at which the first and the last run began. */
  readonly dates: { readonly from: number; readonly to: number } | undefined;
  readonly leftOut: TrainingLeftOut;
  /** When each group of callers began to consent. */
  readonly consents: readonly (readonly [who: string, since: number])[];
  readonly sha256: string;
  /** SHA-256 of the sorted ids of the runs, one per line. */
  readonly runsSha256: string;
  readonly madeAt: number;
}

const formats: Readonly<Record<TrainingFormat, string>> = {
  openai: 'OpenAI chat JSONL: messages',
  messages: 'JSONL for TRL and PEFT: messages, source',
  preferences: 'JSONL of preferences: prompt, chosen, rejected',
};

/** The data card of a training set, with the metadata header of Hugging Face. It describes the set without quoting it. */
export function dataCard(facts: CardFacts): string {
  const { workflow, request, labels, madeAt } = facts;
  const name = lineOf(workflow.name);
  return `---
pretty_name: ${JSON.stringify(`Training set of ${name}`)}
task_categories:
  - text-generation
configs:
  - config_name: default
    data_files: ${request.format}.jsonl
---

# Training set of ${name}

Made by Heddle on ${dateOf(madeAt)} from runs of the workflow \`${workflow.id}\` and what people said about them.

## Content

${contentOf(facts)}

## Sources

${sourcesOf(facts)}

## Labels

${tableOf(['level', 'examples'], Object.entries(labels))}

## Consent

${consentOf(facts)}

Runs that began before that are not used.

## Filters

${filtersOf(request)}

## Left out

${leftOutOf(facts)}
`;
}

const contentOf = ({ request, examples, dates, sha256, runsSha256 }: CardFacts): string =>
  tableOf(
    ['fact', 'value'],
    [
      ['format', formats[request.format]],
      ['examples', examples],
      ['runs began', dates === undefined ? 'none' : `${dateOf(dates.from)} to ${dateOf(dates.to)}`],
      ['SHA-256 of the file', sha256],
      ['SHA-256 of the run ids', runsSha256],
    ],
  );

const sourcesOf = ({ sources }: CardFacts): string =>
  tableOf(
    ['source', 'examples'],
    [
      ['corrected by a person', sources.corrected],
      ['found good by people', sources.good],
      ['the better of two answers', sources.compared],
    ],
  );

const consentOf = ({ consents }: CardFacts): string =>
  consents.length === 0
    ? 'No caller has consented to training: the set is empty.'
    : tableOf(
        ['callers', 'consent since'],
        consents.map(([who, time]) => [who, dateOf(time)]),
      );

const filtersOf = ({ clearance, since, until, answers, system, limit }: TrainingSetRequest): string =>
  tableOf(
    ['filter', 'value'],
    [
      ['clearance', clearance],
      ['runs from', since === undefined ? 'any time' : dateOf(since)],
      ['runs before', until === undefined ? 'any time' : dateOf(until)],
      [
        'answers',
        answers === 'good'
          ? 'corrected, and found good (mean of 0.75 or more, and nobody found them bad)'
          : 'corrected',
      ],
      ['system message', system === undefined ? 'none' : 'one for all examples'],
      ['at most', limit],
    ],
  );

const leftOutOf = ({ leftOut }: CardFacts): string =>
  tableOf(
    ['why', 'runs'],
    [
      ['no consent', leftOut.consent],
      ['label above the clearance', leftOut.label],
      ['removed, failed or without values', leftOut.gone],
      ['neither corrected nor good, or a pair with different questions', leftOut.unfit],
      ['the same as another example', leftOut.same],
    ],
  );

const dateOf = (time: number): string => new Date(time).toISOString();
/** A name on one line, without characters that would break a Markdown table. */
const lineOf = (text: string): string => text.replace(/[\r\n|\`<>]+/g, ' ').trim();

function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return 'None.';
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => lineOf(String(cell))).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
