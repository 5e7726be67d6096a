import { LabelLevel } from '../../labels/label.js';
import { isPlainObject } from '../../values/json/json.js';
import { withoutUndefined } from '../../values/without-undefined.js';
import { z } from 'zod';
import { DatasetRow, ReferencePassage } from './dataset.js';

/** Formats that store a row in each record. BEIR and TREC instead spread a row over several files. */
export type RecordFormat = 'jsonl' | 'csv' | 'parquet' | 'openai' | 'messages' | 'promptfoo';

type GivenRecord = Readonly<Record<string, unknown>>;

/** Defaults for rows whose record does not set them. */
export interface RowDefaults {
  readonly label?: LabelLevel;
  readonly split?: string;
  /** The beginning of the ids of documents in the collection, which the judgements of BEIR and TREC do not have: `corpus.jsonl#`. */
  readonly documentPrefix?: string;
}

/**
 * Converts a record to a row. Throws a ZodError or a TypeError that says what does not fit.
 *
 * @example rowOfRecord('openai', { input: 'Capital of France?', ideal: 'Paris' }) // { inputs: { input: … }, expected: 'Paris', label: 'internal' }
 */
export function rowOfRecord(format: RecordFormat, given: GivenRecord, defaults: RowDefaults = {}): DatasetRow {
  const { not_relevant: notRelevant, ...row } = readers[format](given);
  const read = DatasetRow.parse({
    ...withoutUndefined(row),
    label: row['label'] ?? defaults.label ?? 'internal',
    ...withoutUndefined({ split: row['split'] ?? defaults.split }),
  });
  return notRelevant === undefined ? read : withNotRelevant(read, NotRelevant.parse({ not_relevant: notRelevant }));
}

/** A separate field for documents that do not answer the question: names, or names with texts. */
const NotRelevant = z.object({
  not_relevant: z.array(z.union([ReferencePassage.shape.document, ReferencePassage.omit({ grade: true })])).max(10_000),
});

/** Adds these documents to the references with grade 0. */
function withNotRelevant(row: DatasetRow, { not_relevant: given }: z.infer<typeof NotRelevant>): DatasetRow {
  const { references = [] } = row;
  const named = given.map((one) => (typeof one === 'string' ? { document: one } : one));
  const judged = new Set(references.filter(({ grade }) => grade <= 0).map(({ document }) => document));
  const twice = named.find(({ document }) => references.some((one) => one.grade > 0 && one.document === document));
  if (twice !== undefined)
    throw new TypeError(`'${twice.document.slice(0, 80)}' is in \`references\` and in \`not_relevant\`: keep one.`);
  const added = named.flatMap((one) => {
    if (judged.has(one.document)) return [];
    judged.add(one.document);
    return [{ ...one, grade: 0 }];
  });
  return DatasetRow.parse({ ...row, references: [...references, ...added] });
}

/** Fields that our export adds to other formats so that an import restores everything. */
const own = [
  'id',
  'tags',
  'split',
  'label',
  'references',
  'not_relevant',
  'proposed',
  'unreviewed',
  'metadata',
  'run',
] as const;

function ownOf(given: unknown): GivenRecord {
  if (!isPlainObject(given)) return {};
  return Object.fromEntries(own.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]]));
}

const readers: Readonly<Record<RecordFormat, (given: GivenRecord) => GivenRecord>> = {
  jsonl: readLine,
  csv: readCells,
  parquet: readColumns,
  /** `evals/registry/data/NAME/samples.jsonl` of OpenAI: `input` is a text or a list of messages, `ideal` a text or a list. */
  openai: (given) => {
    const { input, ideal, ...others } = given;
    if (input === undefined) throw new TypeError('It has no `input`.');
    const known = new Set<string>(own);
    const extra = Object.fromEntries(Object.entries(others).filter(([name]) => !known.has(name)));
    return { ...ownOf(others), inputs: { ...extra, input }, expected: ideal };
  },
  /** Chats in the format of Hugging Face `datasets` and TRL: the last answer of the assistant is the expected one. */
  messages: (given) => {
    const { messages } = given;
    if (!Array.isArray(messages) || messages.length === 0) throw new TypeError('It has no list of `messages`.');
    const all: readonly unknown[] = messages;
    for (const message of all)
      if (!isPlainObject(message) || typeof message['role'] !== 'string')
        throw new TypeError('Each message needs a `role` and a `content`.');
    const last = all.at(-1);
    const isAnswered = isPlainObject(last) && last['role'] === 'assistant';
    return {
      ...ownOf(given),
      inputs: { messages: isAnswered ? all.slice(0, -1) : all },
      expected: isAnswered ? last['content'] : undefined,
    };
  },
  promptfoo: readTest,
};

/**
 * A row in our own format, or a labelled question in the format of `heddle reindex compare`: `question`, with relevant `documents` and
 * those that are `notRelevant`.
 */
function readLine(given: GivenRecord): GivenRecord {
  if (Object.hasOwn(given, 'inputs')) return given;
  const { question, documents, notRelevant, ...others } = given;
  if (typeof question !== 'string')
    throw new TypeError('It has neither `inputs` nor a `question`: write {"inputs": {"question": "…"}}.');
  const references = Array.isArray(documents) ? documents.map((document: unknown) => ({ document })) : documents;
  return withoutUndefined({ references, not_relevant: notRelevant, ...others, inputs: { question } });
}

/**
 * A promptfoo test, as a line of its `tests.jsonl`: `vars`, and an `equals` assertion as the expected answer. Other assertions are kept as
 * metadata.
 */
