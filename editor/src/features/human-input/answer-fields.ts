import type { ValueShape } from '../../ui/schema-form/ValueField.js';
import { answerProblem } from './answer-problem.js';

/** One field of a request's form. */
export interface AnswerField extends ValueShape {
  /** Empty where the answer is one plain value. */
  readonly name: string;
  readonly kind: 'text' | 'long-text' | 'number' | 'boolean' | 'choice' | 'json';
  readonly choices: readonly string[];
  readonly initial: string;
  /** A secret value, which is stored nowhere. */
  readonly isSecret: boolean;
  readonly schema: Schema;
}

/** The parts of a request that its form needs. */
export interface HumanInputQuestion {
  readonly title: string;
  readonly body?: string | undefined;
  readonly schema: Schema;
  readonly buttons?: readonly { readonly id: string; readonly title: string }[] | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

type Schema = Readonly<Record<string, unknown>>;

export type ReadAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** The form fields of a request's JSON Schema. */
export function answerFields(schema: Schema): readonly AnswerField[] {
  if (schema['type'] !== 'object' && !isSchema(schema['properties'])) return [fieldOf('', schema, true)];
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).map(([name, property]) =>
    fieldOf(name, isSchema(property) ? property : {}, required.includes(name)),
  );
}

/** The form of a request with buttons: the further fields, and the hidden values that bind the answer to the request. */
export interface ButtonForm {
  readonly fields: readonly AnswerField[];
  readonly bound: Readonly<Record<string, string>>;
}

/** Splits the form of a request with buttons: `choice` becomes the buttons, `hash` is sent unchanged, and the reason has its own field. */
export function buttonForm(schema: Schema): ButtonForm {
  const fields = answerFields(schema);
  const hash = fields.find(({ name, initial }) => name === 'hash' && initial !== '');
  return {
    fields: fields.filter(
      ({ name }) =>
        name !== '' && name !== 'choice' && name !== hash?.name && !(name === 'reason' && hash !== undefined),
    ),
    bound: hash === undefined ? {} : { hash: hash.initial },
  };
}

function fieldOf(name: string, schema: Schema, isRequired: boolean): AnswerField {
  const choices = Array.isArray(schema['enum']) ? schema['enum'].filter((entry) => typeof entry === 'string') : [];
  const type = schema['type'];
  const initial = schema['default'];
  return {
    name,
    title: textOf(schema['title']) ?? (name === '' ? 'Answer' : name),
    help: textOf(schema['description']),
    kind:
      choices.length > 0
        ? 'choice'
        : type === 'string'
          ? isLong(schema)
            ? 'long-text'
            : 'text'
          : type === 'number' || type === 'integer'
            ? 'number'
            : type === 'boolean'
              ? 'boolean'
              : 'json',
    choices,
    isRequired,
    initial:
      initial === undefined
        ? type === 'boolean' && isRequired
          ? 'false'
          : ''
        : typeof initial === 'string'
          ? initial
          : JSON.stringify(initial),
    isSecret: isSecret(schema),
    schema,
  };
}

/** Whether a schema, or a part of it, contains a secret: `format: password`, `writeOnly`, or the secret widget. */
function isSecret(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(isSecret);
  if (!isSchema(schema)) return false;
  if (schema['format'] === 'password' || schema['writeOnly'] === true || schema['widget'] === 'secret') return true;
  return Object.values(schema).some(isSecret);
}

/** Converts the input to an answer, or returns field errors. The server checks it against the whole schema. */
export function readAnswer(fields: readonly AnswerField[], values: Readonly<Record<string, string>>): ReadAnswer {
  const entries: [string, unknown][] = [];
  const errors: Record<string, string> = {};
  for (const field of fields) {
    const text = values[field.name] ?? field.initial;
    if (text.trim() === '') {
      // A plain answer may be anything, also empty.
      if (field.isRequired && !(field.name === '' && field.kind === 'json'))
        errors[field.name] = `${field.title} is required.`;
      else if (field.name === '') entries.push(['', null]);
      continue;
    }
    const read = readField(field, text);
    const problem = 'error' in read ? read.error : answerProblem(field.schema, read.value);
    if (problem !== undefined) errors[field.name] = problem;
    else if ('value' in read) entries.push([field.name, read.value]);
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const isPlain = fields.length === 1 && fields[0]?.name === '';
  return { ok: true, value: isPlain ? entries[0]?.[1] : Object.fromEntries(entries) };
}

function readField({ kind }: AnswerField, text: string): { readonly value: unknown } | { readonly error: string } {
  switch (kind) {
    case 'text':
    case 'long-text':
    case 'choice':
      return { value: text };
    case 'boolean':
      return { value: text === 'true' };
    case 'number':
      return { value: Number(text.trim().replace(',', '.')) };
    case 'json':
      try {
        return { value: JSON.parse(text) };
      } catch {
        return { error: 'This is not valid JSON. Texts need quotes.' };
      }
  }
}

function isLong(schema: Schema): boolean {
  return (
    schema['format'] === 'textarea' ||
    schema['widget'] === 'textarea' ||
    (typeof schema['maxLength'] === 'number' && schema['maxLength'] > 200)
  );
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
