import clsx from 'clsx';
import { splitEnd, type Citation, type LabelledValue, type PortTypeName } from '@heddle/core';
import { useContext, type DragEvent, type ReactElement } from 'react';
import { formatBytes } from '../../ui/format/format-bytes.js';
import { RunContext } from '../run/index.js';
import { ValueView } from '../../ui/values/ValueView.js';
import { valueDragType } from './drag-value.js';
import styles from './executions.module.css';

interface OneValueProps {
  readonly name: string;
  readonly labelled: LabelledValue;
  /** The path of the execution that produced the value. With `port`, it loads a large value completely. */
  readonly path?: string | undefined;
  readonly port?: string | undefined;
  readonly type?: PortTypeName | undefined;
  readonly citations?: readonly Citation[] | undefined;
  /** The output as `node.port`. Dragging the name into a template inserts the value. */
  readonly end?: string | undefined;
}

/** A value with its name, type, size and label. */
export function OneValue({ name, labelled, path, port, type, citations, end }: OneValueProps): ReactElement {
  const run = useContext(RunContext);
  const drag = (event: DragEvent): void => {
    if (end !== undefined && splitEnd(end) !== undefined)
      event.dataTransfer.setData(valueDragType, JSON.stringify({ end, path: '' }));
  };
  return (
    <section className="value" aria-label={name}>
      <h4>
        <span
          draggable={end !== undefined}
          onDragStart={drag}
          data-tip={end === undefined ? undefined : 'Drag into a template to insert'}
        >
          {name}
        </span>
        <span className={clsx('quiet figure', styles['value-note'])}>
          {[
            type,
            labelled.size === undefined ? '' : formatBytes(labelled.size),
            labelled.label.level,
            ...labelled.label.marks,
          ]
            .filter((word) => word !== undefined && word !== '')
            .join(' · ')}
        </span>
      </h4>
      <ValueView value={labelled} runId={run?.runId} path={path} port={port} type={type} citations={citations} />
    </section>
  );
}
