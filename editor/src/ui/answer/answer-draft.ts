import type { JsonSchemaField } from '../schema-form/json-schema-field.js';

/** The input of an answer form, with functions that change it. */
export interface DraftInUse {
  readonly values: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly setValue: (field: JsonSchemaField, value: string) => void;
  readonly setReason: (reason: string) => void;
}
