import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';
import { schemasOfClient } from './client-types.mjs';

export const pythonTypesFile = join(root, 'client/python/heddle_client/_types.py');

const head = `"""Written by npm run generate from /api/openapi.json."""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict, Union
`;

/** Generates the types of the Python client from the OpenAPI document of a server, with a TypedDict for each object. */
export function pythonTypes(document) {
  const { schemas } = schemasOfClient(document);
  const types = Object.keys(schemas)
    .sort()
    .map((name) => definitionOf(name, schemas[name]));
  return `${head}${types.join('')}`;
}

function definitionOf(name, schema) {
  if (schema.type !== 'object' || schema.properties === undefined) return `\n${name} = ${typeOf(schema, true)}\n`;
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties).map(([member, type]) => [member, typeOf(type, false)]);
  const needed = members.filter(([member]) => required.has(member));
  const optional = members.filter(([member]) => !required.has(member));
  const base = needed.length > 0 && optional.length > 0 ? classOf(`_${name}`, 'TypedDict', needed) : '';
  if (base !== '') return `${base}${classOf(name, `_${name}, total=False`, optional)}`;
  return classOf(name, optional.length > 0 ? 'TypedDict, total=False' : 'TypedDict', members);
}

const classOf = (name, base, members) =>
  `\n\nclass ${name}(${base}):\n${members.map(([member, type]) => `    ${member}: ${type}\n`).join('')}`;

/** Writes a type in Python. Outside of class members (`isNow`), Python evaluates a reference at once, so it is quoted. */
function typeOf(schema, isNow) {
  if (schema.$ref !== undefined) return isNow ? `"${nameOf(schema.$ref)}"` : nameOf(schema.$ref);
  if (schema.const !== undefined) return `Literal[${JSON.stringify(schema.const)}]`;
  if (schema.enum !== undefined) return `Literal[${schema.enum.map((value) => JSON.stringify(value)).join(', ')}]`;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return `Union[${choices.map((choice) => typeOf(choice, isNow)).join(', ')}]`;
  switch (schema.type) {
    case 'string':
      return 'str';
    case 'integer':
      return 'int';
    case 'number':
      return 'float';
    case 'boolean':
      return 'bool';
    case 'array':
      return `List[${typeOf(schema.items ?? {}, isNow)}]`;
    case 'object':
      return 'Dict[str, Any]';
    default:
      return 'Any';
  }
}

const nameOf = (reference) => reference.split('/').at(-1);
