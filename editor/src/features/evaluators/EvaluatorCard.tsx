import { withoutUndefined, type EvaluatorKind, type EvaluatorSetup } from '@heddle/core';
import { ChevronRight } from 'lucide-react';
import { useMemo, useState, type ReactElement } from 'react';
import { Field } from '../../ui/fields/Field.js';
import { isInUse, schemaFields, type SchemaField } from '../../ui/schema-form/schema-field.js';
import { EvaluatorField } from './EvaluatorField.js';
import { nameOf, nameProblem } from './evaluator-list.js';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

interface EvaluatorCardProps {
  readonly evaluator: EvaluatorSetup;
  /** Undefined for a kind that this version of Heddle does not know. */
  readonly kind: EvaluatorKind | undefined;
  readonly isReadOnly: boolean;
  readonly onChange: (evaluator: EvaluatorSetup) => void;
  readonly onRemove: () => void;
}

/** An evaluator with its description and settings. The settings start open if a required one is missing. */
export function EvaluatorCard({ evaluator, kind, isReadOnly, onChange, onRemove }: EvaluatorCardProps): ReactElement {
  const fields = useMemo(() => (kind === undefined ? [] : schemaFields(kind.config, kind.defaults)), [kind]);
  const isIncomplete = fields.some(
    ({ name, isRequired, standard }) => isRequired && standard === undefined && evaluator.config[name] === undefined,
  );
  const [isOpen, setOpen] = useState(isIncomplete);
  const title = kind?.title ?? evaluator.kind;
  const name = nameOf(evaluator);
  return (
    <div className="list-item boxed" role="group" aria-label={`Evaluator ${name}`}>
      <div className="list-item-tools aligned">
        <button
          type="button"
          className="list-item-toggle bare-button aligned fills"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <ChevronRight size={13} aria-hidden />
          <span className="list-item-text truncate">
            {title}
            {evaluator.name === undefined ? null : <span className="quiet"> {evaluator.name}</span>}
          </span>
          {isIncomplete && !isOpen ? <span className="list-item-problems">Needs settings</span> : null}
        </button>
        {isReadOnly ? null : <RemoveButton label={`Remove ${name}`} onClick={onRemove} />}
      </div>
      {isOpen ? (
        <Settings evaluator={evaluator} kind={kind} fields={fields} isReadOnly={isReadOnly} onChange={onChange} />
      ) : null}
    </div>
  );
}

function Settings({
  evaluator,
  kind,
  fields,
  isReadOnly,
  onChange,
}: Omit<EvaluatorCardProps, 'onRemove'> & { readonly fields: readonly SchemaField[] }): ReactElement {
  const { config } = evaluator;
  const set = (name: string, value: unknown): void =>
    onChange({ ...evaluator, config: withoutUndefined({ ...config, [name]: value }) });
  return (
    <div className="record-field">
      {kind === undefined ? (
        <p className="field-error">This Heddle has no evaluator of the kind {evaluator.kind}.</p>
      ) : (
        <p className="field-help">
          {kind.about}
          {kind.source === undefined ? null : ` ${kind.source}`}
        </p>
      )}
      {fields
        .filter((field) => isInUse(field, config, fields))
        .map((field) => (
          <EvaluatorField
            key={field.name}
            field={field}
            value={config[field.name]}
            path={field.name}
            issues={[]}
            isReadOnly={isReadOnly}
            onChange={(value) => set(field.name, value)}
          />
        ))}
      <OwnNames evaluator={evaluator} isReadOnly={isReadOnly} onChange={onChange} />
    </div>
  );
}

/** The name of the metric, and the output that the evaluator judges. */
function OwnNames({
  evaluator,
  isReadOnly,
  onChange,
}: Pick<EvaluatorCardProps, 'evaluator' | 'isReadOnly' | 'onChange'>): ReactElement {
  const { name = '', output = '' } = evaluator;
  const write = (key: 'name' | 'output', text: string): void =>
    onChange(withoutUndefined({ ...evaluator, [key]: text === '' ? undefined : text }));
  return (
    <>
      <Field title="Name" help="Of the metric, in tables." error={nameProblem(name)}>
        {(shared) => (
          <input
            {...shared}
            value={name}
            placeholder={evaluator.kind}
            maxLength={60}
            readOnly={isReadOnly}
            autoComplete="off"
            onChange={(event) => write('name', event.target.value)}
          />
        )}
      </Field>
      <Field title="Output" help="The output that it judges. Empty: the first one.">
        {(shared) => (
          <input
            {...shared}
            value={output}
            maxLength={200}
            readOnly={isReadOnly}
            autoComplete="off"
            onChange={(event) => write('output', event.target.value)}
          />
        )}
      </Field>
    </>
  );
}
