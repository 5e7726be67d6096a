import { toErrorValue } from '../errors/heddle-error.js';
import { jsonSchemaOf } from '../node/describe-node.js';
import type { NodeDefinition } from '../node/node-definition.js';
import type { Port, Ports } from '../types/port.js';
import { portTypeNames } from '../types/port-type.js';
import { forbiddenNames, isPlainObject } from '../values/json.js';
import { parseConfig, portsOf, runNode } from './run-node.js';
import { checkEqual } from './suite.js';

/** Something that a node definition must mend before people can use it. */
export interface NodeProblem {
  /** Where: `type`, `config.model`, `inputs.text`, `example`, … */
  readonly place: string;
  readonly message: string;
}

const typePattern = /^[a-z][a-z0-9]*(?:[-./:][a-z0-9]+)*$/;
const portPattern = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/**
 * The checks of `heddle node test`: names, titles, defaults, ports, and the example, which is run where the node touches
 * nothing outside itself. An empty list means that the node is sound.
 */
export async function checkNode(definition: NodeDefinition): Promise<readonly NodeProblem[]> {
  const problems: NodeProblem[] = [];
  const report = (place: string, message: string): void => void problems.push({ place, message });
  if (!typePattern.test(definition.type))
    report(
      'type',
      `'${definition.type}' is no node type: use lower-case words, such as 'word-count' or 'acme/word-count'.`,
    );
  if (!Number.isInteger(definition.version) || definition.version < 1)
    report('version', 'The version is a whole number from 1.');
  for (const field of ['title', 'summary', 'help', 'icon'] as const) {
    if ((definition[field] ?? '').trim() === '') report(field, `The node has no ${field}.`);
  }
  const schema = jsonSchemaOf(definition.config);
  checkTitles(schema, 'config', report);
  if (definition.headline !== undefined && !hasField(schema, definition.headline.split('.')))
    report('headline', `There is no config field '${definition.headline}'.`);
  const defaults = definition.config.safeParse({});
  if (!defaults.success)
    report(
      'config',
      `A new node does not work: ${defaults.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}. Give each field a default.`,
    );
  else checkPorts(definition, defaults.data, report);
  if (definition.example === undefined) report('example', 'The node has no example.');
  else await checkExample(definition, report);
  return problems;
}

type Report = (place: string, message: string) => void;

async function checkExample(definition: NodeDefinition, report: Report): Promise<void> {
  const { config, inputs = {}, outputs } = definition.example ?? { config: {} };
  try {
    checkPorts(definition, parseConfig(definition, config), report);
    if (definition.effects.length > 0 || definition.references !== undefined) return;
    const run = await runNode(definition, { config, inputs });
    if (outputs !== undefined) checkEqual(run.outputs, outputs, 'The example gives other outputs than it says');
  } catch (error) {
    report('example', toErrorValue(error).message);
  }
}

function checkTitles(schema: unknown, place: string, report: Report): void {
  if (!isPlainObject(schema)) return;
  if (isPlainObject(schema['properties'])) {
    for (const [name, field] of Object.entries(schema['properties'])) {
      const isConstant = isPlainObject(field) && 'const' in field;
      if (!isConstant && !(isPlainObject(field) && typeof field['title'] === 'string' && field['title'] !== ''))
        report(`${place}.${name}`, 'The field has no title: add .meta({ title }).');
      checkTitles(field, `${place}.${name}`, report);
    }
  }
  checkTitles(schema['items'], place, report);
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const variants = schema[key];
    if (Array.isArray(variants)) for (const variant of variants) checkTitles(variant, place, report);
  }
}

function hasField(schema: unknown, path: readonly string[]): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  if (!isPlainObject(schema)) return false;
  const next = /^\d+$/.test(first)
    ? schema['items']
    : isPlainObject(schema['properties'])
      ? schema['properties'][first]
      : undefined;
  return next !== undefined && hasField(next, rest);
}

function checkPorts(definition: NodeDefinition, config: unknown, report: Report): void {
  const { inputs, outputs } = portsOf(definition, config);
  for (const [side, ports] of [
    ['inputs', inputs],
    ['outputs', outputs],
  ] as const) {
    for (const [name, port] of Object.entries(ports)) checkPort(`${side}.${name}`, name, port, inputs, report);
  }
}

function checkPort(place: string, name: string, port: Port, inputs: Ports, report: Report): void {
  if (!portPattern.test(name) || forbiddenNames.has(name))
    report(place, `'${name}' cannot be a port's name: use letters, digits, - and _.`);
  if (name === 'error') report(place, "'error' is the name of the port that carries failures: choose another one.");
  if (!portTypeNames.includes(port.type)) report(place, `'${port.type}' is no port type.`);
  if (port.sameAs !== undefined && !Object.hasOwn(inputs, port.sameAs))
    report(place, `sameAs names '${port.sameAs}', which is no input.`);
}
