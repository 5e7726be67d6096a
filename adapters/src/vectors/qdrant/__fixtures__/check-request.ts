import { description, type Schema } from './recorded.js';

/** What is wrong with a request by the server's own description; empty where nothing is. */
export function checkRequest(method: string, url: string, body: unknown): readonly string[] {
  const { pathname, searchParams } = new URL(url, 'http://stand-in');
  // The most literal path wins: /collections/aliases before /collections/{collection_name}.
  const path = Object.keys(description.paths)
    .filter((template) => matches(template, pathname))
    .sort((a, b) => a.split('{').length - b.split('{').length)[0];
  const operation = path === undefined ? undefined : description.paths[path]?.[method.toLowerCase()];
  if (operation === undefined) return [`${method} ${pathname}: the description has no such operation`];
  const known = new Set(
    (operation.parameters ?? []).filter((parameter) => parameter.in === 'query').map(({ name }) => name),
  );
  const strangers = [...searchParams.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `${method} ${path}: no query parameter '${name}'`);
  const schema = operation.requestBody?.content['application/json']?.schema;
  const issues = schema === undefined ? [] : validate(schema, body, 'body');
  return [...strangers, ...issues.map((issue) => `${method} ${path}: ${issue}`)];
}

function matches(template: string, pathname: string): boolean {
  const [wanted, given] = [template.split('/'), pathname.split('/')];
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith('{') || part === given[index]);
}

/** Issues of a value by a schema. Objects with named properties take no others, so that a misspelt one is found. */
function validate(schema: Schema, value: unknown, at: string): readonly string[] {
  if (schema.$ref !== undefined) {
    const target = description.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
    return target === undefined ? [`${at}: unknown ${schema.$ref}`] : validate(target, value, at);
  }
  if (value === null && schema.nullable === true) return [];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    const results = choices.map((choice) => validate(choice, value, at));
    return results.some((issues) => issues.length === 0)
      ? []
      : [`${at}: fits none of ${choices.length} forms (${results.map((issues) => issues[0]).join(' | ')})`];
  }
  if (schema.allOf !== undefined) return schema.allOf.flatMap((part) => validate(part, value, at));
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${at}: ${JSON.stringify(value)} is none of ${schema.enum.join(', ')}`];
  if (schema.type === undefined) return schema.nullable === true ? [`${at}: is not null`] : [];
  return validateType(schema, value, at);
}

function validateType(schema: Schema, value: unknown, at: string): readonly string[] {
  switch (schema.type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? validateObject(schema, value as Record<string, unknown>, at)
        : [`${at}: is no object`];
    case 'array':
      if (!Array.isArray(value)) return [`${at}: is no list`];
      if (value.length < (schema.minItems ?? 0)) return [`${at}: is too short`];
      return value.flatMap((item, index) => validate(schema.items ?? {}, item, `${at}[${index}]`));
    case 'string':
      if (typeof value !== 'string' || value.length < (schema.minLength ?? 0)) return [`${at}: is no text`];
      return schema.format === 'uuid' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)
        ? [`${at}: is no UUID`]
        : [];
    case 'integer':
    case 'number':
      if (typeof value !== 'number' || (schema.type === 'integer' && !Number.isInteger(value)))
        return [`${at}: is no ${schema.type}`];
      return value < (schema.minimum ?? (schema.format?.startsWith('uint') === true ? 0 : -Infinity))
        ? [`${at}: is too small`]
        : [];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at}: is no boolean`];
    default:
      return [`${at}: unknown type ${String(schema.type)}`];
  }
}

function validateObject(schema: Schema, value: Record<string, unknown>, at: string): readonly string[] {
  const missing = (schema.required ?? [])
    .filter((key) => value[key] === undefined)
    .map((key) => `${at}.${key}: is missing`);
  const inside = Object.entries(value).flatMap(([key, item]) => {
    const property = schema.properties?.[key];
    if (property !== undefined) return validate(property, item, `${at}.${key}`);
    if (typeof schema.additionalProperties === 'object')
      return validate(schema.additionalProperties, item, `${at}.${key}`);
    return schema.properties === undefined || schema.additionalProperties === true
      ? []
      : [`${at}.${key}: is not known`];
  });
  return [...missing, ...inside];
}