function readTest(given: GivenRecord): GivenRecord {
  const { vars, assert, description, metadata } = given;
  if (!isPlainObject(vars)) throw new TypeError('It has no `vars`.');
  const assertions: readonly unknown[] = Array.isArray(assert) ? assert : [];
  const equals = assertions.find((one) => isPlainObject(one) && one['type'] === 'equals');
  const others = assertions.filter((one) => one !== equals);
  const kept = ownOf(metadata);
  const about = withoutUndefined({
    ...(isPlainObject(kept['metadata']) ? kept['metadata'] : {}),
    description,
    assert: others.length === 0 ? undefined : others,
  });
  return {
    ...kept,
    inputs: vars,
    expected: isPlainObject(equals) ? equals['value'] : undefined,
    metadata: Object.keys(about).length === 0 ? undefined : about,
  };
}

/**
 * A row of a typed table, such as a Hugging Face dataset: our own `inputs`, a chat in `messages`, or one input per column. A column `label`
 * that is not a sensitivity label is a class, that is, the expected answer.
 */
function readColumns(given: GivenRecord): GivenRecord {
  const { inputs } = given;
  if (isPlainObject(inputs) && Object.keys(given).every((name) => name === 'inputs' || isRowColumn(name))) return given;
  if (Array.isArray(given['messages'])) return readers.messages(given);
  const { id, expected, label, ...others } = given;
  const level = LabelLevel.safeParse(label);
  const isInput = ([name]: readonly [string, unknown]): boolean => !isRowColumn(name);
  return {
    ...Object.fromEntries(Object.entries(others).filter((entry) => !isInput(entry))),
    id: typeof id === 'number' ? String(id) : id,
    inputs: Object.fromEntries(Object.entries(others).filter(isInput)),
    expected: expected ?? (level.success ? undefined : label),
    label: level.success ? level.data : undefined,
  };
}

const rowColumns: ReadonlySet<string> = new Set([...own, 'expected']);

/** Whether a column of a table holds a field of the row; every other column is an input. */
export const isRowColumn = (name: string): boolean => rowColumns.has(name);

/** Reads a row from table cells: columns that hold no field of the row are inputs. */
function readCells(given: GivenRecord): GivenRecord {
  const cells = given as Readonly<Record<string, string | undefined>>;
  const { id, expected, tags, split, label, unreviewed, references, not_relevant: notRelevant, ...inputs } = cells;
  const filled = (cell: string | undefined): string | undefined => (cell === '' ? undefined : cell);
  const listed = (cell: string | undefined): string[] | undefined =>
    filled(cell)
      ?.split(';')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  return {
    id: filled(id),
    inputs,
    expected: filled(expected),
    tags: listed(tags),
    split: filled(split),
    label: filled(label),
    unreviewed: filled(unreviewed) === undefined ? undefined : unreviewed === 'true' || unreviewed,
    references: listed(references)?.map((document) => ({ document })),
    not_relevant: listed(notRelevant),
  };
}

/** Converts a row to a record of a format. Nothing is lost, except in CSV. */
export function recordOfRow(format: Exclude<RecordFormat, 'csv' | 'parquet'>, row: DatasetRow): GivenRecord {
  const { inputs, expected, ...about } = row;
  switch (format) {
    case 'jsonl':
      return row;
    case 'openai': {
      const { input = inputs, ...others } = inputs;
      return withoutUndefined({ input, ideal: expected, ...(input === inputs ? {} : others), ...about });
    }
    case 'messages':
      return withoutUndefined({ messages: messagesOf(row), ...about });
    case 'promptfoo':
      return withoutUndefined({
        vars: inputs,
        assert: expected === undefined ? undefined : [{ type: 'equals', value: expected }],
        metadata: about,
      });
  }
}

function messagesOf({ inputs, expected }: DatasetRow): readonly unknown[] {
  const { messages } = inputs;
  const values = Object.values(inputs);
  const [only] = values;
  const asked = Array.isArray(messages)
    ? (messages as readonly unknown[])
    : [{ role: 'user', content: values.length === 1 && typeof only === 'string' ? only : JSON.stringify(inputs) }];
  if (expected === undefined) return asked;
  return [...asked, { role: 'assistant', content: typeof expected === 'string' ? expected : JSON.stringify(expected) }];
}

/** The columns of a CSV file that are not inputs. */
export const csvColumns = [
  'id',
  'expected',
  'tags',
  'split',
  'label',
  'unreviewed',
  'references',
  'not_relevant',
] as const;

/** Returns the cells of a row: `csvColumns`, then the named inputs. Values that are not text are written as JSON. */
export function cellsOfRow(row: DatasetRow, inputs: readonly string[]): readonly string[] {
  const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  const { references = [] } = row;
  const namesOf = (judged: readonly ReferencePassage[]): readonly string[] => [
    ...new Set(judged.map(({ document }) => document)),
  ];
  const relevant = namesOf(references.filter(({ grade }) => grade > 0));
  const others = namesOf(references.filter(({ document, grade }) => grade <= 0 && !relevant.includes(document)));
  return [
    row.id ?? '',
    row.expected === undefined ? '' : text(row.expected),
    (row.tags ?? []).join(';'),
    row.split ?? '',
    row.label,
    row.unreviewed === true ? 'true' : '',
    relevant.join(';'),
    others.join(';'),
    ...inputs.map((name) => (row.inputs[name] === undefined ? '' : text(row.inputs[name]))),
  ];
}
