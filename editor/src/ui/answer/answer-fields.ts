import { isSchema, jsonSchemaField, type JsonSchemaField } from '../schema-form/json-schema-field.js';
import { readFields, type FormValues } from '../schema-form/read-fields.js';

/** The parts of a request that its form needs. */
export interface HumanInputQuestion {
  readonly title: string;
  readonly body?: string | undefined;
  readonly schema: Schema;
  readonly buttons?: readonly { readonly id: string; readonly title: string }[] | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

type Schema = Readonly<Record<string, unknown>>;

type ReadAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** The fields of a form for the JSON schema of a request. */
export function answerFields(schema: Schema): readonly JsonSchemaField[] {
  if (schema['type'] !== 'object' && !isSchema(schema['properties'])) return [jsonSchemaField('', schema, true)];
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).map(([name, property]) =>
    jsonSchemaField(name, isSchema(property) ? property : {}, required.includes(name)),
  );
}

/** The form of a request with buttons: its further fields, and the hidden values that bind the answer to the request. */
interface ButtonForm {
  readonly fields: readonly JsonSchemaField[];
  readonly bound: Readonly<Record<string, string>>;
}

/**
 * Divides the form of a request with buttons: `choice` becomes the buttons, `hash` is sent unchanged, and the reason has a field of its
 * own.
 */
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

/** Reads the input into an answer, or returns errors by field. The server checks the answer against the whole schema. */
export function readAnswer(fields: readonly JsonSchemaField[], texts: FormValues): ReadAnswer {
  const read = readFields(fields, texts);
  if (!read.ok) return read;
  const isPlain = fields.length === 1 && fields[0]?.name === '';
  return { ok: true, value: isPlain ? (read.values[''] ?? null) : read.values };
}
