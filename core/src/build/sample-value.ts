import type { PortDescription } from '../node/describe-node.js';
import { isPlainObject } from '../values/json/json.js';

/** Most levels of a schema that a sample follows. */
const deepest = 6;

/**
 * Creates a made-up value that fits a port, for a value that a program must not see or that does not exist yet.
 *
 * @example sampleOf({ name: 'question', type: 'Text', isOptional: false, mode: 'one' }) // 'Sample question'
 */
export function sampleOf(port: Pick<PortDescription, 'name' | 'type' | 'schema'>): unknown {
  if (port.type.endsWith('[]')) return [sampleOfType(port.type.slice(0, -2), port.name)];
  if (port.schema !== undefined && port.type !== 'File' && port.type !== 'Image') {
    const made = sampleOfSchema(port.schema, port.name, 0);
    if (made !== undefined) return made;
  }
  return sampleOfType(port.type, port.name);
}

function sampleOfType(type: string, name: string): unknown {
  switch (type) {
    case 'Text':
      return `Sample ${name}`;
    case 'Number':
      return 1;
    case 'Boolean':
      return true;
    case 'Messages':
      return [{ role: 'user', content: `Sample ${name}` }];
    case 'Passages':
      return [{ id: 'sample-1', document: 'sample.md', text: `Sample passage for ${name}.`, score: 0.5, metadata: {} }];
    case 'Vector':
      return [0, 0, 0];
    default:
      return { sample: name };
  }
}

function sampleOfSchema(schema: unknown, name: string, depth: number): unknown {
  if (!isPlainObject(schema) || depth > deepest) return undefined;
  if (schema['const'] !== undefined) return schema['const'];
  const choices = schema['enum'];
  if (Array.isArray(choices) && choices.length > 0) return choices[0] as unknown;
  const options = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(options) && options.length > 0) return sampleOfSchema(options[0], name, depth + 1);
  switch (schema['type']) {
    case 'string':
      return cut(`Sample ${name}`, schema['maxLength']);
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return true;
    case 'array': {
      const item = sampleOfSchema(schema['items'], name, depth + 1);
      return item === undefined ? [] : [item];
    }
    case 'object': {
      const { properties } = schema;
      if (!isPlainObject(properties)) return {};
      return Object.fromEntries(
        Object.entries(properties).flatMap(([key, of]) => {
          const value = sampleOfSchema(of, key, depth + 1);
          return value === undefined ? [] : [[key, value]];
        }),
      );
    }
    default:
      return undefined;
  }
}

const cut = (text: string, most: unknown): string =>
  typeof most === 'number' ? text.slice(0, Math.max(1, most)) : text;
