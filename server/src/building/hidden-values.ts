import {
  isAtMost,
  isPlainObject,
  labelOf,
  joinLabels,
  publicLabel,
  referencesOfNode,
  withoutUndefined,
  type DocumentNode,
  type InnerWorkflow,
  type LabelLevel,
  type NodeCatalog,
  type WorkflowDocument,
} from '@heddle/core';
import { patternDetectors } from '@heddle/nodes';

export interface Sight {
  readonly clearance: LabelLevel;
  readonly catalog: NodeCatalog;
}

/** The texts that replace hidden values. */
const hiddenKey = '[hidden: a key or a password]';
const hiddenText = '[hidden: above your clearance]';

/** Names of fields and headers whose values count as secrets. */
const secretName =
  /(?:^|[-_.\s])(?:authorization|cookie|api[-_ ]?key|(?:access|auth|refresh|bearer)[-_ ]?token|token|secret|password|passwd|pwd|credentials?)$/i;
const camelSecretName = /(?:apiKey|accessToken|authToken|clientSecret|password)$/;
/** A reference to a stored secret, which contains its name and not its value. */
const placeholder = /\{secret:[^}]{1,200}\}/g;
/** A text that consists only of variables and references to stored secrets. */
const onlyPlaceholders = /^(?:\s|Bearer|Basic|Token|\{\{[^}]{0,200}\}\}|\{secret:[^}]{1,200}\})*$/i;

/** A document as a builder sees it: without keys, values above the clearance, and the layout. */
export function shownDocument(document: WorkflowDocument, sight: Sight): WorkflowDocument {
  const { layout: _layout, workflows, name, description, ...rest } = document;
  return {
    ...rest,
    name: withoutKeys(name),
    ...shownGraph(document, sight),
    ...withoutUndefined({
      description: maybeWithoutKeys(description),
      workflows:
        workflows &&
        Object.fromEntries(Object.entries(workflows).map(([inner, graph]) => [inner, shownInner(graph, sight)])),
    }),
  };
}

function shownInner({ title, ...graph }: InnerWorkflow, sight: Sight): InnerWorkflow {
  return { ...withoutUndefined({ title: maybeWithoutKeys(title) }), ...shownGraph(graph, sight) };
}

function shownGraph({ nodes, edges }: Pick<InnerWorkflow, 'nodes' | 'edges'>, sight: Sight) {
  return { nodes: Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, shownNode(node, sight)])), edges };
}

function shownNode(node: DocumentNode, sight: Sight): DocumentNode {
  const title = maybeWithoutKeys(node.title);
  return { ...node, ...withoutUndefined({ title }), config: shownConfig(node, sight) };
}

/**
 * Why this builder may not change the settings of a node; undefined if they may. A change could move hidden values to a position where they
 * can be read.
 */
export function lockOf(node: DocumentNode, sight: Sight): string | undefined {
  const shown = shownConfig(node, sight);
  return JSON.stringify(shown) === JSON.stringify(node.config)
    ? undefined
    : 'it has a key, or values above your clearance.';
}

function shownConfig(node: DocumentNode, sight: Sight): Record<string, unknown> {
  const { config } = node;
  const kept = new Set(referencesOfNode(node, sight.catalog).map(({ field }) => field));
  const isAbove = !isAtMost(levelOf(node, sight.catalog), sight.clearance);
  if (node.type === 'input' && Array.isArray(config['fields']))
    return { ...config, fields: config['fields'].map((field: unknown) => shownField(field, sight)) };
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, shownValue(value, name, { path: name, kept, isAbove })]),
  );
}

/** A field of an `input` node keeps its name and type, because its schema is no secret. Its default and its options are values. */
function shownField(field: unknown, { clearance }: Sight): unknown {
  if (!isPlainObject(field)) return field;
  const level = field['label'];
  const isAbove = typeof level === 'string' && isLevel(level) && !isAtMost(level, clearance);
  const plain = { path: '', kept: new Set<string>(), isAbove: false };
  return Object.fromEntries(
    Object.entries(field).map(([name, value]) => [
      name,
      shownValue(value, name, { ...plain, isAbove: isAbove && (name === 'default' || name === 'options') }),
    ]),
  );
}

const isLevel = (text: string): text is LabelLevel => /^(?:public|internal|confidential|restricted)$/.test(text);

/** The label of the values that the node itself contains. */
function levelOf({ type, label, config }: DocumentNode, catalog: NodeCatalog): LabelLevel {
  const definition = catalog.get(type);
  const parsed = definition?.labelOf === undefined ? undefined : definition.config.safeParse(config);
  const own = parsed?.success === true ? definition?.labelOf?.(parsed.data) : undefined;
  return [label, own].reduce(
    (joined, level) => (level === undefined ? joined : joinLabels(joined, labelOf(level))),
    publicLabel,
  ).level;
}

interface Position {
  readonly path: string;
  /** Fields with references, such as a collection, a model or a stored secret. Names are not hidden. */
  readonly kept: ReadonlySet<string>;
  readonly isAbove: boolean;
}

function shownValue(value: unknown, name: string, position: Position): unknown {
  const { path, kept, isAbove } = position;
  if (kept.has(path)) return value;
  if (typeof value === 'string') {
    if (isAbove) return value === '' ? value : hiddenText;
    return isSecretName(name) && !onlyPlaceholders.test(value) ? hiddenKey : withoutKeys(value);
  }
  if (typeof value === 'number') return isAbove ? 0 : value;
  if (Array.isArray(value))
    return value.map((entry: unknown, index) => shownValue(entry, name, { ...position, path: `${path}.${index}` }));
  if (!isPlainObject(value)) return value;
  // In a header or variable, `name` decides whether `value` is a secret.
  const own = typeof value['name'] === 'string' ? value['name'] : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      withoutKeys(key),
      shownValue(entry, key === 'value' && own !== undefined ? own : key, { ...position, path: `${path}.${key}` }),
    ]),
  );
}

const isSecretName = (name: string): boolean => secretName.test(name) || camelSecretName.test(name);

const maybeWithoutKeys = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : withoutKeys(text);

/** Replaces keys and passwords in a text. */
export function withoutKeys(text: string): string {
  // The name of a stored secret is not a secret itself.
  const searched = text.replace(placeholder, (found) => ' '.repeat(found.length));
  const findings = patternDetectors.KEY.find(searched).toSorted((a, b) => b.start - a.start);
  let shown = text;
  let before = Infinity;
  for (const { start, end } of findings) {
    if (start >= before) continue;
    shown = shown.slice(0, start) + hiddenKey + shown.slice(Math.min(end, before));
    before = start;
  }
  return shown;
}
