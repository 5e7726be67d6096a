import { toErrorValue } from '../errors/heddle-error.js';
import { jsonSchemaOf } from '../node/describe-node.js';
import type { NodeDefinition } from '../node/node-definition.js';
import type { Port, Ports } from '../types/port.js';
import { portTypeNames } from '../types/port-type.js';
import { forbiddenNames, isPlainObject } from '../values/json/json.js';
import { parseConfig, portsOf, runNode } from './run-node.js';
import { checkEqual } from './suite.js';

/** A problem of a node definition. */
export interface NodeProblem {
  /** The location: `type`, `config.model`, `inputs.text`, `example`, … */
  readonly path: string;
  readonly message: string;
}

const typePattern = /^[a-z][a-z0-9]*(?:[-./:][a-z0-9]+)*$/;
const portPattern = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/**
 * Runs the checks of `heddle node test`: names, titles, defaults, ports and the example. The example is executed only if the node has no
 * effects outside itself. Returns an empty list if there are no problems.
 */
export async function checkNode(definition: NodeDefinition): Promise<readonly NodeProblem[]> {
  const problems: NodeProblem[] = [];
  const report = (where: string, message: string): void => void problems.push({ path: where, message });
  if (!typePattern.test(definition.type))
    report(
      'type',
      `'${definition.type}' is not a valid node type: use lower-case words, such as 'word-count' or 'acme/word-count'.`,
    );
  if (!Number.isInteger(definition.version) || definition.version < 1)
    report('version', 'The version must be a whole number from 1.');
  for (const field of ['title', 'summary', 'help', 'icon'] as const) {
    if ((definition[field] ?? '').trim() === '') report(field, `The node has no ${field}.`);
  }
  for (const keyword of definition.keywords ?? [])
    if (keyword !== keyword.trim().toLowerCase() || keyword === '')
      report('keywords', `Write the keyword '${keyword}' in lower case, without spaces around it.`);
  const schema = jsonSchemaOf(definition.config);
  checkTitles(schema, 'config', report);
  if (definition.headline !== undefined && !hasField(schema, definition.headline.split('.')))
    report('headline', `Config field '${definition.headline}' does not exist.`);
  const defaults = definition.config.safeParse({});
  if (!defaults.success)
    report(
      'config',
      `The default config is not valid: ${defaults.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}. Give each field a default.`,
    );
  else checkPorts(definition, defaults.data, report);
  if (definition.example === undefined) report('example', 'The node has no example.');
  else await checkExample(definition, report);
  return problems;
}

type Report = (where: string, message: string) => void;

async function checkExample(definition: NodeDefinition, report: Report): Promise<void> {
  const { config, inputs = {}, outputs } = definition.example ?? { config: {} };
  try {
    checkPorts(definition, parseConfig(definition, config), report);
    if (definition.effects.length > 0 || definition.references !== undefined) return;
    const run = await runNode(definition, { config, inputs });
    if (outputs !== undefined) checkEqual(run.outputs, outputs, 'The example returns other outputs than it lists');
  } catch (error) {
    report('example', toErrorValue(error).message);
  }
}

function checkTitles(schema: unknown, where: string, report: Report): void {
  if (!isPlainObject(schema)) return;
  if (isPlainObject(schema['properties'])) {
    for (const [name, field] of Object.entries(schema['properties'])) {
      const isConstant = isPlainObject(field) && 'const' in field;
      if (!isConstant && !(isPlainObject(field) && typeof field['title'] === 'string' && field['title'] !== ''))
        report(`${where}.${name}`, 'The field has no title: add .meta({ title }).');
      checkTitles(field, `${where}.${name}`, report);
    }
  }
  checkTitles(schema['items'], where, report);
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const variants = schema[key];
    if (Array.isArray(variants)) for (const variant of variants) checkTitles(variant, where, report);
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

function checkPort(where: string, name: string, port: Port, inputs: Ports, report: Report): void {
  if (!portPattern.test(name) || forbiddenNames.has(name))
    report(where, `'${name}' is not allowed as a port name: use letters, digits, - and _.`);
  if (name === 'error') report(where, "'error' is the name of the error port: choose another name.");
  if (!portTypeNames.includes(port.type)) report(where, `'${port.type}' is not a port type.`);
  if (port.sameAs !== undefined && !Object.hasOwn(inputs, port.sameAs))
    report(where, `sameAs refers to '${port.sameAs}', which is not an input.`);
}
