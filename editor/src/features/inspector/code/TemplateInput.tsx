import clsx from 'clsx';
import { formatPath, isPlainObject, parsePath } from '@heddle/core';
import { useCallback, useEffect, useMemo, useRef, type DragEvent, type ReactElement } from 'react';
import { edit, connect } from '../../document/index.js';
import { CodeField } from '../../../ui/code/CodeField.js';
import type { CodeCommands, Completions } from '../../../ui/code/code-field.js';
import { innerPaths } from './inner-paths.js';
import { useNodeForm } from '../node-form.js';
import { templateCursor } from './template-cursor.js';
import { templateProblem, type TextProblem } from './template-problem.js';
import type { UpstreamValue } from './upstream-values.js';
import { valueDragType } from '../../executions/index.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';
import { useHandleDrop } from './use-handle-drop.js';
import { sampleOf, useUpstream } from './use-upstream.js';
import styles from '../inspector.module.css';

interface TemplateFieldProps {
  readonly value: string;
  readonly standard: string | undefined;
  readonly language: 'template' | 'json';
  readonly isReadOnly: boolean;
  readonly isInvalid: boolean;
  readonly isSingleLine: boolean;
  readonly labelledBy: string;
  readonly describedBy: string | undefined;
  readonly problemOf: (text: string) => TextProblem | undefined;
  readonly onChange: (value: string) => void;
}

/**
 * A field for a template. Values are offered after `{{`; they can also be inserted by a button or by dragging an output. Inserting a value
 * adds a missing edge.
 */
export function TemplateInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'text'> & InputShared): ReactElement {
  const standard = typeof field.standard === 'string' ? field.standard : undefined;
  return (
    <TemplateField
      value={typeof value === 'string' ? value : (standard ?? '')}
      standard={standard}
      language="template"
      isReadOnly={isReadOnly}
      isInvalid={isInvalid}
      isSingleLine={!field.isLong}
      labelledBy={`${id}-label`}
      describedBy={describedBy}
      problemOf={templateProblem}
      onChange={onChange}
    />
  );
}

/** An editor for texts in which `{{ name }}` stands for an input value. */
export function TemplateField({ standard, ...props }: TemplateFieldProps): ReactElement {
  const { isReadOnly, isSingleLine } = props;
  const { upstream, take, sampleFor } = useTemplateValues();
  const commands = useRef<CodeCommands>(undefined);
  const upstreamNow = useRef(upstream);
  useEffect(() => {
    upstreamNow.current = upstream;
  });
  const complete = useCallback(
    (text: string, at: number) => completionsAt(text, at, upstream, take, sampleFor),
    [upstream, take, sampleFor],
  );
  const written = useCallback(
    (end: string, path: string): string | undefined => {
      const entry = upstreamNow.current.find(({ from }) => from === end);
      if (entry === undefined) return undefined;
      take(entry);
      return `{{ ${entry.name}${path} }}`;
    },
    [take],
  );
  const onDropData = useCallback(
    (data: DataTransfer): string | undefined => {
      const dropped = readDrop(data.getData(valueDragType));
      return dropped === undefined ? undefined : written(dropped.end, dropped.path);
    },
    [written],
  );
  useHandleDrop(
    useCallback(
      (end, x, y) => {
        if (isReadOnly || commands.current?.holds(x, y) !== true) return false;
        const text = written(end, '');
        if (text !== undefined) commands.current.insertAt(text, x, y);
        return true;
      },
      [isReadOnly, written],
    ),
  );
  const onReady = useCallback((ready: CodeCommands | undefined) => {
    commands.current = ready;
  }, []);
  return (
    <>
      <CodeField {...props} placeholder={standard} complete={complete} onDropData={onDropData} onReady={onReady} />
      {isReadOnly || isSingleLine ? null : (
        <ValueChips
          values={upstream}
          onPick={(entry) => {
            take(entry);
            commands.current?.insert(`{{ ${entry.name} }}`);
          }}
        />
      )}
    </>
  );
}

