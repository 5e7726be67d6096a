/** One setting of a node, read from its JSON Schema for the form. */
export type SchemaField = FieldBase &
  (
    | {
        readonly kind: 'text';
        readonly isLong: boolean;
        readonly maxLength: number | undefined;
        /** Only some characters are allowed. */
        readonly isName?: boolean | undefined;
      }
    | {
        readonly kind: 'number';
        readonly isWhole: boolean;
        readonly least: number | undefined;
        readonly most: number | undefined;
      }
    | { readonly kind: 'boolean' }
    | { readonly kind: 'choice'; readonly options: readonly FieldOption[] }
    | { readonly kind: 'list'; readonly item: SchemaField; readonly most: number | undefined }
    | { readonly kind: 'record'; readonly fields: readonly SchemaField[] }
    | { readonly kind: 'json'; /** The texts in the JSON may contain `{{ name }}`. */ readonly isTemplate: boolean }
    /** Keys that a person chooses, with a text each. */
    | { readonly kind: 'pairs' }
  );

interface FieldOption {
  readonly value: string;
  readonly label: string;
  /** An example that shows what the option means. */
  readonly example?: string | undefined;
}

interface FieldBase {
  readonly name: string;
  readonly title: string;
  readonly help: string | undefined;
  /** The widget, where the schema names a special one: `model`, `collection`, `template`, … */
  readonly widget: string | undefined;
  /** For `model`: the kind of model that matches. */
  readonly modelKind: string | undefined;
  /** The setting applies only where another setting has one of these values. */
  readonly onlyFor?: { readonly field: string; readonly values: readonly unknown[] };
  readonly isRequired: boolean;
  /** Always shown. A long form hides the other settings behind _Advanced_. */
  readonly isBasic?: boolean | undefined;
  readonly standard: unknown;
  /** What an empty field means, where the default is not a value: `No limit`. */
  readonly placeholder?: string | undefined;
}

type Schema = Readonly<Record<string, unknown>>;

const longWidgets = new Set(['template', 'text', 'code']);
const jsonWidgets = new Set(['json', 'json-template', 'schema', 'filter']);

/**
 * Reads the settings of a node type, in schema order. A setting that the form does not support is edited as JSON, so every setting is
 * available. `defaults` are the defaults of the node type.
 */
export function schemaFields(config: Schema, defaults: Schema = {}): readonly SchemaField[] {
  const root = config;
  const { required: named, properties } = resolve(config, root);
  const required = Array.isArray(named) ? named : [];
  return Object.entries(isSchema(properties) ? properties : {}).flatMap(([name, schema]) =>
    isSchema(schema)
      ? [
          withStandard(
            fieldOf(name, schema, root, required.includes(name)),
            required.length === 0 ? defaults[name] : undefined,
          ),
        ]
      : [],
  );
}

/** Takes a default from the node type if the schema cannot express it, for example because a transform sets it. */
function withStandard(field: SchemaField, standard: unknown): SchemaField {
  return field.standard === undefined && standard !== undefined ? { ...field, standard } : field;
}

function fieldOf(name: string, written: Schema, root: Schema, isRequired: boolean): SchemaField {
  const schema = resolve(written, root);
  const base: FieldBase = {
    name,
    title: text(schema['title']) ?? name,
    help: text(schema['description']),
    widget: text(schema['widget']),
    modelKind: text(schema['modelKind']),
    isRequired,
    isBasic: schema['basic'] === true ? true : undefined,
    standard: schema['default'],
    placeholder: text(schema['placeholder']),
    ...onlyForOf(schema['onlyFor']),
  };
  if (jsonWidgets.has(base.widget ?? '')) return json(base);
  if (Array.isArray(schema['enum']))
    return { ...base, kind: 'choice', options: options(schema['enum'], schema['labels'], schema['samples']) };
  switch (schema['type']) {
    case 'string':
      return {
        ...base,
        kind: 'text',
        isLong: longWidgets.has(base.widget ?? '') && schema['rows'] !== 1,
        maxLength: number(schema['maxLength']),
        isName: schema['pattern'] === undefined ? undefined : true,
      };
    case 'number':
    case 'integer':
      return {
        ...base,
        kind: 'number',
        isWhole: schema['type'] === 'integer',
        least: number(schema['minimum']),
        most: number(schema['maximum']),
      };
    case 'boolean':
      return { ...base, kind: 'boolean' };
    case 'array':
      return isSchema(schema['items'])
        ? { ...base, kind: 'list', item: fieldOf('', schema['items'], root, true), most: number(schema['maxItems']) }
        : json(base);
    case 'object': {
      if (!isSchema(schema['properties']))
        return isSchema(schema['additionalProperties']) && schema['additionalProperties']['type'] === 'string'
          ? { ...base, kind: 'pairs' }
          : json(base);
      const required = Array.isArray(schema['required']) ? schema['required'] : [];
      const fields = Object.entries(schema['properties']).flatMap(([key, inner]) =>
        isSchema(inner) ? [fieldOf(key, inner, root, required.includes(key))] : [],
      );
      return { ...base, kind: 'record', fields };
    }
    default:
      return json(base);
  }
}

/** From `onlyFor: { use: ['search'] }`: one setting and its values. */
function onlyForOf(written: unknown): Pick<FieldBase, 'onlyFor'> {
  const [entry] = isSchema(written) ? Object.entries(written) : [];
  return entry !== undefined && Array.isArray(entry[1]) ? { onlyFor: { field: entry[0], values: entry[1] } } : {};
}

/** Whether a setting applies, given the other values of its record. */
export function isInUse(
  field: SchemaField,
  record: Readonly<Record<string, unknown>>,
  fields: readonly SchemaField[],
): boolean {
  if (field.onlyFor === undefined) return true;
  const { field: other, values } = field.onlyFor;
  return values.includes(record[other] ?? fields.find(({ name }) => name === other)?.standard);
}

function json(base: FieldBase): SchemaField {
  return { ...base, kind: 'json', isTemplate: base.widget === 'json-template' };
}

/** Resolves `$ref` from `$defs`; siblings of the reference apply too. */
function resolve(schema: Schema, root: Schema): Schema {
  const reference = text(schema['$ref'])?.replace('#/$defs/', '');
  const definitions = root['$defs'];
  if (reference === undefined || !isSchema(definitions)) return schema;
  const target = definitions[reference];
  return isSchema(target) ? { ...target, ...schema } : schema;
}

function options(values: readonly unknown[], labels: unknown, samples: unknown): readonly FieldOption[] {
  const of = (texts: unknown, value: string): string | undefined => (isSchema(texts) ? text(texts[value]) : undefined);
  return values
    .filter((value) => typeof value === 'string')
    .map((value) => ({ value, label: of(labels, value) ?? value, example: of(samples, value) }));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The value of a new list item. */
export function emptyValue(field: SchemaField): unknown {
  if (field.standard !== undefined) return field.standard;
  switch (field.kind) {
    case 'text':
      return '';
    case 'number':
      return field.least ?? 0;
    case 'boolean':
      return false;
    case 'choice':
      return field.options[0]?.value ?? '';
    case 'list':
      return [];
    case 'record':
      return Object.fromEntries(
        field.fields
          .filter((inner) => inner.isRequired || inner.standard !== undefined)
          .map((inner) => [inner.name, emptyValue(inner)]),
      );
    case 'json':
      return null;
    case 'pairs':
      return {};
  }
}
