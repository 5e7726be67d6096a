import type { DocumentNode, InnerWorkflow, WorkflowDocument } from '../../document/workflow-document.js';
import type { NodeCatalog } from '../../node/catalog.js';
import type { PromptFields } from '../../node/node-definition.js';
import { PromptContent, variablesOfPrompt } from './prompt-content.js';
import { promptReferenceText, type PromptReference } from './prompt-reference.js';

/** The prompt version that a reference resolves to. */
interface FoundPrompt {
  readonly version: number;
  readonly hash: string;
  readonly content: PromptContent;
}

/** Resolves a reference to a prompt version; undefined if there is none. */
export type FindPrompt = (reference: PromptReference) => FoundPrompt | undefined;

interface PromptProblem {
  readonly code: 'reference-missing' | 'config-invalid';
  readonly field: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly fix: string;
}

/** A node whose fields contain the texts of their prompts. */
interface FilledNode {
  readonly node: DocumentNode;
  readonly problems: readonly PromptProblem[];
}

/**
 * Writes the texts of prompts into the fields of a node, and version and hash into the references. If a reference has a hash but cannot be
 * resolved, its text is kept, because it came with an exported workflow. Without `find`, all texts stay as they are.
 */
export function fillPrompts(node: DocumentNode, fields: PromptFields = {}, find?: FindPrompt): FilledNode {
  const given = Object.entries(node.prompts ?? {});
  if (given.length === 0) return { node, problems: [] };
  const problems: PromptProblem[] = [];
  const prompts: Record<string, PromptReference> = {};
  let config = node.config;
  for (const [field, reference] of given) {
    prompts[field] = reference;
    const accepts = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (accepts === undefined) {
      problems.push({ code: 'config-invalid', field, severity: 'error', ...noField(field) });
      continue;
    }
    const found = find?.(reference);
    if (found === undefined) {
      if (find !== undefined) problems.push({ code: 'reference-missing', field, ...notFound(reference) });
      continue;
    }
    const problem = misfit(reference, found.content, accepts);
    if (problem !== undefined) problems.push({ code: 'config-invalid', field, severity: 'error', ...problem });
    else config = { ...config, ...settingsOf(field, found.content) };
    prompts[field] = { ...reference, version: found.version, hash: found.hash };
  }
  return { node: { ...node, config, prompts }, problems };
}

/** Returns a document in which the nodes contain the texts of their prompts; the same object if no node refers to a prompt. */
export function withPrompts(document: WorkflowDocument, catalog: NodeCatalog, find: FindPrompt): WorkflowDocument {
  const inner = Object.entries(document.workflows ?? {});
  if (![document, ...inner.map(([, graph]) => graph)].some(refersToPrompts)) return document;
  const filled = <Graph extends Pick<InnerWorkflow, 'nodes'>>(graph: Graph): Graph => ({
    ...graph,
    nodes: Object.fromEntries(
      Object.entries(graph.nodes).map(([id, node]) => [
        id,
        fillPrompts(node, catalog.get(node.type)?.prompts, find).node,
      ]),
    ),
  });
  if (document.workflows === undefined) return filled(document);
  return { ...filled(document), workflows: Object.fromEntries(inner.map(([name, graph]) => [name, filled(graph)])) };
}

const refersToPrompts = ({ nodes }: Pick<InnerWorkflow, 'nodes'>): boolean =>
  Object.values(nodes).some(({ prompts }) => prompts !== undefined);

/** A prompt reference in a document. */
export interface PromptLocation {
  /** The path of the node, such as `#name/id` in an inner workflow. */
  readonly node: string;
  readonly field: string;
  readonly reference: PromptReference;
  /** The prompts that the node's fields currently contain: the text, and also the chat if the node has examples. */
  readonly contents: readonly PromptContent[];
}

/** Returns all prompt references in a document. */
export function promptsOfDocument(document: WorkflowDocument): readonly PromptLocation[] {
  const inner = Object.entries(document.workflows ?? {}).map(([name, graph]) => [`#${name}/`, graph] as const);
  return [['', document] as const, ...inner].flatMap(([path, { nodes }]) =>
    Object.entries(nodes).flatMap(([id, { prompts = {}, config }]) =>
      Object.entries(prompts).map(([field, reference]) => ({
        node: `${path}${id}`,
        field,
        reference,
        contents: contentsOf(field, config),
      })),
    ),
  );
}

/** The node settings that a prompt sets. A chat also sets the system prompt and the examples. */
function settingsOf(field: string, content: PromptContent): Readonly<Record<string, unknown>> {
  if (content.kind === 'text') return { [field]: content.text };
  const [first] = content.messages;
  const hasSystem = first?.role === 'system';
  return {
    system: hasSystem ? first.content : '',
    examples: content.messages.slice(hasSystem ? 1 : 0, -1),
    [field]: content.messages.at(-1)?.content ?? '',
  };
}

/** The prompts that the fields could contain: the inverse of `settingsOf`. */
function contentsOf(field: string, config: Readonly<Record<string, unknown>>): readonly PromptContent[] {
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
  const text = textOf(config[field]);
  const system = textOf(config['system']);
  const { examples } = config;
  const alone = { kind: 'text', text } as const;
  if (!Array.isArray(examples)) return [alone];
  const list: readonly unknown[] = examples;
  const first = system === '' ? [] : [{ role: 'system', content: system }];
  const messages = [...first, ...list, { role: 'user', content: text }];
  const chat = PromptContent.safeParse({ kind: 'chat', messages });
  return chat.success ? [alone, chat.data] : [alone];
}

const noField = (field: string): Pick<PromptProblem, 'message' | 'fix'> => ({
  message: `The field '${field}' takes no prompt of the library.`,
  fix: `Remove '${field}' from the prompts of the node.`,
});

function notFound(reference: PromptReference): Omit<PromptProblem, 'code' | 'field'> {
  const name = promptReferenceText(reference);
  if (reference.hash !== undefined)
    return {
      severity: 'warning',
      message: `The prompt '${name}' is not in the library of this project: the node uses the text that came with the workflow.`,
      fix: 'Import the prompt (heddle prompts import), or detach the field from it.',
    };
  return {
    severity: 'error',
    message: `The prompt '${name}' is not in the library of this project.`,
    fix: 'Choose another prompt or label, create it on the Prompts page, or detach the field from it.',
  };
}

/** Explains why a prompt does not fit into a field. */
function misfit(
  reference: PromptReference,
  content: PromptContent,
  accepts: PromptFields[string],
): Pick<PromptProblem, 'message' | 'fix'> | undefined {
  const name = promptReferenceText(reference);
  if (content.kind === 'chat' && accepts !== 'chat')
    return {
      message: `The prompt '${name}' is a chat, and this field takes one text.`,
      fix: 'Use it in the field Template of a Prompt node, or choose a prompt that is a text.',
    };
  const names = accepts === 'text' ? variablesOfPrompt(content).map((variable) => variable.name) : [];
  if (names.length === 0) return undefined;
  return {
    message: `The prompt '${name}' has the variables ${names.slice(0, 10).join(', ')}, and this field takes none.`,
    fix: 'Use it in a Prompt node, which has an input for each variable, or choose a prompt without variables.',
  };
}