/** The completions at a position of a template: values, and the paths inside a value whose name is already typed. */
function completionsAt(
  text: string,
  at: number,
  upstream: readonly UpstreamValue[],
  take: (entry: UpstreamValue) => void,
  sampleFor: (entry: UpstreamValue) => unknown,
): Completions | undefined {
  const cursor = templateCursor(text, at);
  if (cursor === undefined) return undefined;
  const close = cursor.isClosed ? '' : ' }}';
  const options = upstream.flatMap((entry) => {
    const inner = cursor.written.startsWith(entry.name) ? innerPaths(entry.port.type, sampleFor(entry)) : [];
    return [{ text: '', note: `${entry.title} · ${entry.port.type}` }, ...inner].map((path) => ({
      label: `${entry.name}${path.text}`,
      detail: path.note,
      apply: `${entry.name}${path.text}${close}`,
      onApplied: () => take(entry),
    }));
  });
  return { from: cursor.from, options };
}

const mostChips = 5;

/** The values that a template can use, to click or drag. */
function ValueChips({
  values,
  onPick,
}: {
  readonly values: readonly UpstreamValue[];
  readonly onPick: (value: UpstreamValue) => void;
}): ReactElement | null {
  const shown = values.filter(({ port, isConnected }) => isConnected || port.name !== 'error').slice(0, mostChips);
  if (shown.length === 0) return null;
  const drag = (event: DragEvent, { from }: UpstreamValue): void => {
    event.dataTransfer.setData(valueDragType, JSON.stringify({ end: from, path: '' }));
    event.dataTransfer.effectAllowed = 'copy';
  };
  return (
    <div className="aligned-wrapped gap-4 small-text" role="group" aria-label="Values to insert">
      {shown.map((value) => (
        <button
          key={`${value.from} ${value.name}`}
          type="button"
          className={clsx(styles['value-chip'], 'truncate mono')}
          draggable={value.from !== ''}
          data-tip={`${value.title}${value.isConnected ? '' : ': inserting adds an edge'}`}
          data-connected={value.isConnected || undefined}
          onDragStart={(event) => drag(event, value)}
          onClick={() => onPick(value)}
        >
          {value.name}
        </button>
      ))}
      {values.length > shown.length ? (
        <span className="quiet">
          and {values.length - shown.length} more after {'{{'}
        </span>
      ) : null}
    </div>
  );
}

/** The values for templates of this node, and a function that inserts one and adds a missing edge. */
function useTemplateValues() {
  const { nodeId } = useNodeForm();
  const { upstream, documents, runs } = useUpstream(nodeId);
  const take = useCallback(
    (entry: UpstreamValue): void => {
      if (entry.isConnected) return;
      const to = `${nodeId}.${entry.name}`;
      // The template creates the input by naming it, so the port is described as the compiler will describe it.
      edit(
        documents,
        (document) =>
          connect(document, {
            from: entry.from,
            to,
            output: entry.port,
            input: { name: entry.name, type: 'Json', isOptional: false, mode: 'one' },
          }),
        { gesture: `take ${to}` },
      );
    },
    [documents, nodeId],
  );
  const sampleFor = useCallback((entry: UpstreamValue): unknown => sampleOf(runs, entry.from), [runs]);
  return useMemo(() => ({ upstream, take, sampleFor }), [upstream, take, sampleFor]);
}

function readDrop(text: string): { readonly end: string; readonly path: string } | undefined {
  if (text === '') return undefined;
  try {
    const read: unknown = JSON.parse(text);
    if (!isPlainObject(read) || typeof read['end'] !== 'string') return undefined;
    const path = typeof read['path'] === 'string' ? read['path'] : '';
    const whole = parsePath(`x${path}`);
    return { end: read['end'], path: whole === undefined ? '' : formatPath(whole).slice(1) };
  } catch {
    return undefined; // The dragged text is not a value of Heddle.
  }
}
