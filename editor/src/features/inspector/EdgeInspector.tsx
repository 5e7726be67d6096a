import clsx from 'clsx';
import { splitEnd, type Issue } from '@heddle/core';
import { Trash2 } from 'lucide-react';
import { useState, type CSSProperties, type ReactElement } from 'react';
import { typeColour } from '../../ui/icons/type-colour.js';
import { focusCanvas } from '../../ui/keyboard/move-focus.js';
import type { SchemaField } from '../../ui/schema-form/schema-field.js';
import { edgeOf, edit, isEditable, remove, setLoop, titleOfNode } from '../document/index.js';
import { useCatalog, useDocument, useSession } from '../session/index.js';
import { select } from '../view/index.js';
import { ConfigField } from './ConfigField.js';
import styles from './inspector.module.css';

const mostIterations = 100_000;
const plain = { help: undefined, widget: undefined, modelKind: undefined, isRequired: true } as const;
const maximum: SchemaField = {
  ...plain,
  kind: 'number',
  name: 'max',
  title: 'Maximum iterations',
  standard: 10,
  isWhole: true,
  least: 1,
  most: mostIterations,
  help: 'How often the nodes of the loop run at most.',
};
const atLimit: SchemaField = {
  ...plain,
  kind: 'choice',
  name: 'atLimit',
  title: 'At the maximum',
  standard: 'fail',
  options: [
    { value: 'fail', label: 'Fail the run' },
    { value: 'leave', label: 'Go on with the last result' },
  ],
};
const tooMany: Issue = {
  code: 'config-invalid',
  severity: 'error',
  field: 'max',
  message: `Enter a whole number from 1 to ${mostIterations}.`,
};

/** The panel of an edge: its ends, the limit of a loop, and a button that deletes the edge. */
export function EdgeInspector({ edge: id }: { readonly edge: string }): ReactElement | null {
  const { documents, view } = useSession();
  const document = useDocument((state) => state.document);
  const canEdit = useDocument(isEditable);
  const byType = useCatalog((state) => state.byType);
  const edge = document === undefined ? undefined : edgeOf(document, id);
  const node = splitEnd(edge?.from ?? '')?.node;
  const port = splitEnd(edge?.from ?? '')?.port;
  const type = useDocument(
    (state) => state.compiled?.ports[node ?? '']?.outputs.find((output) => output.name === port)?.type,
  );
  if (edge === undefined) return null;
  const nameOf = (end: string): string =>
    `${titleOfNode({ document }, byType, splitEnd(end)?.node ?? '')} · ${splitEnd(end)?.port ?? end}`;
  const removeEdge = (): void => {
    edit(documents, (current) => remove(current, new Set(), new Set([id])));
    select(view, {});
    focusCanvas();
  };
  return (
    <div className="panel-body">
      <div className="stack">
        <h3>{edge.loop === undefined ? 'Edge' : 'Loop edge'}</h3>
        <p>
          {nameOf(edge.from)} → {nameOf(edge.to)}
        </p>
        {type === undefined ? null : (
          <p className="aligned-inline gap-6 quiet">
            {/* The dot has the colour of the port's type. */}
            <span className="type-dot" style={{ '--type': typeColour(type) } as CSSProperties} aria-hidden /> {type}
          </p>
        )}
      </div>
      {edge.loop === undefined ? null : <LoopFields id={id} loop={edge.loop} isReadOnly={!canEdit} />}
      {canEdit ? (
        <button
          type="button"
          className={clsx('button button-small', styles['edge-delete'], 'failed-text')}
          onClick={removeEdge}
        >
          <Trash2 size={14} aria-hidden /> Delete edge
        </button>
      ) : null}
    </div>
  );
}

interface LoopFieldsProps {
  readonly id: string;
  readonly loop: NonNullable<NonNullable<ReturnType<typeof edgeOf>>['loop']>;
  readonly isReadOnly: boolean;
}

/** The limit of a loop. An invalid number stays in the form until it is corrected, and is not stored. */
function LoopFields({ id, loop, isReadOnly }: LoopFieldsProps): ReactElement {
  const { documents } = useSession();
  const [refused, setRefused] = useState<number>();
  const setMaximum = (value: unknown): void => {
    const max = value === undefined ? 10 : Number(value);
    const isAllowed = Number.isInteger(max) && max >= 1 && max <= mostIterations;
    setRefused(isAllowed ? undefined : max);
    if (isAllowed) edit(documents, (document) => setLoop(document, id, { max }), { gesture: `loop ${id}` });
  };
  return (
    <div className="record-field">
      <p className="quiet">
        This edge goes back to a node that ran before, so the nodes between its ends run again for each value on it.
      </p>
      <ConfigField
        field={maximum}
        path="max"
        value={refused ?? loop.max}
        issues={refused === undefined ? [] : [tooMany]}
        isReadOnly={isReadOnly}
        onChange={setMaximum}
      />
      <ConfigField
        field={atLimit}
        path="atLimit"
        value={loop.atLimit}
        issues={[]}
        isReadOnly={isReadOnly}
        onChange={(value) =>
          edit(documents, (document) => setLoop(document, id, { atLimit: value === 'leave' ? 'leave' : 'fail' }))
        }
      />
    </div>
  );
}
