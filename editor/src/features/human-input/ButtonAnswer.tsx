import { useId, useMemo, useState, type ReactElement } from 'react';
import { buttonForm, readAnswer } from './answer-fields.js';
import { ValueField } from '../../ui/schema-form/ValueField.js';
import type { DraftInUse } from './use-answer-draft.js';

/** Answer buttons, with further fields and a reason. */
export function ButtonAnswer({
  schema,
  buttons,
  draft: { values, setValue, reason, setReason },
  isSending,
  onSend,
}: {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly buttons: readonly { readonly id: string; readonly title: string }[];
  readonly draft: DraftInUse;
  readonly isSending: boolean;
  readonly onSend: (value: unknown, reason: string) => void;
}): ReactElement {
  const id = useId();
  const { fields, bound } = useMemo(() => buttonForm(schema), [schema]);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const choose = (choice: string): void => {
    const answer = fields.length === 0 ? ({ ok: true, value: {} } as const) : readAnswer(fields, values);
    setErrors(answer.ok ? {} : answer.errors);
    if (answer.ok) onSend({ ...Object(answer.value), ...bound, choice }, reason);
  };
  return (
    <div className="grid gap-10">
      {fields.map((field) => (
        <ValueField
          key={field.name}
          field={field}
          value={values[field.name] ?? field.initial}
          error={errors[field.name]}
          onChange={(value) => setValue(field, value)}
        />
      ))}
      <div className="field">
        <label className="field-label" htmlFor={id}>
          Reason<span className="quiet"> optional, recorded in the audit log</span>
        </label>
        <input id={id} value={reason} onChange={(event) => setReason(event.target.value)} />
      </div>
      <div className="request-actions">
        {buttons.map((button, index) => (
          <button
            key={button.id}
            type="button"
            className={index === 0 ? 'button button-primary' : 'button'}
            disabled={isSending}
            onClick={() => choose(button.id)}
          >
            {button.title}
          </button>
        ))}
      </div>
    </div>
  );
}
