import type { z } from 'zod';
import { HeddleError } from '../errors/heddle-error.js';
import { sizeWithin, type ValueSize } from '../values/size-within.js';
import { isPlainObject } from '../values/json/json.js';
import type { Steps } from '../values/steps.js';
import { withoutUndefined } from '../values/without-undefined.js';
import {
  DocumentEdge,
  DocumentNode,
  Layout,
  LayoutGroup,
  LayoutNote,
  mostEdges,
  mostNodes,
  Point,
  type InnerWorkflow,
} from './workflow-document.js';

/** An issue and its location in the document. */
interface Problem {
  readonly field: string;
  readonly message: string;
}

/** Maximum size of one node, note, frame or edge. */
const mostOfOne: ValueSize = { values: 10_000, characters: 2_000_000 };
const mostOfEdge: ValueSize = { values: 100, characters: 2_000 };
const any: ValueSize = { values: Infinity, characters: Infinity };

/** Values and characters to check between two pauses. */
const stretch: ValueSize = { values: 2_000, characters: 500_000 };

/** Maximum number of notes and frames. */
const mostMarks = 2_000;

/** Maximum number of reported issues, and maximum characters of a message. */
const mostProblems = 20;
const maxTextLength = 500;

/** Reads the graphs of a document in steps, so that a large document never blocks for long. */
export class GraphReader {
  private readonly problems: Problem[] = [];
  private readonly isStored: boolean;
  private nodes = 0;
  private edges = 0;
  private marks = 0;
  /** Values checked since the last pause. */
  private values = 0;
  private characters = 0;

  /** @param isStored a stored document is read at any size; size limits apply only to documents from outside */
  constructor(isStored: boolean) {
    this.isStored = isStored;
  }

  /** Returns the valid parts of a graph. A field that is neither a list nor an object is left to its schema. */
  *read(
    graph: Readonly<Record<string, unknown>>,
    path: string,
  ): Steps<Pick<InnerWorkflow, 'nodes' | 'edges' | 'layout'>> {
    const layout = isPlainObject(graph['layout']) ? graph['layout'] : undefined;
    return withoutUndefined({
      nodes: yield* this.members(graph['nodes'], DocumentNode, `${path}nodes`, () => this.countNode()),
      edges: yield* this.items(graph['edges'], DocumentEdge, `${path}edges`, mostOfEdge, () => this.countEdge()),
      layout: layout === undefined ? undefined : yield* this.layout(layout, `${path}layout.`),
    });
  }

  /** Errors: `document_unreadable` with every issue. */
  throwProblems(): void {
    if (this.problems.length > 0) throw unreadable(this.problems);
  }

  /** Errors: `document_unreadable` at the first unknown field. */
  refuseUnknown(value: Readonly<Record<string, unknown>>, shape: object, path: string): void {
    for (const name in value) {
      if (Object.hasOwn(shape, name)) continue;
      this.report(path, `Unknown field '${name.slice(0, 100)}': leave it out`);
      this.throwProblems();
    }
  }

  /** Reports the issues of a schema; returns the value if there are none. */
  check<Schema extends z.ZodType>(
    schema: Schema,
    value: unknown,
    field: string,
    most = mostOfOne,
  ): z.output<Schema> | undefined {
    const size = sizeWithin(value, this.isStored ? any : most);
    if (size === undefined) {
      this.report(field, tooLarge(most));
      return undefined;
    }
    this.values += size.values + 10;
    this.characters += size.characters;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues)
      this.report([...(field === '' ? [] : [field]), ...path].join('.'), message);
    return undefined;
  }

  /** Reports an issue; at the maximum number it throws. */
  private report(field: string, message: string): void {
    this.problems.push({ field: field.slice(0, maxTextLength), message: message.slice(0, maxTextLength) });
    if (this.problems.length >= mostProblems) this.throwProblems();
  }

  private *layout(layout: Readonly<Record<string, unknown>>, path: string): Steps<Layout> {
    this.refuseUnknown(layout, Layout.shape, path.slice(0, -1));
    return {
      nodes: yield* this.members(layout['nodes'], Point, `${path}nodes`),
      notes: yield* this.items(layout['notes'], LayoutNote, `${path}notes`, mostOfOne, () => this.countMark()),
      groups: yield* this.items(layout['groups'], LayoutGroup, `${path}groups`, mostOfOne, () => this.countMark()),
    };
  }

  private *members<Schema extends z.ZodType>(
    given: unknown,
    schema: Schema,
    path: string,
    count?: () => void,
  ): Steps<Record<string, z.output<Schema>>> {
    // Keys that a user chooses must not reach a prototype.
    const read = Object.create(null) as Record<string, z.output<Schema>>; // a null-prototype object has no other type
    if (!isPlainObject(given)) return read;
    for (const name in given) {
      count?.();
      const part = this.check(schema, given[name], `${path}.${name}`);
      if (part !== undefined) read[name] = part;
      yield* this.pause();
    }
    return read;
  }

  private *items<Schema extends z.ZodType>(
    given: unknown,
    schema: Schema,
    path: string,
    most?: ValueSize,
    count?: () => void,
  ): Steps<z.output<Schema>[]> {
    const read: z.output<Schema>[] = [];
    if (!Array.isArray(given)) return read;
    for (const [index, item] of given.entries()) {
      count?.();
      const part = this.check(schema, item, `${path}.${index}`, most);
      if (part !== undefined) read.push(part);
      yield* this.pause();
    }
    return read;
  }

  /** Pauses after enough work. */
  *pause(): Steps<void> {
    if (this.values < stretch.values && this.characters < stretch.characters) return;
    this.values = 0;
    this.characters = 0;
    yield;
  }

  private countNode(): void {
    this.nodes += 1;
    if (this.nodes <= mostNodes || this.isStored) return;
    this.report('nodes', `Use at most ${mostNodes} nodes, including nested workflows: split the workflow`);
    this.throwProblems();
  }

  private countMark(): void {
    this.marks += 1;
    if (this.marks <= mostMarks || this.isStored) return;
    this.report('layout', `Use at most ${mostMarks} notes and frames, including nested workflows`);
    this.throwProblems();
  }

  private countEdge(): void {
    this.edges += 1;
    if (this.edges <= mostEdges || this.isStored) return;
    this.report('edges', `Use at most ${mostEdges} edges, including nested workflows: split the workflow`);
    this.throwProblems();
  }
}

function tooLarge({ values, characters }: ValueSize): string {
  const most = `${values.toLocaleString('en')} values and ${characters.toLocaleString('en')} characters`;
  return `This part may have at most ${most}: move large texts and tables to files or collections`;
}

function unreadable(issues: readonly Problem[]): HeddleError {
  const [first] = issues;
  const location = first === undefined || first.field === '' ? 'at the top level' : `at ${first.field}`;
  const more =
    issues.length > 1 ? ` (and ${issues.length < mostProblems ? '' : 'at least '}${issues.length - 1} more)` : '';
  return new HeddleError(
    'document_unreadable',
    `The workflow document is not valid ${location}: ${first?.message ?? 'unknown'}${more}.`,
    { details: { issues } },
  );
}
