import type { ReactElement, ReactNode } from 'react';
import type { SchemaField } from '../schema-form/schema-field.js';

/** The frame around the input of a setting: its label before it and its help after it. */
export function SettingFrame({
  id,
  field,
  path,
  hasNamedWidget,
  moreHelp,
  children,
  issues,
}: {
  readonly id: string;
  readonly field: SchemaField;
  readonly path: string;
  /** Whether the input is not a native control, so that a label element cannot refer to it. */
  readonly hasNamedWidget: boolean;
  readonly moreHelp?: ReactNode;
  readonly children: ReactNode;
  readonly issues?: ReactNode;
}): ReactElement {
  const isGroup = field.kind === 'list' || field.kind === 'record';
  const isNamed = isGroup || field.kind === 'json' || field.kind === 'pairs' || hasNamedWidget;
  return (
    <div
      className="field"
      data-field={path}
      role={isGroup ? 'group' : undefined}
      aria-labelledby={isGroup ? `${id}-label` : undefined}
    >
      {isNamed ? (
        <span id={`${id}-label`} className="field-label">
          {field.title}
        </span>
      ) : (
        <label id={`${id}-label`} className="field-label" htmlFor={id}>
          {field.title}
        </label>
      )}
      {children}
      {field.help === undefined ? null : (
        <p id={`${id}-help`} className="field-help">
          {field.help}
          {moreHelp}
        </p>
      )}
      {issues}
    </div>
  );
}
